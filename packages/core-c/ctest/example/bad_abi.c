// A library built for a kernel ABI that is none: loading it must be refused before anything else of it is read. So the
// rest of it points nowhere.
#include "ctz/kernel.h"

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

static const ctz_library library = {.abi = CTZ_KERNEL_ABI + 1000u, .count = 1, .kernels = NULL};

EXPORT const ctz_library *ctz_library_entry(void);
EXPORT const ctz_library *ctz_library_entry(void) { return &library; }
