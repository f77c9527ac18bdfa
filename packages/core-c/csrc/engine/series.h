// Waits and runs by series. Each worker records into memory of its own; who asks adds up.
#ifndef CTZ_ENGINE_SERIES_H
#define CTZ_ENGINE_SERIES_H

#include "engine/engine_state.h"

// Where the worker records tasks of a plan: there at the first asking, and shared with the class without memory.
// The worker only.
ctz_series *ctz_series_of(ctz_worker *worker, const ctz_plan *plan);
void ctz_series_release(ctz_worker_figures *figures);

#endif
