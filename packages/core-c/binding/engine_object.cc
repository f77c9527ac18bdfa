// The methods of the engine object, in the order of src/native-core.ts; its life is in engine_life.cc.
#include "engine_object.h"

#include <cmath>
#include <cstring>

#include "reader.h"

bool EngineObject::IsOpen(Info info) const { return !closed_ || ThrowStatus(info.Env(), CTZ_CLOSED); }

// The first argument of most methods.
bool EngineObject::ReadSlot(Info info, uint32_t *slot) const {
  double number = 0;
  if (!ReadWhole(info[0], "slot", 0, slot_count_ - 1, &number)) return false;
  *slot = static_cast<uint32_t>(number);
  return true;
}

bool EngineObject::ReadPlanIndex(Napi::Value value, uint32_t *index) const {
  double number = 0;
  if (!ReadWhole(value, "plan", 0, UINT32_MAX, &number)) return false;
  *index = static_cast<uint32_t>(number);
  if (*index < plans_.size() && plans_[*index].defined) return true;
  return ThrowMisfit(napi_throw_range_error, "plan", "a number that definePlan gave", value);
}

Napi::Value EngineObject::Kernels(Info info) { return DescribeKernels(info.Env(), engine_.get(), 0); }

Napi::Value EngineObject::LoadLibrary(Info info) {
  if (!IsOpen(info)) return Napi::Value();
  if (!info[0].IsString()) return ThrowMisfit(napi_throw_type_error, "path", "a string", info[0]);
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const uint32_t before = ctz_kernel_count(engine_.get());
  char why[512] = "";
  const bool whole = path.find('\0') == std::string::npos;  // C would cut it there
  const ctz_status status = whole ? ctz_library_load(engine_.get(), path.c_str(), why, sizeof why) : CTZ_INVALID;
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status, why);
  return DescribeKernels(info.Env(), engine_.get(), before);
}

Napi::Value EngineObject::DefinePlan(Info info) {
  ctz_plan plan = {};
  if (!IsOpen(info) || !ReadPlan(info[0], &plan)) return Napi::Value();
  const ctz_kernel *kernel = ctz_kernel_at(engine_.get(), plan.kernel);
  Napi::Value asked = Napi::Number::New(info.Env(), plan.kernel);
  if (kernel == nullptr) return ThrowMisfit(napi_throw_range_error, "plan.kernel", "the index of a kernel", asked);
  uint32_t index = 0;
  const ctz_status status = ctz_plan_define(engine_.get(), &plan, &index);
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
  if (!plans_[plan].defined && plans_[plan].attached == 0) ctz_plan_release(engine_.get(), plan);
}

void EngineObject::Detach(uint32_t slot) {
  const auto found = attachments_.find(slot);
  if (found == attachments_.end()) return;
  const uint32_t plan = found->second->plan;
  attachments_.erase(found);
  plans_[plan].attached--;
  ReleaseUnused(plan);
}

void EngineObject::Wake(Info info) {
  double count = 0;
  if (IsOpen(info) && ReadWhole(info[0], "count", 0, UINT32_MAX, &count))
    ctz_port_wake(engine_.get(), static_cast<uint32_t>(count));
}

void EngineObject::WakeTimers(Info info) {
  if (IsOpen(info)) ctz_port_wake_timers(engine_.get());
}

// Keeps what a slot borrows, if C took it, in place of what it borrowed before.
Napi::Value EngineObject::Settle(Info info, uint32_t slot, ctz_status status, std::unique_ptr<Attachment> attachment) {
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  Detach(slot);
  plans_[attachment->plan].attached++;
  attachments_[slot] = std::move(attachment);
  return Napi::Value();
}

// The values of an array, all at once: getters may run here, and not between looking at the memory of one and the next.
static bool ReadList(Napi::Value list, const char *what, uint32_t count, Napi::Value *values) {
  Napi::Env env = list.Env();
  if (!list.IsArray()) return ThrowMisfit(napi_throw_type_error, what, "an Array", list);
  const uint32_t length = list.As<Napi::Array>().Length();
  if (length != count)
    return ThrowType(env, what + (" must have " + std::to_string(count)) + " values, as the kernel takes, got " +
                              std::to_string(length));
  for (uint32_t i = 0; i < count; i++) {
    values[i] = list.As<Napi::Array>().Get(i);
    if (values[i].IsEmpty()) return false;  // a getter threw, or the isolate is being terminated
  }
  return true;
}

static std::string At(const char *list, uint32_t index) { return list + ("[" + std::to_string(index)) + "]"; }

Napi::Value EngineObject::Attach(Info info) {
  uint32_t slot = 0;
  uint32_t plan = 0;
  Napi::Value values[CTZ_KERNEL_MAX_ARITY];
  ctz_value args[CTZ_KERNEL_MAX_ARITY] = {};
  if (!IsOpen(info) || !ReadSlot(info, &slot) || !ReadPlanIndex(info[1], &plan)) return Napi::Value();
  const ctz_kernel *kernel = plans_[plan].kernel;
  if (!ReadList(info[2], "args", kernel->arity, values)) return Napi::Value();
  auto attachment = std::make_unique<Attachment>(info.Env(), plan);
  for (uint32_t i = 0; i < kernel->arity; i++) {
    const auto type = static_cast<ctz_type>(kernel->args[i]);
    if (!ToArgument(values[i], type, At("args", i), *attachment, &args[i])) return Napi::Value();
  }
  const ctz_status status = ctz_port_attach(engine_.get(), slot, plan, args, kernel->arity);
  return Settle(info, slot, status, std::move(attachment));
}

