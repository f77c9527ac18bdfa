// The port's memory.
#ifndef CTZ_ENGINE_PORT_H
#define CTZ_ENGINE_PORT_H

#include "engine/engine_state.h"

bool ctz_port_init(ctz_engine *engine);  // false: no memory, or more than 4 GiB
void ctz_port_destroy(ctz_engine *engine);
ctz_slot *ctz_port_slots(ctz_engine *engine);  // NULL without a port

#endif
