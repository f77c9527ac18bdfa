// An engine in the child of a fork without exec: its threads are gone, with whatever they were in the middle of. It is
// closed there, its locks are free, and it is never freed.
#ifndef CTZ_ENGINE_FORKED_H
#define CTZ_ENGINE_FORKED_H

#include "engine/engine_state.h"

// From now on, until unwatched. The locks of the engine are there. False: no memory.
bool ctz_forked_watch(ctz_engine *engine);
void ctz_forked_unwatch(ctz_engine *engine);

#endif
