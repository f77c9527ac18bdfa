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

// What kernels, and functions that are not inlined, may see. The rest is apart, so that it need not be fetched again
// after each of them.
typedef struct stage {
  ctz_worker *worker;
  ctz_plan_entry *entry;
  ctz_plan plan;
  ctz_call call;
  // of those that have run and are not recorded
  double waited_ms[CTZ_BATCH_SIZE];
  uint64_t ran_ns[CTZ_BATCH_SIZE];
} stage;

typedef struct streak {
  stage *stage;
  ctz_worker *worker;
  uint32_t worker_number;  // as slots have it
  ctz_slot *slots;
  ctz_cell *cells;
  uint32_t plan_number;
  ctz_plan_entry *entry;
  const ctz_kernel *kernel;
  ctz_program_kernel *program;  // the kernel, if it is one
  bool numbers;                 // arguments and result are F64
  uint64_t began_ns;
  double now_ms;   // what the worker's clock showed last
  uint64_t calls;  // the worker's count
  uint32_t count;  // have run, and are not recorded
} streak;

static bool is_of_numbers(const ctz_kernel *kernel) {
  for (uint32_t i = 0; i < kernel->arity; i++) {
    if (kernel->args[i] != CTZ_F64) return false;
  }
  return kernel->arity <= CTZ_SLOT_ARG_COUNT && kernel->result == CTZ_F64;
}

static bool is_short(const ctz_plan_entry *entry) {
  uint32_t expected = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  return expected > 0 && expected <= SHORT_NS;
}

// Whether its tasks come back in their own time, and tell nothing on their way.
static bool is_plain(const ctz_plan *plan) {
  return plan->priority >= CTZ_CLASSES / 2 && (plan->flags & CTZ_PLAN_TELL) == 0;
}

static bool set_up(stage *on, ctz_worker *worker, ctz_plan_entry *entry, uint32_t index) {
  on->worker = worker;
  on->entry = entry;
  on->plan = entry->plan;
  on->plan.priority &= CTZ_CLASSES - 1;
  if (!is_plain(&on->plan)) return false;
  ctz_call_init(&on->call, worker, index, &on->plan, 1);
  ctz_arena_begin(worker->arena, on->plan.memory_limit);
  return true;
}

static inline bool begin(streak *run, stage *on, ctz_worker *worker, uint32_t index) {
  const ctz_table *table = &worker->engine->table;
  run->plan_number = ctz_field_u32(&table->port[index].plan);
  run->entry = ctz_plan_at(worker->engine, run->plan_number);
  if (run->entry == NULL || !is_short(run->entry) || !ctz_is_looked_after(worker)) return false;
  // acquire: pairs with the release in ctz_plan_define
  run->kernel = atomic_load_explicit(&run->entry->kernel, memory_order_acquire);
  if (run->kernel == NULL || ctz_type_element((ctz_type)run->kernel->result) > 0) return false;
  run->program = ctz_program_of(run->kernel);
  run->numbers = is_of_numbers(run->kernel);
  run->stage = on;
  run->worker = worker;
  run->worker_number = worker->index + 1;
  run->slots = table->port;
  run->cells = table->cells;
  run->began_ns = worker->now_ns;
  run->now_ms = ctz_worker_ms(worker);
  run->calls = atomic_load_explicit(&worker->calls, memory_order_relaxed);
  run->count = 0;
  return set_up(on, worker, run->entry, index);
}

// The worker counts as in a kernel from the first call to the last: next to nothing lies between two.
static inline void count_calls(streak *run, uint64_t more) {
  run->calls += more;
  atomic_store_explicit(&run->worker->calls, run->calls, memory_order_relaxed);
}

static void record(stage *on, uint32_t count) {
  ctz_worker *worker = on->worker;
  ctz_series *series = ctz_series_for(worker, &on->plan);
  uint64_t busy_ns = 0;
  for (uint32_t i = 0; i < count; i++) {
    ctz_record_wait(worker, series, on->plan.priority, ctz_bounded_ms(on->waited_ms[i]));
    if (series != NULL) ctz_recorder_add(&series->run, on->ran_ns[i]);
    busy_ns += on->ran_ns[i];
  }
  ctz_run_learn(on->entry, busy_ns / count);
  ctz_count(&worker->figures->busy_ns, busy_ns);
}

// The streak is over. Before the last of it is handed back: who has seen all end finds all in the figures.
static inline void leave(streak *run, uint32_t completed) {
  count_calls(run, 1);
  if (run->count == 0) return;
  record(run->stage, run->count);
  ctz_count(&run->worker->figures->completed, completed);
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
  return ctz_field_u32(&slot->plan) == run->plan_number && cell->extra == NULL && ctz_field_u32(&slot->cancel) == 0 &&
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
  ctz_call_again(&run->stage->call, slot, cell, attempt);
  ctz_field_set_u32(&slot->attempt, attempt);
  ctz_field_set_u32(&slot->worker, run->worker_number);
  ctz_field_set_f64(&slot->started_at, run->now_ms);
  // release: who polls the state sees the start with it
  atomic_store_explicit(&slot->state, CTZ_SLOT_RUNNING, memory_order_release);
  run->stage->waited_ms[run->count] = run->now_ms - ready_at;
}

