// sum(values) -> their sum, from left to right; 0 of none.
#include "kernels/blocks.h"
#include "kernels/kernels.h"

ctz_outcome_code ctz_sum_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  double sum = 0;
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) sum += values[i];
  }
  result->f64 = sum;
  return CTZ_KERNEL_OK;
}
