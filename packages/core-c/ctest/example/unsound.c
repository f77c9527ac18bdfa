// A library that must be refused: its first kernel is well made, its second has no name.
#include "ctz/kernel.h"

static ctz_outcome_code run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_OK;
}

static const ctz_kernel kernels[] = {{.name = "unsound.first", .run = run}, {.name = 0, .run = run}};
static const ctz_library library = {.abi = CTZ_KERNEL_ABI, .count = 2, .kernels = kernels};

__attribute__((visibility("default"))) const ctz_library *ctz_library_entry(void);
const ctz_library *ctz_library_entry(void) { return &library; }
