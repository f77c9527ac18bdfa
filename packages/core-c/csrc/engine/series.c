#include "engine/series.h"

#include <string.h>

#include "memory/allocator.h"
#include "platform/pages.h"

ctz_series *ctz_series_make(ctz_worker_figures *figures, uint32_t index) {
  ctz_series *series = ctz_pages_reserve(sizeof *series);
  // release: pairs with the acquire in add_worker; the memory is zeroed before it is seen
  if (series != NULL) ctz_store(&figures->series[index], series, memory_order_release);
  return series;
}

void ctz_series_release(ctz_worker_figures *figures) {
  for (uint32_t i = 0; i < CTZ_MAX_SERIES; i++) {
    ctz_series *series = ctz_load(&figures->series[i], memory_order_relaxed);
    if (series != NULL) ctz_pages_release(series, sizeof *series);
  }
}

static void add_worker(const ctz_worker *worker, uint32_t index, ctz_histogram *wait, ctz_histogram *run) {
  if (worker == NULL) return;
  ctz_worker_figures *figures = worker->figures;
  // acquire: pairs with the release in ctz_series_make
  const ctz_series *series =
      index < CTZ_CLASSES ? &figures->classes[index] : ctz_load(&figures->series[index], memory_order_acquire);
  if (series == NULL) return;
  ctz_histogram_merge(wait, &series->wait);
  ctz_histogram_merge(run, &series->run);
}

void ctz_series_read(ctz_engine *engine, uint32_t index, ctz_histogram *wait, ctz_histogram *run) {
  if (index >= CTZ_MAX_SERIES) return;
  uint32_t count = ctz_runner_count(engine);
  for (uint32_t i = 0; i < count; i++) add_worker(ctz_runner_at(engine, i), index, wait, run);
}
