#include "worker/run.h"

#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/call.h"
#include "worker/columns.h"
#include "worker/graph.h"
#include "worker/pool.h"
#include "worker/program_call.h"
#include "worker/recording.h"
#include "worker/scalars.h"

// Run times that differ by so much, and by less than an eighth, are the same.
#define NOTHING_NEW_NS 50u

uint64_t ctz_run_expected_ns(ctz_engine *engine, uint32_t claimed) {
  uint32_t slot = ctz_entry_slot(claimed);
  if (slot >= ctz_table_size(&engine->table)) return 1;
  ctz_plan_entry *entry = ctz_plan_at(engine, ctz_field_u32(&ctz_slot_at(&engine->table, slot)->plan));
  return entry == NULL ? 1 : atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
}

// Workers may overwrite each other: it is a hint. What tells nothing new is not written: the plan stands beside it, and
// the line of both would go from worker to worker with each task.
void ctz_run_learn(ctz_plan_entry *entry, uint64_t ns) {
  uint32_t run = ns > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)ns;
  uint32_t mean = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  uint32_t apart = run > mean ? run - mean : mean - run;
  if (mean > 0 && apart <= mean / 8 + NOTHING_NEW_NS) return;
  uint32_t next = mean == 0 ? run : mean - mean / 8 + run / 8;
  atomic_store_explicit(&entry->mean_ns, next == 0 ? 1 : next, memory_order_relaxed);
}

// What it means that an argument does not fit.
static ctz_status misfit(ctz_call *call, const ctz_kernel *kernel) {
  if (ctz_program_of(kernel) == NULL) return CTZ_BAD_ARGUMENT;
  ctz_call_misfit(call);
  return CTZ_BAILED;
}

static ctz_status keep_result(ctz_call *call, const ctz_kernel *kernel, const ctz_value *result) {
  ctz_type type = (ctz_type)kernel->result;
  if (ctz_type_element(type) > 0) {
    ctz_field_set_u32(&call->slot->result_type, type);
    return ctz_call_keep_result(call, kernel, result);
  }
  ctz_scalar_to_slot(call->slot, type, result);
  if (call->cell->extra != NULL) {
    call->cell->extra->result_type = type;
    call->cell->extra->result = *result;
  }
  return CTZ_OK;
}

static void record_end(ctz_worker *worker, const ctz_call *call, ctz_plan_entry *entry, ctz_series *series) {
  uint64_t ran = worker->now_ns - call->started_ns;
  if (call->entered) ctz_run_learn(entry, ran);
  ctz_count(&worker->figures->busy_ns, ran);
  if (series != NULL) ctz_recorder_add(&series->run, ran);
}

void ctz_run_ended(ctz_call *call, uint32_t index, ctz_status status, bool final) {
  ctz_worker *worker = call->worker;
  uint64_t used = ctz_arena_used(worker->arena);
  ctz_field_set_u32(&call->slot->memory_kb,
                    used > (uint64_t)UINT32_MAX << 10 ? UINT32_MAX : (uint32_t)((used + 1023) >> 10));
  ctz_field_set_f64(&call->slot->ended_at, ctz_worker_ms(worker));
  ctz_call_explain(call, status);
  ctz_call_hand_over_error(call);
  ctz_call_clean_up(call);
  ctz_attempt_ended(worker, index, CTZ_PHASE_RUNNING, call->plan, status, final);
  if (call->plan->priority < CTZ_CLASSES / 2) ctz_hand_back(worker);
}

static ctz_status call_kernel(ctz_call *call, const ctz_kernel *kernel, const ctz_value *args, bool *final) {
  ctz_value result = {.slice = {NULL, 0}};
  ctz_call_enter(call);
  ctz_outcome_code code = ctz_call_kernel(call, kernel, args, &result);
  ctz_call_leave(call);
  ctz_status status = ctz_call_status(call, code);
  if (status == CTZ_OK) status = keep_result(call, kernel, &result);
  *final = code == CTZ_KERNEL_FAILED_FINAL;
  return status;
}

