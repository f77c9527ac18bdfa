// Operations on texts. What is short and needs no memory is inline; the rest goes through run->runtime.
#ifndef CTZ_OPS_TEXT_H
#define CTZ_OPS_TEXT_H

#include "ctz/ops_number.h"
#include "ctz/program.h"

static inline uint32_t ctz_unit_at(ctz_text text, uint64_t index) {
  return text.wide != 0 ? ((const uint16_t *)text.data)[index] : ((const uint8_t *)text.data)[index];
}

// One store for length and width, which are read as one when the text is handed on: a reader that comes right behind
// two stores would have to wait for both.
static inline void ctz_put_text(ctz_text *out, const void *data, uint32_t length, uint32_t wide) {
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t both = (uint64_t)wide << 32 | length;
  out->data = data;
  __builtin_memcpy((char *)out + offsetof(ctz_text, length), &both, sizeof both);
#else
  ctz_text text = {data, length, wide};
  *out = text;
#endif
}

// A piece of a text shares its memory.
static inline ctz_text ctz_text_piece(ctz_text text, uint32_t begin, uint32_t length) {
  ctz_text piece = {NULL, length, text.wide};
  if (length > 0) piece.data = (const char *)text.data + ((size_t)begin << text.wide);
  return piece;
}

// A position as most functions of String take it: whole, and within 0 .. most.
static inline uint32_t ctz_clamped(double position, uint32_t most) {
  if (!(position > 0)) return 0;  // NaN as well
  return position < most ? (uint32_t)position : most;
}
// Likewise, but a negative one counts from the end.
static inline uint32_t ctz_clamped_relative(double position, uint32_t length) {
  double whole = ctz_to_integer(position);
  return ctz_clamped(whole < 0 ? whole + length : whole, length);
}
// Whether `position` is a whole number in 0 .. length-1.
static inline int ctz_is_inside(double position, uint64_t length) {
  return position >= 0 && position < (double)(int64_t)length && (double)(int64_t)position == position;
}

static inline ctz_text ctz_text_of_bool(int a) {
  ctz_text text = {a ? "true" : "false", a ? 4 : 5, 0};
  return text;
}

static inline double ctz_op_f64_from_str(ctz_run *run, ctz_text a) { return run->runtime->number_of_text(a); }
static inline double ctz_op_f64_parse_float(ctz_run *run, ctz_text a) { return run->runtime->parse_float(a); }
static inline double ctz_op_f64_parse_int(ctz_run *run, ctz_text a, double radix) {
  return run->runtime->parse_int(a, radix);
}
static inline int ctz_op_bool_from_str(ctz_run *run, ctz_text a) { return (void)run, a.length != 0; }

static inline int ctz_op_str_from_f64(ctz_run *run, double a, ctz_text *out) {
  return run->runtime->str_from_f64(run, a, out);
}
static inline int ctz_op_str_from_i32(ctz_run *run, int32_t a, ctz_text *out) {
  return run->runtime->str_from_i32(run, a, out);
}
static inline int ctz_op_str_from_bool(ctz_run *run, int a, ctz_text *out) {
  (void)run;
  *out = ctz_text_of_bool(a);
  return 1;
}
static inline int ctz_op_str_from_char_code(ctz_run *run, double a, ctz_text *out) {
  return run->runtime->str_from_char_code(run, a, out);
}
static inline int ctz_op_str_to_fixed(ctz_run *run, double a, double digits, ctz_text *out) {
  return run->runtime->str_to_fixed(run, a, digits, out);
}
static inline int ctz_op_str_to_radix(ctz_run *run, double a, double radix, ctz_text *out) {
  return run->runtime->str_to_radix(run, a, radix, out);
}
// A text that is known when emitted C is compiled goes behind the latest text by a few moves.
#if defined(__GNUC__)
#define CTZ_KNOWN_UNITS 64u
static inline int ctz_appends_known(const ctz_run *run, ctz_text a, ctz_text b) {
  if (!__builtin_constant_p(b.length) || !__builtin_constant_p(b.wide)) return 0;
  if (b.wide != 0 || b.length == 0 || b.length > CTZ_KNOWN_UNITS) return 0;
  return a.wide == 0 && a.length != 0 && a.length <= CTZ_TEXT_MAX_LENGTH - CTZ_KNOWN_UNITS &&
         (const char *)a.data + a.length == run->top && b.length <= (size_t)(run->end - run->top);
}
#endif

static inline int ctz_op_str_concat(ctz_run *run, ctz_text a, ctz_text b, ctz_text *out) {
#if defined(__GNUC__)
  if (ctz_appends_known(run, a, b)) {
    __builtin_memcpy(run->top, b.data, b.length);
    run->top += b.length;
    ctz_put_text(out, a.data, a.length + b.length, 0);
    return 1;
  }
#endif
  return run->runtime->str_concat(run, a, b, out);
}
static inline int32_t ctz_op_str_length(ctz_run *run, ctz_text a) { return (void)run, (int32_t)a.length; }
static inline int ctz_op_str_eq(ctz_run *run, ctz_text a, ctz_text b) {
  return a.length == b.length && run->runtime->str_eq(a, b);
}
static inline int ctz_op_str_lt(ctz_run *run, ctz_text a, ctz_text b) { return run->runtime->str_lt(a, b); }

