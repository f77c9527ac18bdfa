// The call of a kernel: its context, and what it left.
#ifndef CTZ_WORKER_CALL_H
#define CTZ_WORKER_CALL_H

#include "engine/engine_state.h"

typedef struct ctz_call {
  ctz_context context;  // first: kernels get its address
  ctz_worker *worker;
  ctz_slot *slot;
  ctz_cell *cell;
  const ctz_plan *plan;
  uint64_t started_ns, deadline_ns;
  uint64_t polled_ns;
  uint32_t stride;    // polls between two looks at the clock
  bool searching;     // the worker still counts as searching
  void *block;        // of alloc_result
  size_t block_bytes;
  bool failed;        // `fail` was called
  ctz_status stopped;  // why poll said stop: RAN_TOO_LONG or CANCELLED; OK: it did not
} ctz_call;

// Ready for a kernel to be called.
void ctz_call_init(ctz_call *call, ctz_worker *worker, uint32_t slot, const ctz_plan *plan, uint32_t attempt);
// Right before and right after the kernel is called: whether others are to look after the queues meanwhile, and the clock.
void ctz_call_enter(ctz_call *call, const ctz_plan_entry *entry);
void ctz_call_leave(ctz_call *call);
// What an answer of the kernel means.
ctz_status ctz_call_status(ctz_call *call, ctz_outcome_code code);
// Extra of the call's slot, made when there is none; NULL: no memory.
ctz_extra *ctz_call_extra(ctz_call *call);
// Keeps a result that is a slice: the block the kernel took, or a copy of what it names.
ctz_status ctz_call_keep_result(ctz_call *call, ctz_type type, const ctz_value *value);
// Gives a block back that is not the result.
void ctz_call_drop_block(ctz_call *call);

#endif
