#include <initializer_list>
#include <new>
#include <sstream>
#include <utility>

#include "convert.h"
#include "ctz/stats.h"
#include "reader.h"

std::vector<std::string> FieldNames(const char *fields) {
  std::vector<std::string> names;
  std::istringstream all(fields == nullptr ? "" : fields);
  for (std::string name; std::getline(all, name, ',');) names.push_back(name);
  return names;
}

static Napi::Object DescribeKernel(Napi::Env env, uint32_t index, const ctz_kernel *kernel) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array args = Napi::Array::New(env);
  Napi::Array fields = Napi::Array::New(env);
  for (uint32_t i = 0; i < kernel->arity; i++) args.Set(i, static_cast<uint32_t>(kernel->args[i]));
  for (const std::string &name : FieldNames(kernel->fields)) fields.Set(fields.Length(), name);
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

using Figure = std::pair<const char *, double>;

static Napi::Object FromFigures(Napi::Env env, std::initializer_list<Figure> figures) {
  Napi::Object object = Napi::Object::New(env);
  for (const Figure &figure : figures) object.Set(figure.first, figure.second);
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

#define COUNT(name, member) Figure(#name, static_cast<double>(of.member))

Napi::Object FromHistogram(Napi::Env env, const ctz_histogram &of) {
  Napi::Object object = FromFigures(env, {COUNT(count, count), COUNT(sumNs, sum_ns), COUNT(maxNs, max_ns)});
  Napi::Float64Array buckets = Napi::Float64Array::New(env, ctz_hdr_sparse(&of, nullptr));
  if (!buckets.IsEmpty()) ctz_hdr_sparse(&of, buckets.Data());
  object.Set("buckets", buckets);
  return object;
}

static Napi::Object FromQueue(Napi::Env env, const ctz_queue_stats &of) {
  return FromFigures(env, {COUNT(enqueued, enqueued), COUNT(dequeued, dequeued), COUNT(contended, contended),
                           COUNT(rejected, rejected), COUNT(queued, queued), COUNT(oldestReadyAt, oldest_ready_at),
                           COUNT(breaches, breaches)});
}

#define WORKERS(X) X(workers, workers) X(activeWorkers, active_workers) X(parkedWorkers, parked_workers)
#define TASKS(X) X(scheduled, scheduled) X(retrying, retrying) X(completed, completed) X(failed, failed)
#define ENDS(X) X(cancelled, cancelled) X(retried, retried) X(timedOut, timed_out) X(memoryLimited, memory_limited)
#define MEMORY(X) X(memoryUsed, memory_used) X(memoryPeak, memory_peak) X(memoryPool, memory_pool)
#define WAKES(X) X(workerWakes, worker_wakes) X(timerWakes, timer_wakes) X(ownerWakes, owner_wakes)
#define COUNTED(name, member) COUNT(name, member),

static Napi::Object FromCounters(Napi::Env env, const ctz_stats &of) {
  return FromFigures(env, {WORKERS(COUNTED) COUNT(maxWorkers, max_workers),
                           TASKS(COUNTED) ENDS(COUNTED) COUNT(bailed, bailed), COUNT(busyNs, busy_ns),
                           MEMORY(COUNTED) WAKES(COUNTED) COUNT(ownerRuns, owner_runs)});
}

Napi::Value DescribeStatistics(Napi::Env env, ctz_engine *engine) {
  std::unique_ptr<ctz_stats> stats(new (std::nothrow) ctz_stats());  // too large for a stack
  if (stats == nullptr) return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  ctz_stats_read(engine, stats.get());
  Napi::Array queues = Napi::Array::New(env), wait = Napi::Array::New(env), run = Napi::Array::New(env);
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
