#include "values.h"

#include <cmath>
#include <cstring>

#include "binding/convert.h"
#include "binding/reader.h"

bool ReadValues(Napi::Array array, uint32_t count, Napi::Value *values) {
  if (array.Length() != count) return false;
  for (uint32_t i = 0; i < count; i++) {
    values[i] = array.Get(i);
    if (values[i].IsEmpty()) return false;
  }
  return true;
}

// The buffer of an array can be borrowed while no JavaScript runs: it is no shared one, and cannot change its size.
// Runs Node's own getter, and nothing of the user's.
static bool IsPlain(Napi::Env env, napi_value buffer) {
  bool plain = false, unfit = false;
  napi_is_arraybuffer(env, buffer, &plain);
  napi_is_detached_arraybuffer(env, buffer, &unfit);
  if (!plain || unfit) return false;
  const Napi::FunctionReference &getter = env.GetInstanceData<Core>()->resizable;
  if (getter.IsEmpty()) return true;
  napi_value answer = nullptr;
  if (napi_call_function(env, buffer, getter.Value(), 0, nullptr, &answer) != napi_ok) return false;
  napi_get_value_bool(env, answer, &unfit);
  return !unfit;
}

static void *Take(ctz_run *run, size_t bytes) { return run->context->alloc(run->context, bytes, 8); }

static bool ToView(Napi::Value value, uint32_t type, ctz_view *out) {
  Napi::Env env = value.Env();
  napi_typedarray_type kind = napi_int8_array;
  napi_value buffer = nullptr;
  size_t length = 0;
  void *data = nullptr;
  if (!value.IsTypedArray() ||
      napi_get_typedarray_info(env, value, &kind, &length, &data, &buffer, nullptr) != napi_ok ||
      static_cast<uint32_t>(kind) + CTZ_PROGRAM_V != type || !IsPlain(env, buffer))
    return false;
  *out = {data, length};
  return true;
}

static bool ToWhole(Napi::Value value, double least, double most, double *out) {
  if (!value.IsNumber()) return false;
  *out = value.As<Napi::Number>().DoubleValue();
  return *out >= least && *out <= most && std::trunc(*out) == *out && !(*out == 0 && std::signbit(*out));
}

static bool ToRegister(Napi::Value value, uint32_t type, ctz_run *run, ctz_register *out) {
  double number = 0;
  switch (type) {
    case CTZ_PROGRAM_N:
      if (value.IsNumber()) out->n = value.As<Napi::Number>().DoubleValue();
      return value.IsNumber();
    case CTZ_PROGRAM_I:
      if (!ToWhole(value, INT32_MIN, INT32_MAX, &number)) return false;
      out->i = static_cast<int32_t>(number);
      return true;
    case CTZ_PROGRAM_K:
      if (!ToWhole(value, -kMaxSafeInteger, kMaxSafeInteger, &number)) return false;
      out->k = static_cast<int64_t>(number);
      return true;
    case CTZ_PROGRAM_B:
      if (value.IsBoolean()) out->b = value.As<Napi::Boolean>().Value() ? 1 : 0;
      return value.IsBoolean();
    case CTZ_PROGRAM_S:
      return value.IsString() && ToText(value, [run](size_t bytes) { return Take(run, bytes); }, &out->s);
    default:
      return ToView(value, type, &out->v);
  }
}

bool ToRegisters(const Napi::Value *values, const ctz_signature &signature, ctz_run *run, ctz_register *out) {
  for (uint32_t i = 0; i < signature.parameters; i++) {
    out[i] = {};
    if (!ToRegister(values[i], signature.types[i], run, &out[i])) return false;
  }
  return true;
}

bool CopyWritten(const ctz_signature &signature, ctz_run *run, ctz_register *registers) {
  for (uint32_t i = 0; i < signature.parameters; i++) {
    ctz_view &view = registers[i].v;
    if (!signature.written[i] || view.length == 0) continue;
    const size_t bytes = static_cast<size_t>(view.length) * ctz_view_bytes(signature.types[i]);
    void *copy = Take(run, bytes);
    if (copy == nullptr) return false;
    std::memcpy(copy, view.data, bytes);
    view.data = copy;
  }
  return true;
}

