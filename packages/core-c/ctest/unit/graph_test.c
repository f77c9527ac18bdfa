// Graphs of steps: each runs once behind those it waits for, whatever the shape and the workers; failing steps, limits,
// cancelling, closing in the middle, and lists that are no graph.
#include "engine_fixture.h"
#include "port_client.h"

#define MOST_STEPS 20000u
#define MOST_ARGS (2u * MOST_STEPS)
#define NUMBER CTZ_GRAPH_NUMBER

static ctz_engine *engine;
static port_client client;

// A graph as it is written down, step by step.
typedef struct sketch {
  uint32_t plans[4], plan_count;
  uint32_t step_plans[MOST_STEPS], arg_ends[MOST_STEPS], arg_steps[MOST_ARGS];
  double arg_numbers[MOST_ARGS], results[MOST_STEPS];
  uint8_t states[MOST_STEPS];
  uint32_t count, args, slot;
} sketch;

static sketch drawn;

static void open_engine(uint32_t workers) {
  engine = start_engine(workers, 8, 64);
  client = port_open(engine);
  memset(&drawn, 0, sizeof drawn);
}

static void close_engine(void) {
  end_engine(engine, 0);
  port_close(&client);
}

static uint32_t use_plan(uint32_t plan) {
  drawn.plans[drawn.plan_count] = plan;
  return drawn.plan_count++;
}

static void take_number(double number) {
  drawn.arg_steps[drawn.args] = NUMBER;
  drawn.arg_numbers[drawn.args++] = number;
}
static void take_result(uint32_t step) { drawn.arg_steps[drawn.args++] = step; }
// With the arguments that were taken since the last one.
static uint32_t put_step(uint32_t plan) {
  drawn.step_plans[drawn.count] = plan;
  drawn.arg_ends[drawn.count] = drawn.args;
  return drawn.count++;
}

static ctz_graph graph_of_sketch(void) {
  return (ctz_graph){.count = drawn.count,
                     .plan_count = drawn.plan_count,
                     .arg_count = drawn.args,
                     .plans = drawn.plans,
                     .step_plans = drawn.step_plans,
                     .arg_ends = drawn.arg_ends,
                     .arg_steps = drawn.arg_steps,
                     .arg_numbers = drawn.arg_numbers,
                     .results = drawn.results,
                     .states = drawn.states};
}

static ctz_status attach(void) {
  ctz_graph graph = graph_of_sketch();
  drawn.slot = port_take(&client);
  return ctz_port_attach_graph(engine, drawn.slot, &graph);
}

static void start(void) {
  CHECK_EQ_U64(attach(), CTZ_OK);
  port_fill(&client, drawn.slot, drawn.plans[0], 0, 0);
  CHECK(port_push(&client, drawn.slot, 2, ctz_now(engine)));
}

static ctz_outcome await_end(void) {
  port_notice notice = {.slot = NO_SLOT};
  ctz_outcome outcome = {0};
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_SETTLED);
  CHECK_EQ_U64(notice.slot, drawn.slot);
  CHECK_EQ_U64(ctz_port_outcome(engine, drawn.slot, &outcome), CTZ_OK);
  return outcome;
}

static void forget(void) {
  CHECK(ctz_port_free(engine, drawn.slot));
  port_give(&client, drawn.slot);
  uint32_t plans[4], count = drawn.plan_count;
  memcpy(plans, drawn.plans, sizeof plans);
  memset(&drawn, 0, sizeof drawn);
  memcpy(drawn.plans, plans, sizeof plans);
  drawn.plan_count = count;
}

static void check_done(double last) {
  ctz_outcome outcome = await_end();
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_COMPLETED);
  CHECK(outcome.value.f64 == drawn.count);
  for (uint32_t i = 0; i < drawn.count; i++) CHECK_EQ_U64(drawn.states[i], CTZ_STEP_DONE);
  CHECK(drawn.results[drawn.count - 1] == last);
}

