// The engine object: how it is made, then its methods, in the order of src/native-core.ts.
#include "engine_object.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "reader.h"

static constexpr double kWaitSliceMs = 50;

#define METHOD(Name, name) InstanceMethod<&EngineObject::Name>(name)

Napi::Function EngineObject::Define(Napi::Env env) {
  return DefineClass(
      env, "NativeEngine",
      {InstanceAccessor<&EngineObject::Kernels>("kernels", napi_enumerable), METHOD(LoadLibrary, "loadLibrary"),
       METHOD(DefinePlan, "definePlan"), METHOD(ReleasePlan, "releasePlan"), METHOD(Wake, "wake"),
       METHOD(WakeTimers, "wakeTimers"), METHOD(Attach, "attach"), METHOD(AttachColumns, "attachColumns"),
       METHOD(Result, "result"), METHOD(Error, "error"), METHOD(Free, "free"), METHOD(CancelTimed, "cancelTimed"),
       METHOD(WaitCompleted, "waitCompleted"), METHOD(Pause, "pause"), METHOD(Scale, "scale"),
       METHOD(Statistics, "statistics"), METHOD(Now, "now"), METHOD(KeepAlive, "keepAlive"), METHOD(Close, "close")});
}

Napi::Value EngineObject::Create(Info info) {
  ctz_config config = {};
  if (!ReadConfig(info[0], &config)) return Napi::Value();
  if (!ReadReal(info[1], "now", kMaxSafeInteger, &config.now_ms)) return Napi::Value();
  if (!info[2].IsFunction()) return ThrowMisfit(napi_throw_type_error, "wake", "a function", info[2]);
  const Core *core = info.Env().GetInstanceData<Core>();
  return core->engine_class.New({Napi::External<ctz_config>::New(info.Env(), &config), info[2]});
}

EngineObject::EngineObject(Info info) : Napi::ObjectWrap<EngineObject>(info) {
  // `new engine.constructor()` comes here as well; an External is what scripts cannot make
  if (info.Length() != 2 || !info[0].IsExternal() || !info[1].IsFunction()) {
    ThrowType(info.Env(), "engines are made by createEngine");
    return;
  }
  life_ = std::make_shared<EngineLife>(info.Env());
  ctz_config *config = info[0].As<Napi::External<ctz_config>>().Data();
  slot_count_ = config->port_slots;
  // now: when the object is collected, Node may have freed the handle to wake by
  if (!life_->Begin(config, info[1].As<Napi::Function>()) || !ShowPort(info)) life_->Leave();
}

EngineObject::~EngineObject() {
  if (life_ != nullptr) life_->Leave();
}

static void ReleasePort(napi_env, void *, void *lease) { delete static_cast<std::shared_ptr<ctz_engine> *>(lease); }

bool EngineObject::ShowPort(Info info) {
  size_t bytes = 0;
  void *memory = ctz_port_memory(engine(), &bytes);
  // read now, since JavaScript may write there later
  slots_ = static_cast<const uint8_t *>(memory) + static_cast<const uint32_t *>(memory)[CTZ_WORD_SLOTS_OFFSET];
  auto *lease = new std::shared_ptr<ctz_engine>(life_->engine);
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(info.Env(), memory, bytes, ReleasePort, lease, &buffer);
  if (status != napi_ok) {
    delete lease;
    const bool refused = status == napi_no_external_buffers_allowed;
    return ThrowStatus(info.Env(), CTZ_SYSTEM,
                       refused ? "this runtime allows no ArrayBuffer over memory of an addon (external buffers)"
                               : "Node gave no ArrayBuffer for the port");
  }
  info.This().As<Napi::Object>().DefineProperties(
      {Napi::PropertyDescriptor::Value("memory", buffer, napi_enumerable),
       Napi::PropertyDescriptor::Value(Napi::Symbol::New(info.Env(), "wake"), info[1])});
  return true;
}

bool EngineObject::IsOpen(Info info) const { return !closed_ || ThrowStatus(info.Env(), CTZ_CLOSED); }

