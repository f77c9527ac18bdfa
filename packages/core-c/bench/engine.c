// Figures of the engine alone, without JavaScript.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <unistd.h>

#include "../ctest/port_client.h"
#include "engine/histogram.h"
#include "harness.h"

// Own tasks: submit, wait, release, one after the other

static double own_round_trip(uint32_t workers) {
  ctz_engine *engine = start(workers, 16, 0, true);
  uint32_t plan = plan_for(engine, "add", 1), rounds = 30000;
  ctz_value args[2] = {{.f64 = 1}, {.f64 = 2}};
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < rounds; i++) {
    ctz_task_id id;
    MUST(ctz_submit(engine, plan, args, 2, 0, &id) == CTZ_OK);
    MUST(ctz_wait(engine, id, LONG_MS, NULL) == CTZ_OK);
    ctz_release(engine, id);
  }
  double us = seconds_since(begin) / rounds * 1e6;
  stop(engine);
  return us;
}

static double own_round_trip_1(void) { return own_round_trip(1); }
static double own_round_trip_2(void) { return own_round_trip(2); }

// Submits many, then waits for all: cost per task.
static double own_flood(void) {
  ctz_engine *engine = start(1, 100000, 0, true);
  uint32_t plan = plan_for(engine, "add", 1);
  static ctz_task_id ids[100000];
  ctz_value args[2] = {{.f64 = 1}, {.f64 = 2}};
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < 100000; i++) MUST(ctz_submit(engine, plan, args, 2, 0, &ids[i]) == CTZ_OK);
  for (uint32_t i = 0; i < 100000; i++) {
    MUST(ctz_wait(engine, ids[i], LONG_MS, NULL) == CTZ_OK);
    ctz_release(engine, ids[i]);
  }
  double ns = seconds_since(begin) / 100000 * 1e9;
  stop(engine);
  return ns;
}

// The port: a producer that publishes every so many records and drains between

static void publish(port_client *client, uint32_t priority, uint32_t tail) {
  ctz_store(client->rings[priority].tail, tail, memory_order_release);
  port_wake_if_needed(client);
}

// Fills and pushes up to `count` slots, publishing every `every`.
static uint32_t produce(port_client *client, uint32_t plan, uint32_t priority, uint32_t count, uint32_t every) {
  ctz_port_ring *ring = &client->rings[priority];
  uint32_t tail = ctz_load(ring->tail, memory_order_relaxed), made = 0;
  double now = ctz_now(client->engine);
  for (; made < count && client->free_count > 0; made++) {
    uint32_t slot = port_take(client);
    port_fill(client, slot, plan, 1, 2);
    ctz_field_set_f64(&client->slots[slot].ready_at, now);
    ctz_field_set_u32(&client->slots[slot].state, CTZ_SLOT_PENDING);
    ctz_store(&ring->entries[tail & ring->mask], slot, memory_order_relaxed);
    tail++;
    if (made % every == every - 1) publish(client, priority, tail);
  }
  if (made % every != 0) publish(client, priority, tail);
  return made;
}

static uint32_t drain(port_client *client) {
  port_notice notice;
  uint32_t count = 0;
  while (port_next(client, &notice)) {
    port_give(client, notice.slot);
    count++;
  }
  return count;
}

// Drains at least one, and rather looks again than sleeps: an event loop that has other things to do.
static uint32_t drain_some(port_client *client) {
  for (uint32_t i = 0; i < 1000; i++) {
    uint32_t count = drain(client);
    if (count > 0) return count;
    ctz_cpu_relax();
  }
  port_notice notice;
  MUST(port_await(client, &notice, LONG_MS));
  port_give(client, notice.slot);
  return 1;
}

static double port_rate(uint32_t every, bool statistics, uint32_t workers, const char *kernel, uint32_t total) {
  ctz_engine *engine = start(workers, 1, 16384, statistics);
  port_client client = port_open(engine);
  uint32_t plan = plan_for(engine, kernel, 2), made = 0, done = 0;
  uint64_t begin = ctz_monotonic_ns();
  while (done < total) {
    uint32_t left = total - made;
    made += produce(&client, plan, 2, left < 1024 ? left : 1024, every);
    done += client.free_count == 0 || made == total ? drain_some(&client) : drain(&client);
  }
  double rate = total / seconds_since(begin) / 1e6;
  stop(engine);
  port_close(&client);
  return rate;
}

static double port_1(void) { return port_rate(1, true, 1, "noop", 2 * MILLION); }
static double port_16(void) { return port_rate(16, true, 1, "noop", 2 * MILLION); }
static double port_64(void) { return port_rate(64, true, 1, "noop", 2 * MILLION); }
static double port_1_plain(void) { return port_rate(1, false, 1, "noop", 2 * MILLION); }
static double port_16_plain(void) { return port_rate(16, false, 1, "noop", 2 * MILLION); }
static double port_64_plain(void) { return port_rate(64, false, 1, "noop", 2 * MILLION); }
static double port_64_workers_2(void) { return port_rate(64, true, 2, "noop", 2 * MILLION); }
static double spin_1(void) { return port_rate(64, true, 1, "spin", 200000); }
static double spin_2(void) { return port_rate(64, true, 2, "spin", 200000); }

// The body of spin(1) itself, called in a loop.
static int never(ctz_context *context) {
  context->polls_left = 1u << 20;
  return 0;
}

static double spin_bare(void) {
  ctz_engine *engine = start(1, 1, 0, false);
  uint32_t index;
  MUST(ctz_kernel_find(engine, "spin", &index) == CTZ_OK);
  const ctz_kernel *kernel = ctz_kernel_at(engine, index);
  ctz_context context = {.abi = CTZ_KERNEL_ABI, .attempt = 1, .polls_left = 1u << 20, .poll = never};
  ctz_value arg = {.f64 = 1}, result;
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < 200000; i++) kernel->run(&context, &arg, &result);
  double rate = 200000 / seconds_since(begin) / 1e6;
  stop(engine);
  return rate;
}

