// What threads that run steps of a graph do to it; the rest of a job is not changed once it is made.
#include "base/atomics.h"
#include "task/graph_job.h"

uint32_t ctz_graph_step_done(ctz_graph_job *job, uint32_t step) {
  uint32_t mine = CTZ_GRAPH_NUMBER;
  for (uint32_t i = step == 0 ? 0 : job->next_ends[step - 1]; i < job->next_ends[step]; i++) {
    uint32_t next = job->next[i];
    // acq_rel: who brings the last result sees those that others brought
    if (ctz_fetch_sub(&job->missing[next], 1u, memory_order_acq_rel) != 1u) continue;
    if (mine == CTZ_GRAPH_NUMBER)
      mine = next;
    else
      ctz_once_append(&job->ready, next);
  }
  return mine;
}

bool ctz_graph_let_go(ctz_graph_job *job, uint32_t done) {
  (void)ctz_fetch_add(&job->done, done, memory_order_relaxed);
  // acq_rel: the last one sees what all others wrote
  return ctz_fetch_sub(&job->holders, 1u, memory_order_acq_rel) == 1u;
}
