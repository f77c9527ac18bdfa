// Short tasks of one plan that need nothing but numbers, one behind the other. What is alike is looked up once, and
// what is recorded is recorded for all of them together: so little lies between two bodies that a processor begins the
// next one before it has ended the last.
#ifndef CTZ_WORKER_STREAK_H
#define CTZ_WORKER_STREAK_H

#include "engine/engine_state.h"

// Runs what `entry` holds and all that follows in the worker's batch, up to the first task of another kind, which is
// run as any. False: this one is of another kind, and was not touched. `entry` is one that a claim gave.
bool ctz_run_streak(ctz_worker *worker, uint32_t entry);

#endif
