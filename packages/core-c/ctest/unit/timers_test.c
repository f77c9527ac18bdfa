// Tasks that wait for a moment: own ones with a delay, and slots of the timed ring.
#include "engine_fixture.h"
#include "flow/timers.h"
#include "port_client.h"

#define MANY 10000u

static uint64_t began_ns[1024];

// mark(i): writes down when it ran.
static ctz_outcome_code mark_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)result;
  began_ns[(uint32_t)args[0].f64] = ctz_monotonic_ns();
  return CTZ_KERNEL_OK;
}

static const ctz_kernel mark = {.name = "mark", .arity = 1, .args = {CTZ_F64}, .result = CTZ_VOID, .run = mark_run};

static void test_never_early(uint64_t seed) {
  ctz_engine *engine = start_engine(2, 1024, 0);
  CHECK_EQ_U64(ctz_kernel_add(engine, &mark, NULL), CTZ_OK);
  uint32_t plan = define_simple(engine, "mark", 2);
  uint64_t due_ns[500];
  for (uint32_t i = 0; i < 500; i++) {
    double delay = (double)(random_next(&seed) >> 11) * 0x1p-53 * 40;
    due_ns[i] = ctz_monotonic_ns() + (uint64_t)(delay * 1e6);
    submit_numbers(engine, plan, 1, i, 0, delay);
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  // the clock in milliseconds has a resolution of its own
  for (uint32_t i = 0; i < 500; i++) CHECK(began_ns[i] + 10 >= due_ns[i]);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 500);
  CHECK_EQ_U64(stats.scheduled, 0);
  end_engine(engine, 0);
}

static void submit_far(ctz_engine *engine, uint32_t plan, ctz_task_id *ids) {
  for (uint32_t i = 0; i < MANY; i++) {
    double delay = i % 3 == 0 ? 1e7 + i : i % 3 == 1 ? 0x1p31 + i * 7.0 : 0x1p33 * i;
    ids[i] = submit_numbers(engine, plan, 1, i, 0, delay);
  }
}

// The timer thread sleeps until the moment that is next.
static void await_timers_asleep(ctz_engine *engine) {
  for (bool asleep = false; !asleep; sched_yield()) {
    ctz_lock(&engine->timer_lock);
    asleep = engine->timer_wakes_at == ctz_wheel_next(engine->wheel);
    ctz_unlock(&engine->timer_lock);
  }
}

// Far moments cost no wakes, and those beyond 2^31 ms are kept.
static void test_far(void) {
  ctz_engine *engine = start_engine(1, MANY, 1);
  uint32_t plan = define_simple(engine, "note", 2);
  static ctz_task_id ids[MANY];
  static ctz_stats before, after;
  submit_far(engine, plan, ids);
  await_timers_asleep(engine);
  await_parked(engine, 1);
  stats_of(engine, &before);
  CHECK_EQ_U64(before.scheduled, MANY);
  CHECK_EQ_U64(ctz_port_wait(engine, 0, 1000), CTZ_TIMED_OUT);
  stats_of(engine, &after);
  CHECK_EQ_U64(after.timer_wakes - before.timer_wakes, 0);
  CHECK_EQ_U64(after.worker_wakes - before.worker_wakes, 0);
  CHECK_EQ_U64(after.scheduled, MANY);
  for (uint32_t i = 0; i < MANY; i += 2) {
    CHECK_EQ_U64(ctz_cancel(engine, ids[i]), CTZ_OK);
    CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_CANCELLED);
  }
  CHECK_EQ_U64(stats_of(engine, &after)->scheduled, MANY / 2);
  ctz_report report = end_engine(engine, 0);
  CHECK_EQ_U64(report.cancelled, MANY / 2);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
}

