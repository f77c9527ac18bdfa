// The engine object: how it is made, then its methods, in the order of src/native-core.ts.
#include "engine_object.h"

#include <algorithm>
#include <cmath>

#include "reader.h"

static constexpr double kWaitSliceMs = 50;

#define METHOD(Name, name) InstanceMethod<&EngineObject::Name>(#name),
#define ORDERS(X)   \
  X(Attach, attach) \
  X(AttachColumns, attachColumns) X(AttachGraph, attachGraph) X(Result, result) X(Error, error) X(Free, free)
#define PLANS(X) X(LoadLibrary, loadLibrary) X(DefinePlan, definePlan) X(ReleasePlan, releasePlan)
#define PROGRAMS(X) \
  X(AddProgram, addProgram) X(AddProgram, addBody) X(SwapBody, swapBody) X(ProgramFigures, programFigures)
#define WAKING(X) \
  X(RunOrWake, runOrWake) X(WakeTimers, wakeTimers) X(CancelTimed, cancelTimed) X(WaitCompleted, waitCompleted)
#define LIFE(X)   \
  X(Pause, pause) \
  X(Scale, scale) X(Statistics, statistics) X(Series, series) X(Now, now) X(KeepAlive, keepAlive) X(Close, close)

Napi::Function EngineObject::Define(Napi::Env env) {
  const auto kernels = InstanceAccessor<&EngineObject::Kernels>("kernels", napi_enumerable);
  return DefineClass(env, "NativeEngine",
                     {PLANS(METHOD) PROGRAMS(METHOD) ORDERS(METHOD) WAKING(METHOD) LIFE(METHOD) kernels});
}

EngineObject::EngineObject(Info info) : Napi::ObjectWrap<EngineObject>(info) {
  ctz_config config = {};
  config.now_ns = ctz_moment_ns();  // before anything else takes its time
  if (!ReadConfig(info[0], &config) || !ReadNumber(info[1], "now", 0, kMaxSafeInteger, &config.now_ms)) return;
  if (!info[2].IsFunction()) {
    ThrowMisfit(napi_throw_type_error, "wake", "a function", info[2]);
    return;
  }
  slot_count_ = config.port_slots;
  max_workers_ = config.max_workers;
  life_ = std::make_shared<EngineLife>(info.Env());
  // now: when the object is collected, Node may have freed the handle to wake by
  if (!life_->Begin(&config, info[2].As<Napi::Function>()) || !ShowPort(info)) life_->Leave();
}

EngineObject::~EngineObject() {
  if (life_ != nullptr) life_->Leave();
}

static void ReleasePort(napi_env, void *, void *lease) { delete static_cast<std::shared_ptr<ctz_engine> *>(lease); }

bool EngineObject::ShowPort(Info info) {
  size_t bytes = 0;
  void *memory = ctz_port_memory(engine(), &bytes);
  auto *lease = new std::shared_ptr<ctz_engine>(life_->engine);
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(info.Env(), memory, bytes, ReleasePort, lease, &buffer) != napi_ok) {
    delete lease;
    return ThrowStatus(info.Env(), CTZ_SYSTEM, "no ArrayBuffer over memory of an addon: this runtime may allow none");
  }
  info.This().As<Napi::Object>().DefineProperties(
      {Napi::PropertyDescriptor::Value("memory", buffer, napi_enumerable),
       Napi::PropertyDescriptor::Value(Napi::Symbol::New(info.Env(), "wake"), info[2])});
  return true;
}

bool EngineObject::IsOpen(Info info) const { return !closed_ || ThrowStatus(info.Env(), CTZ_CLOSED); }

// The first argument of most methods.
bool EngineObject::ReadSlot(Info info, uint32_t *slot) const {
  return ReadNumber(info[0], "slot", 0, slot_count_ - 1, slot);
}

// The kernel of the plan; null with an error pending.
const ctz_kernel *EngineObject::ReadPlanIndex(Napi::Value value, uint32_t *index) const {
  if (!ReadNumber(value, "plan", 0, UINT32_MAX, index)) return nullptr;
  const ctz_kernel *kernel = ctz_plan_kernel(engine(), *index);
  if (kernel == nullptr) ThrowMisfit(napi_throw_range_error, "plan", "a number that definePlan gave", value);
  return kernel;
}

Napi::Value EngineObject::Kernels(Info info) { return DescribeKernels(info.Env(), engine(), 0); }