static void test_shapes(uint32_t workers) {
  open_engine(workers);
  uint32_t add = use_plan(define_simple(engine, "add", 2));
  // a chain
  for (uint32_t i = 0; i < 1000; i++) {
    if (i == 0)
      take_number(0);
    else
      take_result(i - 1);
    take_number(1);
    put_step(add);
  }
  start();
  check_done(1000);
  forget();
  // one, many beside each other that take it, and their sum; one of them takes it twice
  take_number(2);
  take_number(1);
  uint32_t first = put_step(add);
  for (uint32_t i = 0; i < 5000; i++) {
    take_result(first);
    if (i == 7)
      take_result(first);
    else
      take_number(i);
    put_step(add);
  }
  uint32_t width = 5000, base = 1;
  while (width > 1) {
    uint32_t begin = drawn.count;
    for (uint32_t i = 0; i + 1 < width; i += 2) {
      take_result(base + i);
      take_result(base + i + 1);
      put_step(add);
    }
    if (width % 2 == 1) {
      take_result(base + width - 1);
      take_number(0);
      put_step(add);
    }
    base = begin;
    width = drawn.count - begin;
  }
  start();
  check_done(5000 * 3 + 4999 * 2500 - 7 + 3);
  forget();
  // nothing but one step
  take_number(1);
  take_number(2);
  put_step(add);
  start();
  check_done(3);
  forget();
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 3);
  CHECK_EQ_U64(stats.memory_used, 0);
  close_engine();
}

static double expected[MOST_STEPS];

// Any graph: what each step gives is what the same sums give one after the other.
static void test_random(uint32_t workers, uint64_t *seed) {
  open_engine(workers);
  uint32_t add = use_plan(define_simple(engine, "add", 2)), multiply = use_plan(define_simple(engine, "multiply", 2));
  for (uint32_t round = 0; round < 20; round++) {
    uint32_t count = 1 + (uint32_t)(random_next(seed) % 3000), reach = 1 + (uint32_t)(random_next(seed) % 200);
    for (uint32_t i = 0; i < count; i++) {
      double values[2];
      for (uint32_t k = 0; k < 2; k++) {
        uint32_t back = 1 + (uint32_t)(random_next(seed) % reach);
        if (back > i) {
          values[k] = (double)(random_next(seed) % 1000) / 8;
          take_number(values[k]);
        } else {
          values[k] = expected[i - back];
          take_result(i - back);
        }
      }
      bool sum = random_next(seed) % 4 != 0;
      expected[i] = sum ? values[0] + values[1] : values[0] * values[1];
      put_step(sum ? add : multiply);
    }
    start();
    check_done(expected[count - 1] == expected[count - 1] ? expected[count - 1] : drawn.results[count - 1]);
    CHECK(memcmp(expected, drawn.results, sizeof(double) * count) == 0);
    forget();
  }
  close_engine();
}

// fussy(value): fails for numbers below 0, gives up for those from 1000 on.
static ctz_outcome_code fussy_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  result->f64 = args[0].f64;
  if (args[0].f64 >= 1000) return CTZ_KERNEL_BAILED;
  if (args[0].f64 >= 0) return CTZ_KERNEL_OK;
  context->fail(context, "Error", NULL, "below 0");
  return CTZ_KERNEL_FAILED;
}

// What waits for a step that fails is never called; everything else is.
static void test_failures(uint32_t workers) {
  static const ctz_kernel fussy = {.name = "fussy", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = fussy_run};
  open_engine(workers);
  CHECK_EQ_U64(ctz_kernel_add(engine, &fussy, NULL), CTZ_OK);
  ctz_plan limited = plan_of(engine, "spin");
  limited.timeout_ms = 2;
  uint32_t plan = use_plan(define_simple(engine, "fussy", 2)), spin = use_plan(define(engine, &limited));
  static const double numbers[] = {1, -1, 2, 1000, 3};
  for (uint32_t i = 0; i < 5; i++) {
    take_number(numbers[i]);
    uint32_t first = put_step(plan);
    take_result(first);
    uint32_t second = put_step(plan);
    take_result(second);
    put_step(plan);
  }
  take_number(1e9);
  put_step(spin);
  start();
  ctz_outcome outcome = await_end();
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_COMPLETED);
  CHECK(outcome.value.f64 == 9);
  for (uint32_t i = 0; i < 5; i++) {
    bool bad = i == 1 || i == 3;
    CHECK_EQ_U64(drawn.states[3 * i], bad ? CTZ_STEP_FAILED : CTZ_STEP_DONE);
    for (uint32_t k = 1; k < 3; k++) CHECK_EQ_U64(drawn.states[3 * i + k], bad ? CTZ_STEP_WAITING : CTZ_STEP_DONE);
  }
  CHECK_EQ_U64(drawn.states[15], CTZ_STEP_STOPPED);
  forget();
  close_engine();
}

