#include "worker/recording.h"

static const double targets_ms[CTZ_CLASSES] = {1, 10, 100, 1000};

// By way of the signed type, for which processors have an instruction.
static uint64_t ns_of(double ms) { return (uint64_t)(int64_t)(ms * 1e6); }

void ctz_record_wait(ctz_worker *worker, ctz_series *series, uint32_t priority, double waited_ms) {
  if (series == NULL) return;
  ctz_recorder_add(&series->wait, ns_of(waited_ms));
  if (waited_ms > targets_ms[priority]) ctz_count(&worker->figures->breaches[priority], 1);
}

void ctz_record_start(ctz_worker *worker, const ctz_slot *slot, const ctz_plan *plan) {
  ctz_record_wait(worker, ctz_series_for(worker, plan), plan->priority & (CTZ_CLASSES - 1),
                  ctz_ms_since(&slot->ready_at, ctz_worker_ms(worker)));
}

void ctz_record_shared_end(ctz_worker *worker, const ctz_slot *slot, const ctz_plan *plan) {
  ctz_series *series = ctz_series_for(worker, plan);
  if (series != NULL) ctz_recorder_add(&series->run, ns_of(ctz_ms_since(&slot->started_at, ctz_worker_ms(worker))));
}
