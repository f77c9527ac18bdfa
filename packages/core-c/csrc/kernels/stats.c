// stats(values) -> count, sum, mean, min, max, variance and stddev. The variance is that of the population (divided by
// count), in two passes: the sum first, then the squares of the distances from the mean. Of no values all but count and
// sum are NaN; a NaN among the values makes all but count NaN.
#include <math.h>

#include "kernels/blocks.h"
#include "kernels/exact.h"
#include "kernels/kernels.h"

typedef struct moments {
  double sum, min, max, squares;
} moments;

// As Math.min and Math.max: NaN wins, and -0 is less than 0.
static double lesser(double a, double b) {
  if (isnan(a) || isnan(b)) return NAN;
  if (a == b) return signbit(a) ? a : b;
  return a < b ? a : b;
}

static double greater(double a, double b) {
  if (isnan(a) || isnan(b)) return NAN;
  if (a == b) return signbit(a) ? b : a;
  return a > b ? a : b;
}

static ctz_outcome_code first_pass(ctz_context *context, const double *values, size_t count, moments *out) {
  double sum = 0, min = values[0], max = values[0];
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) {
      sum += values[i];
      min = lesser(min, values[i]);
      max = greater(max, values[i]);
    }
  }
  *out = (moments){.sum = sum, .min = min, .max = max};
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code second_pass(ctz_context *context, const double *values, size_t count, moments *out) {
  const double mean = out->sum / (double)count;
  double squares = 0;
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_NUMBERS);
    for (; i < block_end; i++) {
      const double off = values[i] - mean;
      squares += off * off;
    }
  }
  out->squares = squares;
  return CTZ_KERNEL_OK;
}

ctz_outcome_code ctz_stats_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  moments found = {.min = NAN, .max = NAN};
  if (count > 0) {
    ctz_outcome_code code = first_pass(context, values, count, &found);
    if (code == CTZ_KERNEL_OK) code = second_pass(context, values, count, &found);
    if (code != CTZ_KERNEL_OK) return code;
  }
  double *fields = context->alloc_result(context, CTZ_STATS_FIELD_COUNT * sizeof *fields);
  if (fields == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  const double n = (double)count;
  fields[0] = n;
  fields[1] = found.sum;
  fields[2] = found.sum / n;  // NaN of none, as 0 / 0 is
  fields[3] = found.min;
  fields[4] = found.max;
  fields[5] = found.squares / n;
  fields[6] = sqrt(found.squares / n);
  result->slice = (ctz_slice){.data = fields, .length = CTZ_STATS_FIELD_COUNT};
  return CTZ_KERNEL_OK;
}
