// bytes-of(text) -> how many bytes the text has as UTF-8.
#include "kernels/kernels.h"

ctz_outcome_code ctz_bytes_of_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const uint64_t length = args[0].slice.length;
  if (length > UINT32_MAX) {
    context->fail(context, "RangeError", NULL, "bytes-of: the text has 2^32 bytes or more");
    return CTZ_KERNEL_FAILED;
  }
  result->u32 = (uint32_t)length;
  return CTZ_KERNEL_OK;
}