Napi::Value EngineObject::AttachColumns(Info info) {
  uint32_t slot = 0;
  uint32_t plan = 0;
  double chunk = 0;
  Napi::Value values[CTZ_KERNEL_MAX_ARITY];
  const double *columns[CTZ_KERNEL_MAX_ARITY] = {};
  ctz_value out = {};
  if (!IsOpen(info) || !ReadSlot(info, &slot) || !ReadPlanIndex(info[1], &plan)) return Napi::Value();
  if (!ReadWhole(info[4], "rowsPerChunk", 1, 9007199254740991.0, &chunk)) return Napi::Value();
  const uint32_t count = plans_[plan].kernel->arity;
  auto attachment = std::make_unique<Attachment>(info.Env(), plan);
  if (!ReadList(info[2], "columns", count, values)) return Napi::Value();
  if (!ToArgument(info[3], CTZ_F64_ARRAY, "out", *attachment, &out)) return Napi::Value();
  for (uint32_t i = 0; i < count; i++) {
    ctz_value column = {};
    if (!ToArgument(values[i], CTZ_F64_ARRAY, At("columns", i), *attachment, &column)) return Napi::Value();
    if (column.slice.length != out.slice.length)
      return ThrowType(info.Env(), At("columns", i) + " must be as long as out, " + std::to_string(out.slice.length) +
                                       ", got " + std::to_string(column.slice.length));
    columns[i] = static_cast<const double *>(column.slice.data);
  }
  auto *results = static_cast<double *>(const_cast<void *>(out.slice.data));
  const size_t rows = out.slice.length, rows_per_chunk = static_cast<size_t>(chunk);
  const ctz_status status =
      ctz_port_attach_columns(engine_.get(), slot, plan, columns, count, results, rows, rows_per_chunk);
  return Settle(info, slot, status, std::move(attachment));
}

const ctz_kernel *EngineObject::KernelOf(uint32_t slot) const {
  const auto attached = attachments_.find(slot);
  uint32_t plan = 0;
  std::memcpy(&plan, slots_ + static_cast<size_t>(slot) * CTZ_SLOT_BYTES + CTZ_SLOT_PLAN, sizeof plan);
  if (attached != attachments_.end()) plan = attached->second->plan;
  return plan < plans_.size() ? plans_[plan].kernel : nullptr;
}

Napi::Value EngineObject::Result(Info info) {
  uint32_t slot = 0;
  ctz_outcome outcome;
  void *memory = nullptr;
  if (!ReadSlot(info, &slot)) return Napi::Value();
  const ctz_status status = ctz_port_take(engine_.get(), slot, &outcome, &memory);
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
  const ctz_status status = ctz_port_outcome(engine_.get(), slot, &outcome);
  if (status != CTZ_OK) return ThrowStatus(info.Env(), status);
  return FromError(info.Env(), outcome.error);
}

void EngineObject::Free(Info info) {
  uint32_t slot = 0;
  // while a thread has the slot, its arrays stay
  if (ReadSlot(info, &slot) && ctz_port_free(engine_.get(), slot)) Detach(slot);
}

Napi::Value EngineObject::CancelTimed(Info info) {
  uint32_t slot = 0;
  if (!IsOpen(info) || !ReadSlot(info, &slot)) return Napi::Value();
  return Napi::Boolean::New(info.Env(), ctz_port_cancel_timed(engine_.get(), slot) == CTZ_OK);
}

Napi::Value EngineObject::WaitCompleted(Info info) {
  double position = 0;
  double timeout = 0;
  // a position kept in an Int32Array may be negative: it is the same 32 bits
  if (!IsOpen(info) || !ReadWhole(info[0], "position", INT32_MIN, UINT32_MAX, &position)) return Napi::Value();
  if (!ReadReal(info[1], "timeoutMs", 0, INFINITY, &timeout)) return Napi::Value();
  const auto wrapped = static_cast<uint32_t>(static_cast<int64_t>(position));
  return Napi::Boolean::New(info.Env(), ctz_port_wait(engine_.get(), wrapped, timeout) == CTZ_OK);
}

void EngineObject::Pause(Info info) {
  bool paused = false;
  if (IsOpen(info) && ReadFlag(info[0], "paused", &paused)) ctz_pause(engine_.get(), paused);
}

Napi::Value EngineObject::Scale(Info info) {
  double workers = 0;
  if (!IsOpen(info) || !ReadWhole(info[0], "workers", 1, CTZ_MAX_WORKERS, &workers)) return Napi::Value();
  const ctz_status status = ctz_scale(engine_.get(), static_cast<uint32_t>(workers));
  if (status == CTZ_INVALID) return ThrowMisfit(napi_throw_range_error, "workers", "at most maxWorkers", info[0]);
  return status == CTZ_OK ? Napi::Value() : ThrowStatus(info.Env(), status);
}

Napi::Value EngineObject::Statistics(Info info) {
  return IsOpen(info) ? DescribeStatistics(info.Env(), engine_.get()) : Napi::Value();
}

Napi::Value EngineObject::Now(Info info) {
  return IsOpen(info) ? Napi::Number::New(info.Env(), ctz_now(engine_.get())) : Napi::Value();
}
