// What the owner of the port runs itself in place of waking a worker, and what it leaves to the workers. Counters show
// who ran a task, never the time it took: how long a kernel is expected to run is set by hand.
#include "engine_fixture.h"
#include "flow/ready.h"
#include "flow/registry.h"
#include "port_client.h"

static ctz_engine *engine;
static port_client client;
static ctz_stats stats;

// bounded(value): writes the value down, as `note` does.
// failing(), stopping(), greedy(): fails; runs until it is stopped; takes more memory than there is.
static ctz_outcome_code failing_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  context->fail(context, "Error", "E_TEST", "as it should");
  return CTZ_KERNEL_FAILED;
}

static ctz_outcome_code stopping_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  while (!ctz_should_stop(context)) ctz_cpu_relax();
  return CTZ_KERNEL_STOPPED;
}

static ctz_outcome_code greedy_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  return context->alloc(context, 1 << 20, 8) == NULL ? CTZ_KERNEL_OUT_OF_MEMORY : CTZ_KERNEL_OK;
}

#define NUMBER_TO_NUMBER .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64
static const ctz_kernel kernels[] = {
  {.name = "bounded", NUMBER_TO_NUMBER, .run = note_run, .flags = CTZ_KERNEL_BOUNDED},
  {.name = "failing", NUMBER_TO_NUMBER, .run = failing_run, .flags = CTZ_KERNEL_BOUNDED},
  {.name = "stopping", NUMBER_TO_NUMBER, .run = stopping_run, .flags = CTZ_KERNEL_BOUNDED},
  {.name = "greedy", NUMBER_TO_NUMBER, .run = greedy_run, .flags = CTZ_KERNEL_BOUNDED},
};

static void open_port(uint32_t workers) {
  ctz_config config = config_of(workers, 8, 64);
  engine = start_engine_as(&config);
  for (uint32_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    CHECK_EQ_U64(ctz_kernel_add(engine, &kernels[i], NULL), CTZ_OK);
  }
  client = port_open(engine);
  await_parked(engine, workers);
}

static void close_port(void) {
  end_engine(engine, 0);
  port_close(&client);
}

// Runs of the plan are expected to take so long, whatever they took; 0: nobody knows.
static void expect(uint32_t plan, uint32_t mean_ns) {
  atomic_store_explicit(&ctz_plan_at(engine, plan)->mean_ns, mean_ns, memory_order_relaxed);
}

static uint32_t plan_expected(const ctz_plan *plan, uint32_t mean_ns) {
  uint32_t index = define(engine, plan);
  expect(index, mean_ns);
  return index;
}

static uint32_t plan_for(const char *kernel, uint32_t mean_ns) {
  ctz_plan plan = plan_of(engine, kernel);
  return plan_expected(&plan, mean_ns);
}

static uint32_t push(uint32_t plan, uint32_t priority, double value) {
  uint32_t slot = port_take(&client);
  port_fill(&client, slot, plan, value, 0);
  CHECK(port_push_quietly(&client, slot, priority, ctz_now(engine)));
  return slot;
}

static uint64_t owner_runs(void) { return stats_of(engine, &stats)->owner_runs; }

// What was pushed has been run by workers, all `count` of it.
static void check_workers_run(uint32_t count) {
  uint64_t before = owner_runs(), woken = stats.worker_wakes;
  CHECK(!ctz_port_run_or_wake(engine));
  for (uint32_t i = 0; i < count; i++) {
    port_notice notice = {.slot = NO_SLOT};
    CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_SETTLED);
    CHECK(ctz_field_u32(&client.slots[notice.slot].worker) > 0);
    CHECK(ctz_port_free(engine, notice.slot));
    port_give(&client, notice.slot);
  }
  CHECK_EQ_U64(owner_runs(), before);
  CHECK(stats.worker_wakes > woken);
}

// It has run on this thread, and settled like that.
static void check_ran_here(uint32_t slot, ctz_slot_state state) {
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_next(&client, &notice) && notice.kind == CTZ_NOTICE_SETTLED);
  CHECK_EQ_U64(notice.slot, slot);
  CHECK_EQ_U64(port_state(&client, slot), state);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].worker), 0);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].attempt), 1);
}

