// Memory of other processes: `NativeOtherMemory` of src/native-other-memory.ts.
#include "binding/memory/other_memory.h"

#include "binding/reader.h"

extern "C" {
#include "memory/other_memory.h"
}

static bool ReadProcess(Napi::Value value, int32_t *pid) { return ReadNumber(value, "pid", 1, INT32_MAX, pid); }

// The number of an address in another process: any is taken, and followed there by the system.
static bool ReadPlace(const Napi::CallbackInfo &info, int32_t *pid, uint64_t *address) {
  bool exact = false;
  if (!ReadProcess(info[0], pid)) return false;
  if (!info[1].IsBigInt()) return ThrowType(info.Env(), "address must be a bigint");
  if (!info[2].IsArrayBuffer()) return ThrowType(info.Env(), "buffer must be an ArrayBuffer");
  *address = info[1].As<Napi::BigInt>().Uint64Value(&exact);
  return exact || ThrowType(info.Env(), "address must be of 64 bits");
}

static Napi::Value AddressOf(const Napi::CallbackInfo &info) {
  if (!info[0].IsArrayBuffer()) return ThrowType(info.Env(), "buffer must be an ArrayBuffer");
  return Napi::BigInt::New(info.Env(), (uint64_t)(uintptr_t)info[0].As<Napi::ArrayBuffer>().Data());
}

static Napi::Value CopyFrom(const Napi::CallbackInfo &info) {
  int32_t pid = 0;
  uint64_t address = 0;
  if (!ReadPlace(info, &pid, &address)) return Napi::Value();
  Napi::ArrayBuffer to = info[2].As<Napi::ArrayBuffer>();
  return Napi::Number::New(info.Env(), ctz_copy_from_process(pid, address, to.Data(), to.ByteLength()));
}

static Napi::Value CopyTo(const Napi::CallbackInfo &info) {
  int32_t pid = 0;
  uint64_t address = 0;
  if (!ReadPlace(info, &pid, &address)) return Napi::Value();
  Napi::ArrayBuffer from = info[2].As<Napi::ArrayBuffer>();
  return Napi::Number::New(info.Env(), ctz_copy_to_process(pid, address, from.Data(), from.ByteLength()));
}

static Napi::Value CanRead(const Napi::CallbackInfo &info) {
  int32_t pid = 0;
  if (!ReadProcess(info[0], &pid)) return Napi::Value();
  return Napi::Boolean::New(info.Env(), ctz_can_read_process(pid) == 0);
}

Napi::Object DescribeOtherMemory(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("addressOf", Napi::Function::New<AddressOf>(env, "addressOf"));
  object.Set("copyFrom", Napi::Function::New<CopyFrom>(env, "copyFrom"));
  object.Set("copyTo", Napi::Function::New<CopyTo>(env, "copyTo"));
  object.Set("canRead", Napi::Function::New<CanRead>(env, "canRead"));
  return object;
}
