// What waits for a moment: delays and pauses before retries, in one wheel behind one thread, which starts when first
// needed.
#ifndef CTZ_FLOW_TIMERS_H
#define CTZ_FLOW_TIMERS_H

#include "engine/engine_state.h"

bool ctz_timers_init(ctz_engine *engine);
void ctz_timers_destroy(ctz_engine *engine);
// The slot, in phase `from`, waits until `due_ms` and then joins its class; `tell`: as a retry, of
// which a notice is posted. False when it is not to wait, since it was
// cancelled or the engine ends, or when there is no memory or no thread for it: then nothing has changed.
bool ctz_timers_add(ctz_engine *engine, uint32_t slot, ctz_phase from, double due_ms, bool tell);
// Takes a slot out: it is FREE (port) or SETTLED (own) then. False when it is not in.
bool ctz_timers_remove(ctz_engine *engine, uint32_t slot);
// Something was pushed into the timed ring.
void ctz_timers_wake(ctz_engine *engine);
// Lets the timer thread end.
void ctz_timers_stop(ctz_engine *engine);
uint64_t ctz_timers_length(ctz_engine *engine);
// Whether nothing waits for a moment, nor is on its way from there to a ready queue. `*moved`: how many ever went it.
bool ctz_timers_idle(ctz_engine *engine, uint64_t *moved);
// Takes the next slot at or after `*index` out, for the end of the engine; its phase is READY then. False: none is
// left.
bool ctz_timers_take_next(ctz_engine *engine, uint32_t *index);

#endif
