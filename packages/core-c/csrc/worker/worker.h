// One worker thread: claims, runs, hands back, sleeps.
#ifndef CTZ_WORKER_WORKER_H
#define CTZ_WORKER_WORKER_H

#include "engine/engine_state.h"

ctz_worker *ctz_worker_create(ctz_engine *engine, uint32_t index);  // NULL: no memory
void ctz_worker_destroy(ctz_worker *worker);
// The body of its thread.
void ctz_worker_main(void *worker);

#endif
