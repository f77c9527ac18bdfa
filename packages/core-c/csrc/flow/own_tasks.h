// Tasks that C submits, and what a settled slot holds.
#ifndef CTZ_FLOW_OWN_TASKS_H
#define CTZ_FLOW_OWN_TASKS_H

#include "engine/engine_state.h"

// What a settled slot, own or of the port, holds.
void ctz_outcome_of(ctz_engine *engine, uint32_t slot, ctz_outcome *outcome);

#endif
