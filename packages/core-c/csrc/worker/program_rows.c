#include "worker/program_rows.h"

#include <string.h>

#include "ctz/program_ops.h"
#include "worker/program_call.h"

// Of what earlier rows took, before it is all given back.
#define MEMORY_KEPT ((uint64_t)1 << 16)

typedef struct rows_of {
  ctz_call *call;
  ctz_program_kernel *kernel;
  ctz_columns_job *job;
  ctz_body body;  // NULL: interpreted
} rows_of;

static void begin_run(const rows_of *rows, ctz_run *run) {
  ctz_arena_begin(rows->call->worker->arena, rows->call->plan->memory_limit);
  ctz_run_begin_on(run, rows->kernel->program, rows->call);
}

static double value_of(const ctz_register *result, uint32_t type) {
  if (type == CTZ_PROGRAM_I) return result->i;
  return type == CTZ_PROGRAM_K ? (double)result->k : ctz_column_value(result->n);
}

// As a ctz_column_body, of any body.
static size_t one_by_one(const rows_of *rows, ctz_run *run, size_t row, size_t end) {
  const ctz_signature *of = ctz_program_signature(rows->kernel->program);
  ctz_register args[CTZ_KERNEL_MAX_ARITY], result = {.n = 0};
  memset(args, 0, sizeof args);
  for (; row < end; row++) {
    if (ctz_arena_used(rows->call->worker->arena) > MEMORY_KEPT) begin_run(rows, run);
    for (uint32_t i = 0; i < of->parameters; i++) args[i].n = rows->job->columns[i][row];
    if (!ctz_op_poll(run)) return row;
    int done = rows->body == NULL ? ctz_program_run(rows->kernel->program, run, args, &result)
                                  : rows->body(run, args, &result);
    if (!done) return row;
    rows->job->out[row] = value_of(&result, of->result);
  }
  return end;
}

static void leave_to_javascript(const rows_of *rows, size_t row) {
  uint64_t mark = CTZ_ROW_GIVEN_UP;
  memcpy(&rows->job->out[row], &mark, sizeof mark);
  // relaxed: who settles reads it after the last `done`, which orders it
  atomic_fetch_add_explicit(&rows->job->given_up, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&ctz_counters_of(rows->call, rows->kernel)->bails, 1, memory_order_relaxed);
}

ctz_outcome_code ctz_call_program_rows(ctz_call *call, ctz_program_kernel *kernel, ctz_columns_job *job, size_t begin,
                                       size_t end) {
  // acquire: pairs with the release in ctz_body_swap and ctz_column_body_swap
  rows_of rows = {call, kernel, job, atomic_load_explicit(&kernel->body, memory_order_acquire)};
  ctz_column_body columns = atomic_load_explicit(&kernel->columns, memory_order_acquire);
  atomic_fetch_add_explicit(&ctz_counters_of(call, kernel)->calls, end - begin, memory_order_relaxed);
  for (size_t row = begin; row < end; row++) {
    ctz_run run;
    begin_run(&rows, &run);
    row = columns == NULL ? one_by_one(&rows, &run, row, end) : columns(&run, job->columns, job->out, row, end);
    if (row >= end) break;
    if (run.bail.reason == CTZ_BAIL_STOPPED) return CTZ_KERNEL_STOPPED;
    if (run.bail.reason == CTZ_BAIL_MEMORY && ctz_is_at_task_limit(call)) return CTZ_KERNEL_OUT_OF_MEMORY;
    leave_to_javascript(&rows, row);
  }
  return CTZ_KERNEL_OK;
}
