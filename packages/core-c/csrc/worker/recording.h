// What is recorded of attempts: how long they have waited, and how long they have run.
#ifndef CTZ_WORKER_RECORDING_H
#define CTZ_WORKER_RECORDING_H

#include "engine/series.h"

// Where a worker records tasks of a plan; NULL without statistics.
static inline ctz_series *ctz_series_for(ctz_worker *worker, const ctz_plan *plan) {
  return worker->engine->config.statistics ? ctz_series_of(worker, plan) : NULL;
}

// Milliseconds since a moment that JavaScript can write, as they are recorded.
static inline double ctz_bounded_ms(double ms) {
  if (!(ms > 0)) return 0;  // also for a moment that is none
  return ms < 1e8 ? ms : 1e8;
}
static inline double ctz_ms_since(const _Atomic uint64_t *moment, double now_ms) {
  return ctz_bounded_ms(now_ms - ctz_field_f64(moment));
}

// An attempt that starts has waited so long. `series` may be NULL.
void ctz_record_wait(ctz_worker *worker, ctz_series *series, uint32_t priority, double waited_ms);
// Counts how long the slot has waited.
void ctz_record_start(ctz_worker *worker, const ctz_slot *slot, const ctz_plan *plan);
// Counts how long a task has run on which several workers worked.
void ctz_record_shared_end(ctz_worker *worker, const ctz_slot *slot, const ctz_plan *plan);

#endif
