// Checked reading of what JavaScript hands over, and what is thrown when it does not fit. There are no C++ exceptions:
// an error is left pending, and the caller returns at once. Nothing has a default here.
#pragma once

#include <napi.h>

#include <string>
#include <type_traits>

#include "ctz/engine.h"

constexpr double kMaxSafeInteger = 9007199254740991.0;

using Throw = napi_status (*)(napi_env, const char *code, const char *message);

// "<what> must be <wanted>, got <kind of value, or its number>". All that throw answer false and an empty value.
struct Thrown {
  operator bool() const { return false; }
  operator Napi::Value() const { return Napi::Value(); }
};
Thrown ThrowMisfit(Throw how, const std::string &what, const std::string &wanted, Napi::Value got);
Thrown ThrowType(Napi::Env env, const std::string &message);
// An Error with `code` CTZ_<status>; with the text of the status unless a message is given.
Thrown ThrowStatus(Napi::Env env, ctz_status status, const std::string &message = "");

// Each is false with an error pending unless `value` is as wanted.
bool ReadFlag(Napi::Value value, const std::string &what, bool *out);
bool ReadAnyNumber(Napi::Value value, const std::string &what, double *out);
bool ReadWithin(Napi::Value value, const std::string &what, double least, double most, bool whole, double *out,
                Throw out_of_range);

// A whole number, unless `out` takes others.
template <typename Number>
bool ReadNumber(Napi::Value value, const std::string &what, double least, double most, Number *out,
                Throw out_of_range = napi_throw_range_error) {
  double number = 0;
  const bool fits = ReadWithin(value, what, least, most, std::is_integral_v<Number>, &number, out_of_range);
  if (fits) *out = static_cast<Number>(number);
  return fits;
}

// `now`, `wake`, `gone` and `owner` are not part of the DTO.
bool ReadConfig(Napi::Value value, ctz_config *config);
bool ReadPlan(Napi::Value value, uint32_t kernels, ctz_plan *plan);