// Short steps are called many at a time: one that fails among them leaves the others as they are, time after time.
static void test_short_steps(uint32_t workers) {
  static const ctz_kernel fussy = {.name = "fussy", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = fussy_run};
  open_engine(workers);
  CHECK_EQ_U64(ctz_kernel_add(engine, &fussy, NULL), CTZ_OK);
  uint32_t first = use_plan(define_simple(engine, "fussy", 2)), add = use_plan(define_simple(engine, "add", 2));
  for (uint32_t round = 0; round < 20; round++) {
    for (uint32_t i = 0; i < 400; i++) {
      take_number(i % 7 == 3 ? -1.0 : (double)i);
      uint32_t step = put_step(first);
      take_result(step);
      take_number(round);
      put_step(add);
    }
    start();
    CHECK(await_end().value.f64 == 2 * (400 - 57));
    for (uint32_t i = 0; i < 400; i++) {
      bool bad = i % 7 == 3;
      CHECK_EQ_U64(drawn.states[2 * i], bad ? CTZ_STEP_FAILED : CTZ_STEP_DONE);
      CHECK_EQ_U64(drawn.states[2 * i + 1], bad ? CTZ_STEP_WAITING : CTZ_STEP_DONE);
      CHECK(bad || drawn.results[2 * i + 1] == i + round);
    }
    forget();
  }
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  close_engine();
}

// A plan that is released while its steps wait: they fail, and nothing is called.
static void test_released_plan(void) {
  open_engine(1);
  uint32_t held = use_plan(define_simple(engine, "gate", 2)), add = define_simple(engine, "add", 2);
  uint32_t late = use_plan(add);
  take_number(0);
  uint32_t first = put_step(held);
  take_result(first);
  take_number(1);
  put_step(late);
  start();
  gate_await(0, 1);
  ctz_plan_release(engine, add);
  CHECK_EQ_U64(define_simple(engine, "note", 2), add);  // its number is another's now
  gate_open(0);
  CHECK(await_end().value.f64 == 1);
  CHECK_EQ_U64(drawn.states[1], CTZ_STEP_FAILED);
  forget();
  close_engine();
}