static double port_round_trip(void) {
  ctz_engine *engine = start(1, 1, 16, true);
  port_client client = port_open(engine);
  uint32_t plan = plan_for(engine, "add", 0), rounds = 30000;
  uint64_t begin = ctz_monotonic_ns();
  for (uint32_t i = 0; i < rounds; i++) {
    port_notice notice;
    port_submit(&client, plan, 0, 1, 2);
    MUST(port_await(&client, &notice, LONG_MS));
    port_give(&client, notice.slot);
  }
  double us = seconds_since(begin) / rounds * 1e6;
  stop(engine);
  port_close(&client);
  return us;
}

// Urgent tasks behind a million that are not

static double urgent_p99(void) {
  ctz_engine *engine = start(1, 1024, MILLION, true);
  port_client client = port_open(engine);
  uint32_t low = plan_for(engine, "noop", 3), urgent = plan_for(engine, "noop", 0);
  ctz_pause(engine, true);
  MUST(produce(&client, low, 3, MILLION, 4096) == MILLION);
  ctz_pause(engine, false);
  uint32_t submitted = 0;
  static ctz_stats stats;
  while (stats.queues[3].queued > 0 || submitted == 0) {
    for (uint32_t i = 0; i < 8; i++) {
      ctz_task_id id;
      MUST(ctz_submit(engine, urgent, NULL, 0, 0, &id) == CTZ_OK);
      MUST(ctz_wait(engine, id, LONG_MS, NULL) == CTZ_OK);
      ctz_release(engine, id);
      submitted++;
    }
    ctz_stats_read(engine, &stats);
  }
  double us = (double)ctz_histogram_quantile(&stats.wait[0], 0.99) / 1e3;
  stop(engine);
  port_close(&client);
  return us;
}

// Memory and cost of many that wait

static double resident_bytes(void) {
  long pages = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2) return NAN;
  fclose(file);
  return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double memory_own(void) {
  ctz_engine *engine = start(1, MILLION, 0, true);
  uint32_t plan = plan_for(engine, "add", 2);
  ctz_value args[2] = {{.f64 = 1}, {.f64 = 2}};
  ctz_pause(engine, true);
  double before = resident_bytes();
  for (uint32_t i = 0; i < MILLION; i++) MUST(ctz_submit(engine, plan, args, 2, 0, NULL) == CTZ_OK);
  double bytes = (resident_bytes() - before) / MILLION;
  stop(engine);
  return bytes;
}

static double memory_port(void) {
  ctz_engine *engine = start(1, 1, MILLION, true);
  port_client client = port_open(engine);
  ctz_pause(engine, true);
  double before = resident_bytes();
  MUST(produce(&client, plan_for(engine, "add", 2), 2, MILLION, 64) == MILLION);
  double bytes = (resident_bytes() - before) / MILLION;
  stop(engine);
  port_close(&client);
  return bytes;
}

// Nanoseconds from resuming until all are done, each, of so many that wait.
static double backlog_cost(uint32_t count) {
  ctz_engine *engine = start(1, 1, count, true);
  port_client client = port_open(engine);
  uint32_t plan = plan_for(engine, "noop", 2), done = 0;
  ctz_pause(engine, true);
  MUST(produce(&client, plan, 2, count, 64) == count);
  ctz_pause(engine, false);
  uint64_t begin = ctz_monotonic_ns();
  while (done < count) {
    port_notice notice;
    MUST(port_await(&client, &notice, LONG_MS));
    done += 1 + drain(&client);
  }
  double ns = seconds_since(begin) / count * 1e9;
  stop(engine);
  port_close(&client);
  return ns;
}

static double backlog_1000(void) { return backlog_cost(1000); }
static double backlog_10000(void) { return backlog_cost(10000); }
static double backlog_100000(void) { return backlog_cost(100000); }
static double backlog_1000000(void) { return backlog_cost(MILLION); }

static const bench_figure figures[] = {
  {"own-round-trip-1-worker", "us", own_round_trip_1},
  {"own-round-trip-2-workers", "us", own_round_trip_2},
  {"own-submit-wait-release-of-100000", "ns/task", own_flood},
  {"port-round-trip", "us", port_round_trip},
  {"port-publish-1", "M tasks/s", port_1},
  {"port-publish-16", "M tasks/s", port_16},
  {"port-publish-64", "M tasks/s", port_64},
  {"port-publish-1-no-statistics", "M tasks/s", port_1_plain},
  {"port-publish-16-no-statistics", "M tasks/s", port_16_plain},
  {"port-publish-64-no-statistics", "M tasks/s", port_64_plain},
  {"port-publish-64-2-workers", "M tasks/s", port_64_workers_2},
  {"spin-1us-bare-loop", "M/s", spin_bare},
  {"spin-1us-1-worker", "M tasks/s", spin_1},
  {"spin-1us-2-workers", "M tasks/s", spin_2},
  {"critical-wait-p99-behind-1000000-low", "us", urgent_p99},
  {"memory-own-task-queued", "bytes", memory_own},
  {"memory-port-task-queued", "bytes", memory_port},
  {"backlog-1000", "ns/task", backlog_1000},
  {"backlog-10000", "ns/task", backlog_10000},
  {"backlog-100000", "ns/task", backlog_100000},
  {"backlog-1000000", "ns/task", backlog_1000000},
};
#define FIGURES (sizeof figures / sizeof *figures)

int main(int count, char **arguments) {
  return measure_in_turn(figures, sizeof figures / sizeof *figures, count, arguments);
}
