// noop() -> nothing: what a task costs that does nothing.
#include "kernels/kernels.h"

ctz_outcome_code ctz_noop_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}
