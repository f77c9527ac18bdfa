#include "task/graph_job.h"

#include <string.h>

#include "memory/allocator.h"
#include "task/extra.h"

#define ALIGN 64u

// Where the lists lie in the block.
typedef struct layout {
  size_t plans, step_plans, arg_ends, arg_numbers, arg_steps, next_ends, next, missing, ready, bytes;
} layout;

static size_t place(size_t *at, size_t count, size_t size) {
  size_t here = *at;
  *at = (here + count * size + 15u) & ~(size_t)15u;
  return here;
}

static layout layout_of(const ctz_graph *graph) {
  size_t at = sizeof(ctz_graph_job);
  layout lay;
  lay.plans = place(&at, graph->plan_count, sizeof(ctz_graph_plan));
  lay.arg_numbers = place(&at, graph->arg_count, sizeof(double));
  lay.step_plans = place(&at, graph->count, sizeof(uint32_t));
  lay.arg_ends = place(&at, graph->count, sizeof(uint32_t));
  lay.arg_steps = place(&at, graph->arg_count, sizeof(uint32_t));
  lay.next_ends = place(&at, graph->count, sizeof(uint32_t));
  lay.next = place(&at, graph->arg_count, sizeof(uint32_t));
  lay.missing = place(&at, graph->count, sizeof(uint32_t));
  lay.ready = place(&at, graph->count, sizeof(uint32_t));
  lay.bytes = (at + ALIGN - 1u) & ~(size_t)(ALIGN - 1u);
  return lay;
}

static ctz_graph_job *lay_out(void *block, const ctz_graph *graph, const layout *lay) {
  ctz_graph_job *job = block;
  char *base = block;
  // what is not written below, or by the caller
  memset(job, 0, sizeof *job);
  memset(base + lay->next_ends, 0, sizeof(uint32_t) * graph->count);
  memset(base + lay->ready, 0, sizeof(uint32_t) * graph->count);
  job->count = graph->count;
  job->plan_count = graph->plan_count;
  job->arg_count = graph->arg_count;
  job->bytes = lay->bytes;
  job->plans = (void *)(base + lay->plans);
  job->step_plans = (void *)(base + lay->step_plans);
  job->arg_ends = (void *)(base + lay->arg_ends);
  job->arg_numbers = (void *)(base + lay->arg_numbers);
  job->arg_steps = (void *)(base + lay->arg_steps);
  job->next_ends = (void *)(base + lay->next_ends);
  job->next = (void *)(base + lay->next);
  job->missing = (void *)(base + lay->missing);
  job->ready.entries = (void *)(base + lay->ready);
  job->results = graph->results;
  job->states = graph->states;
  return job;
}

static void copy_lists(ctz_engine *engine, ctz_graph_job *job, const ctz_graph *graph) {
  for (uint32_t i = 0; i < job->plan_count; i++)
    job->plans[i] = (ctz_graph_plan){.index = graph->plans[i], .kernel = ctz_plan_kernel(engine, graph->plans[i])};
  memcpy(job->step_plans, graph->step_plans, sizeof(uint32_t) * job->count);
  memcpy(job->arg_ends, graph->arg_ends, sizeof(uint32_t) * job->count);
  memset(job->states, CTZ_STEP_WAITING, job->count);
  if (job->arg_count == 0) return;
  memcpy(job->arg_steps, graph->arg_steps, sizeof(uint32_t) * job->arg_count);
  memcpy(job->arg_numbers, graph->arg_numbers, sizeof(double) * job->arg_count);
}

static bool takes_scalars(const ctz_kernel *kernel) {
  for (uint32_t i = 0; i < kernel->arity; i++)
    if (ctz_type_element((ctz_type)kernel->args[i]) > 0) return false;
  return kernel->result != CTZ_VOID && ctz_type_element((ctz_type)kernel->result) == 0;
}

static ctz_status check_plans(const ctz_graph_job *job) {
  for (uint32_t i = 0; i < job->plan_count; i++) {
    if (job->plans[i].kernel == NULL) return CTZ_NOT_FOUND;
    if (!takes_scalars(job->plans[i].kernel)) return CTZ_BAD_ARGUMENT;
  }
  return CTZ_OK;
}

// Each step takes as many arguments as its kernel, and results of steps before it alone: there is no way round.
static ctz_status check_steps(const ctz_graph_job *job) {
  uint32_t at = 0;
  for (uint32_t step = 0; step < job->count; step++) {
    if (job->step_plans[step] >= job->plan_count) return CTZ_BAD_ARGUMENT;
    const ctz_kernel *kernel = job->plans[job->step_plans[step]].kernel;
    uint32_t end = job->arg_ends[step];
    if (end < at || end > job->arg_count || end - at != kernel->arity) return CTZ_BAD_ARGUMENT;
    for (; at < end; at++)
      if (job->arg_steps[at] != CTZ_GRAPH_NUMBER && job->arg_steps[at] >= step) return CTZ_BAD_ARGUMENT;
  }
  return at == job->arg_count ? CTZ_OK : CTZ_BAD_ARGUMENT;
}

// Turns the arguments round: for each step those that take its result. `next_ends` counts up to the ends.
static void link_steps(ctz_graph_job *job) {
  for (uint32_t at = 0; at < job->arg_count; at++)
    if (job->arg_steps[at] != CTZ_GRAPH_NUMBER && job->arg_steps[at] + 1 < job->count)
      job->next_ends[job->arg_steps[at] + 1]++;
  // each holds where its own begin, and is moved to where they end as they are filled in
  for (uint32_t step = 1; step < job->count; step++) job->next_ends[step] += job->next_ends[step - 1];
  for (uint32_t step = 0, at = 0; step < job->count; step++) {
    uint32_t missing = 0;
    for (; at < job->arg_ends[step]; at++) {
      if (job->arg_steps[at] == CTZ_GRAPH_NUMBER) continue;
      missing++;
      job->next[job->next_ends[job->arg_steps[at]]++] = step;
    }
    // nobody else has the job yet
    atomic_store_explicit(&job->missing[step], missing, memory_order_relaxed);
    if (missing == 0) ctz_once_append(&job->ready, step);
  }
}

ctz_status ctz_graph_job_create(ctz_engine *engine, ctz_budget *budget, const ctz_graph *graph, ctz_graph_job **out) {
  if (graph->count == 0 || graph->count > CTZ_GRAPH_MAX_STEPS || graph->arg_count > CTZ_GRAPH_MAX_ARGS ||
      graph->plan_count > CTZ_GRAPH_MAX_PLANS)
    return CTZ_BAD_ARGUMENT;
  layout lay = layout_of(graph);
  if (!ctz_budget_take(budget, lay.bytes)) return CTZ_POOL_LIMIT;
  void *block = ctz_alloc_aligned(ALIGN, lay.bytes);
  if (block == NULL) {
    ctz_budget_give(budget, lay.bytes);
    return CTZ_OUT_OF_MEMORY;
  }
  ctz_graph_job *job = lay_out(block, graph, &lay);
  // what is checked are the copies: nobody can change them any more
  copy_lists(engine, job, graph);
  ctz_status status = check_plans(job);
  if (status == CTZ_OK) status = check_steps(job);
  if (status != CTZ_OK) {
    ctz_graph_job_destroy(job, budget);
    return status;
  }
  link_steps(job);
  *out = job;
  return CTZ_OK;
}

void ctz_graph_job_destroy(ctz_graph_job *job, ctz_budget *budget) {
  if (job == NULL) return;
  ctz_budget_give(budget, job->bytes);
  ctz_free(job);
}
