// Operations on arrays. Reading, writing and pushing an element are inline; the rest goes through run->runtime. A
// register that nobody has written yet holds no array: only a program that no compiler made comes to that, and gives
// up.
#ifndef CTZ_OPS_LIST_H
#define CTZ_OPS_LIST_H

#include "ctz/ops_number.h"
#include "ctz/ops_text.h"
#include "ctz/ops_view.h"
#include "ctz/program.h"

// X(prefix of the operations, kind, type of an element in memory, type of its value)
#define CTZ_LIST_ELEMENTS(X)           \
  X(nlist, CTZ_LIST_N, double, double) \
  X(blist, CTZ_LIST_B, uint8_t, int)   \
  X(slist, CTZ_LIST_S, ctz_text, ctz_text)

// Bytes of an element, as a power of two.
static inline uint32_t ctz_list_shift(uint32_t kind) { return kind == CTZ_LIST_N ? 3 : kind == CTZ_LIST_B ? 0 : 4; }

static inline uint64_t ctz_list_length(ctz_list list) { return list == NULL ? 0 : list->length; }

static inline int ctz_op_k_index(ctz_run *run, double index, int64_t *out) {
  if (!ctz_is_inside(index, (uint64_t)1 << 53)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  *out = (int64_t)index;
  return 1;
}

static inline int ctz_op_list_new(ctz_run *run, uint32_t kind, int64_t capacity, ctz_list *out) {
  return run->runtime->list_new(run, kind, capacity > 0 ? (uint64_t)capacity : 0, out);
}
static inline int64_t ctz_op_list_length(ctz_run *run, uint32_t kind, ctz_list a) {
  return (void)run, (void)kind, (int64_t)ctz_list_length(a);
}
static inline int ctz_op_list_same(ctz_run *run, uint32_t kind, ctz_list a, ctz_list b) {
  return (void)run, (void)kind, a == b;
}
static inline int ctz_op_list_resize(ctz_run *run, uint32_t kind, ctz_list a, int64_t length) {
  (void)kind;
  if (a == NULL || (uint64_t)length > a->length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  a->length = (uint64_t)length;
  return 1;
}
static inline int ctz_op_list_slice(ctz_run *run, uint32_t kind, ctz_list a, double from, double to, ctz_list *out) {
  return run->runtime->list_slice(run, kind, a, from, to, out);
}
static inline int ctz_op_list_insert(ctz_run *run, uint32_t kind, ctz_list a, int64_t at, ctz_list from) {
  return run->runtime->list_insert(run, kind, a, (uint64_t)at, from);
}
static inline int ctz_op_list_remove(ctz_run *run, uint32_t kind, ctz_list a, int64_t at, int64_t count) {
  return run->runtime->list_remove(run, kind, a, (uint64_t)at, (uint64_t)count);
}
static inline int ctz_op_list_reverse(ctz_run *run, uint32_t kind, ctz_list a) {
  return run->runtime->list_reverse(run, kind, a);
}
static inline int ctz_op_list_sort(ctz_run *run, uint32_t kind, ctz_list a) {
  return run->runtime->list_sort(run, kind, a);
}
static inline int ctz_op_list_join(ctz_run *run, uint32_t kind, ctz_list a, ctz_text separator, ctz_text *out) {
  return run->runtime->list_join(run, kind, a, separator, out);
}
static inline int ctz_op_list_of_view(ctz_run *run, uint32_t kind, ctz_view view, ctz_list *out) {
  return run->runtime->list_of_view(run, kind, view, out);
}
// The memory of the array itself: at the end of a run, when nobody writes to it any more.
static inline int ctz_op_list_to_view(ctz_run *run, uint32_t kind, ctz_list a, ctz_view *out) {
  (void)run;
  (void)kind;
  *out = (ctz_view){a == NULL ? NULL : a->data, ctz_list_length(a)};
  return 1;
}

// As they lie in memory.
static inline double ctz_nlist_element(double value) { return value; }
static inline uint8_t ctz_blist_element(int value) { return value != 0; }
static inline ctz_text ctz_slist_element(ctz_text value) { return value; }
static inline int ctz_nlist_equal(ctz_run *run, double a, double b) { return (void)run, a == b; }
static inline int ctz_blist_equal(ctz_run *run, int a, int b) { return (void)run, a == b; }
static inline int ctz_slist_equal(ctz_run *run, ctz_text a, ctz_text b) {
  return a.length == b.length && run->runtime->str_eq(a, b);
}
// Where lastIndexOf begins, and 1 more; 0: nowhere.
static inline uint64_t ctz_list_last(double from, uint64_t length) {
  double whole = ctz_to_integer(from);
  if (whole < 0) whole += (double)length;
  if (!(whole >= 0)) return 0;
  return whole < (double)length ? (uint64_t)whole + 1 : length;
}

#define CTZ_LIST_OPERATIONS(prefix, list_kind, type, value_type)                                                   \
  static inline int ctz_op_##prefix##_get(ctz_run *run, ctz_list a, int64_t index, value_type *out) {              \
    if ((uint64_t)index >= ctz_list_length(a)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);                         \
    *out = ((const type *)a->data)[index];                                                                         \
    return 1;                                                                                                      \
  }                                                                                                                \
  static inline int ctz_op_##prefix##_push(ctz_run *run, ctz_list a, value_type value) {                           \
    if (a == NULL) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);                                                     \
    if (a->length == a->capacity && !run->runtime->list_grow(run, list_kind, a, a->length + 1)) return 0;          \
    ((type *)a->data)[a->length++] = ctz_##prefix##_element(value);                                                \
    return 1;                                                                                                      \
  }                                                                                                                \
  static inline int ctz_op_##prefix##_put(ctz_run *run, ctz_list a, int64_t index, value_type value) {             \
    if (a == NULL || (uint64_t)index > a->length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);                      \
    if ((uint64_t)index == a->length) return ctz_op_##prefix##_push(run, a, value);                                \
    ((type *)a->data)[index] = ctz_##prefix##_element(value);                                                      \
    return 1;                                                                                                      \
  }                                                                                                                \
  static inline int ctz_op_##prefix##_fill(ctz_run *run, ctz_list a, value_type value, double from, double to) {   \
    (void)run;                                                                                                     \
    uint64_t begin = ctz_view_position(from, ctz_list_length(a)), end = ctz_view_position(to, ctz_list_length(a)); \
    for (uint64_t i = begin; i < end; i++) ((type *)a->data)[i] = ctz_##prefix##_element(value);                   \
    return 1;                                                                                                      \
  }                                                                                                                \
  static inline double ctz_op_##prefix##_index_of(ctz_run *run, ctz_list a, value_type value, double from) {       \
    uint64_t length = ctz_list_length(a);                                                                          \
    for (uint64_t i = ctz_view_position(from, length); i < length; i++) {                                          \
      if (ctz_##prefix##_equal(run, ((const type *)a->data)[i], value)) return (double)(int64_t)i;                 \
    }                                                                                                              \
    return -1;                                                                                                     \
  }                                                                                                                \
  static inline double ctz_op_##prefix##_last_index_of(ctz_run *run, ctz_list a, value_type value, double from) {  \
    for (uint64_t i = ctz_list_last(from, ctz_list_length(a)); i > 0; i--) {                                       \
      if (ctz_##prefix##_equal(run, ((const type *)a->data)[i - 1], value)) return (double)(int64_t)(i - 1);       \
    }                                                                                                              \
    return -1;                                                                                                     \
  }

