// Short tasks of one plan that need nothing but numbers, one behind the other. What is alike is looked up once, and
// what is recorded is recorded for all of them together: so little lies between two bodies that a processor begins the
// next one before it has ended the last.
#ifndef CTZ_WORKER_STREAK_H
#define CTZ_WORKER_STREAK_H

#include "engine/engine_state.h"

// For ctz_worker's streak_ns: as long as a batch of the longest that are short.
#define CTZ_STREAK_NS (CTZ_BATCH_SIZE * 2000u)
// Runs what `entry` holds and what follows in the worker's batch, up to the first task of another kind, which is run as
// any, or until it has taken too long. False: this one is of another kind, and was not touched. `entry` is one that a
// claim gave.
bool ctz_run_streak(ctz_worker *worker, uint32_t entry);

#endif
