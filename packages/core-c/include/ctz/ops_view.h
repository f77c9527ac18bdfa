// Operations on typed arrays. Those of emitted C know the kind when they are compiled, so that the switch goes away.
#ifndef CTZ_OPS_VIEW_H
#define CTZ_OPS_VIEW_H

#include "ctz/ops_number.h"
#include "ctz/ops_text.h"
#include "ctz/program.h"

// X(kind, type of an element)
#define CTZ_VIEW_ELEMENTS(X) \
  X(I8, int8_t)              \
  X(U8, uint8_t)             \
  X(U8_CLAMPED, uint8_t)     \
  X(I16, int16_t)            \
  X(U16, uint16_t)           \
  X(I32, int32_t)            \
  X(U32, uint32_t)           \
  X(F32, float)              \
  X(F64, double)

// Bytes of an element, as a power of two.
static inline uint32_t ctz_view_shift(uint32_t kind) {
  return kind <= CTZ_VIEW_U8_CLAMPED ? 0 : kind <= CTZ_VIEW_U16 ? 1 : kind == CTZ_VIEW_F64 ? 3 : 2;
}

static inline double ctz_view_read(uint32_t kind, ctz_view view, uint64_t index) {
  switch (kind) {
#define CTZ_VIEW_READ(name, type) \
  case CTZ_VIEW_##name:           \
    return (double)((const type *)view.data)[index];
    CTZ_VIEW_ELEMENTS(CTZ_VIEW_READ)
#undef CTZ_VIEW_READ
    default:
      return 0;
  }
}

// Of kinds whose elements fit int32.
static inline int32_t ctz_view_read_whole(uint32_t kind, ctz_view view, uint64_t index) {
  switch (kind) {
    case CTZ_VIEW_I8:
      return ((const int8_t *)view.data)[index];
    case CTZ_VIEW_U8:
    case CTZ_VIEW_U8_CLAMPED:
      return ((const uint8_t *)view.data)[index];
    case CTZ_VIEW_I16:
      return ((const int16_t *)view.data)[index];
    case CTZ_VIEW_U16:
      return ((const uint16_t *)view.data)[index];
    default:
      return ((const int32_t *)view.data)[index];
  }
}

// ToUint8Clamp: halves go to the even one.
static inline int32_t ctz_to_clamped(double value) {
  if (!(value > 0)) return 0;
  if (value >= 255) return 255;
  int32_t whole = (int32_t)value;
  double rest = value - whole;
  return whole + (rest > 0.5 || (rest == 0.5 && (whole & 1) != 0));
}

static inline void ctz_view_write(uint32_t kind, ctz_view view, uint64_t index, double value) {
  switch (kind) {
    case CTZ_VIEW_I8:
    case CTZ_VIEW_U8:
      ((uint8_t *)view.data)[index] = (uint8_t)(uint32_t)ctz_to_int32(value);
      break;
    case CTZ_VIEW_U8_CLAMPED:
      ((uint8_t *)view.data)[index] = (uint8_t)ctz_to_clamped(value);
      break;
    case CTZ_VIEW_I16:
    case CTZ_VIEW_U16:
      ((uint16_t *)view.data)[index] = (uint16_t)(uint32_t)ctz_to_int32(value);
      break;
    case CTZ_VIEW_I32:
    case CTZ_VIEW_U32:
      ((uint32_t *)view.data)[index] = (uint32_t)ctz_to_int32(value);
      break;
    case CTZ_VIEW_F32:
      ((float *)view.data)[index] = (float)value;
      break;
    default:
      ((double *)view.data)[index] = value;
  }
}

static inline void ctz_view_write_whole(uint32_t kind, ctz_view view, uint64_t index, int32_t value) {
  switch (kind) {
    case CTZ_VIEW_I8:
    case CTZ_VIEW_U8:
      ((uint8_t *)view.data)[index] = (uint8_t)(uint32_t)value;
      break;
    case CTZ_VIEW_U8_CLAMPED:
      ((uint8_t *)view.data)[index] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
      break;
    case CTZ_VIEW_I16:
    case CTZ_VIEW_U16:
      ((uint16_t *)view.data)[index] = (uint16_t)(uint32_t)value;
      break;
    case CTZ_VIEW_I32:
    case CTZ_VIEW_U32:
      ((uint32_t *)view.data)[index] = (uint32_t)value;
      break;
    case CTZ_VIEW_F32:
      ((float *)view.data)[index] = (float)value;
      break;
    default:
      ((double *)view.data)[index] = value;
  }
}

static inline int64_t ctz_op_view_length(ctz_run *run, uint32_t kind, ctz_view a) {
  return (void)run, (void)kind, (int64_t)a.length;
}
static inline int ctz_op_view_get_k(ctz_run *run, uint32_t kind, ctz_view a, int64_t index, double *out) {
  if ((uint64_t)index >= a.length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  *out = ctz_view_read(kind, a, (uint64_t)index);
  return 1;
}
static inline int ctz_op_view_get(ctz_run *run, uint32_t kind, ctz_view a, double index, double *out) {
  if (!ctz_is_inside(index, a.length)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  *out = ctz_view_read(kind, a, (uint64_t)(int64_t)index);
  return 1;
}
static inline int ctz_op_view_get_i(ctz_run *run, uint32_t kind, ctz_view a, int64_t index, int32_t *out) {
  if ((uint64_t)index >= a.length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  *out = ctz_view_read_whole(kind, a, (uint64_t)index);
  return 1;
}
static inline int ctz_op_view_set_k(ctz_run *run, uint32_t kind, ctz_view a, int64_t index, double value) {
  if ((uint64_t)index >= a.length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  ctz_view_write(kind, a, (uint64_t)index, value);
  return 1;
}
static inline int ctz_op_view_set(ctz_run *run, uint32_t kind, ctz_view a, double index, double value) {
  if (!ctz_is_inside(index, a.length)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  ctz_view_write(kind, a, (uint64_t)(int64_t)index, value);
  return 1;
}
static inline int ctz_op_view_set_i(ctz_run *run, uint32_t kind, ctz_view a, int64_t index, int32_t value) {
  if ((uint64_t)index >= a.length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  ctz_view_write_whole(kind, a, (uint64_t)index, value);
  return 1;
}
static inline int ctz_op_view_new(ctz_run *run, uint32_t kind, double length, ctz_view *out) {
  return run->runtime->view_new(run, kind, length, out);
}
// A position that counts from the end when it is negative, within 0 .. length.
static inline uint64_t ctz_view_position(double position, uint64_t length) {
  double whole = ctz_to_integer(position);
  if (whole < 0) whole += (double)length;
  if (!(whole > 0)) return 0;
  return whole < (double)length ? (uint64_t)whole : length;
}
static inline int ctz_op_view_fill(ctz_run *run, uint32_t kind, ctz_view a, double value, double from, double to) {
  (void)run;
  uint64_t begin = ctz_view_position(from, a.length), end = ctz_view_position(to, a.length);
  for (uint64_t i = begin; i < end; i++) ctz_view_write(kind, a, i, value);
  return 1;
}

#endif