static inline double ctz_op_str_char_code_at(ctz_run *run, ctz_text a, double position) {
  (void)run;
  double index = ctz_to_integer(position);
  return ctz_is_inside(index, a.length) ? (double)ctz_unit_at(a, (uint64_t)(int64_t)index) : CTZ_NAN;
}
// Of a counter: outside of the text it gives up, where JavaScript says NaN.
static inline int ctz_op_str_unit_at(ctz_run *run, ctz_text a, int64_t index, int32_t *out) {
  if ((uint64_t)index >= a.length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  *out = (int32_t)ctz_unit_at(a, (uint64_t)index);
  return 1;
}
static inline int ctz_op_str_code_point_at(ctz_run *run, ctz_text a, double position, double *out) {
  double index = ctz_to_integer(position);
  if (!ctz_is_inside(index, a.length)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  uint64_t at = (uint64_t)index;
  uint32_t unit = ctz_unit_at(a, at), next = at + 1 < a.length ? ctz_unit_at(a, at + 1) : 0;
  int pair = unit - 0xD800 < 0x400 && next - 0xDC00 < 0x400;
  *out = pair ? 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00) : unit;
  return 1;
}
static inline int ctz_op_str_char_at(ctz_run *run, ctz_text a, double position, ctz_text *out) {
  double index = ctz_to_integer(position);
  if (ctz_is_inside(index, a.length)) return run->runtime->str_unit(run, a, (uint32_t)index, out);
  *out = ctz_text_piece(a, 0, 0);
  return 1;
}
static inline int ctz_op_str_index(ctz_run *run, ctz_text a, double position, ctz_text *out) {
  if (!ctz_is_inside(position, a.length)) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  return run->runtime->str_unit(run, a, (uint32_t)position, out);
}
static inline int ctz_op_str_at(ctz_run *run, ctz_text a, double position, ctz_text *out) {
  double index = ctz_to_integer(position);
  return ctz_op_str_index(run, a, index < 0 ? index + a.length : index, out);
}

static inline int ctz_op_str_slice(ctz_run *run, ctz_text a, double from, double to, ctz_text *out) {
  (void)run;
  uint32_t begin = ctz_clamped_relative(from, a.length), end = ctz_clamped_relative(to, a.length);
  *out = ctz_text_piece(a, begin, end > begin ? end - begin : 0);
  return 1;
}
static inline int ctz_op_str_substring(ctz_run *run, ctz_text a, double from, double to, ctz_text *out) {
  (void)run;
  uint32_t begin = ctz_clamped(from, a.length), end = ctz_clamped(to, a.length);
  *out = begin < end ? ctz_text_piece(a, begin, end - begin) : ctz_text_piece(a, end, begin - end);
  return 1;
}
static inline int ctz_op_str_substr(ctz_run *run, ctz_text a, double from, double length, ctz_text *out) {
  (void)run;
  uint32_t begin = ctz_clamped_relative(from, a.length);
  *out = ctz_text_piece(a, begin, ctz_clamped(length, a.length - begin));
  return 1;
}

static inline double ctz_op_str_index_of(ctz_run *run, ctz_text a, ctz_text b, double from) {
  return run->runtime->str_index_of(a, b, from);
}
static inline double ctz_op_str_last_index_of(ctz_run *run, ctz_text a, ctz_text b, double from) {
  return run->runtime->str_last_index_of(a, b, from);
}
static inline int ctz_op_str_includes(ctz_run *run, ctz_text a, ctz_text b, double from) {
  return run->runtime->str_index_of(a, b, from) >= 0;
}
static inline int ctz_op_str_starts_with(ctz_run *run, ctz_text a, ctz_text b, double from) {
  return run->runtime->str_has_at(a, b, ctz_clamped(from, a.length));
}
static inline int ctz_op_str_ends_with(ctz_run *run, ctz_text a, ctz_text b, double end) {
  uint32_t to = ctz_clamped(end, a.length);
  return b.length <= to && run->runtime->str_has_at(a, b, to - b.length);
}

static inline int ctz_op_str_trim(ctz_run *run, ctz_text a, ctz_text *out) {
  return run->runtime->str_trim(run, a, 1, 1, out);
}
static inline int ctz_op_str_trim_start(ctz_run *run, ctz_text a, ctz_text *out) {
  return run->runtime->str_trim(run, a, 1, 0, out);
}
static inline int ctz_op_str_trim_end(ctz_run *run, ctz_text a, ctz_text *out) {
  return run->runtime->str_trim(run, a, 0, 1, out);
}
static inline int ctz_op_str_pad_start(ctz_run *run, ctz_text a, double length, ctz_text fill, ctz_text *out) {
  return run->runtime->str_pad(run, a, length, fill, 1, out);
}
static inline int ctz_op_str_pad_end(ctz_run *run, ctz_text a, double length, ctz_text fill, ctz_text *out) {
  return run->runtime->str_pad(run, a, length, fill, 0, out);
}
static inline int ctz_op_str_repeat(ctz_run *run, ctz_text a, double count, ctz_text *out) {
  return run->runtime->str_repeat(run, a, count, out);
}
static inline int ctz_op_str_lower(ctz_run *run, ctz_text a, ctz_text *out) {
  return run->runtime->str_case(run, a, 0, out);
}
static inline int ctz_op_str_upper(ctz_run *run, ctz_text a, ctz_text *out) {
  return run->runtime->str_case(run, a, 1, out);
}
static inline int ctz_op_str_replace(ctz_run *run, ctz_text a, ctz_text wanted, ctz_text by, ctz_text *out) {
  return run->runtime->str_replace(run, a, wanted, by, 0, out);
}
static inline int ctz_op_str_replace_all(ctz_run *run, ctz_text a, ctz_text wanted, ctz_text by, ctz_text *out) {
  return run->runtime->str_replace(run, a, wanted, by, 1, out);
}

#endif
