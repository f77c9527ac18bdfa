// Memory of other processes, for the export table.
#pragma once

#include <napi.h>

Napi::Object DescribeOtherMemory(Napi::Env env);
