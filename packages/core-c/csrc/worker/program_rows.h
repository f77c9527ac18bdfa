// Programs over columns.
#ifndef CTZ_WORKER_PROGRAM_ROWS_H
#define CTZ_WORKER_PROGRAM_ROWS_H

#include "flow/program_kernel.h"
#include "worker/call.h"

// The rows of a chunk. A row that gives up is left to JavaScript: it is marked in `out` and counted, and the others go
// on.
ctz_outcome_code ctz_call_program_rows(ctz_call *call, ctz_program_kernel *kernel, ctz_columns_job *job, size_t begin,
                                       size_t end);

#endif