static void start_attempt(ctz_worker *worker, uint32_t index, const ctz_plan *plan, uint32_t attempt,
                          ctz_series *series) {
  ctz_slot *slot = ctz_slot_at(&worker->engine->table, index);
  // it came due after this worker had looked at its clock: nothing starts early
  bool is_stale = ctz_worker_ms(worker) < ctz_field_f64(&slot->ready_at);
  if (is_stale) worker->now_ns = ctz_clock_read(&worker->clock);
  ctz_field_set_u32(&slot->attempt, attempt);
  ctz_field_set_u32(&slot->worker, worker->index + 1);
  ctz_field_set_f64(&slot->started_at, ctz_worker_ms(worker));
  // release: who polls the state sees the start with it
  atomic_store_explicit(&slot->state, CTZ_SLOT_RUNNING, memory_order_release);
  ctz_record_wait(worker, series, plan->priority, ctz_ms_since(&slot->ready_at, ctz_worker_ms(worker)));
  if ((plan->flags & CTZ_PLAN_TELL) != 0) ctz_tell(worker->engine, index, CTZ_NOTICE_STARTED);
}

static void run(ctz_worker *worker, uint32_t index) {
  ctz_engine *engine = worker->engine;
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_cell *cell = &engine->table.cells[index];
  ctz_extra *extra = cell->extra;
  bool attached = extra != NULL && extra->attached;
  if (extra != NULL) ctz_extra_reset(extra, &engine->budget);
  // the plan that arguments were attached for decides their types, whatever the slot says by now
  ctz_plan_entry *entry = attached ? ctz_plan_of(engine, extra) : ctz_plan_at(engine, ctz_field_u32(&slot->plan));
  if (ctz_field_u32(&slot->cancel) != 0) {
    ctz_field_set_f64(&slot->ended_at, ctz_worker_ms(worker));
    ctz_attempt_ended(worker, index, CTZ_PHASE_RUNNING, NULL, CTZ_CANCELLED, true);
    return;
  }
  const ctz_kernel *kernel = NULL;
  if (entry != NULL) kernel = attached ? extra->kernel : atomic_load_explicit(&entry->kernel, memory_order_acquire);
  if (kernel == NULL) {
    ctz_call_without_plan(worker, index);
    return;
  }
  ctz_plan plan = entry->plan;
  plan.priority &= CTZ_CLASSES - 1;
  ctz_call call;
  uint32_t attempt = ctz_field_u32(&slot->attempt) + 1;
  ctz_call_init(&call, worker, index, &plan, attempt);
  ctz_arena_begin(worker->arena, plan.memory_limit);
  ctz_value scalars[CTZ_KERNEL_MAX_ARITY];
  bool final = false;
  ctz_status status = attached || ctz_scalars_of_slot(slot, kernel, scalars) ? CTZ_OK : misfit(&call, kernel);
  if (status == CTZ_OK) ctz_call_prepare(&call, entry);
  ctz_series *series = ctz_series_for(worker, &plan);
  start_attempt(worker, index, &plan, attempt, series);
  if (status == CTZ_OK) status = call_kernel(&call, kernel, attached ? extra->args : scalars, &final);
  record_end(worker, &call, entry, series);
  ctz_run_ended(&call, index, status, final);
}

static bool is_columns(const ctz_cell *cell) { return cell->extra != NULL && cell->extra->job != NULL; }
static bool is_graph(const ctz_cell *cell) { return cell->extra != NULL && cell->extra->graph != NULL; }

void ctz_run_taken(ctz_worker *worker, uint32_t index) {
  const ctz_cell *cell = &worker->engine->table.cells[index];
  if (is_columns(cell))
    ctz_start_columns(worker, index);
  else if (is_graph(cell))
    ctz_start_graph(worker, index);
  else
    run(worker, index);
}

void ctz_run_slot(ctz_worker *worker, uint32_t entry) {
  ctz_table *table = &worker->engine->table;
  uint32_t index = ctz_entry_slot(entry);
  if (index >= ctz_table_size(table)) return;  // JavaScript pushed what is no slot of its own
  ctz_cell *cell = &table->cells[index];
  if (ctz_cell_phase(cell) == CTZ_PHASE_OFFERED && !ctz_entry_is_of_port(entry)) {
    // nobody changes what it holds: it is in the queue of this entry until it is taken up
    if (is_graph(cell))
      ctz_join_graph(worker, index);
    else
      ctz_run_chunk(worker, index);
    return;
  }
  ctz_phase from = ctz_entry_is_of_port(entry) ? CTZ_PHASE_FREE : CTZ_PHASE_READY;
  if (ctz_cell_move(cell, from, CTZ_PHASE_RUNNING)) ctz_run_taken(worker, index);  // else JavaScript pushed it twice
}
