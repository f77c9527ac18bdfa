// The end of an engine: what waits, what runs, what comes too late.
#include "engine_fixture.h"
#include "port_client.h"

static ctz_engine *engine;

static void check_report(ctz_report report, uint64_t completed, uint64_t cancelled, uint64_t abandoned) {
  CHECK_EQ_U64(report.completed, completed);
  CHECK_EQ_U64(report.cancelled, cancelled);
  CHECK_EQ_U64(report.abandoned, abandoned);
}

// Nobody waits: what has not started is cancelled, what runs is left alone.
static void test_at_once(void) {
  engine = start_engine(2, 64, 64);
  port_client client = port_open(engine);
  uint32_t gated = define_simple(engine, "gate", 1), note = define_simple(engine, "note", 2);
  ctz_task_id running = submit_number(engine, gated, 0);
  uint32_t slot = port_submit(&client, gated, 1, 0, 0);
  gate_await(0, 2);
  ctz_task_id waiting[10], timed[10];
  for (uint32_t i = 0; i < 10; i++) {
    waiting[i] = submit_number(engine, note, i);
    timed[i] = submit_numbers(engine, note, 1, i, 0, 1e8);
    port_submit(&client, note, i % 4, i, 0);
    uint32_t later = port_take(&client);
    port_fill(&client, later, note, i, 0);
    port_push_timed(&client, later, 1e9);
  }
  ctz_report report;
  ctz_engine_close(engine, 0, &report);
  check_report(report, 0, 40, 2);
  for (uint32_t i = 0; i < 10; i++) {
    CHECK_EQ_U64(end_of(engine, waiting[i]).state, CTZ_SLOT_CANCELLED);
    CHECK_EQ_U64(end_of(engine, timed[i]).state, CTZ_SLOT_CANCELLED);
  }
  port_notice notice;
  for (uint32_t i = 0; i < 20; i++) {
    CHECK(port_next(&client, &notice) && port_state(&client, notice.slot) == CTZ_SLOT_CANCELLED);
  }
  CHECK(!port_next(&client, &notice));
  CHECK(!ctz_port_returned(engine, slot, 0));
  gate_open(0);
  CHECK(ctz_port_returned(engine, slot, LONG_MS));
  CHECK_EQ_U64(end_of(engine, running).state, CTZ_SLOT_COMPLETED);  // it had run to its end
  CHECK(port_await(&client, &notice, LONG_MS) && notice.slot == slot);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->cancelled, 40);
  CHECK_EQ_U64(stats.scheduled + stats.retrying, 0);
  release_engine(engine);
  port_close(&client);
}

// With time: all that is there is done first, retries and delays too.
static void test_with_time(void) {
  engine = start_engine(2, 64, 64);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  port_client client = port_open(engine);
  ctz_plan plan = plan_of(engine, "example.flaky");
  plan.max_retries = 2;
  plan.backoff = CTZ_BACKOFF_FIXED;
  plan.retry_delay_ms = 2;
  uint32_t flaky = define(engine, &plan), note = define_simple(engine, "note", 2);
  for (uint32_t i = 0; i < 10; i++) {
    submit_number(engine, flaky, 2);
    submit_number(engine, flaky, 3);
    submit_numbers(engine, note, 1, i, 0, 5);
    port_submit(&client, note, 3, i, 0);
  }
  ctz_stats stats;
  uint64_t before = stats_of(engine, &stats)->completed + stats.failed;
  ctz_report report;
  ctz_engine_close(engine, LONG_MS, &report);
  stats_of(engine, &stats);
  CHECK_EQ_U64(stats.completed, 30);
  CHECK_EQ_U64(stats.failed, 10);
  // some may have settled between the two looks
  CHECK(report.completed <= 40 - before);
  check_report(report, report.completed, 0, 0);
  ctz_engine_close(engine, LONG_MS, &report);
  check_report(report, 0, 0, 0);
  ctz_engine_close(engine, 0, NULL);
  release_engine(engine);
  port_close(&client);
}

// With too little of it.
static void test_in_time(void) {
  engine = start_engine(1, 64, 0);
  uint32_t gated = define_simple(engine, "gate", 2);
  ctz_task_id first = submit_number(engine, gated, 0), second = submit_number(engine, gated, 0);
  gate_await(0, 1);
  ctz_report report;
  ctz_engine_close(engine, 10, &report);
  check_report(report, 0, 1, 1);
  CHECK_EQ_U64(end_of(engine, second).state, CTZ_SLOT_CANCELLED);
  gate_open(0);
  CHECK_EQ_U64(end_of(engine, first).state, CTZ_SLOT_COMPLETED);
  release_engine(engine);
}

