// Short tasks of one plan that a worker runs one behind the other: on a worker's record of the test's own, which no
// thread has, with a batch that the test fills. How long a plan is expected to run is set by hand.
#include "engine_fixture.h"
#include "flow/ready.h"
#include "flow/registry.h"
#include "port_client.h"
#include "worker/call.h"
#include "worker/streak.h"
#include "worker/worker.h"

static ctz_engine *engine;
static port_client client;
static ctz_worker *worker;
static uint32_t claimed[CTZ_BATCH_SIZE];
static uint32_t claimed_count;

// odd(i): fails for an odd number. greedy(bytes): takes memory. pausing(x): pauses the engine. looking(x): how many
// tasks of this worker had been settled when it ran. whole(i32), truth(bool): their argument. text(): a slice.
static ctz_outcome_code odd_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = args[0].f64;
  if (fmod(args[0].f64, 2) == 0) return CTZ_KERNEL_OK;
  context->fail(context, "RangeError", "E_ODD", "it is odd");
  return CTZ_KERNEL_FAILED;
}

// grumbling(): tells an error, and succeeds all the same.
static ctz_outcome_code grumbling_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = args[0].f64;
  context->fail(context, "Error", "E_GRUMBLE", "it could have failed");
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code greedy_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = args[0].f64;
  if (args[0].f64 > 0 && context->alloc(context, (size_t)args[0].f64, 8) == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  return CTZ_KERNEL_OK;
}

// wasteful(bytes): takes memory for a result and does not use it.
static ctz_outcome_code wasteful_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = args[0].f64;
  if (args[0].f64 > 0 && context->alloc_result(context, (size_t)args[0].f64) == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  return CTZ_KERNEL_OK;
}

// bailing(): says what only programs can.
static ctz_outcome_code bailing_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_BAILED;
}

static ctz_outcome_code pausing_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->f64 = args[0].f64;
  if (args[0].f64 == 2) ctz_pause(engine, true);
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code looking_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  result->f64 = ctz_port_ring_length(&worker->settled);
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code whole_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->i32 = args[0].i32;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code truth_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->u32 = args[0].u32;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code text_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}

// deaf(): 2 ms without asking whether its time is over; how many tasks of this worker were to be handed back then.
static ctz_outcome_code deaf_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  result->f64 = ctz_port_ring_length(&worker->settled);
  uint64_t end = ctz_monotonic_ns() + 2000000u;
  while (ctz_monotonic_ns() < end) ctz_cpu_relax();
  return CTZ_KERNEL_OK;
}

// asking(us): asks whether to stop, again and again for so long, and once more than it may without being looked at; how
// many times it could have asked before.
static ctz_outcome_code asking_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = context->polls_left;
  uint64_t end = ctz_monotonic_ns() + (uint64_t)(args[0].f64 * 1000);
  for (uint32_t i = 0; i < CTZ_FIRST_STRIDE || ctz_monotonic_ns() < end; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
  }
  return CTZ_KERNEL_OK;
}

// calls(): how often this worker has entered and left kernels.
static ctz_outcome_code calls_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  result->f64 = (double)atomic_load_explicit(&worker->calls, memory_order_relaxed);
  return CTZ_KERNEL_OK;
}

#define NUMBER_TO_NUMBER .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64
static const ctz_kernel kernels[] = {
  {.name = "odd", NUMBER_TO_NUMBER, .run = odd_run},
  {.name = "grumbling", NUMBER_TO_NUMBER, .run = grumbling_run},
  {.name = "greedy", NUMBER_TO_NUMBER, .run = greedy_run},
  {.name = "bailing", NUMBER_TO_NUMBER, .run = bailing_run},
  {.name = "wasteful", NUMBER_TO_NUMBER, .run = wasteful_run},
  {.name = "pausing", NUMBER_TO_NUMBER, .run = pausing_run},
  {.name = "looking", NUMBER_TO_NUMBER, .run = looking_run},
  {.name = "deaf", NUMBER_TO_NUMBER, .run = deaf_run},
  {.name = "asking", NUMBER_TO_NUMBER, .run = asking_run},
  {.name = "calls", NUMBER_TO_NUMBER, .run = calls_run},
  {.name = "whole", .arity = 1, .args = {CTZ_I32}, .result = CTZ_I32, .run = whole_run},
  {.name = "truth", .arity = 1, .args = {CTZ_BOOL}, .result = CTZ_BOOL, .run = truth_run},
  {.name = "text", .arity = 0, .result = CTZ_TEXT, .run = text_run},
};

