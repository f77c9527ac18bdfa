// What few tasks have besides their slot: arguments that are no plain numbers, results that are no scalars, errors,
// columns. It belongs to the task's slot; who may touch it follows from the slot's phase (table.h).
#ifndef CTZ_TASK_EXTRA_H
#define CTZ_TASK_EXTRA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctz/engine.h"
#include "memory/budget.h"
#include "task/graph_job.h"

// One job over columns: workers take chunks of rows in turn. Who moved the slot from OFFERED to
// SHARED owns `next` until it offers the next chunk.
typedef struct ctz_columns_job {
  const double *columns[CTZ_KERNEL_MAX_ARITY];
  uint32_t count;
  double *out;
  size_t rows;
  size_t rows_per_chunk;  // at most
  uint64_t deadline_ns;     // of the whole job
  size_t next;              // first row that nobody has taken
  _Atomic size_t brief;     // rows that take as long as a chunk should; 0: none has been run yet
  _Atomic size_t done;      // rows finished or given up
  _Atomic size_t given_up;  // rows that the program leaves to JavaScript: CTZ_ROW_GIVEN_UP stands in `out`
  _Atomic uint32_t stopped;  // ctz_status of the first chunk that did not end well, plus 1; 0: none
} ctz_columns_job;

typedef struct ctz_extra {
  bool attached;  // it has arguments: plan and args hold, not the fields of the slot
  uint32_t plan;
  const ctz_kernel *kernel;  // of the plan when the arguments were attached: they fit no other
  uint32_t count;
  ctz_value args[CTZ_KERNEL_MAX_ARITY];
  void *copies;          // memory of slices that were copied, or NULL when they are borrowed
  ctz_columns_job *job;  // or NULL
  ctz_graph_job *graph;  // or NULL
  ctz_type result_type;
  ctz_value result;
  const char *result_fields;  // of the kernel that made a result of type FIELDS
  void *result_block;
  uint64_t result_bytes;  // of `charged`, what is for result_block
  ctz_error *error;
  uint64_t charged;  // bytes taken from the budget for `copies` and `result_block`
} ctz_extra;

ctz_extra *ctz_extra_create(void);  // NULL: no memory
void ctz_extra_destroy(ctz_extra *extra, ctz_budget *budget);  // NULL is fine
// Drops result and error, as before the first run.
void ctz_extra_reset(ctz_extra *extra, ctz_budget *budget);
// Gives the memory of the result away, with its charge; NULL when there is none. No result is left.
void *ctz_extra_take_result(ctz_extra *extra, ctz_budget *budget);
// Copies the slices among the arguments into memory of its own. @return POOL_LIMIT, OUT_OF_MEMORY
ctz_status ctz_extra_copy_args(ctz_extra *extra, const ctz_kernel *kernel, ctz_budget *budget);
// Describes a failure in `*error`, which is made when there is none; there stays none without memory for it.
void ctz_error_set(ctz_error **error, ctz_status status, const char *name, const char *code, const char *message);
// Takes over `error` as the one of the task's latest attempt.
void ctz_extra_set_error(ctz_extra *extra, ctz_error *error);

// Bytes of one element of a slice type; 0 for scalars.
size_t ctz_type_element(ctz_type type);
// Bytes that a slice of such a type names; of a RECORD those of its fields alone.
size_t ctz_slice_bytes(ctz_type type, const ctz_slice *slice);

#endif
