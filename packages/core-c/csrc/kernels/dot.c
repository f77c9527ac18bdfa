// dot(a, b) -> the sum of a[i] * b[i], from left to right; 0 of none.
#include "kernels/blocks.h"
#include "kernels/exact.h"
#include "kernels/kernels.h"

ctz_outcome_code ctz_dot_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double *a = args[0].slice.data, *b = args[1].slice.data;
  if (args[0].slice.length != args[1].slice.length) {
    context->fail(context, "RangeError", NULL, "dot: both arrays must have the same length");
    return CTZ_KERNEL_FAILED;
  }
  const size_t count = (size_t)args[0].slice.length;
  double sum = 0;
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) sum += a[i] * b[i];
  }
  result->f64 = sum;
  return CTZ_KERNEL_OK;
}