// A moment that comes before all others wakes the timer thread.
static void test_earlier_one(void) {
  ctz_engine *engine = start_engine(1, 8, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  ctz_task_id far = submit_numbers(engine, plan, 1, 1, 0, 1e8);
  await_timers_asleep(engine);
  CHECK_EQ_U64(end_of(engine, submit_numbers(engine, plan, 1, 2, 0, 3)).state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(end_of(engine, submit_numbers(engine, plan, 1, 3, 0, 0.001)).state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(ctz_cancel(engine, far), CTZ_OK);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  end_engine(engine, 0);
}

static void test_timed_ring(uint64_t seed) {
  ctz_engine *engine = start_engine(2, 1, 256);
  port_client client = port_open(engine);
  uint32_t plan = define_simple(engine, "note", 1);
  double due[256];
  for (uint32_t round = 0; round < 3; round++) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t slot = port_take(&client);
      port_fill(&client, slot, plan, slot, 0);
      due[slot] = ctz_now(engine) + (double)(random_next(&seed) >> 11) * 0x1p-53 * 30 - 3;
      CHECK(port_push_timed(&client, slot, due[slot]));
    }
    for (uint32_t i = 0; i < 256; i++) {
      port_notice notice;
      if (!CHECK(port_await(&client, &notice, LONG_MS))) return;
      CHECK_EQ_U64(port_state(&client, notice.slot), CTZ_SLOT_COMPLETED);
      CHECK(ctz_field_f64(&client.slots[notice.slot].started_at) >= due[notice.slot]);
      port_give(&client, notice.slot);
    }
  }
  end_engine(engine, 0);
  port_close(&client);
}

// Moments that are none: NaN and what is over are now, and INFINITY is never.
static void test_odd_moments(void) {
  static const double odd[] = {NAN, -INFINITY, -1, 0, 5, INFINITY, 1e300, 0x1p60};
  ctz_engine *engine = start_engine(1, 1, 16);
  port_client client = port_open(engine);
  uint32_t plan = define_simple(engine, "note", 0), settled = 0;
  for (uint32_t i = 0; i < 8; i++) {
    uint32_t slot = port_take(&client);
    port_fill(&client, slot, plan, i, 0);
    CHECK(port_push_timed(&client, slot, odd[i]));
  }
  port_notice notice;
  for (; settled < 5 && CHECK(port_await(&client, &notice, LONG_MS)); settled++) CHECK(notice.slot < 5);
  await_timers_asleep(engine);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->scheduled, 3);
  for (uint32_t slot = 5; slot < 8; slot++) CHECK_EQ_U64(ctz_port_cancel_timed(engine, slot), CTZ_OK);
  for (; settled < 8 && CHECK(port_await(&client, &notice, LONG_MS)); settled++) {
    CHECK_EQ_U64(port_state(&client, notice.slot), CTZ_SLOT_CANCELLED);
  }
  CHECK_EQ_U64(stats_of(engine, &stats)->scheduled, 0);
  CHECK_EQ_U64(stats.cancelled, 3);
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, 16), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, UINT32_MAX), CTZ_NOT_FOUND);
  end_engine(engine, 0);
  port_close(&client);
}

// Taken out before the timer thread has seen it at all.
static void test_cancel_in_ring(void) {
  ctz_engine *engine = start_engine(1, 1, 4);
  port_client client = port_open(engine);
  uint32_t slot = port_take(&client);
  port_fill(&client, slot, define_simple(engine, "note", 0), 0, 0);
  ctz_field_set_f64(&client.slots[slot].ready_at, 1e9);
  ctz_port_ring_push(&client.rings[CTZ_PORT_TIMED_RING], slot);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->scheduled, 1);
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, slot), CTZ_OK);
  port_notice notice;
  CHECK(port_next(&client, &notice) && notice.slot == slot);
  CHECK_EQ_U64(stats_of(engine, &stats)->scheduled, 0);
  end_engine(engine, 0);
  port_close(&client);
}

// Drained means that nothing is on its way from the wheel to a queue either.
static void test_drain(void) {
  ctz_engine *engine = start_engine(2, 64, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  for (uint32_t i = 0; i < 300; i++) {
    submit_numbers(engine, plan, 1, i, 0, 0.5);
    if (!CHECK_EQ_U64(ctz_drain(engine, 20000), CTZ_OK)) break;
    CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), i + 1);
    for (uint32_t slot = 0; slot < 64; slot++) {
      ctz_release(engine, (uint64_t)ctz_cell_generation(&engine->table.cells[slot]) << 32 | slot);
    }
  }
  end_engine(engine, 0);
}

int main(void) {
  uint64_t seed = seed_of("timers", 3);
  test_never_early(seed);
  test_far();
  test_earlier_one();
  test_timed_ring(seed);
  test_odd_moments();
  test_cancel_in_ring();
  test_drain();
  return check_result();
}
