// Between values of JavaScript and registers.
#pragma once

#include <napi.h>

#include "ctz/programs.h"

// The elements of an array; false when it has not as many. Getters may run, and throw.
bool ReadValues(Napi::Array array, uint32_t count, Napi::Value *values);
// False, with nothing pending, when a value is not what its register holds: the program was made for others. Memory
// comes from the run's context; arrays are borrowed.
bool ToRegisters(const Napi::Value *values, const ctz_signature &signature, ctz_run *run, ctz_register *out);
// Then, once it is known that they share no memory: arrays that the program writes to become copies.
bool CopyWritten(const ctz_signature &signature, ctz_run *run, ctz_register *registers);
// undefined, the value, or an Array of the fields of a record. Everything is copied.
Napi::Value FromResults(Napi::Env env, const ctz_signature &signature, const ctz_register *results);

Napi::Object DescribeSignature(Napi::Env env, const ctz_signature &signature);
Napi::Object FromBail(Napi::Env env, const ctz_bail &bail);
void BailWith(ctz_run *run, ctz_bail_reason reason);

// Its code units as they are, lone surrogates too; `text.data` was asked of `alloc`. False when there is no memory.
template <typename Alloc>
bool ToText(Napi::Value value, Alloc alloc, ctz_text *text) {
  size_t length = 0;
  if (napi_get_value_string_utf16(value.Env(), value, nullptr, 0, &length) != napi_ok) return false;
  auto *units = static_cast<char16_t *>(alloc((length + 1) * sizeof(char16_t)));  // Node closes it with a 0
  if (units == nullptr || length > CTZ_TEXT_MAX_LENGTH) return false;
  napi_get_value_string_utf16(value.Env(), value, units, length + 1, &length);
  char16_t all = 0;
  for (size_t i = 0; i < length; i++) all = static_cast<char16_t>(all | units[i]);
  *text = {units, static_cast<uint32_t>(length), all > 0xFF};
  if (all > 0xFF) return true;
  // in place: each byte lands at or before the unit it comes from
  auto *bytes = reinterpret_cast<unsigned char *>(units);
  for (size_t i = 0; i < length; i++) bytes[i] = static_cast<unsigned char>(units[i]);
  return true;
}
Napi::Value FromText(Napi::Env env, const ctz_text &text);