static void begin(void) {
  engine = start_engine(1, 8, 128);
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    CHECK_EQ_U64(ctz_kernel_add(engine, &kernels[i], NULL), CTZ_OK);
  }
  client = port_open(engine);
  await_parked(engine, 1);
  worker = ctz_worker_create(engine, CTZ_STAND_IN);
  if (!CHECK(worker != NULL)) exit(1);
  worker->now_ns = ctz_clock_read(&worker->clock);
  worker->streak_ns = UINT64_MAX;  // however slow this machine is
  claimed_count = 0;
}

static void end(void) {
  CHECK(!ctz_is_in_kernel(atomic_load_explicit(&worker->calls, memory_order_relaxed)));
  ctz_worker_destroy(worker);
  end_engine(engine, 0);
  port_close(&client);
}

// Whatever they took.
static void expect(uint32_t plan, uint32_t mean_ns) {
  atomic_store_explicit(&ctz_plan_at(engine, plan)->mean_ns, mean_ns, memory_order_relaxed);
}

static uint32_t plan_as(const ctz_plan *plan, uint32_t mean_ns) {
  uint32_t index = define(engine, plan);
  expect(index, mean_ns);
  return index;
}

static uint32_t short_plan(const char *kernel) {
  ctz_plan plan = plan_of(engine, kernel);
  return plan_as(&plan, 100);
}

static uint32_t claim(uint32_t plan, double value) {
  uint32_t slot = port_take(&client);
  port_fill(&client, slot, plan, value, 0);
  ctz_field_set_f64(&client.slots[slot].ready_at, ctz_now(engine));
  ctz_field_set_u32(&client.slots[slot].state, CTZ_SLOT_PENDING);
  claimed[claimed_count++] = slot | CTZ_ENTRY_OF_PORT;
  return slot;
}

// All that was claimed: the first goes, the others lie in the batch.
static bool run_claimed(void) {
  if (claimed_count > 1) ctz_batch_fill(&worker->batch, claimed + 1, claimed_count - 1);
  return ctz_run_streak(worker, claimed[0]);
}

static void check_completed(uint32_t slot, double result) {
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].attempt), 1);
  CHECK(ctz_field_f64(&client.slots[slot].result) == result);
  CHECK(ctz_field_f64(&client.slots[slot].started_at) >= ctz_field_f64(&client.slots[slot].ready_at));
  CHECK(ctz_field_f64(&client.slots[slot].ended_at) >= ctz_field_f64(&client.slots[slot].started_at));
}

static bool is_untouched(uint32_t slot) {
  return port_state(&client, slot) == CTZ_SLOT_PENDING && ctz_cell_phase(&engine->table.cells[slot]) == CTZ_PHASE_FREE;
}

static uint64_t completed(void) { return atomic_load_explicit(&worker->figures->completed, memory_order_relaxed); }

static uint64_t recorded(const ctz_recorder *recorder) {
  static ctz_histogram sum;
  memset(&sum, 0, sizeof sum);
  ctz_histogram_merge(&sum, recorder);
  return sum.count;
}

static void check_recorded(uint64_t count) {
  CHECK_EQ_U64(recorded(&worker->figures->classes[2].wait), count);
  CHECK_EQ_U64(recorded(&worker->figures->classes[2].run), count);
}