// The first argument of most methods.
bool EngineObject::ReadSlot(Info info, uint32_t *slot) const {
  return ReadWhole(info[0], "slot", 0, slot_count_ - 1, slot);
}

bool EngineObject::ReadPlanIndex(Napi::Value value, uint32_t *index) const {
  if (!ReadWhole(value, "plan", 0, UINT32_MAX, index)) return false;
  if (*index < plans_.size() && plans_[*index].defined) return true;
  return ThrowMisfit(napi_throw_range_error, "plan", "a number that definePlan gave", value);
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
  if (!ReadPlan(info[0], &plan) || !IsOpen(info)) return Napi::Value();
  const ctz_kernel *kernel = ctz_kernel_at(engine(), plan.kernel);
  Napi::Value asked = Napi::Number::New(info.Env(), plan.kernel);
  if (kernel == nullptr) return ThrowMisfit(napi_throw_range_error, "plan.kernel", "the index of a kernel", asked);
  uint32_t index = 0;
  const ctz_status status = ctz_plan_define(engine(), &plan, &index);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  if (index >= plans_.size()) plans_.resize(index + 1);
  plans_[index] = {kernel, true, 0};
  return Napi::Number::New(info.Env(), index);
}

void EngineObject::ReleasePlan(Info info) {
  uint32_t index = 0;
  if (!IsOpen(info) || !ReadPlanIndex(info[0], &index)) return;
  plans_[index].defined = false;
  ReleaseUnused(index);
}

// Arguments that were checked for one kernel must not meet another one under the same number.
void EngineObject::ReleaseUnused(uint32_t plan) {
  if (!plans_[plan].defined && plans_[plan].attached == 0) ctz_plan_release(engine(), plan);
}

void EngineObject::Detach(uint32_t slot) {
  const auto found = life_->attachments.find(slot);
  if (found == life_->attachments.end()) return;
  const uint32_t plan = found->second->plan;
  life_->attachments.erase(found);
  plans_[plan].attached--;
  ReleaseUnused(plan);
}

void EngineObject::Wake(Info info) {
  uint32_t count = 0;
  if (IsOpen(info) && ReadWhole(info[0], "count", 0, UINT32_MAX, &count)) ctz_port_wake(engine(), count);
}

void EngineObject::WakeTimers(Info info) {
  if (IsOpen(info)) ctz_port_wake_timers(engine());
}