// Who listens stops at once.
static void test_listeners_stop(void) {
  engine = start_engine(2, 8, 0);
  uint32_t plan = define_simple(engine, "listen", 2);
  ctz_task_id ids[2] = {submit_number(engine, plan, 0), submit_number(engine, plan, 0)};
  gate_await(0, 2);
  ctz_engine_close(engine, 0, NULL);
  for (uint32_t i = 0; i < 2; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_CANCELLED);
  release_engine(engine);
}

// A paused engine closes too.
static void test_paused(void) {
  engine = start_engine(2, 64, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  ctz_pause(engine, true);
  for (uint32_t i = 0; i < 20; i++) submit_number(engine, plan, i);
  ctz_report report;
  ctz_engine_close(engine, 5, &report);
  check_report(report, 0, 20, 0);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  release_engine(engine);
}

static _Atomic uint32_t gone;
static pthread_mutex_t gone_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gone_changed = PTHREAD_COND_INITIALIZER;

static void tell_gone(void *owner) {
  (void)owner;
  pthread_mutex_lock(&gone_mutex);
  atomic_fetch_add_explicit(&gone, 1, memory_order_relaxed);
  pthread_cond_signal(&gone_changed);
  pthread_mutex_unlock(&gone_mutex);
}

// Released while a kernel runs: its thread frees the engine when it returns.
static void test_released_while_running(void) {
  ctz_config config = config_of(1, 8, 8);
  config.gone = tell_gone;
  engine = start_engine_as(&config);
  atomic_store_explicit(&gone, 0, memory_order_relaxed);
  submit_number(engine, define_simple(engine, "gate", 2), 0);
  gate_await(0, 1);
  check_report(end_engine(engine, 0), 0, 0, 1);
  CHECK_EQ_U64(atomic_load_explicit(&gone, memory_order_relaxed), 0);
  gate_open(0);
  pthread_mutex_lock(&gone_mutex);
  while (atomic_load_explicit(&gone, memory_order_relaxed) == 0) pthread_cond_wait(&gone_changed, &gone_mutex);
  pthread_mutex_unlock(&gone_mutex);
}

static void wait_at_gate(void *owner) {
  (void)owner;
  gate_enter(8, true);
}

static void *close_it(void *argument) {
  ctz_engine_close(engine, 0, argument);
  return NULL;
}

static void await_stopped(void) {
  while (!ctz_is_stopped(engine)) sched_yield();
}

// Closed while a worker is about to enter a kernel, and tells nobody when it does: close looks again by itself.
static void test_enters_meanwhile(void) {
  ctz_config config = config_of(1, 1, 8);
  config.wake = wait_at_gate;
  engine = start_engine_as(&config);
  port_client client = port_open(engine);
  ctz_plan plan = plan_of(engine, "gate");
  plan.flags = CTZ_PLAN_TELL;
  // the notice of the start has the worker call `wake`, right before the kernel
  ctz_store(&client.words[CTZ_WORD_WAITING], 1, memory_order_seq_cst);
  port_submit(&client, define(engine, &plan), 2, 0, 0);
  gate_await(8, 1);
  ctz_report report;
  pthread_t thread;
  uint64_t before = ctz_monotonic_ns();
  CHECK(pthread_create(&thread, NULL, close_it, &report) == 0);
  await_stopped();
  gate_open(8);
  gate_await(0, 1);
  pthread_join(thread, NULL);
  CHECK(ctz_monotonic_ns() - before < 1900000000u);  // the whole of its patience is 2 s
  check_report(report, 0, 0, 1);
  gate_open(0);
  release_engine(engine);
  port_close(&client);
}

// Closed while a thread that submits has its place in the queue and has not filled it: what waits behind ends as well.
static void test_behind_a_place_not_filled(void) {
  engine = start_engine(1, 64, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  ctz_pause(engine, true);
  await_parked(engine, 1);
  uint32_t place = atomic_fetch_add_explicit(&engine->returning[2].tail, 1, memory_order_relaxed);
  ctz_task_id ids[20];
  for (uint32_t i = 0; i < 20; i++) ids[i] = submit_number(engine, plan, i);
  ctz_report report;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, close_it, &report) == 0);
  await_stopped();
  for (bool ended = false; !ended; sched_yield()) {
    ctz_lock(&engine->pool_lock);
    ended = engine->threads == 0;
    ctz_unlock(&engine->pool_lock);
  }
  // long enough for the thread that closes to come to the place, and far from its patience on a busy machine
  uint64_t until = ctz_monotonic_ns() + 20000000u;
  for (uint32_t i = 0; i < 1000 && ctz_monotonic_ns() < until; i++) sched_yield();
  // now the thread goes on; it has a slot that is nobody's
  ctz_mpmc_cell *cell = &engine->returning[2].cells[place & engine->returning[2].mask];
  atomic_store_explicit(&cell->value, UINT32_MAX, memory_order_relaxed);
  atomic_fetch_add_explicit(&cell->turn, 1, memory_order_release);
  pthread_join(thread, NULL);
  check_report(report, 0, 20, 0);
  for (uint32_t i = 0; i < 20; i++) {
    CHECK_EQ_U64(ctz_wait(engine, ids[i], 0, NULL), CTZ_OK);
  }
  release_engine(engine);
}