Napi::Value EngineObject::LoadLibrary(Info info) {
  if (!IsOpen(info)) return Napi::Value();
  if (!info[0].IsString()) return ThrowMisfit(napi_throw_type_error, "path", "a string", info[0]);
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const uint32_t before = ctz_kernel_count(engine());
  char why[512] = "";
  const bool whole = path.find('\0') == std::string::npos;  // C would cut it there
  const ctz_status status = whole ? ctz_library_load(engine(), path.c_str(), why, sizeof why) : CTZ_INVALID;
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status, why);
  return DescribeKernels(info.Env(), engine(), before);
}

Napi::Value EngineObject::DefinePlan(Info info) {
  ctz_plan plan = {};
  if (!ReadPlan(info[0], ctz_kernel_count(engine()), &plan) || !IsOpen(info)) return Napi::Value();
  uint32_t index = 0;
  const ctz_status status = ctz_plan_define(engine(), &plan, &index);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  return Napi::Number::New(info.Env(), index);
}

void EngineObject::ReleasePlan(Info info) {
  uint32_t index = 0;
  if (IsOpen(info) && ReadPlanIndex(info[0], &index) != nullptr) ctz_plan_release(engine(), index);
}

Napi::Value EngineObject::RunOrWake(Info info) {
  return IsOpen(info) ? Napi::Boolean::New(info.Env(), ctz_port_run_or_wake(engine())) : Napi::Value();
}

void EngineObject::WakeTimers(Info info) {
  if (IsOpen(info)) ctz_port_wake_timers(engine());
}

static std::string At(const char *list, uint32_t index) { return list + ("[" + std::to_string(index)) + "]"; }

// The values of an array, as many as a kernel may take, and its length.
static bool ReadList(Napi::Value list, const char *what, Napi::Value *values, uint32_t *length) {
  if (!list.IsArray()) return ThrowMisfit(napi_throw_type_error, what, "an Array", list);
  *length = list.As<Napi::Array>().Length();
  const uint32_t count = std::min(*length, CTZ_KERNEL_MAX_ARITY);
  for (uint32_t i = 0; i < count; i++) {
    values[i] = list.As<Napi::Array>().Get(i);
    if (values[i].IsEmpty()) return false;  // a getter threw, or the isolate is being terminated
  }
  for (uint32_t i = 0; i < count; i++)
    if (!CheckBuffer(values[i], At(what, i))) return false;
  return true;
}

// The list comes first: getters that run there may close the engine, or have the plan's number mean another kernel.
// With `columns` every value is one, else they are what the kernel takes.
bool EngineObject::ReadOrder(Info info, const char *list, bool columns, Order *order) const {
  Napi::Value values[CTZ_KERNEL_MAX_ARITY];
  if (!ReadList(info[2], list, values, &order->count) || !IsOpen(info) || !ReadSlot(info, &order->slot)) return false;
  const ctz_kernel *kernel = ReadPlanIndex(info[1], &order->plan);
  if (kernel == nullptr) return false;
  const std::string wanted = std::to_string(kernel->arity), got = std::to_string(order->count);
  if (order->count != kernel->arity)
    return ThrowType(info.Env(), list + (" must have " + wanted) + " values, as the kernel takes, got " + got);
  order->attachment = std::make_unique<Attachment>(info.Env());
  for (uint32_t i = 0; i < order->count; i++) {
    const auto type = columns ? CTZ_F64_ARRAY : static_cast<ctz_type>(kernel->args[i]);
    if (!ToArgument(values[i], type, At(list, i), *order->attachment, &order->values[i])) return false;
  }
  return true;
}

// Keeps what a slot borrows, if C took it, in place of what it borrowed before.
Napi::Value EngineObject::Settle(Info info, Order *order, ctz_status status) {
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  life_->attachments[order->slot] = std::move(order->attachment);
  return Napi::Value();
}

Napi::Value EngineObject::Attach(Info info) {
  Order order = {};
  if (!ReadOrder(info, "args", false, &order)) return Napi::Value();
  return Settle(info, &order, ctz_port_attach(engine(), order.slot, order.plan, order.values, order.count));
}

