// Counters are exact, and histograms hold as many values as there were starts.
#include <stdlib.h>

#include "engine/histogram.h"
#include "engine_fixture.h"
#include "port_client.h"

static ctz_stats stats;

static uint64_t starts_in(const ctz_histogram *histograms) {
  uint64_t sum = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) sum += histograms[c].count;
  return sum;
}

static void load(ctz_engine *engine) { CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK); }

static void test_counters(void) {
  ctz_engine *engine = start_engine(3, 4096, 64);
  load(engine);
  port_client client = port_open(engine);
  ctz_plan flaky = plan_of(engine, "example.flaky");
  flaky.max_retries = 3;
  flaky.priority = 1;
  uint32_t note = define_simple(engine, "note", 0), retried = define(engine, &flaky);
  uint32_t fail = define_simple(engine, "example.fail", 3);
  for (uint32_t i = 0; i < 500; i++) {
    submit_number(engine, note, i);
    submit_number(engine, retried, 2);
    submit_number(engine, fail, 0);
    while (port_submit(&client, note, 2, i, 0) == NO_SLOT) {
      port_notice notice;
      if (!CHECK(port_await(&client, &notice, LONG_MS))) return;
      port_give(&client, notice.slot);
    }
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  stats_of(engine, &stats);
  CHECK_EQ_U64(stats.completed, 1500);
  CHECK_EQ_U64(stats.failed, 500);
  CHECK_EQ_U64(stats.retried, 1000);
  CHECK_EQ_U64(stats.cancelled, 0);
  static const uint64_t starts[] = {1000, 1500, 0, 500};  // by the plan's class
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    CHECK_EQ_U64(stats.wait[c].count, starts[c]);
    CHECK_EQ_U64(stats.run[c].count, starts[c]);
  }
  uint64_t dequeued = 0, run_ns = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    CHECK_EQ_U64(stats.queues[c].queued, 0);
    CHECK_EQ_U64(stats.queues[c].enqueued, stats.queues[c].dequeued);
    dequeued += stats.queues[c].dequeued;
    run_ns += stats.run[c].sum_ns;
  }
  CHECK_EQ_U64(dequeued, 3000);
  CHECK_EQ_U64(run_ns, stats.busy_ns);
  CHECK_EQ_U64(stats.max_workers, 16);
  end_engine(engine, 0);
  port_close(&client);
}

// What waited longer than its class should is counted, and its wait is known within 1/64.
static void test_waits(void) {
  static const double targets_ms[] = {1, 10, 100, 1000};
  ctz_engine *engine = start_engine(1, 8, 64);
  port_client client = port_open(engine);
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    uint32_t plan = define_simple(engine, "note", c);
    double now = ctz_now(engine);
    const double ready[] = {now - 2 * targets_ms[c], now + 1e6, NAN, now - 1e9};
    for (uint32_t i = 0; i < 4; i++) {
      uint32_t slot = port_take(&client);
      port_fill(&client, slot, plan, 0, 0);
      port_push(&client, slot, c, ready[i]);
    }
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  stats_of(engine, &stats);
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    CHECK_EQ_U64(stats.wait[c].count, 4);
    CHECK_EQ_U64(stats.queues[c].breaches, 2);
    CHECK_EQ_U64(stats.wait[c].buckets[0], 2);
    CHECK_EQ_U64(stats.wait[c].max_ns, (uint64_t)1e14);
    uint64_t third = ctz_histogram_quantile(&stats.wait[c], 0.75);
    CHECK((double)third >= 2e6 * targets_ms[c]);
  }
  end_engine(engine, 0);
  port_close(&client);
}

// Tasks of a series are measured there, and with their class. Those of columns and of a class alone as well.
static void test_series(void) {
  enum { FIRST = 7, LAST = CTZ_MAX_SERIES - 1 };
  ctz_engine *engine = start_engine(3, 4096, 0);
  ctz_plan plan = plan_of(engine, "note");
  plan.priority = 2;
  uint32_t plans[3] = {0};
  static const uint32_t numbers[] = {0, FIRST, LAST};
  for (uint32_t i = 0; i < 3; i++) {
    plan.series = numbers[i];
    CHECK_EQ_U64(ctz_plan_define(engine, &plan, &plans[i]), CTZ_OK);
  }
  plan.series = CTZ_MAX_SERIES;
  CHECK_EQ_U64(ctz_plan_define(engine, &plan, &plans[0]), CTZ_INVALID);
  for (uint32_t i = 0; i < 300; i++) {
    submit_number(engine, plans[1], i);
    if (i % 3 == 0) submit_number(engine, plans[2], i);
    if (i % 10 == 0) submit_number(engine, plans[0], i);
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  static const uint64_t counts[] = {300, 100, 30};
  static const uint32_t read[] = {FIRST, LAST, 2};
  for (uint32_t i = 0; i < 3; i++) {
    ctz_histogram *sums = calloc(2, sizeof *sums);
    ctz_series_read(engine, read[i], &sums[0], &sums[1]);
    CHECK_EQ_U64(sums[0].count, counts[i]);
    CHECK_EQ_U64(sums[1].count, counts[i]);
    free(sums);
  }
  ctz_histogram *none = calloc(2, sizeof *none);
  ctz_series_read(engine, FIRST + 1, &none[0], &none[1]);
  ctz_series_read(engine, CTZ_MAX_SERIES, &none[0], &none[1]);
  CHECK_EQ_U64(none[0].count + none[1].count, 0);
  free(none);
  stats_of(engine, &stats);
  CHECK_EQ_U64(stats.wait[2].count, 430);
  CHECK_EQ_U64(stats.run[2].count, 430);
  end_engine(engine, 0);
}

static void test_without(void) {
  ctz_config config = config_of(2, 64, 0);
  config.statistics = false;
  ctz_engine *engine = start_engine_as(&config);
  uint32_t plan = define_simple(engine, "note", 1);
  for (uint32_t i = 0; i < 50; i++) end_of(engine, submit_number(engine, plan, i));
  stats_of(engine, &stats);
  CHECK_EQ_U64(stats.completed, 50);  // counters are exact all the same
  CHECK_EQ_U64(starts_in(stats.wait) + starts_in(stats.run), 0);
  CHECK_EQ_U64(stats.queues[1].breaches, 0);
  CHECK(stats.busy_ns > 0);
  end_engine(engine, 0);
}

// Read while everything moves: no figure goes back.
static void test_while_running(void) {
  ctz_engine *engine = start_engine(2, 4096, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  uint64_t completed = 0, waits = 0;
  for (uint32_t i = 0; i < 4000; i++) {
    submit_number(engine, plan, i);
    if (i % 64 != 0) continue;
    stats_of(engine, &stats);
    CHECK(stats.completed >= completed && stats.wait[2].count >= waits);
    CHECK(stats.completed <= i + 1);
    completed = stats.completed;
    waits = stats.wait[2].count;
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 4000);
  end_engine(engine, 0);
}

int main(void) {
  test_counters();
  test_waits();
  test_series();
  test_without();
  test_while_running();
  return check_result();
}
