// Who looks after a kernel that was expected to be short and is not. Its worker counts as awake: it is thought to look
// at the queues soon, and it may have claimed tasks beyond the one it runs. A kernel that asks ctz_should_stop finds
// out by itself; for one that does not, a worker that sleeps wakes up every few milliseconds, as long as others are
// awake: the lookout.
#ifndef CTZ_WORKER_LOOKOUT_H
#define CTZ_WORKER_LOOKOUT_H

#include "engine/engine_state.h"

// Whether somebody would notice if this worker did not come back. Nobody has to when nobody sleeps.
static inline bool ctz_lookout_is_there(ctz_engine *engine) {
  // relaxed: a lookout that goes to sleep just now does so because nobody has been awake for a while
  return atomic_load_explicit(&engine->lookout, memory_order_relaxed) ||
         atomic_load_explicit(&engine->parked, memory_order_relaxed) == 0;
}
// Sleeps until woken, as the lookout when there is none and others are awake.
void ctz_lookout_sleep(ctz_engine *engine, ctz_worker *worker);

#endif
