// The table of the kernels that come with the engine. Each has a twin in packages/engine/src/kernels: what changes here
// changes there.
#include "ctz/engine.h"
#include "kernels/kernels.h"

static const ctz_kernel kernels[] = {
  {.name = "noop", .arity = 0, .result = CTZ_VOID, .run = ctz_noop_run, .flags = CTZ_KERNEL_BOUNDED},
  {.name = "add",
   .arity = 2,
   .args = {CTZ_F64, CTZ_F64},
   .result = CTZ_F64,
   .run = ctz_add_run,
   .columns = ctz_add_columns,
   .flags = CTZ_KERNEL_BOUNDED},
  {.name = "multiply",
   .arity = 2,
   .args = {CTZ_F64, CTZ_F64},
   .result = CTZ_F64,
   .run = ctz_multiply_run,
   .columns = ctz_multiply_columns,
   .flags = CTZ_KERNEL_BOUNDED},
  {.name = "crc32", .arity = 1, .args = {CTZ_BYTES}, .result = CTZ_U32, .run = ctz_crc32_run},
  {.name = "xxh32", .arity = 1, .args = {CTZ_BYTES}, .result = CTZ_U32, .run = ctz_xxh32_run},
  {.name = "sum", .arity = 1, .args = {CTZ_F64_ARRAY}, .result = CTZ_F64, .run = ctz_sum_run},
  {.name = "dot", .arity = 2, .args = {CTZ_F64_ARRAY, CTZ_F64_ARRAY}, .result = CTZ_F64, .run = ctz_dot_run},
  {.name = "scale", .arity = 2, .args = {CTZ_F64_ARRAY, CTZ_F64}, .result = CTZ_F64_ARRAY, .run = ctz_scale_run},
  {.name = "stats",
   .arity = 1,
   .args = {CTZ_F64_ARRAY},
   .result = CTZ_FIELDS,
   .fields = CTZ_STATS_FIELDS,
   .run = ctz_stats_run},
  {.name = "spin", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = ctz_spin_run},
  {.name = "bytes-of", .arity = 1, .args = {CTZ_STRING}, .result = CTZ_U32, .run = ctz_bytes_of_run},
};

static const ctz_library library = {
  .abi = CTZ_KERNEL_ABI,
  .count = sizeof kernels / sizeof kernels[0],
  .kernels = kernels,
};

const ctz_library *ctz_builtin_kernels(void) { return &library; }