static void test_alike(void) {
  begin();
  uint32_t plan = short_plan("odd"), slots[CTZ_BATCH_SIZE];
  for (uint32_t i = 0; i < CTZ_BATCH_SIZE; i++) slots[i] = claim(plan, 2 * i);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < CTZ_BATCH_SIZE; i++) check_completed(slots[i], 2 * i);
  CHECK_EQ_U64(ctz_batch_length(&worker->batch), 0);
  CHECK_EQ_U64(completed(), CTZ_BATCH_SIZE);
  check_recorded(CTZ_BATCH_SIZE);
  end();
}

// A task that has ended lies where others can hand it back before the next one begins.
static void test_settles_each(void) {
  begin();
  uint32_t plan = short_plan("looking"), slots[8];
  for (uint32_t i = 0; i < 8; i++) slots[i] = claim(plan, 0);
  worker->settled_until_ns = UINT64_MAX;
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 8; i++) CHECK(ctz_field_f64(&client.slots[slots[i]].result) == i);
  end();
}

static void test_another_plan(void) {
  begin();
  uint32_t even = short_plan("odd"), noted = short_plan("note"), slots[6];
  for (uint32_t i = 0; i < 6; i++) slots[i] = claim(i == 3 ? noted : even, 2 * i);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 4; i++) check_completed(slots[i], 2 * i);
  CHECK(is_untouched(slots[4]) && is_untouched(slots[5]));
  CHECK_EQ_U64(ctz_batch_length(&worker->batch), 2);
  CHECK_EQ_U64(completed(), 4);
  check_recorded(4);
  end();
}

// What is not short, is urgent, tells of its starts, or has a result that is no number runs as any.
static void test_others(void) {
  begin();
  ctz_plan urgent = plan_of(engine, "note"), telling = urgent;
  urgent.priority = 1;
  telling.flags = CTZ_PLAN_TELL;
  ctz_plan plain = plan_of(engine, "note"), text = plan_of(engine, "text");
  const uint32_t plans[] = {plan_as(&urgent, 100), plan_as(&telling, 100), plan_as(&text, 100), plan_as(&plain, 0),
                            plan_as(&plain, 1000000)};
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    claimed_count = 0;
    uint32_t slot = claim(plans[i], 1);
    CHECK(!run_claimed());
    CHECK(is_untouched(slot));
  }
  claimed[0] = UINT32_MAX;  // no slot at all
  CHECK(!run_claimed());
  end();
}

static void test_failure(void) {
  begin();
  uint32_t plan = short_plan("odd"), slots[4];
  const double values[4] = {0, 2, 3, 4};
  for (uint32_t i = 0; i < 4; i++) slots[i] = claim(plan, values[i]);
  CHECK(run_claimed());
  check_completed(slots[0], 0);
  check_completed(slots[1], 2);
  CHECK_EQ_U64(port_state(&client, slots[2]), CTZ_SLOT_FAILED);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_outcome(engine, slots[2], &outcome), CTZ_OK);
  CHECK(strcmp(outcome.error.code, "E_ODD") == 0);
  CHECK(is_untouched(slots[3]));
  CHECK_EQ_U64(completed(), 2);
  CHECK_EQ_U64(atomic_load_explicit(&worker->figures->failed, memory_order_relaxed), 1);
  check_recorded(3);
  end();
}

static void test_memory(void) {
  begin();
  uint32_t plan = short_plan("greedy"), slots[4];
  const double bytes[4] = {0, 5000, 0, 0};
  for (uint32_t i = 0; i < 4; i++) slots[i] = claim(plan, bytes[i]);
  CHECK(run_claimed());
  uint32_t next;
  expect(plan, 100);
  CHECK(ctz_batch_take(&worker->batch, &next) && ctz_run_streak(worker, next));
  for (uint32_t i = 0; i < 4; i++) {
    check_completed(slots[i], bytes[i]);
    CHECK_EQ_U64(ctz_field_u32(&client.slots[slots[i]].memory_kb), i == 1 ? 5 : 0);
  }
  end();
}

