// The threads of the engine: how many there are, who sleeps, who is woken.
#ifndef CTZ_WORKER_POOL_H
#define CTZ_WORKER_POOL_H

#include "engine/engine_state.h"

bool ctz_pool_init(ctz_engine *engine);
void ctz_pool_destroy(ctz_engine *engine);
// Starts workers, or lets those too many end. @return INVALID, SYSTEM, CLOSED
ctz_status ctz_pool_resize(ctz_engine *engine, uint32_t workers);
// Wakes one sleeping worker; false when none sleeps.
bool ctz_pool_wake_one(ctz_engine *engine);
// Something was pushed: wakes a worker unless one is awake that will look soon.
void ctz_pool_wake_for_work(ctz_engine *engine);
void ctz_pool_wake_all(ctz_engine *engine);
// Whether the worker is one too many, or the engine stopped: then it hands back what it has settled, and may retire.
bool ctz_pool_is_surplus(ctz_engine *engine, const ctz_worker *worker);
// Whether a worker whose index is too high may end now; then it counts as ended.
bool ctz_pool_may_retire(ctz_engine *engine, ctz_worker *worker);
// Sleeps until woken, unless something waits. A searching worker before, a searching worker after.
void ctz_pool_park(ctz_engine *engine, ctz_worker *worker);
// Whether it still counts as asleep: nobody has woken it for work.
bool ctz_pool_sleeps(ctz_engine *engine, const ctz_worker *worker);
// Lets one sleeper look about without waking it for work.
void ctz_pool_nudge(ctz_engine *engine);
// The sleeping worker wakes up by itself; false when somebody else wakes it at this moment: then it has to sleep on.
bool ctz_pool_get_up(ctz_engine *engine, ctz_worker *worker);
// Whether a queue or a batch holds anything.
bool ctz_pool_something_waits(ctz_engine *engine);
// The worker begins, resp. ends, a run that may be long: meanwhile it does not count as searching.
void ctz_pool_begin_long(ctz_engine *engine, ctz_worker *worker);
void ctz_pool_end_long(ctz_engine *engine);
// A thread that is no worker begins, resp. ends, to work as one that is awake and looks at the queues.
void ctz_pool_step_in(ctz_engine *engine);
void ctz_pool_step_out(ctz_engine *engine);
// Every thread that uses the engine says so.
void ctz_pool_thread_begins(ctz_engine *engine);
void ctz_pool_thread_ended(ctz_engine *engine);
// Whether nothing waits and nothing runs.
bool ctz_pool_idle(ctz_engine *engine);
// Tells those who wait for that.
void ctz_pool_tell_idle(ctz_engine *engine);

#endif
