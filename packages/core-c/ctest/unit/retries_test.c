// Attempts that fail: pauses by every kind of backoff, the end of retries, cancelling between two attempts.
#include "engine_fixture.h"
#include "port_client.h"

#define LONG_PAUSE 1e7  // nobody waits for it
#define SAMPLES 4000u
#define BINS 10u

static ctz_engine *engine;
static port_client client;

static void open_engine(uint32_t workers) {
  engine = start_engine(workers, 64, 64);
  client = port_open(engine);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
}

static void close_engine(void) {
  end_engine(engine, 0);
  port_close(&client);
}

static ctz_plan failing_plan(ctz_backoff backoff, double delay_ms) {
  ctz_plan plan = plan_of(engine, "example.fail");
  plan.flags = CTZ_PLAN_TELL;
  plan.max_retries = UINT32_MAX;
  plan.backoff = backoff;
  plan.retry_delay_ms = delay_ms;
  return plan;
}

// Runs one attempt, number `attempt`, which fails; gives the pause that follows, and takes the slot out of it.
static double pause_after(uint32_t plan, uint32_t attempt) {
  uint32_t slot = port_take(&client);
  port_fill(&client, slot, plan, 1, 0);
  ctz_field_set_u32(&client.slots[slot].attempt, attempt - 1);
  port_push(&client, slot, 2, ctz_now(engine));
  port_notice notice;
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_STARTED);
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_RETRYING && notice.slot == slot);
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_RETRYING);
  double pause = ctz_field_f64(&client.slots[slot].ready_at) - ctz_field_f64(&client.slots[slot].ended_at);
  // the notice comes before the slot is in the wheel
  while (ctz_port_cancel_timed(engine, slot) != CTZ_OK) sched_yield();
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_SETTLED);
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_CANCELLED);
  ctz_port_free(engine, slot);
  port_give(&client, slot);
  return pause;
}

static void check_pauses(ctz_backoff backoff, double most, const double *wanted) {
  static const uint32_t attempts[] = {1, 2, 3, 10, 60, 2000};
  ctz_plan plan = failing_plan(backoff, LONG_PAUSE);
  plan.retry_max_delay_ms = most;
  uint32_t index = define(engine, &plan);
  for (uint32_t i = 0; i < 6; i++) {
    double pause = pause_after(index, attempts[i]);
    double error = fabs(pause - wanted[i]) / wanted[i];
    if (!CHECK(error < 1e-9)) printf("backoff %d attempt %u: %g, not %g\n", backoff, attempts[i], pause, wanted[i]);
  }
}

static void test_backoff(void) {
  static const double d = LONG_PAUSE;
  open_engine(1);
  check_pauses(CTZ_BACKOFF_FIXED, INFINITY, (const double[]){d, d, d, d, d, d});
  check_pauses(CTZ_BACKOFF_LINEAR, INFINITY, (const double[]){d, 2 * d, 3 * d, 10 * d, 60 * d, 2000 * d});
  check_pauses(CTZ_BACKOFF_EXPONENTIAL, INFINITY, (const double[]){d, 2 * d, 4 * d, 512 * d, d * 0x1p59, 1e300});
  check_pauses(CTZ_BACKOFF_LINEAR, 2.5 * d, (const double[]){d, 2 * d, 2.5 * d, 2.5 * d, 2.5 * d, 2.5 * d});
  check_pauses(CTZ_BACKOFF_EXPONENTIAL, 3 * d, (const double[]){d, 2 * d, 3 * d, 3 * d, 3 * d, 3 * d});
  close_engine();
}

