// Slices as arguments and results: typed arrays of every kind, and what only programs have, texts as they are and
// records.
#pragma once

#include <napi.h>

#include <string>

#include "binding/convert.h"

// How slices of a type look in JavaScript.
struct Elements {
  napi_typedarray_type type;
  size_t bytes;
  const char *name;
};
Elements ElementsOf(ctz_type type);

bool ToUnits(Napi::Value value, const std::string &what, Attachment &attachment, ctz_slice *out);
Napi::Value FromUnits(Napi::Env env, const ctz_slice &slice);
// An Array of the fields.
Napi::Value FromRecord(Napi::Env env, const ctz_slice &slice);
