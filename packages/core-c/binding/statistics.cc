#include <initializer_list>
#include <memory>
#include <new>

#include "convert.h"
#include "ctz/stats.h"
#include "reader.h"

struct Figure {
  template <typename Number>
  Figure(const char *its_name, Number number) : name(its_name), value(static_cast<double>(number)) {}
  const char *name;
  double value;
};

static Napi::Object FromFigures(Napi::Env env, std::initializer_list<Figure> figures) {
  Napi::Object object = Napi::Object::New(env);
  for (const Figure &figure : figures) object.Set(figure.name, figure.value);
  return object;
}

static Napi::Object FromHistogram(Napi::Env env, const ctz_histogram &histogram) {
  size_t held = 0;
  const uint32_t end = histogram.count == 0 ? 0 : ctz_hdr_bucket(histogram.max_ns) + 1;
  for (uint32_t i = 0; i < end; i++) held += histogram.buckets[i] > 0 ? 1 : 0;
  Napi::Float64Array buckets = Napi::Float64Array::New(env, held * 2);
  double *next = buckets.IsEmpty() ? nullptr : buckets.Data();
  for (uint32_t i = 0; i < end && next != nullptr; i++) {
    if (histogram.buckets[i] == 0) continue;
    *next++ = static_cast<double>(ctz_hdr_lowest(i));
    *next++ = static_cast<double>(histogram.buckets[i]);
  }
  Napi::Object object = FromFigures(
      env, {{"count", histogram.count}, {"sumNs", histogram.sum_ns}, {"maxNs", histogram.max_ns}});
  object.Set("buckets", buckets);
  return object;
}

static Napi::Object FromQueue(Napi::Env env, const ctz_queue_stats &queue) {
  return FromFigures(env, {{"enqueued", queue.enqueued}, {"dequeued", queue.dequeued}, {"contended", queue.contended},
                           {"rejected", queue.rejected}, {"queued", queue.queued},
                           {"oldestReadyAt", queue.oldest_ready_at}, {"breaches", queue.breaches}});
}

static Napi::Object FromCounters(Napi::Env env, const ctz_stats &stats) {
  return FromFigures(env, {{"workers", stats.workers}, {"activeWorkers", stats.active_workers},
                           {"parkedWorkers", stats.parked_workers}, {"maxWorkers", stats.max_workers},
                           {"scheduled", stats.scheduled}, {"retrying", stats.retrying},
                           {"completed", stats.completed}, {"failed", stats.failed}, {"cancelled", stats.cancelled},
                           {"retried", stats.retried}, {"timedOut", stats.timed_out},
                           {"memoryLimited", stats.memory_limited}, {"busyNs", stats.busy_ns},
                           {"memoryUsed", stats.memory_used}, {"memoryPeak", stats.memory_peak},
                           {"memoryPool", stats.memory_pool}, {"workerWakes", stats.worker_wakes},
                           {"timerWakes", stats.timer_wakes}, {"ownerWakes", stats.owner_wakes}});
}

Napi::Value DescribeStatistics(Napi::Env env, ctz_engine *engine) {
  std::unique_ptr<ctz_stats> stats(new (std::nothrow) ctz_stats());  // too large for a stack
  if (stats == nullptr) return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  ctz_stats_read(engine, stats.get());
  Napi::Array queues = Napi::Array::New(env);
  Napi::Array wait = Napi::Array::New(env);
  Napi::Array run = Napi::Array::New(env);
  for (uint32_t i = 0; i < CTZ_CLASSES; i++) {
    queues.Set(i, FromQueue(env, stats->queues[i]));
    wait.Set(i, FromHistogram(env, stats->wait[i]));
    run.Set(i, FromHistogram(env, stats->run[i]));
  }
  Napi::Object object = FromCounters(env, *stats);
  object.Set("queues", queues);
  object.Set("wait", wait);
  object.Set("run", run);
  return object;
}
