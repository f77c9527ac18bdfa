// Kernels by name and plans by number. Entries are made under a lock and read without: their count is stored last.
#ifndef CTZ_FLOW_REGISTRY_H
#define CTZ_FLOW_REGISTRY_H

#include "engine/engine_state.h"

// The plan with this number, whoever gave the number; NULL when there is none.
ctz_plan_entry *ctz_plan_at(ctz_engine *engine, uint32_t index);
// The plan that arguments were attached for; NULL once it was released, also when its number is another's by now.
ctz_plan_entry *ctz_plan_of(ctz_engine *engine, const ctz_extra *extra);
bool ctz_kernel_is_sound(const ctz_kernel *kernel);
// Adds all kernels or none: `*at` is the index of the first, resp. which of them does not fit. @return INVALID
ctz_status ctz_kernels_add(ctz_engine *engine, const ctz_kernel *kernels, uint32_t count, uint32_t *at);
void ctz_registry_destroy(ctz_engine *engine);

#endif
