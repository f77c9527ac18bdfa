// spin(microseconds) -> microseconds really spun: a body that keeps a CPU busy for as long as is asked, for load tests.
#include <math.h>

#include "kernels/kernels.h"
#include "platform/thread.h"

ctz_outcome_code ctz_spin_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double wanted = args[0].f64;
  if (!isfinite(wanted) || wanted < 0) {
    context->fail(context, "RangeError", NULL, "spin: microseconds must be a finite number, 0 or more");
    return CTZ_KERNEL_FAILED;
  }
  const uint64_t begin = ctz_monotonic_ns();
  double spun = 0;
  while (spun < wanted) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    ctz_cpu_relax();
    spun = (double)(ctz_monotonic_ns() - begin) / 1000;
  }
  result->f64 = spun;
  return CTZ_KERNEL_OK;
}
