// scale(values, factor) -> a new array of values[i] * factor.
#include "kernels/blocks.h"
#include "kernels/kernels.h"

ctz_outcome_code ctz_scale_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  const double factor = args[1].f64;
  if (count == 0) return CTZ_KERNEL_OK;
  double *out = context->alloc_result(context, count * sizeof *out);
  if (out == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) out[i] = values[i] * factor;
  }
  result->slice = (ctz_slice){.data = out, .length = count};
  return CTZ_KERNEL_OK;
}