// What it has told is not the next one's.
static void test_grumbles(void) {
  begin();
  uint32_t plan = short_plan("grumbling"), first = claim(plan, 1), second = claim(plan, 2);
  CHECK(run_claimed());
  check_completed(first, 1);
  CHECK(is_untouched(second));
  CHECK_EQ_U64(completed(), 1);
  end();
}

// Nobody else can run a kernel that is no program.
static void test_bails(void) {
  begin();
  uint32_t slot = claim(short_plan("bailing"), 0);
  CHECK(run_claimed());
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_FAILED);
  CHECK_EQ_U64(atomic_load_explicit(&worker->figures->failed, memory_order_relaxed), 1);
  CHECK_EQ_U64(atomic_load_explicit(&worker->figures->bailed, memory_order_relaxed), 0);
  end();
}

static void test_waste(void) {
  begin();
  uint32_t plan = short_plan("wasteful"), slots[2];
  uint64_t used = atomic_load_explicit(&engine->budget.used, memory_order_relaxed);
  for (uint32_t i = 0; i < 2; i++) slots[i] = claim(plan, 5000 * i);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 2; i++) check_completed(slots[i], 5000 * i);
  CHECK_EQ_U64(atomic_load_explicit(&engine->budget.used, memory_order_relaxed), used);
  end();
}

// Each may ask as often as any, whatever the one before has asked for.
static void test_asks(void) {
  begin();
  uint32_t plan = short_plan("asking"), slots[3];
  for (uint32_t i = 0; i < 3; i++) slots[i] = claim(plan, 0);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 3; i++) check_completed(slots[i], CTZ_FIRST_STRIDE);
  end();
}

// One that turns out long takes leave, and is back when it ends.
static void test_asks_for_long(void) {
  begin();
  uint32_t plan = short_plan("asking"), slots[3];
  uint32_t searching = atomic_load_explicit(&engine->searching, memory_order_relaxed);
  for (uint32_t i = 0; i < 3; i++) slots[i] = claim(plan, i == 1 ? 1000 : 0);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 3; i++) check_completed(slots[i], CTZ_FIRST_STRIDE);
  await_parked(engine, 1);
  CHECK_EQ_U64(atomic_load_explicit(&engine->searching, memory_order_relaxed), searching);
  end();
}

// The time of each begins with itself.
static void test_asks_too_long(void) {
  begin();
  ctz_plan plan = plan_of(engine, "asking");
  plan.timeout_ms = 100;
  uint32_t index = plan_as(&plan, 100), slots[3];
  for (uint32_t i = 0; i < 3; i++) slots[i] = claim(index, i == 2 ? 1e9 : 0);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 2; i++) check_completed(slots[i], CTZ_FIRST_STRIDE);
  CHECK_EQ_U64(port_state(&client, slots[2]), CTZ_SLOT_FAILED);
  CHECK_EQ_U64(atomic_load_explicit(&worker->figures->timed_out, memory_order_relaxed), 1);
  CHECK_EQ_U64(completed(), 2);
  end();
}

// Who looks whether this worker is in a kernel, and still in the same one, sees so.
static void test_counts_calls(void) {
  begin();
  uint32_t plan = short_plan("calls"), slots[3];
  for (uint32_t i = 0; i < 3; i++) slots[i] = claim(plan, 0);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 3; i++) check_completed(slots[i], 2 * i + 1);
  end();
}

static void test_late(void) {
  begin();
  ctz_plan plan = plan_of(engine, "deaf");
  plan.timeout_ms = 1;
  uint32_t slot = claim(plan_as(&plan, 100), 0);
  CHECK(run_claimed());
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_FAILED);
  CHECK_EQ_U64(atomic_load_explicit(&worker->figures->timed_out, memory_order_relaxed), 1);
  CHECK_EQ_U64(completed(), 0);
  end();
}

