// The call of a kernel: its context, and what it left.
#ifndef CTZ_WORKER_CALL_H
#define CTZ_WORKER_CALL_H

#include "engine/engine_state.h"
#include "worker/lookout.h"
#include "worker/pool.h"

// Memory of alloc_result; the data follow it, 64 bytes on.
typedef struct ctz_block {
  struct ctz_block *next;
  size_t bytes;
} ctz_block;

typedef struct ctz_call {
  ctz_context context;  // first: kernels get its address
  ctz_worker *worker;
  ctz_slot *slot;
  ctz_cell *cell;
  const ctz_plan *plan;
  uint64_t timeout_ns;  // of the plan, at most INT64_MAX: no moment and it are too much together
  uint64_t started_ns;
  uint64_t polled_ns;
  uint32_t stride;    // polls between two looks at the clock
  bool searching;     // the worker still counts as searching
  bool entered;       // the kernel was called
  bool asked;         // by the kernel: for memory, whether to stop, or to be heard. Else it has left nothing behind
  ctz_block *blocks;  // all that alloc_result gave
  ctz_error *error;   // what `fail` said, or NULL
  uint64_t latest_ns;  // deadline of the whole task where this call is a part of it
  ctz_status stopped;  // why poll said stop: RAN_TOO_LONG or CANCELLED; OK: it did not
} ctz_call;

// When so many milliseconds are over; UINT64_MAX: never.
uint64_t ctz_deadline_of(uint64_t now_ns, double timeout_ms);
#define CTZ_FIRST_STRIDE 16u
// Ready for a kernel to be called.
void ctz_call_init(ctz_call *call, ctz_worker *worker, uint32_t slot, const ctz_plan *plan, uint32_t attempt);
// It starts at that moment.
static inline void ctz_call_start_at(ctz_call *call, uint64_t now_ns) {
  call->started_ns = now_ns;
  call->polled_ns = now_ns;
}
static inline uint64_t ctz_call_deadline(const ctz_call *call) {
  uint64_t deadline = call->started_ns + call->timeout_ns;
  return deadline < call->latest_ns ? deadline : call->latest_ns;
}
// As if the kernel had asked for nothing. It took no memory and told no error.
static inline void ctz_call_forget(ctz_call *call) {
  call->stride = CTZ_FIRST_STRIDE;
  call->searching = true;
  call->stopped = CTZ_OK;
  call->asked = false;
}
// For another task of the same plan, when the kernel has asked for nothing.
static inline void ctz_call_again(ctz_call *call, ctz_slot *slot, ctz_cell *cell, uint32_t attempt) {
  call->context.attempt = attempt;
  call->context.polls_left = CTZ_FIRST_STRIDE;
  call->slot = slot;
  call->cell = cell;
  ctz_call_start_at(call, call->worker->now_ns);
}
// A call that may be long: meanwhile others look after the queues. `expected_ns`: how long; 0: nobody knows.
void ctz_call_be_long(ctz_call *call, uint64_t expected_ns);

// Whether a run that turns out long would be noticed; the owner of the port runs none that can.
static inline bool ctz_is_looked_after(const ctz_worker *worker) {
  return ctz_lookout_is_there(worker->engine) || worker->index == CTZ_STAND_IN;
}
// Before a call starts: one that may be long takes leave, and starts when it has.
static inline void ctz_call_prepare(ctz_call *call, const ctz_plan_entry *entry) {
  uint32_t expected = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  if (expected == 0 || expected > CTZ_LONG_NS || !ctz_is_looked_after(call->worker)) ctz_call_be_long(call, expected);
}
// Right before and right after the kernel is called, which ctz_call_prepare has been for.
static inline void ctz_call_enter(ctz_call *call) {
  call->entered = true;
  ctz_count(&call->worker->calls, 1);
}
static inline void ctz_call_leave(ctz_call *call) {
  ctz_worker *worker = call->worker;
  ctz_count(&worker->calls, 1);
  worker->now_ns = ctz_clock_read(&worker->clock);
  if (!call->searching) ctz_pool_end_long(worker->engine);
}
// What an answer of the kernel means.
ctz_status ctz_call_status(ctz_call *call, ctz_outcome_code code);
// Extra of the call's slot, made when there is none; NULL: no memory.
ctz_extra *ctz_call_extra(ctz_call *call);
// Keeps a result that is a slice: the block the kernel took, or a copy of what it names.
ctz_status ctz_call_keep_result(ctz_call *call, const ctz_kernel *kernel, const ctz_value *value);
// Why the attempt failed, where the kernel has not said it.
void ctz_call_explain(ctz_call *call, ctz_status status);
// Moves the error, if any, to the task.
void ctz_call_hand_over_error(ctz_call *call);
// Gives back what the kernel took and the task does not keep.
void ctz_call_clean_up(ctz_call *call);
// Ends an attempt whose plan there is not: nothing is called.
void ctz_call_without_plan(ctz_worker *worker, uint32_t slot);

#endif
