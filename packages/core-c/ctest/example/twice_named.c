// A library that must be refused: two of its kernels have the same name.
#include "ctz/kernel.h"

static ctz_outcome_code run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}

static const ctz_kernel kernels[] = {
  {.name = "twice.a", .run = run},
  {.name = "twice.b", .run = run},
  {.name = "twice.b", .run = run},
};
static const ctz_library library = {.abi = CTZ_KERNEL_ABI, .count = 3, .kernels = kernels};

__attribute__((visibility("default"))) const ctz_library *ctz_library_entry(void);
const ctz_library *ctz_library_entry(void) { return &library; }
