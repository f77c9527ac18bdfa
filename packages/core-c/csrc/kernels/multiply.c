// multiply(a, b) -> a * b, of two numbers or of two columns.
#include "kernels/blocks.h"
#include "kernels/kernels.h"

ctz_outcome_code ctz_multiply_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->f64 = args[0].f64 * args[1].f64;
  return CTZ_KERNEL_OK;
}

// `out` may be one of the columns.
ctz_outcome_code ctz_multiply_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                      size_t end) {
  const double *a = columns[0], *b = columns[1];
  for (size_t i = begin; i < end;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, end, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) out[i] = a[i] * b[i];
  }
  return CTZ_KERNEL_OK;
}