// Evenly spread over the pause ± jitter: within its bounds, with the mean in the middle, and as many in each tenth.
static void check_jitter(double jitter, uint64_t seed) {
  ctz_config config = config_of(1, 1, 64);
  config.seed = seed;
  engine = start_engine_as(&config);
  client = port_open(engine);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  ctz_plan plan = failing_plan(CTZ_BACKOFF_FIXED, LONG_PAUSE);
  plan.retry_jitter = jitter;
  uint32_t index = define(engine, &plan), bins[BINS] = {0};
  double sum = 0;
  for (uint32_t i = 0; i < SAMPLES; i++) {
    double unit = (pause_after(index, 1) / LONG_PAUSE - 1 + jitter) / (2 * jitter);
    CHECK(unit >= -1e-9 && unit < 1 + 1e-9);
    sum += unit;
    bins[unit < 0 ? 0 : unit >= 1 ? BINS - 1 : (uint32_t)(unit * BINS)]++;
  }
  double mean = sum / SAMPLES, chi_square = 0;
  for (uint32_t b = 0; b < BINS; b++) {
    double expected = (double)SAMPLES / BINS;
    chi_square += (bins[b] - expected) * (bins[b] - expected) / expected;
  }
  // five standard deviations; and of nine degrees of freedom, one in ten million
  if (!CHECK(fabs(mean - 0.5) < 5 * sqrt(1.0 / 12 / SAMPLES))) printf("mean %g\n", mean);
  if (!CHECK(chi_square < 49)) printf("chi square %g\n", chi_square);
  close_engine();
}

static void test_attempts(void) {
  open_engine(2);
  ctz_plan plan = plan_of(engine, "example.flaky");
  plan.max_retries = 5;
  ctz_stats stats;
  static const ctz_backoff kinds[] = {CTZ_BACKOFF_NONE, CTZ_BACKOFF_FIXED, CTZ_BACKOFF_LINEAR, CTZ_BACKOFF_EXPONENTIAL};
  for (uint32_t k = 0; k < 4; k++) {
    plan.backoff = kinds[k];
    for (uint32_t slow = 0; slow < 2; slow++) {
      plan.retry_delay_ms = slow * 0.5;
      uint32_t index = define(engine, &plan);
      ctz_outcome good = end_of(engine, submit_number(engine, index, 5));
      CHECK(good.state == CTZ_SLOT_COMPLETED && good.value.f64 == 6 && good.attempts == 6);
      ctz_outcome bad = end_of(engine, submit_number(engine, index, 6));
      CHECK_EQ_U64(bad.state, CTZ_SLOT_FAILED);
      CHECK_EQ_U64(bad.attempts, 6);
      CHECK(strcmp(bad.error.message, "attempt 6 fails") == 0);
    }
  }
  CHECK_EQ_U64(stats_of(engine, &stats)->retried, 8 * 10);
  CHECK_EQ_U64(stats.completed, 8);
  CHECK_EQ_U64(stats.failed, 8);
  CHECK_EQ_U64(stats.retrying, 0);
  close_engine();
}

// What another attempt would not change is not tried again.
static void test_final(void) {
  open_engine(1);
  ctz_plan plan = plan_of(engine, "example.final");
  plan.max_retries = 5;
  ctz_task_id id;
  CHECK_EQ_U64(ctz_submit(engine, define(engine, &plan), NULL, 0, 0, &id), CTZ_OK);
  ctz_outcome outcome = end_of(engine, id);
  CHECK(outcome.state == CTZ_SLOT_FAILED && outcome.attempts == 1 && strcmp(outcome.error.code, "E_FINAL") == 0);
  plan = plan_of(engine, "example.negate");
  plan.max_retries = 5;
  port_submit(&client, define(engine, &plan), 2, 2.5, 0);
  port_notice notice;
  CHECK(port_await(&client, &notice, LONG_MS));
  CHECK_EQ_U64(ctz_port_outcome(engine, notice.slot, &outcome), CTZ_OK);
  CHECK(outcome.state == CTZ_SLOT_FAILED && outcome.attempts == 1 && outcome.error.status == CTZ_BAD_ARGUMENT);
  close_engine();
}

