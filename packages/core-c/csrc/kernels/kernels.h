// Bodies of the kernels that come with the engine; builtin.c gives them their names and signatures. They keep no state,
// so any number of threads may run them at once. `ctz_builtin_kernels` is declared in ctz/engine.h.
#ifndef CTZ_KERNELS_KERNELS_H
#define CTZ_KERNELS_KERNELS_H

#include <stddef.h>

#include "ctz/kernel.h"

ctz_outcome_code ctz_noop_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_add_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_add_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                 size_t end);
ctz_outcome_code ctz_multiply_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_multiply_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                      size_t end);
ctz_outcome_code ctz_crc32_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_xxh32_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_sum_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_dot_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_scale_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_stats_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_spin_run(ctz_context *context, const ctz_value *args, ctz_value *result);
ctz_outcome_code ctz_bytes_of_run(ctz_context *context, const ctz_value *args, ctz_value *result);

// Names of the numbers that `stats` gives, in their order.
#define CTZ_STATS_FIELDS "count,sum,mean,min,max,variance,stddev"
#define CTZ_STATS_FIELD_COUNT 7u

#endif
