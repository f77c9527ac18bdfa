#include <algorithm>
#include <initializer_list>
#include <new>

#include "convert.h"
#include "ctz/stats.h"
#include "reader.h"

Names FieldNames(const ctz_kernel *kernel) {
  Names names;
  if (kernel == nullptr || kernel->fields == nullptr) return names;
  const std::string all = kernel->fields;
  for (size_t begin = 0; begin <= all.size();) {
    const size_t comma = std::min(all.find(',', begin), all.size());
    names.push_back(all.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return names;
}

static Napi::Object DescribeKernel(Napi::Env env, uint32_t index, const ctz_kernel *kernel) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array args = Napi::Array::New(env);
  Napi::Array fields = Napi::Array::New(env);
  for (uint32_t i = 0; i < kernel->arity; i++) args.Set(i, static_cast<uint32_t>(kernel->args[i]));
  for (const std::string &name : FieldNames(kernel)) fields.Set(fields.Length(), name);
  object.Set("index", index);
  object.Set("name", kernel->name);
  object.Set("args", args);
  object.Set("result", kernel->result);
  object.Set("fields", fields);
  object.Set("columns", kernel->columns != nullptr);
  return object;
}

Napi::Array DescribeKernels(Napi::Env env, ctz_engine *engine, uint32_t first) {
  Napi::Array kernels = Napi::Array::New(env);
  const uint32_t count = ctz_kernel_count(engine);
  for (uint32_t i = first; i < count; i++) kernels.Set(i - first, DescribeKernel(env, i, ctz_kernel_at(engine, i)));
  return kernels;
}

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

#define WORD(name, index) Figure("WORD_" #name, index),
#define FIELD(name, offset, type) Figure("SLOT_" #name, offset),
#define STATE(name) Figure("SLOT_STATE_" #name, CTZ_SLOT_##name),
#define CONSTANT(name) Figure(#name, CTZ_##name),

#define STATES(X) X(PENDING) X(SCHEDULED) X(RUNNING) X(RETRYING) X(COMPLETED) X(FAILED) X(CANCELLED)
#define SIZES(X) X(PORT_RINGS) X(PORT_MAX_SLOTS) X(PORT_HEADER_WORDS) X(CLASSES) X(SLOT_ARG_COUNT) X(SLOT_BYTES)
#define NOTICES(X) X(NOTICE_SETTLED) X(NOTICE_STARTED) X(NOTICE_RETRYING) X(NOTICE_SHIFT)

Napi::Object DescribePort(Napi::Env env) {
  return FromFigures(env, {CTZ_PORT_HEADER(WORD) CTZ_SLOT_FIELDS(FIELD) STATES(STATE) SIZES(CONSTANT) NOTICES(CONSTANT)
                               CONSTANT(PORT_MAGIC) CONSTANT(PORT_LAYOUT) Figure("TIMED_RING", CTZ_PORT_TIMED_RING)});
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
      env, {Figure("count", histogram.count), Figure("sumNs", histogram.sum_ns), Figure("maxNs", histogram.max_ns)});
  object.Set("buckets", buckets);
  return object;
}

static Napi::Object FromQueue(Napi::Env env, const ctz_queue_stats &queue) {
  return FromFigures(env, {Figure("enqueued", queue.enqueued), Figure("dequeued", queue.dequeued),
                           Figure("contended", queue.contended), Figure("rejected", queue.rejected),
                           Figure("queued", queue.queued), Figure("oldestReadyAt", queue.oldest_ready_at),
                           Figure("breaches", queue.breaches)});
}

static Napi::Object FromCounters(Napi::Env env, const ctz_stats &stats) {
  return FromFigures(env, {Figure("workers", stats.workers), Figure("activeWorkers", stats.active_workers),
                           Figure("parkedWorkers", stats.parked_workers), Figure("maxWorkers", stats.max_workers),
                           Figure("scheduled", stats.scheduled), Figure("retrying", stats.retrying),
                           Figure("completed", stats.completed), Figure("failed", stats.failed),
                           Figure("cancelled", stats.cancelled), Figure("retried", stats.retried),
                           Figure("timedOut", stats.timed_out), Figure("memoryLimited", stats.memory_limited),
                           Figure("busyNs", stats.busy_ns), Figure("memoryUsed", stats.memory_used),
                           Figure("memoryPeak", stats.memory_peak), Figure("memoryPool", stats.memory_pool),
                           Figure("workerWakes", stats.worker_wakes), Figure("timerWakes", stats.timer_wakes),
                           Figure("ownerWakes", stats.owner_wakes)});
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