// Keeps what a slot borrows, if C took it, in place of what it borrowed before.
Napi::Value EngineObject::Settle(Info info, uint32_t slot, ctz_status status, std::unique_ptr<Attachment> attachment) {
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  Detach(slot);
  plans_[attachment->plan].attached++;
  life_->attachments[slot] = std::move(attachment);
  return Napi::Value();
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
bool EngineObject::ReadOrder(Info info, const char *list, Order *order) const {
  uint32_t length = 0;
  if (!ReadList(info[2], list, order->values, &length)) return false;
  if (!IsOpen(info) || !ReadSlot(info, &order->slot) || !ReadPlanIndex(info[1], &order->plan)) return false;
  order->kernel = plans_[order->plan].kernel;
  const std::string wanted = std::to_string(order->kernel->arity), got = std::to_string(length);
  if (length == order->kernel->arity) return true;
  return ThrowType(info.Env(), list + (" must have " + wanted) + " values, as the kernel takes, got " + got);
}

Napi::Value EngineObject::Attach(Info info) {
  Order order = {};
  ctz_value args[CTZ_KERNEL_MAX_ARITY] = {};
  if (!ReadOrder(info, "args", &order)) return Napi::Value();
  const uint32_t count = order.kernel->arity;
  auto attachment = std::make_unique<Attachment>(info.Env(), order.plan);
  for (uint32_t i = 0; i < count; i++) {
    const auto type = static_cast<ctz_type>(order.kernel->args[i]);
    if (!ToArgument(order.values[i], type, At("args", i), *attachment, &args[i])) return Napi::Value();
  }
  const ctz_status status = ctz_port_attach(engine(), order.slot, order.plan, args, count);
  return Settle(info, order.slot, status, std::move(attachment));
}

Napi::Value EngineObject::AttachColumns(Info info) {
  Order order = {};
  size_t rows_per_chunk = 0;
  const double *columns[CTZ_KERNEL_MAX_ARITY] = {};
  ctz_value out = {};
  if (!CheckBuffer(info[3], "out") || !ReadOrder(info, "columns", &order)) return Napi::Value();
  if (!ReadWhole(info[4], "rowsPerChunk", 1, kMaxSafeInteger, &rows_per_chunk)) return Napi::Value();
  const uint32_t count = order.kernel->arity;
  auto attachment = std::make_unique<Attachment>(info.Env(), order.plan);
  if (!ToArgument(info[3], CTZ_F64_ARRAY, "out", *attachment, &out)) return Napi::Value();
  const size_t rows = out.slice.length;
  for (uint32_t i = 0; i < count; i++) {
    ctz_value column = {};
    if (!ToArgument(order.values[i], CTZ_F64_ARRAY, At("columns", i), *attachment, &column)) return Napi::Value();
    if (column.slice.length != rows)
      return ThrowType(info.Env(), At("columns", i) + " must be as long as out, " + std::to_string(rows) + ", got " +
                                       std::to_string(column.slice.length));
    columns[i] = static_cast<const double *>(column.slice.data);
  }
  auto *results = static_cast<double *>(const_cast<void *>(out.slice.data));
  const ctz_status status =
      ctz_port_attach_columns(engine(), order.slot, order.plan, columns, count, results, rows, rows_per_chunk);
  return Settle(info, order.slot, status, std::move(attachment));
}

const ctz_kernel *EngineObject::KernelOf(uint32_t slot) const {
  const auto attached = life_->attachments.find(slot);
  uint32_t plan = 0;
  std::memcpy(&plan, slots_ + static_cast<size_t>(slot) * CTZ_SLOT_BYTES + CTZ_SLOT_PLAN, sizeof plan);
  if (attached != life_->attachments.end()) plan = attached->second->plan;
  return plan < plans_.size() ? plans_[plan].kernel : nullptr;
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
  const Names names = FieldNames(outcome.type == CTZ_FIELDS ? KernelOf(slot) : nullptr);
  return FromOutcome(info.Env(), outcome, std::move(block), names);
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
  if (ReadSlot(info, &slot) && ctz_port_free(engine(), slot)) Detach(slot);
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
  if (!IsOpen(info) || !ReadWhole(info[0], "position", INT32_MIN, UINT32_MAX, &position)) return Napi::Value();
  if (!ReadReal(info[1], "timeoutMs", INFINITY, &timeout)) return Napi::Value();
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

Napi::Value EngineObject::Scale(Info info) {
  uint32_t workers = 0;
  if (!IsOpen(info) || !ReadWhole(info[0], "workers", 1, CTZ_MAX_WORKERS, &workers)) return Napi::Value();
  const ctz_status status = ctz_scale(engine(), workers);
  if (status == CTZ_INVALID) return ThrowMisfit(napi_throw_range_error, "workers", "at most maxWorkers", info[0]);
  return status == CTZ_OK ? Napi::Value() : ThrowStatus(info.Env(), status);
}

Napi::Value EngineObject::Statistics(Info info) {
  return IsOpen(info) ? DescribeStatistics(info.Env(), engine()) : Napi::Value();
}

Napi::Value EngineObject::Now(Info info) {
  return IsOpen(info) ? Napi::Number::New(info.Env(), ctz_now(engine())) : Napi::Value();
}

void EngineObject::KeepAlive(Info info) {
  bool on = false;
  if (!ReadFlag(info[0], "on", &on) || (on && !IsOpen(info)) || on == kept_) return;
  kept_ = on;
  life_->KeepLoopAlive(on);
  // work is under way: the object must not be collected either
  on ? Ref() : Unref();
}

void EngineObject::Close(Info) {
  if (closed_) return;
  closed_ = true;
  life_->Close();
  life_->KeepLoopAlive(false);
  if (kept_) Unref();
  kept_ = false;
}
