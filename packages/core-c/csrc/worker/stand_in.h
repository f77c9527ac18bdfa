// The owner of the port in the place of a worker: where everybody sleeps, being woken and waking takes longer than a
// short kernel does, many times over. So the owner runs it itself, as a worker would: the same queues, arena, limits,
// figures and end, with a record of its own. Only what cannot hold it up: bounded kernels, few of them, short by
// experience.
#ifndef CTZ_WORKER_STAND_IN_H
#define CTZ_WORKER_STAND_IN_H

#include "engine/engine_state.h"

// Runs what waits, if that is all right; false when it did nothing. The owner's thread only. What has settled is in the
// completion ring, and the owner is not woken for it.
bool ctz_stand_in(ctz_engine *engine);

#endif
