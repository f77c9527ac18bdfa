// What was measured of the tasks of one series.
#include <memory>
#include <new>

#include "binding/engine_object.h"
#include "binding/reader.h"
#include "ctz/stats.h"

Napi::Value EngineObject::Series(Info info) {
  uint32_t index = 0;
  if (!IsOpen(info) || !ReadNumber(info[0], "series", 0, CTZ_MAX_SERIES - 1, &index)) return Napi::Value();
  std::unique_ptr<ctz_histogram[]> sums(new (std::nothrow) ctz_histogram[2]());  // too large for a stack
  if (sums == nullptr) return ThrowStatus(info.Env(), CTZ_OUT_OF_MEMORY);
  ctz_series_read(engine(), index, &sums[0], &sums[1]);
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("wait", FromHistogram(info.Env(), sums[0]));
  object.Set("run", FromHistogram(info.Env(), sums[1]));
  return object;
}