static uint32_t push_and_run(uint32_t plan) {
  uint32_t slot = push(plan, 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  return slot;
}

static _Atomic uint32_t wakes;
static void count_wake(void *owner) { atomic_fetch_add_explicit((_Atomic uint32_t *)owner, 1, memory_order_relaxed); }

// Everybody sleeps, and goes on sleeping: no worker is woken, nor the owner, who is here. All figures count it.
static void test_runs_here(void) {
  open_port(2);
  engine->config.wake = count_wake;  // while no worker runs anything
  engine->config.owner = &wakes;
  uint64_t woken = stats_of(engine, &stats)->worker_wakes;
  ctz_store(&client.words[CTZ_WORD_WAITING], 1, memory_order_seq_cst);
  uint32_t slot = push(plan_for("bounded", 100), 2, 7);
  CHECK(ctz_port_run_or_wake(engine));
  check_ran_here(slot, CTZ_SLOT_COMPLETED);
  CHECK(ctz_field_f64(&client.slots[slot].result) == 7);
  CHECK(ctz_field_f64(&client.slots[slot].started_at) >= ctz_field_f64(&client.slots[slot].ready_at));
  CHECK(ctz_field_f64(&client.slots[slot].ended_at) >= ctz_field_f64(&client.slots[slot].started_at));
  CHECK_EQ_U64(ctz_load(&client.words[CTZ_WORD_WAITING], memory_order_seq_cst), 0);
  CHECK_EQ_U64(atomic_load_explicit(&wakes, memory_order_relaxed), 0);
  stats_of(engine, &stats);
  CHECK_EQ_U64(stats.owner_runs, 1);
  CHECK_EQ_U64(stats.worker_wakes, woken);
  CHECK_EQ_U64(stats.owner_wakes, 0);
  CHECK_EQ_U64(stats.parked_workers, 2);
  CHECK_EQ_U64(stats.completed, 1);
  CHECK_EQ_U64(stats.queues[2].dequeued, 1);
  CHECK_EQ_U64(stats.wait[2].count, 1);
  CHECK_EQ_U64(stats.run[2].count, 1);
  CHECK_EQ_U64(stats.active_workers, 0);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK(!ctz_port_run_or_wake(engine));  // nothing waits
  close_port();
}

static void test_most_of_them(void) {
  open_port(2);
  // a plan for each: where the first takes long, as under valgrind, the next is expected to
  for (uint32_t i = 0; i < 4; i++) push(plan_for("bounded", 1000), 2, i);
  CHECK(ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 4);
  port_notice notice;
  for (uint32_t i = 0; i < 4; i++) CHECK(port_next(&client, &notice));
  uint32_t plan = plan_for("bounded", 1000);
  for (uint32_t i = 0; i < 5; i++) push(plan, 2, i);
  check_workers_run(5);
  close_port();
}

// Where many follow the first one that ran here, workers are woken for the next few times, and then it is tried again.
static void test_many_behind_the_first(void) {
  open_port(1);
  uint32_t plan = plan_for("bounded", 1000);
  check_ran_here(push_and_run(plan), CTZ_SLOT_COMPLETED);
  expect(plan, 1000);
  for (uint32_t i = 0; i < 5; i++) push(plan, 2, i);
  check_workers_run(5);
  for (uint32_t call = 0; call < 16; call++) {
    await_parked(engine, 1);
    expect(plan, 1000);
    push(plan, 2, 0);
    check_workers_run(1);
  }
  await_parked(engine, 1);
  expect(plan, 1000);
  check_ran_here(push_and_run(plan), CTZ_SLOT_COMPLETED);
  close_port();
}

// Not more than 20 us in all, whatever the number.
static void test_expected_time(void) {
  open_port(2);
  uint32_t halves = plan_for("bounded", 10000), more = plan_for("bounded", 10001);
  uint32_t too_long = plan_for("bounded", 20001), unknown = plan_for("bounded", 0);
  push(halves, 2, 0);
  push(halves, 1, 0);
  CHECK(ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 2);
  port_notice notice;
  for (uint32_t i = 0; i < 2; i++) CHECK(port_next(&client, &notice));
  expect(halves, 10000);
  push(halves, 2, 0);
  push(more, 2, 0);
  check_workers_run(2);
  await_parked(engine, 2);
  push(too_long, 2, 0);
  check_workers_run(1);
  await_parked(engine, 2);
  push(unknown, 2, 0);
  check_workers_run(1);
  close_port();
}

static void test_unbounded(void) {
  open_port(2);
  uint32_t bounded = plan_for("bounded", 100), unbounded = plan_for("note", 100);
  push(unbounded, 2, 0);
  check_workers_run(1);
  await_parked(engine, 2);
  push(bounded, 2, 0);
  push(unbounded, 3, 0);
  check_workers_run(2);
  await_parked(engine, 2);
  // a plan that there is not, and a slot that there is not
  push(65535, 2, 0);
  check_workers_run(1);
  await_parked(engine, 2);
  CHECK(ctz_port_ring_push(&client.rings[1], 64));
  CHECK(!ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  close_port();
}

static void test_attached(void) {
  open_port(2);
  uint32_t plan = plan_for("bounded", 100), slot = client.free_slots[client.free_count - 1];
  ctz_value arg = {.f64 = 3};
  CHECK_EQ_U64(ctz_port_attach(engine, slot, plan, &arg, 1), CTZ_OK);
  CHECK_EQ_U64(push(plan, 2, 0), slot);
  check_workers_run(1);
  await_parked(engine, 2);
  static const double column[3] = {1, 2, 3};
  static double out[3];
  const double *columns[2] = {column, column};
  uint32_t add = plan_for("add", 100);
  slot = client.free_slots[client.free_count - 1];
  CHECK_EQ_U64(ctz_port_attach_columns(engine, slot, add, columns, 2, out, 3, 1), CTZ_OK);
  CHECK_EQ_U64(push(add, 2, 0), slot);
  check_workers_run(1);
  CHECK(out[2] == 6);
  close_port();
}

// A worker is awake: it is in a kernel that says nothing.
static void test_busy(void) {
  open_port(2);
  uint32_t plan = plan_for("bounded", 100);
  ctz_task_id held = submit_number(engine, define_simple(engine, "gate", 2), 0);
  gate_await(0, 1);
  await_parked(engine, 1);
  push(plan, 2, 0);
  check_workers_run(1);
  gate_open(0);
  end_of(engine, held);
  close_port();
}

static void test_something_else_waits(void) {
  open_port(2);
  uint32_t plan = plan_for("bounded", 100);
  ctz_pause(engine, true);
  push(plan, 2, 0);
  CHECK(!ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 0);
  ctz_task_id own = submit_number(engine, define_simple(engine, "note", 3), 1);
  await_parked(engine, 2);
  // resumed, and nobody woken for it yet
  expect(plan, 100);
  atomic_store_explicit(&engine->paused, false, memory_order_seq_cst);
  check_workers_run(1);
  end_of(engine, own);
  close_port();
}

// As workers would: the more urgent classes first, those of a class in the order of their coming.
static void test_order(void) {
  open_port(1);
  uint32_t plan = plan_for("bounded", 100);
  push(plan, 3, 30);
  push(plan, 1, 10);
  push(plan, 1, 11);
  push(plan, 0, 0);
  CHECK(ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 4);
  static const double expected[] = {0, 10, 11, 30};
  for (uint32_t i = 0; i < 4; i++) CHECK(notes[i] == expected[i]);
  close_port();
}

// Retries are the workers'; the last failure comes back as it would from them.
static void test_failures(void) {
  open_port(2);
  uint32_t slot = push(plan_for("failing", 100), 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  check_ran_here(slot, CTZ_SLOT_FAILED);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_OK);
  CHECK(strcmp(outcome.error.code, "E_TEST") == 0);
  CHECK_EQ_U64(stats_of(engine, &stats)->failed, 1);
  CHECK(ctz_port_free(engine, slot));
  ctz_plan plan = plan_of(engine, "failing");
  plan.max_retries = 2;
  slot = push(plan_expected(&plan, 100), 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_await(&client, &notice, LONG_MS) && notice.slot == slot);
  CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].attempt), 3);
  CHECK_EQ_U64(owner_runs(), 2);
  CHECK_EQ_U64(stats.retried, 2);
  CHECK_EQ_U64(stats.failed, 2);
  close_port();
}

