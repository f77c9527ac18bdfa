// Steps of a graph, called. Short ones of one plan that follow each other are one call: the clock is read, and the call
// counted, once for all of them. Whoever has such a call open ends it before anything else that takes time.
#ifndef CTZ_WORKER_STEP_CALLS_H
#define CTZ_WORKER_STEP_CALLS_H

#include "task/graph_job.h"
#include "worker/call.h"

// Steps of which a run is known to take less are short.
#define CTZ_SHORT_STEP_NS 5000u
// Of short ones so many are taken, and called, at a time.
#define CTZ_STEPS_AT_ONCE 16u

// All of one worker, for as long as it takes part in a graph.
typedef struct ctz_step_calls {
  ctz_worker *worker;
  ctz_graph_job *job;
  uint32_t slot;
  ctz_plan_entry *entry;  // of the steps that are being called; NULL: no call is open
  uint32_t which;  // of the job's plans
  uint32_t most;  // steps of this call
  uint32_t count;  // that were called
  ctz_plan plan;
  ctz_call call;
} ctz_step_calls;

// Calls a step whose arguments are there, and keeps its result when it is DONE.
ctz_step_state ctz_call_step(ctz_step_calls *calls, uint32_t step);
static inline bool ctz_step_calls_open(const ctz_step_calls *calls) { return calls->entry != NULL; }
// Reads the clock and counts what was called. Without an open call: nothing.
void ctz_end_step_calls(ctz_step_calls *calls);
// What a run of the step is known to take; 0: nothing is known.
uint64_t ctz_step_expected_ns(ctz_engine *engine, const ctz_graph_job *job, uint32_t step);

#endif
