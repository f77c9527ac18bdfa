#include "worker/streak.h"

#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/call.h"
#include "worker/program_call.h"
#include "worker/recording.h"
#include "worker/run.h"
#include "worker/scalars.h"

// Longer bodies gain nothing, and what is recorded of them may not wait for each other.
#define SHORT_NS (CTZ_STREAK_NS / CTZ_BATCH_SIZE)

_Static_assert(CTZ_SLOT_ARG_COUNT == 4, "read_arguments reads so many");

typedef struct streak {
  ctz_worker *worker;
  uint32_t number;  // of the plan
  ctz_plan_entry *entry;
  const ctz_kernel *kernel;
  ctz_program_kernel *program;  // the kernel, if it is one
  bool numbers;                 // arguments and result are F64
  ctz_plan plan;
  ctz_call call;
  uint64_t began_ns;
  double now_ms;              // what the worker's clock showed last
  uint32_t count, completed;  // have run, and are not recorded
  double waited_ms[CTZ_BATCH_SIZE];
  uint64_t ran_ns[CTZ_BATCH_SIZE];
} streak;

static bool is_of_numbers(const ctz_kernel *kernel) {
  for (uint32_t i = 0; i < kernel->arity; i++) {
    if (kernel->args[i] != CTZ_F64) return false;
  }
  return kernel->arity <= CTZ_SLOT_ARG_COUNT && kernel->result == CTZ_F64;
}

// Whether tasks of the plan are short by experience, come back in their own time, and tell nothing on their way.
static bool begin(streak *run, ctz_worker *worker, uint32_t index) {
  ctz_engine *engine = worker->engine;
  run->number = ctz_field_u32(&engine->table.port[index].plan);
  run->entry = ctz_plan_at(engine, run->number);
  if (run->entry == NULL) return false;
  uint32_t expected = atomic_load_explicit(&run->entry->mean_ns, memory_order_relaxed);
  if (expected == 0 || expected > SHORT_NS || !ctz_is_looked_after(worker)) return false;
  // acquire: pairs with the release in ctz_plan_define
  run->kernel = atomic_load_explicit(&run->entry->kernel, memory_order_acquire);
  if (run->kernel == NULL || ctz_type_element((ctz_type)run->kernel->result) > 0) return false;
  run->plan = run->entry->plan;
  run->plan.priority &= CTZ_CLASSES - 1;
  if (run->plan.priority < CTZ_CLASSES / 2 || (run->plan.flags & CTZ_PLAN_TELL) != 0) return false;
  run->program = ctz_program_of(run->kernel);
  run->numbers = is_of_numbers(run->kernel);
  run->worker = worker;
  run->began_ns = worker->now_ns;
  run->now_ms = ctz_worker_ms(worker);
  run->count = run->completed = 0;
  ctz_call_init(&run->call, worker, index, &run->plan, 1);
  ctz_arena_begin(worker->arena, run->plan.memory_limit);
  return true;
}

// Records what has run, before the last of it is handed back: who has seen all end finds all in the figures.
static void record(streak *run) {
  if (run->count == 0) return;
  ctz_worker *worker = run->worker;
  ctz_series *series = ctz_series_for(worker, &run->plan);
  uint64_t busy_ns = 0;
  for (uint32_t i = 0; i < run->count; i++) {
    ctz_record_wait(worker, series, run->plan.priority, ctz_bounded_ms(run->waited_ms[i]));
    if (series != NULL) ctz_recorder_add(&series->run, run->ran_ns[i]);
    busy_ns += run->ran_ns[i];
  }
  ctz_run_learn(run->entry, busy_ns / run->count);
  ctz_count(&worker->figures->busy_ns, busy_ns);
  ctz_count(&worker->figures->completed, run->completed);
  run->count = run->completed = 0;
}

static inline bool read_arguments(const streak *run, const ctz_slot *slot, ctz_value *args) {
  if (!run->numbers) return ctz_scalars_of_slot(slot, run->kernel, args);
  // all of them, whatever the arity: less than to count
  args[0].f64 = ctz_field_f64(&slot->args[0]);
  args[1].f64 = ctz_field_f64(&slot->args[1]);
  args[2].f64 = ctz_field_f64(&slot->args[2]);
  args[3].f64 = ctz_field_f64(&slot->args[3]);
  return true;
}

// Whether the task in a slot that this worker has taken is one of these, with its arguments.
static inline bool belongs(const streak *run, const ctz_cell *cell, const ctz_slot *slot, ctz_value *args) {
  // acquire: pairs with the release of who gives the number of the plan to another one
  return ctz_field_u32(&slot->plan) == run->number && cell->extra == NULL && ctz_field_u32(&slot->cancel) == 0 &&
         atomic_load_explicit(&run->entry->kernel, memory_order_acquire) == run->kernel &&
         read_arguments(run, slot, args);
}

static inline void look_at_clock(streak *run) {
  ctz_worker *worker = run->worker;
  worker->now_ns = ctz_clock_read(&worker->clock);
  run->now_ms = ctz_ms_of(worker->engine, worker->now_ns);
}