static void test_two_hundred_times(void) {
  for (uint32_t i = 0; i < 200; i++) {
    engine = start_engine(1 + i % 4, 1 + i % 9, i % 3 == 0 ? 0 : 1 + i % 7);
    if (i % 2 == 0) submit_numbers(engine, define_simple(engine, "note", i % 4), 1, i, 0, i % 8 == 0 ? 1000 : 0);
    if (i % 5 == 0) ctz_scale(engine, 1 + i % 3);
    ctz_report report;
    ctz_engine_close(engine, i % 3 == 1 && i % 8 != 0 ? 1000 : 0, &report);
    CHECK(report.completed + report.cancelled + report.abandoned <= 1);
    if (i % 4 == 0) ctz_engine_close(engine, 0, NULL);
    release_engine(engine);
  }
}

typedef struct submitter {
  uint32_t plan;
  ctz_task_id ids[4096];
  uint32_t count;
} submitter;

static void *submit_until_closed(void *argument) {
  submitter *me = argument;
  ctz_value number = {.f64 = 1};
  ctz_status status = CTZ_OK;
  while (status != CTZ_CLOSED && me->count < 4096) {
    status = ctz_submit(engine, me->plan, &number, 1, me->count % 3 == 0 ? 0.5 : 0, &me->ids[me->count]);
    if (status == CTZ_OK) me->count++;
  }
  return NULL;
}

// Closed while others submit: each task they were given settles.
static void test_submit_races(void) {
  static submitter submitters[2];
  for (uint32_t round = 0; round < 60; round++) {
    engine = start_engine(2, 8192, 0);
    pthread_t threads[2];
    for (uint32_t i = 0; i < 2; i++) {
      submitters[i].plan = define_simple(engine, "note", i);
      submitters[i].count = 0;
      CHECK(pthread_create(&threads[i], NULL, submit_until_closed, &submitters[i]) == 0);
    }
    ctz_stats stats;
    while (stats_of(engine, &stats)->completed < round * 5) sched_yield();
    ctz_engine_close(engine, round % 2 == 0 ? 0 : 1, NULL);
    for (uint32_t i = 0; i < 2; i++) {
      pthread_join(threads[i], NULL);
      for (uint32_t t = 0; t < submitters[i].count; t++) {
        if (!CHECK_EQ_U64(ctz_wait(engine, submitters[i].ids[t], 10000, NULL), CTZ_OK)) break;
      }
    }
    release_engine(engine);
  }
}

static void test_refused(void) {
  static const ctz_config refused[] = {
    {.port_slots = 0, .own_slots = 0, .workers = 1, .max_workers = 1},
    {.own_slots = 1, .workers = 0, .max_workers = 1},
    {.own_slots = 1, .workers = 2, .max_workers = 1},
    {.own_slots = 1, .workers = 1, .max_workers = CTZ_MAX_WORKERS + 1},
    {.own_slots = CTZ_PORT_MAX_SLOTS + 1, .workers = 1, .max_workers = 1},
    {.port_slots = CTZ_PORT_MAX_SLOTS + 1, .workers = 1, .max_workers = 1},
  };
  ctz_engine *none = NULL;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    CHECK_EQ_U64(ctz_engine_create(&refused[i], &none), CTZ_INVALID);
  }
  CHECK_EQ_U64(ctz_engine_create(NULL, &none), CTZ_INVALID);
  CHECK(none == NULL);
}

int main(void) {
  test_at_once();
  test_with_time();
  test_in_time();
  test_listeners_stop();
  test_paused();
  test_released_while_running();
  test_enters_meanwhile();
  test_behind_a_place_not_filled();
  test_two_hundred_times();
  test_submit_races();
  test_refused();
  return check_result();
}
