// Graphs: steps that workers take in turn, each as soon as what it waits for is there.
#ifndef CTZ_WORKER_GRAPH_H
#define CTZ_WORKER_GRAPH_H

#include "engine/engine_state.h"

// The slot, which this worker has (RUNNING), holds a graph that begins now.
void ctz_start_graph(ctz_worker *worker, uint32_t slot);
// The slot came out of the ready queue; when it is OFFERED, this worker takes part.
void ctz_join_graph(ctz_worker *worker, uint32_t slot);
// Stops a graph that waits for somebody to take part (OFFERED), at the end of the engine. True when it has ended here;
// else whoever still runs a step of it settles it.
bool ctz_give_up_graph(ctz_engine *engine, uint32_t slot);

#endif
