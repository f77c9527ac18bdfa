#include "flow/program_kernel.h"

#include <string.h>

#include "flow/registry.h"
#include "memory/allocator.h"

// Stands for every program, and is never called.
static ctz_outcome_code run_program(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_BAILED;
}

ctz_program_kernel *ctz_program_of(const ctz_kernel *kernel) {
  return kernel->run == run_program ? (ctz_program_kernel *)(uintptr_t)kernel : NULL;
}

void ctz_program_kernel_destroy(ctz_program_kernel *kernel) {
  ctz_program_close(kernel->program);
  ctz_free(kernel);
}

uint32_t ctz_program_type_of(uint32_t type) {
  static const uint8_t scalars[] = {CTZ_VOID, CTZ_F64, CTZ_I32, CTZ_F64, CTZ_BOOL, CTZ_TEXT};
  static const uint8_t views[] = {CTZ_I8_ARRAY,  CTZ_BYTES,     CTZ_U8C_ARRAY, CTZ_I16_ARRAY, CTZ_U16_ARRAY,
                                  CTZ_I32_ARRAY, CTZ_U32_ARRAY, CTZ_F32_ARRAY, CTZ_F64_ARRAY};
  if (type == CTZ_PROGRAM_RECORD) return CTZ_RECORD;
  return type >= CTZ_PROGRAM_V ? views[type - CTZ_PROGRAM_V] : scalars[type];
}

bool ctz_takes_rows(const ctz_program_kernel *kernel) {
  const ctz_signature *signature = ctz_program_signature(kernel->program);
  for (uint32_t i = 0; i < signature->parameters; i++) {
    if (signature->types[i] != CTZ_PROGRAM_N) return false;
  }
  return signature->result == CTZ_PROGRAM_N || signature->result == CTZ_PROGRAM_I || signature->result == CTZ_PROGRAM_K;
}

// Any number is taken: one that does not fit has the program give up, and not the task fail.
static uint8_t argument_type_of(uint32_t type) {
  return (uint8_t)(type == CTZ_PROGRAM_I ? CTZ_F64 : ctz_program_type_of(type));
}

static bool describe(ctz_program_kernel *kernel, const char *name) {
  const ctz_signature *signature = ctz_program_signature(kernel->program);
  size_t length = strlen(name);
  if (length >= sizeof kernel->name || signature->parameters > CTZ_KERNEL_MAX_ARITY) return false;
  memcpy(kernel->name, name, length);
  kernel->kernel.name = kernel->name;
  kernel->kernel.run = run_program;
  kernel->kernel.arity = signature->parameters;
  kernel->kernel.result = ctz_program_type_of(signature->result);
  kernel->kernel.flags = signature->bounded ? CTZ_KERNEL_BOUNDED : 0;
  for (uint32_t i = 0; i < signature->parameters; i++) kernel->kernel.args[i] = argument_type_of(signature->types[i]);
  return true;
}

ctz_status ctz_program_add(ctz_engine *engine, const char *name, ctz_program *program, uint32_t *index) {
  ctz_program_kernel *kernel = ctz_alloc_zeroed(sizeof *kernel);
  if (kernel == NULL) {
    ctz_program_close(program);
    return CTZ_OUT_OF_MEMORY;
  }
  kernel->program = program;
  ctz_status status = describe(kernel, name) ? ctz_kernel_add(engine, &kernel->kernel, index) : CTZ_INVALID;
  if (status != CTZ_OK) ctz_program_kernel_destroy(kernel);
  return status;
}

static ctz_program_kernel *program_at(ctz_engine *engine, uint32_t index) {
  const ctz_kernel *kernel = ctz_kernel_at(engine, index);
  return kernel == NULL ? NULL : ctz_program_of(kernel);
}

ctz_status ctz_body_swap(ctz_engine *engine, uint32_t index, ctz_body body) {
  ctz_program_kernel *kernel = program_at(engine, index);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  // release: pairs with the acquire in ctz_call_program; the library was loaded before its code is called
  atomic_store_explicit(&kernel->body, body, memory_order_release);
  return CTZ_OK;
}

ctz_status ctz_column_body_swap(ctz_engine *engine, uint32_t index, ctz_column_body body) {
  ctz_program_kernel *kernel = program_at(engine, index);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  // release: pairs with the acquire in ctz_call_program_rows
  atomic_store_explicit(&kernel->columns, body, memory_order_release);
  return CTZ_OK;
}

ctz_status ctz_program_figures(ctz_engine *engine, uint32_t index, uint64_t *calls, uint64_t *bails) {
  ctz_program_kernel *kernel = program_at(engine, index);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  *calls = *bails = 0;
  for (uint32_t i = 0; i < CTZ_PROGRAM_COUNTERS; i++) {
    *calls += atomic_load_explicit(&kernel->counters[i].calls, memory_order_relaxed);
    *bails += atomic_load_explicit(&kernel->counters[i].bails, memory_order_relaxed);
  }
  return CTZ_OK;
}
