#include "task/extra.h"

#include <stdio.h>
#include <string.h>

#include "memory/allocator.h"

size_t ctz_type_element(ctz_type type) {
  switch (type) {
    case CTZ_BYTES:
    case CTZ_STRING:
    case CTZ_TEXT:
    case CTZ_I8_ARRAY:
    case CTZ_U8C_ARRAY:
      return 1;
    case CTZ_I16_ARRAY:
    case CTZ_U16_ARRAY:
      return 2;
    case CTZ_F32_ARRAY:
    case CTZ_I32_ARRAY:
    case CTZ_U32_ARRAY:
      return 4;
    case CTZ_F64_ARRAY:
    case CTZ_FIELDS:
      return 8;
    case CTZ_RECORD:
      return sizeof(ctz_field);
    default:
      return 0;
  }
}

size_t ctz_slice_bytes(ctz_type type, const ctz_slice *slice) {
  if (type != CTZ_TEXT) return (size_t)slice->length * ctz_type_element(type);
  return (size_t)(slice->length & ~CTZ_TEXT_WIDE) << ((slice->length & CTZ_TEXT_WIDE) != 0);
}

ctz_extra *ctz_extra_create(void) { return ctz_alloc_zeroed(sizeof(ctz_extra)); }

void ctz_extra_destroy(ctz_extra *extra, ctz_budget *budget) {
  if (extra == NULL) return;
  ctz_free(extra->result_block);
  ctz_free(extra->error);
  ctz_free(extra->copies);
  ctz_free(extra->job);
  ctz_graph_job_destroy(extra->graph, budget);
  ctz_budget_give(budget, extra->charged);
  ctz_free(extra);
}

void ctz_extra_reset(ctz_extra *extra, ctz_budget *budget) {
  ctz_free(ctz_extra_take_result(extra, budget));
  ctz_free(extra->error);
  extra->error = NULL;
}

void *ctz_extra_take_result(ctz_extra *extra, ctz_budget *budget) {
  void *block = extra->result_block;
  extra->result_block = NULL;
  extra->charged -= extra->result_bytes;
  ctz_budget_give(budget, extra->result_bytes);
  extra->result_bytes = 0;
  extra->result_type = CTZ_VOID;
  extra->result = (ctz_value){.slice = {NULL, 0}};
  return block;
}

static uint64_t padded(uint64_t bytes) { return (bytes + 15u) & ~(uint64_t)15u; }

ctz_status ctz_extra_copy_args(ctz_extra *extra, const ctz_kernel *kernel, ctz_budget *budget) {
  uint64_t total = 0;
  for (uint32_t i = 0; i < extra->count; i++) {
    size_t element = ctz_type_element((ctz_type)kernel->args[i]);
    if (element > 0) total += padded(ctz_slice_bytes((ctz_type)kernel->args[i], &extra->args[i].slice));
  }
  if (total == 0) return CTZ_OK;
  if (!ctz_budget_take(budget, total)) return CTZ_POOL_LIMIT;
  char *memory = ctz_alloc_aligned(16, total);
  if (memory == NULL) {
    ctz_budget_give(budget, total);
    return CTZ_OUT_OF_MEMORY;
  }
  extra->copies = memory;
  extra->charged += total;
  for (uint32_t i = 0; i < extra->count; i++) {
    if (ctz_type_element((ctz_type)kernel->args[i]) == 0) continue;
    size_t bytes = ctz_slice_bytes((ctz_type)kernel->args[i], &extra->args[i].slice);
    if (bytes > 0) memcpy(memory, extra->args[i].slice.data, bytes);
    extra->args[i].slice.data = memory;
    memory += padded(bytes);
  }
  return CTZ_OK;
}

static void copy_text(char *to, size_t size, const char *from) { snprintf(to, size, "%s", from == NULL ? "" : from); }

void ctz_error_set(ctz_error **error, ctz_status status, const char *name, const char *code, const char *message) {
  if (*error == NULL) *error = ctz_alloc_zeroed(sizeof(ctz_error));
  if (*error == NULL) return;
  (*error)->status = status;
  copy_text((*error)->name, sizeof(*error)->name, name);
  copy_text((*error)->code, sizeof(*error)->code, code);
  copy_text((*error)->message, sizeof(*error)->message, message);
}

void ctz_extra_set_error(ctz_extra *extra, ctz_error *error) {
  ctz_free(extra->error);
  extra->error = error;
}