// Tasks that were short and are not: the streak ends with the first, and leaves the others to whoever looks.
static void test_turns_long(void) {
  begin();
  uint32_t plan = short_plan("deaf"), slots[3];
  worker->streak_ns = CTZ_STREAK_NS;
  for (uint32_t i = 0; i < 3; i++) slots[i] = claim(plan, 0);
  CHECK(run_claimed());
  check_completed(slots[0], 0);
  CHECK(is_untouched(slots[1]) && is_untouched(slots[2]));
  CHECK_EQ_U64(ctz_batch_length(&worker->batch), 2);
  check_recorded(1);
  CHECK(atomic_load_explicit(&ctz_plan_at(engine, plan)->mean_ns, memory_order_relaxed) > 100000);
  end();
}

static void test_cancelled(void) {
  begin();
  uint32_t plan = short_plan("note"), first = claim(plan, 1), second = claim(plan, 2);
  ctz_field_set_u32(&client.slots[second].cancel, 1);
  CHECK(run_claimed());
  check_completed(first, 1);
  CHECK_EQ_U64(port_state(&client, second), CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 1);
  end();
}

static void test_types(void) {
  begin();
  uint32_t whole = short_plan("whole"), truth = short_plan("truth");
  uint32_t fits = claim(whole, -7), misfits = claim(whole, 1.5);
  CHECK(run_claimed());
  check_completed(fits, -7);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[fits].result_type), CTZ_I32);
  CHECK_EQ_U64(port_state(&client, misfits), CTZ_SLOT_FAILED);
  claimed_count = 0;
  uint32_t yes = claim(truth, 1);
  CHECK(run_claimed());
  check_completed(yes, 1);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[yes].result_type), CTZ_BOOL);
  end();
}

static void test_pushed_twice(void) {
  begin();
  uint32_t plan = short_plan("note"), first = claim(plan, 1);
  ctz_cell_move(&engine->table.cells[first], CTZ_PHASE_FREE, CTZ_PHASE_HELD);  // somebody has it
  uint32_t second = claim(plan, 2);
  claimed[claimed_count++] = UINT32_MAX;
  CHECK(run_claimed());
  check_completed(second, 2);
  CHECK_EQ_U64(port_state(&client, first), CTZ_SLOT_PENDING);
  CHECK_EQ_U64(completed(), 1);
  CHECK_EQ_U64(ctz_batch_length(&worker->batch), 0);
  ctz_cell_move(&engine->table.cells[first], CTZ_PHASE_HELD, CTZ_PHASE_FREE);
  end();
}

static void test_pause(void) {
  begin();
  uint32_t plan = short_plan("pausing"), slots[5];
  for (uint32_t i = 0; i < 5; i++) slots[i] = claim(plan, i);
  CHECK(run_claimed());
  for (uint32_t i = 0; i < 3; i++) check_completed(slots[i], i);
  CHECK(is_untouched(slots[3]) && is_untouched(slots[4]));
  CHECK_EQ_U64(ctz_batch_length(&worker->batch), 2);
  check_recorded(3);
  end();
}

// Its number is another plan's by now: what was pushed for the old one must not run as the new one.
static void test_plan_gone(void) {
  begin();
  uint32_t plan = short_plan("note"), slot = claim(plan, 1);
  ctz_plan_release(engine, plan);
  CHECK(!run_claimed());
  CHECK(is_untouched(slot));
  end();
}

int main(void) {
  test_alike();
  test_settles_each();
  test_another_plan();
  test_others();
  test_failure();
  test_memory();
  test_grumbles();
  test_bails();
  test_waste();
  test_asks();
  test_asks_for_long();
  test_asks_too_long();
  test_counts_calls();
  test_late();
  test_turns_long();
  test_cancelled();
  test_types();
  test_pushed_twice();
  test_pause();
  test_plan_gone();
  return check_result();
}