Napi::Value EngineObject::AttachColumns(Info info) {
  Order order = {};
  size_t chunk = 0;
  ctz_value out = {};
  const double *columns[CTZ_KERNEL_MAX_ARITY] = {};
  if (!CheckBuffer(info[3], "out") || !ReadOrder(info, "columns", true, &order)) return Napi::Value();
  if (!ToArgument(info[3], CTZ_F64_ARRAY, "out", *order.attachment, &out)) return Napi::Value();
  if (!ReadNumber(info[4], "rowsPerChunk", 1, kMaxSafeInteger, &chunk)) return Napi::Value();
  const size_t rows = out.slice.length;
  for (uint32_t i = 0; i < order.count; i++) {
    columns[i] = static_cast<const double *>(order.values[i].slice.data);
    if (order.values[i].slice.length != rows)
      return ThrowType(info.Env(), At("columns", i) + " must be as long as out, " + std::to_string(rows));
  }
  auto *results = static_cast<double *>(const_cast<void *>(out.slice.data));
  const ctz_status status =
      ctz_port_attach_columns(engine(), order.slot, order.plan, columns, order.count, results, rows, chunk);
  return Settle(info, &order, status);
}

Napi::Value EngineObject::Result(Info info) {
  uint32_t slot = 0;
  ctz_outcome outcome;
  void *memory = nullptr;
  if (!ReadSlot(info, &slot)) return Napi::Value();
  const ctz_status status = ctz_port_take(engine(), slot, &outcome, &memory);
  Block block(memory);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  if (outcome.state != CTZ_SLOT_COMPLETED)
    return ThrowStatus(info.Env(), CTZ_INVALID, "slot " + std::to_string(slot) + " has no result");
  return FromOutcome(info.Env(), outcome, std::move(block));
}

Napi::Value EngineObject::Error(Info info) {
  uint32_t slot = 0;
  ctz_outcome outcome;
  if (!ReadSlot(info, &slot)) return Napi::Value();
  const ctz_status status = ctz_port_outcome(engine(), slot, &outcome);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  return FromError(info.Env(), outcome.error);
}

void EngineObject::Free(Info info) {
  uint32_t slot = 0;
  // while a thread has the slot, its arrays stay
  if (ReadSlot(info, &slot) && ctz_port_free(engine(), slot)) life_->attachments.erase(slot);
}

Napi::Value EngineObject::CancelTimed(Info info) {
  uint32_t slot = 0;
  if (!IsOpen(info) || !ReadSlot(info, &slot)) return Napi::Value();
  return Napi::Boolean::New(info.Env(), ctz_port_cancel_timed(engine(), slot) == CTZ_OK);
}

// In slices, between which the thread listens whether it shall stop, as it does when worker.terminate() was called.
Napi::Value EngineObject::WaitCompleted(Info info) {
  int64_t position = 0;
  double timeout = 0;
  // a position kept in an Int32Array may be negative: it is the same 32 bits
  if (!IsOpen(info) || !ReadNumber(info[0], "position", INT32_MIN, UINT32_MAX, &position)) return Napi::Value();
  if (!ReadNumber(info[1], "timeoutMs", 0, INFINITY, &timeout)) return Napi::Value();
  const double deadline = ctz_now(engine()) + timeout;
  for (double left = timeout;; left = std::max(deadline - ctz_now(engine()), 0.0)) {
    const double slice = std::min(left, kWaitSliceMs);
    const bool completed = ctz_port_wait(engine(), static_cast<uint32_t>(position), slice) == CTZ_OK;
    if (completed || slice == left) return Napi::Boolean::New(info.Env(), completed);
    Napi::HandleScope scope(info.Env());
    if (info.Env().RunScript("0").IsEmpty()) return Napi::Value();
  }
}

void EngineObject::Pause(Info info) {
  bool paused = false;
  if (IsOpen(info) && ReadFlag(info[0], "paused", &paused)) ctz_pause(engine(), paused);
}

void EngineObject::Scale(Info info) {
  uint32_t workers = 0;
  if (!IsOpen(info) || !ReadNumber(info[0], "workers", 1, max_workers_, &workers)) return;
  const ctz_status status = ctz_scale(engine(), workers);
  if (status != CTZ_OK) ThrowStatus(info.Env(), status);
}

Napi::Value EngineObject::Statistics(Info info) {
  return IsOpen(info) ? DescribeStatistics(info.Env(), engine()) : Napi::Value();
}

Napi::Value EngineObject::Now(Info info) {
  return IsOpen(info) ? Napi::Number::New(info.Env(), ctz_now(engine())) : Napi::Value();
}

void EngineObject::KeepAlive(Info info) {
  bool on = false;
  if (ReadFlag(info[0], "on", &on) && (!on || IsOpen(info))) Keep(on);
}

void EngineObject::Keep(bool on) {
  if (on == kept_) return;
  kept_ = on;
  life_->KeepLoopAlive(on);
  // work is under way: the object must not be collected either
  on ? Ref() : Unref();
}

void EngineObject::Close(Info) {
  closed_ = true;
  life_->Close();
  Keep(false);
}