// Asks for another wake after that for the start, and holds up whoever tells of the retry.
static void wake_twice(void *owner) {
  (void)owner;
  gate_enter(8, false);
  pthread_mutex_lock(&gates[8].mutex);
  bool first = gates[8].entered == 1;
  pthread_mutex_unlock(&gates[8].mutex);
  if (first)
    ctz_store(&client.words[CTZ_WORD_WAITING], 1, memory_order_seq_cst);
  else
    gate_enter(9, true);
}

// The error of an attempt can be read as soon as the notice of its retry is there.
static void test_error_with_the_notice(void) {
  ctz_config config = config_of(1, 1, 8);
  config.wake = wake_twice;
  engine = start_engine_as(&config);
  client = port_open(engine);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  ctz_plan plan = failing_plan(CTZ_BACKOFF_FIXED, LONG_PAUSE);
  plan.flags = CTZ_PLAN_TELL;
  ctz_store(&client.words[CTZ_WORD_WAITING], 1, memory_order_seq_cst);
  uint32_t slot = port_submit(&client, define(engine, &plan), 2, 9, 0);
  gate_await(9, 1);
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_next(&client, &notice) && notice.kind == CTZ_NOTICE_STARTED);
  CHECK(port_next(&client, &notice) && notice.kind == CTZ_NOTICE_RETRYING && notice.slot == slot);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_OK);
  CHECK(strcmp(outcome.error.message, "example.fail was given 9") == 0);
  gate_open(9);
  close_engine();
}

static void await_retrying(uint64_t count) {
  ctz_stats stats;
  while (stats_of(engine, &stats)->retrying != count || stats.scheduled != 0) sched_yield();
}

static void test_cancel_between(void) {
  open_engine(1);
  ctz_plan plan = failing_plan(CTZ_BACKOFF_FIXED, LONG_PAUSE);
  uint32_t index = define(engine, &plan);
  ctz_task_id id = submit_number(engine, index, 1);
  await_retrying(1);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_wait(engine, id, 0, &outcome), CTZ_TIMED_OUT);
  CHECK_EQ_U64(ctz_cancel(engine, id), CTZ_OK);
  outcome = end_of(engine, id);
  CHECK(outcome.state == CTZ_SLOT_CANCELLED && outcome.attempts == 1);
  await_retrying(0);
  // a slot that pauses keeps the error of its last attempt
  uint32_t slot = port_submit(&client, index, 2, 9, 0);
  await_retrying(1);
  CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_OK);
  CHECK(outcome.state == CTZ_SLOT_RETRYING && strcmp(outcome.error.message, "example.fail was given 9") == 0);
  CHECK(!ctz_port_free(engine, slot));
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, slot), CTZ_OK);
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, slot), CTZ_NOT_FOUND);
  await_retrying(0);
  CHECK(ctz_port_free(engine, slot));
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  close_engine();
}

// Cancelled at any moment around the end of an attempt: it never waits for the pause.
static void test_cancel_races(void) {
  open_engine(2);
  ctz_plan plan = failing_plan(CTZ_BACKOFF_FIXED, LONG_PAUSE);
  plan.flags = 0;
  uint32_t index = define(engine, &plan);
  for (uint32_t i = 0; i < 3000; i++) {
    ctz_task_id id = submit_number(engine, index, 1);
    for (uint32_t spins = 0; spins < i % 100 * 8; spins++) ctz_cpu_relax();
    CHECK_EQ_U64(ctz_cancel(engine, id), CTZ_OK);
    ctz_outcome outcome;
    if (!CHECK_EQ_U64(ctz_wait(engine, id, 10000, &outcome), CTZ_OK)) break;
    CHECK(outcome.state == CTZ_SLOT_CANCELLED || outcome.state == CTZ_SLOT_FAILED);
    CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  }
  close_engine();
}

int main(void) {
  uint64_t seed = seed_of("retries", 7);
  test_backoff();
  check_jitter(1, seed);
  check_jitter(0.1, seed);
  test_attempts();
  test_final();
  test_error_with_the_notice();
  test_cancel_between();
  test_cancel_races();
  return check_result();
}
