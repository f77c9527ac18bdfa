// Where attempts end: a result, a retry or a failure; and the way back to who submitted.
#ifndef CTZ_FLOW_SETTLEMENT_H
#define CTZ_FLOW_SETTLEMENT_H

#include "engine/engine_state.h"

// The attempt that the worker ran has ended with `status`; `final`: it must not be tried again.
void ctz_attempt_ended(ctz_worker *worker, uint32_t slot, ctz_phase phase, const ctz_plan *plan, ctz_status status,
                       bool final);
// The task ends in `state`, from `phase`. The worker may be NULL: then the owner of the port is told at once.
void ctz_settle(ctz_engine *engine, ctz_worker *worker, uint32_t slot, ctz_phase phase, ctz_slot_state state);
// The first of those that are held back together.
void ctz_begin_to_hold(ctz_worker *worker, uint32_t slot);
// Keeps a settled slot of the port, to be handed back with others. There is room for CTZ_BATCH_SIZE of them after each
// ctz_hand_back_when_due, which hands back when there is no more, or when the first has been kept for long enough.
static inline void ctz_keep_settled(ctz_worker *worker, uint32_t slot) {
  // the first, or another thread has handed back what there was
  if (ctz_port_ring_push(&worker->settled, slot) == 1) ctz_begin_to_hold(worker, slot);
}
void ctz_hand_back_when_due(ctz_worker *worker);
// Puts what the worker has settled into the completion ring. When the owner of the port waits it is woken, and what the
// other workers have settled goes back with it. Any thread.
void ctz_hand_back(ctz_worker *worker);
// The same, by itself, if what it has settled would have to wait for too long because nothing goes back for `busy_ns`.
void ctz_hand_back_in_time(ctz_worker *worker, uint64_t now_ns, uint64_t busy_ns);
// The same, by itself, if there is much of it: for an owner that is awake, or beside what still waits.
void ctz_hand_back_if_worth_it(ctz_worker *worker);
// Wakes who waits for own tasks, for completions or for the end of all.
void ctz_tell_waiters(ctz_engine *engine);
// Puts a notice into the completion ring; false when there is no room for it, or nobody to read it.
bool ctz_post(ctz_engine *engine, uint32_t slot, ctz_notice notice);
// Wakes the owner of the port when it waits for what has come into the ring. Takes own_lock.
void ctz_wake_owner(ctz_engine *engine);
// Posts a notice, if there is room for it, and wakes the owner.
void ctz_tell(ctz_engine *engine, uint32_t slot, ctz_notice notice);

#endif
