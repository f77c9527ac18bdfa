// Numbers as doubles, as JavaScript has them, and as kernels take them.
#ifndef CTZ_WORKER_SCALARS_H
#define CTZ_WORKER_SCALARS_H

#include <stdbool.h>
#include <stdint.h>

#include "ctz/kernel.h"
#include "task/slot.h"

// False when the number does not fit the type, or the type is none of a number.
static inline bool ctz_scalar_of_number(double number, ctz_type type, ctz_value *value) {
  switch (type) {
    case CTZ_F64:
      value->f64 = number;
      return true;
    case CTZ_I32:
      if (!(number >= INT32_MIN && number <= INT32_MAX)) return false;
      value->i32 = (int32_t)number;
      return (double)value->i32 == number;
    case CTZ_U32:
    case CTZ_BOOL:
      if (!(number >= 0 && number <= (type == CTZ_BOOL ? 1 : UINT32_MAX))) return false;
      value->u32 = (uint32_t)number;
      return (double)value->u32 == number;
    default:
      return false;
  }
}

// The arguments in a slot as the kernel takes them; false when one does not fit. Read once: JavaScript may change them.
static inline bool ctz_scalars_of_slot(const ctz_slot *slot, const ctz_kernel *kernel, ctz_value *args) {
  if (kernel->arity > CTZ_SLOT_ARG_COUNT) return false;
  for (uint32_t i = 0; i < kernel->arity; i++) {
    if (!ctz_scalar_of_number(ctz_field_f64(&slot->args[i]), (ctz_type)kernel->args[i], &args[i])) return false;
  }
  return true;
}

static inline double ctz_number_of_scalar(ctz_type type, const ctz_value *value) {
  switch (type) {
    case CTZ_F64:
      return value->f64;
    case CTZ_I32:
      return value->i32;
    case CTZ_U32:
      return value->u32;
    case CTZ_BOOL:
      return value->u32 != 0;
    default:
      return 0;
  }
}

// A result that is a number or a boolean, or none.
static inline void ctz_scalar_to_slot(ctz_slot *slot, ctz_type type, const ctz_value *result) {
  ctz_field_set_u32(&slot->result_type, type);
  ctz_field_set_f64(&slot->result, ctz_number_of_scalar(type, result));
}

#endif