CTZ_LIST_ELEMENTS(CTZ_LIST_OPERATIONS)
#undef CTZ_LIST_OPERATIONS

static inline int ctz_op_nlist_includes(ctz_run *run, ctz_list a, double value, double from) {
  if (!ctz_is_nan(value)) return ctz_op_nlist_index_of(run, a, value, from) >= 0;
  uint64_t length = ctz_list_length(a);
  for (uint64_t i = ctz_view_position(from, length); i < length; i++) {
    if (ctz_is_nan(((const double *)a->data)[i])) return 1;
  }
  return 0;
}

static inline int ctz_op_slist_of_text(ctz_run *run, ctz_text text, ctz_view lengths, ctz_list *out) {
  return run->runtime->list_of_text(run, text, lengths, out);
}
static inline int ctz_op_slist_lengths(ctz_run *run, ctz_list a, ctz_view *out) {
  return run->runtime->list_lengths(run, a, out);
}
static inline int ctz_op_str_split(ctz_run *run, ctz_text a, ctz_text separator, double most, ctz_list *out) {
  return run->runtime->str_split(run, a, separator, most, out);
}
static inline int ctz_op_str_points(ctz_run *run, ctz_text a, ctz_list *out) {
  return run->runtime->str_points(run, a, out);
}

static inline int ctz_op_log_number(ctz_run *run, double a) { return run->runtime->log_number(run, a); }
static inline int ctz_op_log_boolean(ctz_run *run, int a) { return run->runtime->log_mark(run, a ? 't' : 'f'); }
static inline int ctz_op_log_text(ctz_run *run, ctz_text a) { return run->runtime->log_text(run, a); }
static inline int ctz_op_log_mark(ctz_run *run, int32_t unit) { return run->runtime->log_mark(run, unit); }
static inline ctz_text ctz_op_log_taken(ctz_run *run) {
  ctz_text text = {run->log.data, (uint32_t)run->log.length, 1};
  return text;
}
static inline int ctz_op_sleep(ctz_run *run, double milliseconds) { return run->runtime->sleep(run, milliseconds); }

#endif
