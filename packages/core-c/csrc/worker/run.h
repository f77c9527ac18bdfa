// One attempt of one task: checks what JavaScript wrote, calls the kernel, and tells the settlement how it went.
#ifndef CTZ_WORKER_RUN_H
#define CTZ_WORKER_RUN_H

#include "engine/engine_state.h"
#include "worker/call.h"

// Runs what the slot holds, if it is there to be run. `entry` is one that a claim gave.
void ctz_run_slot(ctz_worker *worker, uint32_t entry);
// Runs what a slot holds that this worker has moved to RUNNING.
void ctz_run_taken(ctz_worker *worker, uint32_t index);
// The attempt has ended, and is recorded: tells the settlement.
void ctz_run_ended(ctz_call *call, uint32_t index, ctz_status status, bool final);
// What a run of the entry's plan takes by experience; 0: not known.
uint64_t ctz_run_expected_ns(ctz_engine *engine, uint32_t entry);
// Another run of the plan took so long: a moving average over some 8 of them.
void ctz_run_learn(ctz_plan_entry *entry, uint64_t ns);

#endif
