#include "program_slices.h"

#include "binding/reader.h"
#include "values.h"

Elements ElementsOf(ctz_type type) {
  if (type == CTZ_F64_ARRAY) return {napi_float64_array, 8, "a Float64Array"};
  if (type == CTZ_F32_ARRAY) return {napi_float32_array, 4, "a Float32Array"};
  if (type == CTZ_I32_ARRAY) return {napi_int32_array, 4, "an Int32Array"};
  if (type == CTZ_U32_ARRAY) return {napi_uint32_array, 4, "a Uint32Array"};
  if (type == CTZ_I8_ARRAY) return {napi_int8_array, 1, "an Int8Array"};
  if (type == CTZ_U8C_ARRAY) return {napi_uint8_clamped_array, 1, "a Uint8ClampedArray"};
  if (type == CTZ_I16_ARRAY) return {napi_int16_array, 2, "an Int16Array"};
  if (type == CTZ_U16_ARRAY) return {napi_uint16_array, 2, "a Uint16Array"};
  return {napi_uint8_array, 1, "a Uint8Array"};
}

bool ToUnits(Napi::Value value, const std::string &what, Attachment &attachment, ctz_slice *out) {
  if (!value.IsString()) return ThrowMisfit(napi_throw_type_error, what, "a string", value);
  ctz_text text = {};
  if (!ToText(value, [&attachment](size_t bytes) -> void * { return attachment.Text(bytes); }, &text))
    return ThrowStatus(value.Env(), CTZ_OUT_OF_MEMORY);
  *out = {text.data, text.length | (text.wide != 0 ? CTZ_TEXT_WIDE : 0)};
  return true;
}

Napi::Value FromUnits(Napi::Env env, const ctz_slice &slice) {
  const auto length = static_cast<uint32_t>(slice.length & ~CTZ_TEXT_WIDE);
  return FromText(env, {slice.data, length, (slice.length & CTZ_TEXT_WIDE) != 0});
}

static Napi::Value FromField(Napi::Env env, const ctz_field &field) {
  if (field.type == CTZ_F64) return Napi::Number::New(env, field.value.f64);
  if (field.type == CTZ_I32) return Napi::Number::New(env, field.value.i32);
  if (field.type == CTZ_BOOL) return Napi::Boolean::New(env, field.value.u32 != 0);
  ctz_outcome outcome = {};
  outcome.type = static_cast<ctz_type>(field.type);
  outcome.value = field.value;
  return FromOutcome(env, outcome, nullptr);
}

Napi::Value FromRecord(Napi::Env env, const ctz_slice &slice) {
  const auto *fields = static_cast<const ctz_field *>(slice.data);
  Napi::Array array = Napi::Array::New(env, static_cast<size_t>(slice.length));
  for (uint32_t i = 0; i < slice.length; i++) {
    const Napi::Value value = FromField(env, fields[i]);
    if (value.IsEmpty()) return value;
    array.Set(i, value);
  }
  return array;
}