static void test_cancel(uint32_t workers) {
  open_engine(workers);
  uint32_t held = use_plan(define_simple(engine, "gate", 2)), listen = use_plan(define_simple(engine, "listen", 2));
  take_number(0);
  uint32_t first = put_step(held);
  for (uint32_t i = 0; i < 100; i++) {
    take_result(first);
    put_step(held);
  }
  start();
  gate_await(0, 1);
  ctz_field_set_u32(&client.slots[drawn.slot].cancel, 1);
  port_notice notice;
  CHECK(!port_next(&client, &notice));
  CHECK(!ctz_port_free(engine, drawn.slot));
  gate_open(0);
  CHECK_EQ_U64(await_end().state, CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(drawn.states[0], CTZ_STEP_DONE);
  for (uint32_t i = 1; i < drawn.count; i++) CHECK_EQ_U64(drawn.states[i], CTZ_STEP_WAITING);
  forget();
  // one that hears of it
  take_number(1);
  put_step(listen);
  start();
  gate_await(1, 1);
  ctz_field_set_u32(&client.slots[drawn.slot].cancel, 1);
  CHECK_EQ_U64(await_end().state, CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(drawn.states[0], CTZ_STEP_WAITING);
  forget();
  close_engine();
}

// Others have their turn before a long graph has ended, and the graph goes on behind them.
static void test_others_pass(void) {
  open_engine(1);
  uint32_t held = use_plan(define_simple(engine, "gate", 2)), spin = use_plan(define_simple(engine, "spin", 2));
  take_number(0);
  put_step(held);
  for (uint32_t i = 0; i < 10; i++) {
    take_number(1000);
    put_step(spin);
  }
  take_number(1);
  put_step(held);
  start();
  gate_await(0, 1);
  ctz_task_id urgent = submit_number(engine, define_simple(engine, "note", 0), 1);
  gate_open(0);
  CHECK_EQ_U64(end_of(engine, urgent).state, CTZ_SLOT_COMPLETED);
  gate_open(1);
  CHECK(await_end().value.f64 == 12);
  forget();
  close_engine();
}

// Paused in the middle: no step begins until it goes on.
static void test_pause(void) {
  open_engine(1);
  uint32_t held = use_plan(define_simple(engine, "gate", 2)), spin = use_plan(define_simple(engine, "spin", 2));
  take_number(0);
  put_step(held);
  for (uint32_t i = 0; i < 100; i++) {
    take_number(300);
    put_step(spin);
  }
  start();
  gate_await(0, 1);
  ctz_pause(engine, true);
  gate_open(0);
  await_parked(engine, 1);
  port_notice notice;
  CHECK(!port_next(&client, &notice));
  CHECK(drawn.states[100] == CTZ_STEP_WAITING);
  ctz_pause(engine, false);
  CHECK(await_end().value.f64 == 101);
  forget();
  close_engine();
}

static void test_close(uint32_t workers) {
  open_engine(workers);
  uint32_t held = use_plan(define_simple(engine, "gate", 2));
  for (uint32_t i = 0; i < 100; i++) {
    take_number(0);
    put_step(held);
  }
  start();
  gate_await(0, workers);
  ctz_report report;
  ctz_engine_close(engine, 0, &report);
  CHECK_EQ_U64(report.abandoned, workers);
  CHECK(!ctz_port_returned(engine, drawn.slot, 0));
  gate_open(0);
  CHECK(ctz_port_returned(engine, drawn.slot, LONG_MS));
  CHECK_EQ_U64(await_end().state, CTZ_SLOT_CANCELLED);
  release_engine(engine);
  port_close(&client);
}

// Pushed again after it has ended: nothing runs a second time.
static void test_pushed_again(void) {
  open_engine(1);
  uint32_t note = use_plan(define_simple(engine, "note", 2));
  take_number(5);
  put_step(note);
  start();
  check_done(5);
  CHECK(port_push(&client, drawn.slot, 2, ctz_now(engine)));
  submit_number(engine, drawn.plans[note], 6);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 2);
  close_engine();
}

static void check_refused(ctz_status status) {
  CHECK_EQ_U64(attach(), status);
  forget();
}

static void put_pair(uint32_t plan, uint32_t from) {
  take_result(from);
  take_number(1);
  put_step(plan);
}

static void test_refused(void) {
  open_engine(1);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  uint32_t add = use_plan(define_simple(engine, "add", 2)), bytes = use_plan(define_simple(engine, "crc32", 2));
  check_refused(CTZ_BAD_ARGUMENT);  // no step
  drawn.plan_count = 1;
  put_pair(add, 0);  // its own result
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, 1);  // one that comes later
  put_pair(add, NUMBER);
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER - 1);
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER);
  drawn.arg_ends[0] = 1;  // too few
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER);
  take_number(3);  // too many
  drawn.arg_ends[0] = 3;
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER);
  take_number(3);  // nobody's
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER);
  drawn.arg_ends[0] = UINT32_MAX;
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(add, NUMBER);
  put_pair(add, 0);
  drawn.arg_ends[0] = 4;  // runs backwards
  drawn.arg_ends[1] = 2;
  check_refused(CTZ_BAD_ARGUMENT);
  put_pair(7, NUMBER);  // no such plan of the graph
  check_refused(CTZ_BAD_ARGUMENT);
  drawn.plan_count = 2;
  take_number(1);
  put_step(bytes);  // bytes are no number
  take_number(1);
  put_step(bytes);
  check_refused(CTZ_BAD_ARGUMENT);
  drawn.plan_count = 1;
  drawn.plans[0] = 999;
  put_pair(0, NUMBER);
  check_refused(CTZ_NOT_FOUND);
  ctz_graph graph = graph_of_sketch();
  CHECK_EQ_U64(ctz_port_attach_graph(engine, 64, &graph), CTZ_INVALID);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  close_engine();
}

int main(void) {
  uint64_t seed = seed_of("graph", 5);
  for (uint32_t workers = 1; workers <= 4; workers += workers) {
    test_shapes(workers);
    test_random(workers, &seed);
    test_failures(workers);
    test_short_steps(workers);
    test_cancel(workers);
    test_close(workers);
  }
  test_released_plan();
  test_others_pass();
  test_pause();
  test_pushed_again();
  test_refused();
  return check_result();
}
