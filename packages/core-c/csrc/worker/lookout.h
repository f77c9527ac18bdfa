// Who looks after a kernel that was expected to be short and is not. Its worker counts as awake: it is thought to look at the
// queues soon, and it may have claimed tasks beyond the one it runs. A kernel that asks ctz_should_stop finds out by itself;
// for one that does not, a worker that sleeps wakes up every few milliseconds, as long as others are awake: the lookout.
#ifndef CTZ_WORKER_LOOKOUT_H
#define CTZ_WORKER_LOOKOUT_H

#include "engine/engine_state.h"

// Whether somebody would notice if this worker did not come back. Nobody has to when nobody sleeps.
bool ctz_lookout_is_there(ctz_engine *engine);
// Sleeps until woken, as the lookout when there is none and others are awake.
void ctz_lookout_sleep(ctz_engine *engine, ctz_worker *worker);

#endif
