// Results and arguments of programs in the engine that other kernels do not have: texts as they are, and records.
#pragma once

#include <napi.h>

#include <string>

#include "binding/convert.h"

bool ToUnits(Napi::Value value, const std::string &what, Attachment &attachment, ctz_slice *out);
Napi::Value FromUnits(Napi::Env env, const ctz_slice &slice);
// An Array of the fields.
Napi::Value FromRecord(Napi::Env env, const ctz_slice &slice);
