// The call of a program: values of the task as registers, and back.
#ifndef CTZ_WORKER_PROGRAM_CALL_H
#define CTZ_WORKER_PROGRAM_CALL_H

#include "flow/program_kernel.h"
#include "worker/call.h"

ctz_outcome_code ctz_call_program(ctz_call *call, ctz_program_kernel *kernel, const ctz_value *args, ctz_value *result);
// Any kernel's `run`, programs included.
ctz_outcome_code ctz_call_kernel(ctz_call *call, const ctz_kernel *kernel, const ctz_value *args, ctz_value *result);
// Before a run on a worker.
void ctz_run_begin_on(ctz_run *run, const ctz_program *program, ctz_call *call);
ctz_program_counters *ctz_counters_of(const ctz_call *call, ctz_program_kernel *kernel);
// Whether memory was refused because of the task's own limit.
bool ctz_is_at_task_limit(const ctz_call *call);
// An argument in a slot that does not fit a program: JavaScript's turn.
void ctz_call_misfit(ctz_call *call);

#endif
