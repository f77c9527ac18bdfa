// The figures of a moment: sums over the workers.
#include <math.h>
#include <string.h>

#include "base/atomics.h"
#include "ctz/engine.h"
#include "engine/engine_state.h"
#include "flow/ready.h"
#include "flow/timers.h"

static uint64_t read(const _Atomic uint64_t *counter) { return atomic_load_explicit(counter, memory_order_relaxed); }

static void add_worker(ctz_stats *stats, const ctz_worker *worker) {
  if (worker == NULL) return;
  const ctz_worker_figures *figures = worker->figures;
  stats->completed += read(&figures->completed);
  stats->failed += read(&figures->failed);
  stats->cancelled += read(&figures->cancelled);
  stats->retried += read(&figures->retried);
  stats->timed_out += read(&figures->timed_out);
  stats->memory_limited += read(&figures->memory_limited);
  stats->bailed += read(&figures->bailed);
  stats->busy_ns += read(&figures->busy_ns);
  if (worker->index != CTZ_STAND_IN) stats->active_workers += ctz_is_in_kernel(read(&worker->calls));
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    ctz_queue_stats *queue = &stats->queues[c];
    queue->dequeued += read(&figures->dequeued[c]);
    queue->contended += read(&figures->contended[c]);
    queue->breaches += read(&figures->breaches[c]);
  }
}

static void add_series(ctz_engine *engine, ctz_stats *stats) {
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) ctz_series_read(engine, c, &stats->wait[c], &stats->run[c]);
  // relaxed: what has just come is seen the next time
  uint32_t count = ctz_load(&engine->series_count, memory_order_relaxed);
  for (uint32_t i = CTZ_CLASSES; i < count; i++) {
    uint32_t c = ctz_load(&engine->series_classes[i], memory_order_relaxed) & (CTZ_CLASSES - 1);
    ctz_series_read(engine, i, &stats->wait[c], &stats->run[c]);
  }
}

static void add_queues(ctz_engine *engine, ctz_stats *stats) {
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    ctz_queue_stats *queue = &stats->queues[c];
    queue->queued = ctz_ready_length(engine, c);
    queue->oldest_ready_at = ctz_ready_oldest(engine, c);
    queue->rejected = read(&engine->rejected[c]);
    queue->enqueued = queue->dequeued + queue->queued;
  }
}

void ctz_stats_read(ctz_engine *engine, ctz_stats *stats) {
  memset(stats, 0, sizeof *stats);
  uint32_t count = ctz_runner_count(engine);
  for (uint32_t i = 0; i < count; i++) add_worker(stats, ctz_runner_at(engine, i));
  add_series(engine, stats);
  add_queues(engine, stats);
  stats->workers = atomic_load_explicit(&engine->target, memory_order_relaxed);
  stats->max_workers = engine->config.max_workers;
  stats->parked_workers = atomic_load_explicit(&engine->parked, memory_order_relaxed);
  uint64_t timed = ctz_timers_length(engine);
  // counted by states that JavaScript can write
  stats->retrying = read(&engine->retrying) < timed ? read(&engine->retrying) : timed;
  stats->scheduled = timed > stats->retrying ? timed - stats->retrying : 0;
  stats->cancelled += read(&engine->outside_cancelled);
  stats->memory_used = read(&engine->budget.used);
  stats->memory_peak = read(&engine->budget.peak);
  stats->memory_pool = engine->budget.limit;
  stats->worker_wakes = read(&engine->worker_wakes);
  stats->timer_wakes = read(&engine->timer_wakes);
  stats->owner_wakes = read(&engine->owner_wakes);
  stats->owner_runs = read(&engine->owner_runs);
}
