// Kernels for the tests of the binding: one that reads an array for as long as it is told, and one whose result is
// longer than JavaScript can hold.
#include <stdatomic.h>

#include "ctz/kernel.h"

#if defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

// Sets word 0 when it has begun, and does not listen: it returns once word 1 is not 0.
static ctz_outcome_code hold_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  if (args[0].slice.length < 2) return CTZ_KERNEL_FAILED;
  _Atomic int32_t *words = (_Atomic int32_t *)(void *)args[0].slice.data;
  // release and acquire: partners are Atomics.load and Atomics.store in JavaScript
  atomic_store_explicit(&words[0], 1, memory_order_release);
  while (atomic_load_explicit(&words[1], memory_order_acquire) == 0) continue;
  result->f64 = (double)args[0].slice.length;
  return CTZ_KERNEL_OK;
}

// As many bytes as asked for. Nothing is written there, so that they cost no memory.
static ctz_outcome_code vast_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  void *bytes = context->alloc_result(context, (size_t)args[0].f64);
  if (bytes == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  result->slice = (ctz_slice){.data = bytes, .length = (uint64_t)args[0].f64};
  return CTZ_KERNEL_OK;
}

static const ctz_kernel kernels[] = {
  {.name = "borrowing.hold", .arity = 1, .args = {CTZ_I32_ARRAY}, .result = CTZ_F64, .run = hold_run},
  {.name = "borrowing.vast", .arity = 1, .args = {CTZ_F64}, .result = CTZ_BYTES, .run = vast_run},
};

static const ctz_library library = {.abi = CTZ_KERNEL_ABI, .count = 2, .kernels = kernels};

EXPORT const ctz_library *ctz_library_entry(void);
EXPORT const ctz_library *ctz_library_entry(void) { return &library; }
