// Waits and runs by series. Each worker records into memory of its own; who asks adds up.
#ifndef CTZ_ENGINE_SERIES_H
#define CTZ_ENGINE_SERIES_H

#include "base/atomics.h"
#include "engine/engine_state.h"

// The series that plans name; NULL without memory for it.
ctz_series *ctz_series_make(ctz_worker_figures *figures, uint32_t index);

// Where the worker records tasks of a plan: there at the first asking, and shared with the class without memory.
// The worker only.
static inline ctz_series *ctz_series_of(ctz_worker *worker, const ctz_plan *plan) {
  ctz_worker_figures *figures = worker->figures;
  uint32_t index = plan->series;
  if (index >= CTZ_CLASSES && index < CTZ_MAX_SERIES) {
    // relaxed: this worker alone stores it
    ctz_series *series = ctz_load(&figures->series[index], memory_order_relaxed);
    if (series == NULL) series = ctz_series_make(figures, index);
    if (series != NULL) return series;
  }
  return &figures->classes[plan->priority & (CTZ_CLASSES - 1)];
}

void ctz_series_release(ctz_worker_figures *figures);

#endif