static inline ctz_outcome_code call(streak *run, const ctz_value *args, ctz_value *result) {
  ctz_call *call = &run->stage->call;
  ctz_outcome_code code = run->program == NULL ? run->kernel->run(&call->context, args, result)
                                               : ctz_call_program(call, run->program, args, result);
  count_calls(run, 2);
  look_at_clock(run);
  run->stage->ran_ns[run->count++] = run->worker->now_ns - call->started_ns;
  return code;
}

// As ctz_settle, but for handing back.
static inline void complete(const streak *run, ctz_cell *cell, ctz_slot *slot, const ctz_value *result) {
  if (run->numbers) {
    ctz_field_set_u32(&slot->result_type, CTZ_F64);
    ctz_field_set_f64(&slot->result, result->f64);
  } else {
    ctz_scalar_to_slot(slot, (ctz_type)run->kernel->result, result);
  }
  ctz_field_set_u32(&slot->memory_kb, 0);
  ctz_field_set_f64(&slot->ended_at, run->now_ms);
  ctz_cell_leave(cell, CTZ_PHASE_RUNNING, CTZ_PHASE_FREE);
  // release: the result is seen with the state
  atomic_store_explicit(&slot->state, CTZ_SLOT_COMPLETED, memory_order_release);
}

static void end_badly(stage *on, uint32_t index, const ctz_kernel *kernel, ctz_outcome_code code,
                      const ctz_value *result) {
  ctz_call *call = &on->call;
  if (code == CTZ_KERNEL_BAILED && ctz_program_of(kernel) == NULL) code = CTZ_KERNEL_FAILED;
  if (!call->searching) ctz_pool_end_long(on->worker->engine);
  ctz_status status = ctz_call_status(call, code);
  if (status == CTZ_OK) ctz_scalar_to_slot(call->slot, (ctz_type)kernel->result, result);
  ctz_run_ended(call, index, status, code == CTZ_KERNEL_FAILED_FINAL);
}

// Of a kernel that has asked for something: whether it has left nothing to clean up. Then the call is ready once more.
static bool has_left_nothing(ctz_call *call) {
  if (call->error != NULL || call->blocks != NULL || ctz_arena_used(call->worker->arena) > 0) return false;
  if (!call->searching) ctz_pool_end_long(call->worker->engine);
  ctz_call_forget(call);
  return true;
}

static inline bool went_well(const streak *run, ctz_outcome_code code) {
  ctz_call *call = &run->stage->call;
  return code == CTZ_KERNEL_OK && run->worker->now_ns - call->started_ns <= call->timeout_ns &&
         (!call->asked || has_left_nothing(call));
}

// Runs the task of a slot that this worker has taken; false when the streak ends with it.
static inline bool run_one(streak *run, ctz_cell *cell, uint32_t index) {
  ctz_slot *slot = &run->slots[index];
  ctz_value args[CTZ_SLOT_ARG_COUNT];
  if (!belongs(run, cell, slot, args)) {
    leave(run, run->count);
    ctz_run_taken(run->worker, index);
    return false;
  }
  start(run, cell, slot);
  ctz_value result = {.slice = {NULL, 0}};
  ctz_outcome_code code = call(run, args, &result);
  if (went_well(run, code)) {
    complete(run, cell, slot, &result);
    return true;
  }
  leave(run, run->count - 1);
  end_badly(run->stage, index, run->kernel, code, &result);
  return false;
}

// The next one of the batch, if it may be run now.
static inline bool take_next(ctz_worker *worker, uint32_t *entry) {
  // relaxed: a pause takes effect soon, not at an instant
  return !atomic_load_explicit(&worker->engine->paused, memory_order_relaxed) && ctz_batch_take(&worker->batch, entry);
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
  stage on;
  streak run;
  const ctz_table *table = &worker->engine->table;
  if (!is_of_port(table, entry) || !begin(&run, &on, worker, ctz_entry_slot(entry))) return false;
  count_calls(&run, 1);
  for (;;) {
    uint32_t index = ctz_entry_slot(entry);
    ctz_cell *cell = &run.cells[index];
    bool taken = ctz_cell_move(cell, CTZ_PHASE_FREE, CTZ_PHASE_RUNNING);
    if (taken && !run_one(&run, cell, index)) break;
    bool more = !takes_long(&run) && take_next(worker, &entry);
    bool goes_on = more && is_of_port(table, entry);
    if (!goes_on) leave(&run, run.count);
    // what JavaScript pushed twice has been run before
    if (taken) ctz_keep_settled(worker, index);
    if (goes_on) continue;
    if (more) ctz_run_slot(worker, entry);
    break;
  }
  ctz_hand_back_when_due(worker);
  return true;
}