static inline void start(streak *run, ctz_cell *cell, ctz_slot *slot) {
  double ready_at = ctz_field_f64(&slot->ready_at);
  if (run->now_ms < ready_at) look_at_clock(run);  // it came after this worker had
  uint32_t attempt = ctz_field_u32(&slot->attempt) + 1;
  ctz_call_again(&run->call, slot, cell, attempt);
  ctz_field_set_u32(&slot->attempt, attempt);
  ctz_field_set_u32(&slot->worker, run->worker->index + 1);
  ctz_field_set_f64(&slot->started_at, run->now_ms);
  // release: who polls the state sees the start with it
  atomic_store_explicit(&slot->state, CTZ_SLOT_RUNNING, memory_order_release);
  run->waited_ms[run->count] = run->now_ms - ready_at;
}

static inline ctz_outcome_code call(streak *run, const ctz_value *args, ctz_value *result) {
  ctz_call_enter(&run->call);
  ctz_outcome_code code = run->program == NULL ? run->kernel->run(&run->call.context, args, result)
                                               : ctz_call_program(&run->call, run->program, args, result);
  ctz_call_leave(&run->call);
  run->now_ms = ctz_ms_of(run->worker->engine, run->worker->now_ns);
  run->ran_ns[run->count++] = run->worker->now_ns - run->call.started_ns;
  return code;
}

// Whether the task has completed, and has left nothing to clean up.
static inline bool went_well(const streak *run, ctz_outcome_code code) {
  const ctz_call *call = &run->call;
  return code == CTZ_KERNEL_OK && run->worker->now_ns <= call->deadline_ns && call->error == NULL &&
         call->blocks == NULL && ctz_arena_used(run->worker->arena) == 0;
}

// As ctz_settle, but for handing back.
static inline void complete(streak *run, const ctz_value *result) {
  ctz_slot *slot = run->call.slot;
  run->completed++;
  if (run->numbers) {
    ctz_field_set_u32(&slot->result_type, CTZ_F64);
    ctz_field_set_f64(&slot->result, result->f64);
  } else {
    ctz_scalar_to_slot(slot, (ctz_type)run->kernel->result, result);
  }
  ctz_field_set_u32(&slot->memory_kb, 0);
  ctz_field_set_f64(&slot->ended_at, run->now_ms);
  ctz_cell_leave(run->call.cell, CTZ_PHASE_RUNNING, CTZ_PHASE_FREE);
  // release: the result is seen with the state
  atomic_store_explicit(&slot->state, CTZ_SLOT_COMPLETED, memory_order_release);
}

// The next one of the batch, if it may be run now.
static inline bool take_next(ctz_worker *worker, uint32_t *entry) {
  // relaxed: a pause takes effect soon, not at an instant
  return !atomic_load_explicit(&worker->engine->paused, memory_order_relaxed) && ctz_batch_take(&worker->batch, entry);
}

static void end_badly(streak *run, uint32_t index, ctz_outcome_code code, const ctz_value *result) {
  ctz_status status = ctz_call_status(&run->call, code);
  if (status == CTZ_OK) ctz_scalar_to_slot(run->call.slot, (ctz_type)run->kernel->result, result);
  record(run);
  ctz_run_ended(&run->call, index, status, code == CTZ_KERNEL_FAILED_FINAL);
}

// Runs the task of a slot that this worker has taken; false when the streak ends with it.
static inline bool run_one(streak *run, uint32_t index) {
  ctz_cell *cell = &run->worker->engine->table.cells[index];
  ctz_slot *slot = &run->worker->engine->table.port[index];
  ctz_value args[CTZ_SLOT_ARG_COUNT];
  if (!belongs(run, cell, slot, args)) {
    record(run);
    ctz_run_taken(run->worker, index);
    return false;
  }
  start(run, cell, slot);
  ctz_value result = {.slice = {NULL, 0}};
  ctz_outcome_code code = call(run, args, &result);
  if (went_well(run, code)) {
    complete(run, &result);
    return true;
  }
  end_badly(run, index, code, &result);
  return false;
}

// Whether it has taken longer than streaks do: its tasks are short no more, which the plan learns at its end, or
// another thread had this processor. What has settled may have to go back, and the rest is for whoever looks first.
static inline bool takes_long(const streak *run) {
  return run->worker->now_ns - run->began_ns > run->worker->streak_ns;
}

// Another entry is no slot, or beyond those of the port without its mark.
static inline bool is_of_port(const ctz_table *table, uint32_t entry) {
  return ctz_is_port_slot(table, entry - CTZ_ENTRY_OF_PORT);
}

bool ctz_run_streak(ctz_worker *worker, uint32_t entry) {
  const ctz_table *table = &worker->engine->table;
  streak run;
  if (!is_of_port(table, entry) || !begin(&run, worker, ctz_entry_slot(entry))) return false;
  for (bool more = true; more;) {
    uint32_t index = ctz_entry_slot(entry);
    bool taken = ctz_cell_move(&table->cells[index], CTZ_PHASE_FREE, CTZ_PHASE_RUNNING);
    if (taken && !run_one(&run, index)) break;
    more = !takes_long(&run) && take_next(worker, &entry);
    bool ends = !more || !is_of_port(table, entry);
    if (ends) record(&run);
    // what JavaScript pushed twice has been run before
    if (taken) ctz_keep_settled(worker, index);
    if (more && ends) ctz_run_slot(worker, entry);
    more = !ends;
  }
  ctz_hand_back_when_due(worker);
  return true;
}
