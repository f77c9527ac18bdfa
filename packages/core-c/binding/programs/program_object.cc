#include "program_object.h"

#include <cmath>

#include "binding/convert.h"
#include "binding/reader.h"
#include "binding/toolchain/toolchain_object.h"
#include "values.h"

static constexpr double kMostMemory = 256.0 * 1024 * 1024;

Programs &ProgramsOf(Napi::Env env) { return *env.GetInstanceData<Core>()->programs; }

// A copy: what is checked must not change, and JavaScript runs before it is opened.
static bool ReadBytes(Napi::Value value, std::string *out) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    return ThrowMisfit(napi_throw_type_error, "bytes", "a Uint8Array", value);
  const auto bytes = value.As<Napi::Uint8Array>();
  if (bytes.ByteLength() > 0) out->assign(reinterpret_cast<const char *>(bytes.Data()), bytes.ByteLength());
  return true;
}

// Has each function that the program needs tested, once in an environment. False with an error pending.
static bool TestMath(Napi::Env env, const std::string &bytes) {
  Programs &programs = ProgramsOf(env);
  for (;;) {
    const char *name = ctz_program_lacks(bytes.data(), bytes.size(), &programs.math);
    if (name == nullptr || programs.math_test.IsEmpty() || !programs.tested.insert(name).second) return true;
    programs.math_test.Call({Napi::String::New(env, name)});
    if (env.IsExceptionPending()) return false;
  }
}

OpenedProgram OpenProgram(Napi::Env env, Napi::Value value) {
  std::string bytes;
  if (!ReadBytes(value, &bytes) || !TestMath(env, bytes)) return nullptr;
  ctz_program *program = nullptr;
  char why[256] = "";
  const ctz_math &math = ProgramsOf(env).math;
  const ctz_status status = ctz_program_open(bytes.data(), bytes.size(), &math, &program, why, sizeof why);
  if (status != CTZ_OK) ThrowStatus(env, status, why[0] == '\0' ? "" : std::string("no program: ") + why);
  return OpenedProgram(program);
}

Napi::Function ProgramObject::Define(Napi::Env env) {
  return DefineClass(env, "NativeProgram",
                     {InstanceAccessor<&ProgramObject::Signature>("signature", napi_enumerable),
                      InstanceMethod<&ProgramObject::Call>("call"), InstanceMethod<&ProgramObject::UseBody>("useBody"),
                      InstanceMethod<&ProgramObject::LastBail>("lastBail")});
}

ProgramObject::ProgramObject(Info info)
    : Napi::ObjectWrap<ProgramObject>(info), program_(OpenProgram(info.Env(), info[0])) {}

Napi::Value ProgramObject::Signature(Info info) {
  return DescribeSignature(info.Env(), *ctz_program_signature(program_.get()));
}

Napi::Value ProgramObject::Call(Info info) {
  Napi::Env env = info.Env();
  Programs &programs = ProgramsOf(env);
  double timeout = INFINITY, memory = kMostMemory;
  if (!info[0].IsArray()) return ThrowMisfit(napi_throw_type_error, "args", "an Array", info[0]);
  if (!info[1].IsUndefined() && !ReadWithin(info[1], "timeoutMs", 0, INFINITY, false, &timeout, napi_throw_range_error))
    return Napi::Value();
  if (!info[2].IsUndefined() &&
      !ReadWithin(info[2], "memoryBytes", 0, kMaxSafeInteger, false, &memory, napi_throw_range_error))
    return Napi::Value();
  if (programs.solo == nullptr) return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  const ctz_signature &signature = *ctz_program_signature(program_.get());
  ctz_register args[CTZ_PROGRAM_MAX_VALUES], results[CTZ_PROGRAM_MAX_VALUES];
  ctz_run run;
  Napi::Value values[CTZ_PROGRAM_MAX_VALUES];
  const bool complete = ReadValues(info[0].As<Napi::Array>(), signature.parameters, values);
  if (env.IsExceptionPending()) return Napi::Value();
  ctz_run_begin(&run, program_.get(), ctz_solo_begin(programs.solo.get(), timeout, static_cast<uint64_t>(memory)));
  Napi::Value result;
  if (!complete || !ToRegisters(values, signature, &run, args))
    BailWith(&run, CTZ_BAIL_ARGUMENT);
  else if (ctz_args_overlap(program_.get(), args))
    BailWith(&run, CTZ_BAIL_SHARED);
  else if (!CopyWritten(signature, &run, args))
    BailWith(&run, CTZ_BAIL_MEMORY);
  else if ((body_ != nullptr ? body_(&run, args, results) : ctz_program_run(program_.get(), &run, args, results)) != 0)
    result = FromResults(env, signature, results);
  bail_ = run.bail;
  ctz_solo_begin(programs.solo.get(), INFINITY, 0);
  return bail_.reason == CTZ_BAIL_NONE ? result : programs.bailed.Value();
}

void ProgramObject::UseBody(Info info) { LoadBody(info[0], info[1], &body_); }

Napi::Value ProgramObject::LastBail(Info info) {
  return bail_.reason == CTZ_BAIL_NONE ? info.Env().Undefined() : FromBail(info.Env(), bail_);
}

static Napi::Value Open(const Napi::CallbackInfo &info) {
  const Napi::Object object = ProgramsOf(info.Env()).program_class.New({info[0]});
  if (info.Env().IsExceptionPending()) return Napi::Value();
  return object;
}

Programs::Programs(Napi::Env env)
    : program_class(Napi::Persistent(ProgramObject::Define(env))), solo(ctz_solo_create(), ctz_solo_destroy) {
  const Napi::Value marker = env.RunScript("Object.freeze({ bailed: true })");
  if (marker.IsObject()) bailed = Napi::Persistent(marker.As<Napi::Object>());
}

static Napi::Object Operation(Napi::Env env, const char *name, const char *result, const char *operands, int bails) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", name);
  object.Set("result", result);
  object.Set("operands", operands);
  object.Set("bails", bails != 0);
  return object;
}

Napi::Object Programs::Describe(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array operations = Napi::Array::New(env);
#define OPERATION(name, result, operands, bails) \
  operations.Set(operations.Length(), Operation(env, #name, result, operands, bails));
  CTZ_OPCODES(OPERATION)
#undef OPERATION
  object.Set("operations", operations);
  object.Set("BAILED", bailed.Value());
  object.Set("version", CTZ_PROGRAM_VERSION);
  object.Set("bodyAbi", CTZ_BODY_ABI);
  object.Set("openProgram", Napi::Function::New<Open>(env, "openProgram"));
  DescribeMath(env, object);
  return object;
}
