// A graph of steps that runs as one task: each step is a call of a kernel, and waits for those whose results it takes.
#ifndef CTZ_TASK_GRAPH_JOB_H
#define CTZ_TASK_GRAPH_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ctz/engine.h"
#include "memory/budget.h"
#include "queue/once_list.h"

typedef struct ctz_graph_plan {
  uint32_t index;
  const ctz_kernel *kernel;  // when the graph was attached: its steps fit no other
} ctz_graph_plan;

// Lists are by step unless they say otherwise. All lie in one block with the job, and are not changed after it was made
// but for the atomics. Whoever takes part is counted in `holders`, and so is an offer in a ready queue: when the last
// one lets go nothing runs, and nothing will.
typedef struct ctz_graph_job {
  ctz_once_list ready;          // steps whose arguments are all there
  _Alignas(64) _Atomic uint32_t holders;
  _Atomic uint32_t done;        // steps that ended well, as counted by those who let go
  _Atomic uint32_t stopped;     // not 0: no further step begins
  uint32_t count;
  uint32_t plan_count, arg_count;
  uint64_t bytes;               // of the block
  ctz_graph_plan *plans;        // plan_count
  uint32_t *step_plans;         // which of `plans`
  uint32_t *arg_ends;           // where the arguments of the step end
  double *arg_numbers;          // by argument
  uint32_t *arg_steps;          // by argument: of which step it is the result, or CTZ_GRAPH_NUMBER
  uint32_t *next_ends;          // where those that take the result of the step end in `next`
  uint32_t *next;               // steps, one for each argument that is a result
  _Atomic uint32_t *missing;    // results that the step still waits for
  bool begun;                   // of who has the slot RUNNING
  double *results;              // the caller's
  uint8_t *states;              // the caller's; each a ctz_step_state
} ctz_graph_job;

// Copies what the caller gave, checks it, and finds what is ready. @return BAD_ARGUMENT, NOT_FOUND (plan), POOL_LIMIT,
// OUT_OF_MEMORY
ctz_status ctz_graph_job_create(ctz_engine *engine, ctz_budget *budget, const ctz_graph *graph, ctz_graph_job **out);
void ctz_graph_job_destroy(ctz_graph_job *job, ctz_budget *budget);  // NULL is fine

static inline uint32_t ctz_graph_first_arg(const ctz_graph_job *job, uint32_t step) {
  return step == 0 ? 0 : job->arg_ends[step - 1];
}
// The step has ended well and its result is written: those that waited for it alone become ready. One of them is given
// back to be run right now, CTZ_GRAPH_NUMBER when there is none; the others are appended to `ready`.
uint32_t ctz_graph_step_done(ctz_graph_job *job, uint32_t step);
// True for the last one: nobody else touches the job any more.
bool ctz_graph_let_go(ctz_graph_job *job, uint32_t done);

#endif
