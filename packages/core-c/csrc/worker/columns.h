// Jobs over columns: chunks of rows, taken in turn by whoever gets the slot from the ready queue.
#ifndef CTZ_WORKER_COLUMNS_H
#define CTZ_WORKER_COLUMNS_H

#include "engine/engine_state.h"

// The slot, which this worker has (RUNNING), holds a columns job that begins now.
void ctz_start_columns(ctz_worker *worker, uint32_t slot);
// The slot came out of the ready queue; when it is OFFERED, its next chunk is this worker's.
void ctz_run_chunk(ctz_worker *worker, uint32_t slot);
// Ends a job whose next chunk waits (OFFERED), at the end of the engine. False when chunks of it run: whoever runs the
// last one settles it.
bool ctz_give_up_columns(ctz_engine *engine, uint32_t slot);

#endif
