#include "worker/step_calls.h"

#include "engine/series.h"
#include "flow/registry.h"
#include "worker/program_call.h"
#include "worker/run.h"
#include "worker/scalars.h"

// A shorter time limit is measured step by step: a call of several would blame the last of them for what all took.
#define LEAST_TIMEOUT_MS 100.0

static ctz_plan_entry *entry_of(ctz_engine *engine, const ctz_graph_job *job, uint32_t step) {
  const ctz_graph_plan *plan = &job->plans[job->step_plans[step]];
  // released, or another's by now
  return ctz_plan_kernel(engine, plan->index) == plan->kernel ? ctz_plan_at(engine, plan->index) : NULL;
}

uint64_t ctz_step_expected_ns(ctz_engine *engine, const ctz_graph_job *job, uint32_t step) {
  ctz_plan_entry *entry = entry_of(engine, job, step);
  return entry == NULL ? 0 : atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
}

static bool begin(ctz_step_calls *self, uint32_t step) {
  ctz_worker *worker = self->worker;
  ctz_plan_entry *entry = entry_of(worker->engine, self->job, step);
  if (entry == NULL) return false;
  uint64_t each_ns = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  self->entry = entry;
  self->which = self->job->step_plans[step];
  self->plan = entry->plan;
  self->count = 0;
  ctz_call_init(&self->call, worker, self->slot, &self->plan, 1);
  ctz_call_prepare(&self->call, entry);
  ctz_call_enter(&self->call);
  bool brief = each_ns > 0 && each_ns < CTZ_SHORT_STEP_NS && self->plan.timeout_ms >= LEAST_TIMEOUT_MS;
  self->most = brief && self->call.searching ? CTZ_STEPS_AT_ONCE : 1;
  return true;
}

static void count_steps(const ctz_step_calls *self) {
  if (self->count == 0) return;
  ctz_worker *worker = self->worker;
  uint64_t ran = worker->now_ns - self->call.started_ns, each = ran / self->count;
  ctz_run_learn(self->entry, each);
  ctz_count(&worker->figures->busy_ns, ran);
  if (worker->engine->config.statistics)
    ctz_recorder_add_many(&ctz_series_of(worker, &self->plan)->run, each, self->count);
}

void ctz_end_step_calls(ctz_step_calls *self) {
  if (self->entry == NULL) return;
  ctz_call_leave(&self->call);
  count_steps(self);
  ctz_call_clean_up(&self->call);
  self->entry = NULL;
}

static bool read_args(const ctz_graph_job *job, uint32_t step, const ctz_kernel *kernel, ctz_value *args) {
  uint32_t at = ctz_graph_first_arg(job, step);
  for (uint32_t i = 0; i < kernel->arity; i++, at++) {
    uint32_t from = job->arg_steps[at];
    double number = from == CTZ_GRAPH_NUMBER ? job->arg_numbers[at] : job->results[from];
    if (!ctz_scalar_of_number(number, (ctz_type)kernel->args[i], &args[i])) return false;
  }
  return true;
}

static ctz_step_state state_of(ctz_status status) {
  switch (status) {
    case CTZ_OK:
      return CTZ_STEP_DONE;
    case CTZ_RAN_TOO_LONG:
      return CTZ_STEP_STOPPED;
    case CTZ_CANCELLED:
      return CTZ_STEP_WAITING;
    default:
      return CTZ_STEP_FAILED;
  }
}

ctz_step_state ctz_call_step(ctz_step_calls *self, uint32_t step) {
  ctz_graph_job *job = self->job;
  if (self->entry != NULL && self->which != job->step_plans[step]) ctz_end_step_calls(self);
  if (self->entry == NULL && !begin(self, step)) return CTZ_STEP_FAILED;
  const ctz_kernel *kernel = job->plans[self->which].kernel;
  ctz_value args[CTZ_KERNEL_MAX_ARITY], result = {.slice = {NULL, 0}};
  if (!read_args(job, step, kernel, args)) return CTZ_STEP_FAILED;
  ctz_arena_begin(self->worker->arena, self->plan.memory_limit);
  ctz_outcome_code code = ctz_call_kernel(&self->call, kernel, args, &result);
  self->count++;
  ctz_step_state state = CTZ_STEP_DONE;
  if (code != CTZ_KERNEL_OK || self->count == self->most || !self->call.searching) {
    ctz_end_step_calls(self);
    // behind the look at the clock: what an answer means depends on when it came
    state = state_of(ctz_call_status(&self->call, code));
  }
  if (state == CTZ_STEP_DONE) job->results[step] = ctz_number_of_scalar((ctz_type)kernel->result, &result);
  return state;
}