static void test_limits(void) {
  open_port(2);
  ctz_plan plan = plan_of(engine, "stopping");
  plan.timeout_ms = 1;
  uint32_t slot = push(plan_expected(&plan, 100), 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  check_ran_here(slot, CTZ_SLOT_FAILED);
  CHECK_EQ_U64(stats_of(engine, &stats)->timed_out, 1);
  plan = plan_of(engine, "greedy");
  plan.memory_limit = 1 << 16;
  await_parked(engine, 2);
  slot = push(plan_expected(&plan, 100), 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  check_ran_here(slot, CTZ_SLOT_FAILED);
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_limited, 1);
  await_parked(engine, 2);
  slot = push(plan_for("bounded", 100), 2, 0);
  ctz_field_set_u32(&client.slots[slot].cancel, 1);
  CHECK(ctz_port_run_or_wake(engine));
  port_notice notice;
  CHECK(port_next(&client, &notice) && port_state(&client, slot) == CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(stats_of(engine, &stats)->cancelled, 1);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  close_port();
}

// Who wants to hear of starts hears of this one, before its end.
static void test_notices(void) {
  open_port(2);
  ctz_plan plan = plan_of(engine, "bounded");
  plan.flags = CTZ_PLAN_TELL;
  uint32_t slot = push(plan_expected(&plan, 100), 2, 0);
  CHECK(ctz_port_run_or_wake(engine));
  port_notice notice;
  CHECK(port_next(&client, &notice) && notice.kind == CTZ_NOTICE_STARTED && notice.slot == slot);
  check_ran_here(slot, CTZ_SLOT_COMPLETED);
  close_port();
}

// Pushed twice, as hostile JavaScript may do: it runs as often, and nothing else happens.
static void test_pushed_twice(void) {
  open_port(2);
  uint32_t slot = push(plan_for("bounded", 100), 2, 0);
  CHECK(ctz_port_ring_push(&client.rings[2], slot));
  CHECK(ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 2);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  close_port();
}

static void test_closed(void) {
  open_port(2);
  uint32_t slot = push(plan_for("bounded", 100), 2, 0);
  ctz_report report;
  ctz_engine_close(engine, 0, &report);
  CHECK_EQ_U64(report.cancelled, 1);
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_CANCELLED);
  CHECK(!ctz_port_run_or_wake(engine));
  CHECK_EQ_U64(owner_runs(), 0);
  release_engine(engine);
  port_close(&client);
  engine = start_engine(1, 4, 0);  // without a port
  await_parked(engine, 1);
  CHECK(!ctz_port_run_or_wake(engine));
  end_engine(engine, 0);
}

// Others submit meanwhile, and nobody is forgotten: who pushes while the owner counts as awake wakes nobody.
static void *submit_own(void *argument) {
  uint32_t plan = *(const uint32_t *)argument;
  for (uint32_t i = 0; i < 3000; i++) end_of(engine, submit_number(engine, plan, 1));
  return NULL;
}

static void test_beside_others(void) {
  open_port(2);
  uint32_t plan = plan_for("bounded", 100), own = define_simple(engine, "note", 1);
  pthread_t other;
  CHECK(pthread_create(&other, NULL, submit_own, &own) == 0);
  for (uint32_t i = 0; i < 3000; i++) {
    uint32_t slot = push(plan, i % 4, i);
    expect(plan, 100);
    port_wake_if_needed(&client);
    port_notice notice = {.slot = NO_SLOT};
    if (!CHECK(port_await(&client, &notice, LONG_MS) && notice.slot == slot)) break;
    port_give(&client, slot);
  }
  pthread_join(other, NULL);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 6000);
  close_port();
}

int main(void) {
  test_runs_here();
  test_most_of_them();
  test_many_behind_the_first();
  test_expected_time();
  test_unbounded();
  test_attached();
  test_busy();
  test_something_else_waits();
  test_order();
  test_failures();
  test_limits();
  test_notices();
  test_pushed_twice();
  test_closed();
  test_beside_others();
  return check_result();
}