Napi::Value FromText(Napi::Env env, const ctz_text &text) {
  napi_value value = nullptr;
  napi_status status = napi_ok;
  if (text.length == 0) {
    status = napi_create_string_latin1(env, "", 0, &value);
  } else if (text.wide != 0) {
    status = napi_create_string_utf16(env, static_cast<const char16_t *>(text.data), text.length, &value);
  } else {
    status = napi_create_string_latin1(env, static_cast<const char *>(text.data), text.length, &value);
  }
  return status == napi_ok ? Napi::Value(env, value) : Napi::Value(ThrowStatus(env, CTZ_OUT_OF_MEMORY));
}

static Napi::Value FromView(Napi::Env env, uint32_t type, const ctz_view &view) {
  void *data = nullptr;
  napi_value buffer = nullptr, array = nullptr;
  const size_t bytes = static_cast<size_t>(view.length) * ctz_view_bytes(type);
  if (napi_create_arraybuffer(env, bytes, &data, &buffer) != napi_ok) return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  if (bytes > 0) std::memcpy(data, view.data, bytes);
  const auto kind = static_cast<napi_typedarray_type>(type - CTZ_PROGRAM_V);
  if (napi_create_typedarray(env, kind, static_cast<size_t>(view.length), buffer, 0, &array) != napi_ok)
    return ThrowStatus(env, CTZ_OUT_OF_MEMORY);
  return Napi::Value(env, array);
}

static Napi::Value FromRegister(Napi::Env env, uint32_t type, const ctz_register &from) {
  switch (type) {
    case CTZ_PROGRAM_N:
      return Napi::Number::New(env, from.n);
    case CTZ_PROGRAM_I:
      return Napi::Number::New(env, from.i);
    case CTZ_PROGRAM_K:
      return Napi::Number::New(env, static_cast<double>(from.k));
    case CTZ_PROGRAM_B:
      return Napi::Boolean::New(env, from.b != 0);
    case CTZ_PROGRAM_S:
      return FromText(env, from.s);
    default:
      return FromView(env, type, from.v);
  }
}

Napi::Value FromResults(Napi::Env env, const ctz_signature &signature, const ctz_register *results) {
  if (signature.result == CTZ_PROGRAM_NOTHING) return env.Undefined();
  if (signature.result != CTZ_PROGRAM_RECORD) return FromRegister(env, signature.result, results[0]);
  Napi::Array fields = Napi::Array::New(env, signature.results);
  for (uint32_t i = 0; i < signature.results; i++) {
    const Napi::Value field = FromRegister(env, signature.result_types[i], results[i]);
    if (field.IsEmpty()) return field;
    fields.Set(i, field);
  }
  return fields;
}

Napi::Object DescribeSignature(Napi::Env env, const ctz_signature &signature) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Array parameters = Napi::Array::New(env), written = Napi::Array::New(env), results = Napi::Array::New(env);
  for (uint32_t i = 0; i < signature.parameters; i++) {
    parameters.Set(i, static_cast<uint32_t>(signature.types[i]));
    written.Set(i, signature.written[i]);
  }
  for (uint32_t i = 0; i < signature.results; i++) results.Set(i, static_cast<uint32_t>(signature.result_types[i]));
  object.Set("parameters", parameters);
  object.Set("written", written);
  object.Set("result", static_cast<uint32_t>(signature.result));
  object.Set("results", results);
  object.Set("loops", signature.loops);
  object.Set("bounded", signature.bounded);
  return object;
}

Napi::Object FromBail(Napi::Env env, const ctz_bail &bail) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("reason", ctz_bail_name(bail.reason));
  object.Set("message", ctz_bail_text(bail.reason));
  object.Set("number", bail.number);
  object.Set("function", bail.function);
  object.Set("instruction", bail.instruction);
  return object;
}

void BailWith(ctz_run *run, ctz_bail_reason reason) { run->bail = {static_cast<uint32_t>(reason), 0, 0, 0}; }
