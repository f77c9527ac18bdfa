// Bells by which other isolates of this process wake an event loop, for the export table.
#pragma once

#include <napi.h>

Napi::Object DescribeBells(Napi::Env env);
