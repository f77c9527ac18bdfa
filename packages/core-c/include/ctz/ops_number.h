// Operations on numbers, int32, counters and booleans, and conversions between them, with the bits of JavaScript.
// Every float is compared with the range of an integer type before it is converted: outside of it C promises nothing,
// and compilers remove checks that come after.
#ifndef CTZ_OPS_NUMBER_H
#define CTZ_OPS_NUMBER_H

#include "ctz/program.h"

#define CTZ_INFINITY ((double)__builtin_inff())
#define CTZ_NAN ((double)__builtin_nanf(""))
#define CTZ_TWO_TO_52 4503599627370496.0
#define CTZ_TWO_TO_53 9007199254740992.0
#define CTZ_TWO_TO_63 9223372036854775808.0

#if defined(__GNUC__)
#define CTZ_RARE __attribute__((cold))
#else
#define CTZ_RARE
#endif

CTZ_RARE static inline void ctz_note_reason(ctz_run *run, uint32_t reason, uint32_t number) {
  if (run->bail.reason != CTZ_BAIL_NONE) return;
  run->bail.reason = reason;
  run->bail.number = number;
  run->bail.function = UINT32_MAX;
}

// Notes why the run gives up, unless that is known; the place is told later, by ctz_bail_at. Answers 0.
static inline int ctz_give_up(ctz_run *run, uint32_t reason, uint32_t number) {
  ctz_note_reason(run, reason, number);
  return 0;
}

typedef union ctz_double_bits {
  double number;
  uint64_t bits;
} ctz_double_bits;

static inline uint64_t ctz_bits_of(double number) {
  ctz_double_bits both;
  both.number = number;
  return both.bits;
}
static inline double ctz_of_bits(uint64_t bits) {
  ctz_double_bits both;
  both.bits = bits;
  return both.number;
}
static inline int ctz_is_nan(double a) { return a != a; }
static inline int ctz_is_negative(double a) { return (int)(ctz_bits_of(a) >> 63); }  // also -0
static inline double ctz_abs(double a) { return ctz_of_bits(ctz_bits_of(a) & (UINT64_MAX >> 1)); }
static inline double ctz_copy_sign(double a, double sign) {
  return ctz_of_bits((ctz_bits_of(a) & (UINT64_MAX >> 1)) | (ctz_bits_of(sign) & ~(UINT64_MAX >> 1)));
}

// Toward zero; the sign of zero stays.
static inline double ctz_trunc(double a) {
  if (!(ctz_abs(a) < CTZ_TWO_TO_52)) return a;  // whole, infinite or none
  return ctz_copy_sign((double)(int64_t)a, a);
}
static inline double ctz_floor(double a) {
  double whole = ctz_trunc(a);
  return whole > a ? ctz_copy_sign(whole - 1, a) : whole;
}
// ToIntegerOrInfinity: NaN is 0.
static inline double ctz_to_integer(double a) { return ctz_is_nan(a) ? 0 : ctz_trunc(a); }

// ToInt32: modulo 2^32.
static inline int32_t ctz_to_int32(double a) {
  if (a > -2147483649.0 && a < 2147483648.0) return (int32_t)a;
  if (ctz_abs(a) < CTZ_TWO_TO_63) return (int32_t)(uint32_t)(uint64_t)(int64_t)a;
  uint64_t bits = ctz_bits_of(a);
  int shift = (int)(bits >> 52 & 0x7FF) - 1075;  // a = mantissa * 2^shift, and shift is 11 or more
  if (shift > 31) return 0;                      // infinite and NaN as well
  uint32_t low = (uint32_t)((bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52) << shift;
  return (int32_t)(bits >> 63 ? 0u - low : low);
}

#define CTZ_OP_N_NN(name, expression) \
  static inline double ctz_op_##name(ctz_run *run, double a, double b) { return (void)run, (expression); }
#define CTZ_OP_N_N(name, expression) \
  static inline double ctz_op_##name(ctz_run *run, double a) { return (void)run, (expression); }
#define CTZ_OP_B_NN(name, expression) \
  static inline int ctz_op_##name(ctz_run *run, double a, double b) { return (void)run, (expression); }
#define CTZ_OP_B_N(name, expression) \
  static inline int ctz_op_##name(ctz_run *run, double a) { return (void)run, (expression); }
#define CTZ_OP_I_II(name, expression) \
  static inline int32_t ctz_op_##name(ctz_run *run, int32_t a, int32_t b) { return (void)run, (expression); }
#define CTZ_OP_B_II(name, expression) \
  static inline int ctz_op_##name(ctz_run *run, int32_t a, int32_t b) { return (void)run, (expression); }
#define CTZ_OP_K_KK(name, expression) \
  static inline int64_t ctz_op_##name(ctz_run *run, int64_t a, int64_t b) { return (void)run, (expression); }
#define CTZ_OP_B_KK(name, expression) \
  static inline int ctz_op_##name(ctz_run *run, int64_t a, int64_t b) { return (void)run, (expression); }
#define CTZ_OP_CONVERT(name, to, from, expression) \
  static inline to ctz_op_##name(ctz_run *run, from a) { return (void)run, (expression); }

CTZ_OP_N_NN(f64_add, a + b)
CTZ_OP_N_NN(f64_sub, a - b)
CTZ_OP_N_NN(f64_mul, a *b)
CTZ_OP_N_NN(f64_div, a / b)
CTZ_OP_N_N(f64_neg, -a)
CTZ_OP_B_NN(f64_lt, a < b)
CTZ_OP_B_NN(f64_le, a <= b)
CTZ_OP_B_NN(f64_eq, a == b)
CTZ_OP_B_NN(f64_same, (ctz_is_nan(a) && ctz_is_nan(b)) || ctz_bits_of(a) == ctz_bits_of(b))

// The remainder has the sign of `a`, also when it is 0. Whole numbers need no call, and those of int32 no long
// division.
static inline double ctz_op_f64_mod(ctz_run *run, double a, double b) {
  if (a > -2147483649.0 && a < 2147483648.0 && b >= 1 && b < 2147483648.0) {
    int32_t whole_a = (int32_t)a, whole_b = (int32_t)b;
    if ((double)whole_a == a && (double)whole_b == b) return ctz_copy_sign((double)(whole_a % whole_b), a);
  }
  if (ctz_abs(a) < CTZ_TWO_TO_53 && ctz_abs(b) < CTZ_TWO_TO_53) {
    int64_t whole_a = (int64_t)a, whole_b = (int64_t)b;
    if (whole_b != 0 && (double)whole_a == a && (double)whole_b == b) {
      return ctz_copy_sign((double)(whole_a % whole_b), a);
    }
  }
  return run->runtime->remainder(a, b);
}

// The sign of the remainder does not matter here, and a fraction is no multiple of a whole number.
static inline int ctz_op_f64_is_multiple(ctz_run *run, double a, double b) {
  if (ctz_abs(a) < CTZ_TWO_TO_53 && b >= 1 && b < 2147483648.0 && (double)(int32_t)b == b) {
    int64_t whole = (int64_t)a;
    return (double)whole == a && whole % (int32_t)b == 0;
  }
  return ctz_op_f64_mod(run, a, b) == 0;
}

CTZ_OP_N_N(f64_abs, ctz_abs(a))
CTZ_OP_N_N(f64_trunc, ctz_trunc(a))
CTZ_OP_N_N(f64_floor, ctz_floor(a))
CTZ_OP_N_N(f64_ceil, -ctz_floor(-a))
// Halves go up. 0.49999999999999994 + 0.5 would be 1.
static inline double ctz_op_f64_round(ctz_run *run, double a) {
  (void)run;
  double whole = ctz_floor(a);
  if (a - whole >= 0.5) whole += 1;
  return ctz_abs(a) < CTZ_TWO_TO_52 ? ctz_copy_sign(whole, a) : a;
}
CTZ_OP_N_N(f64_sign, a > 0 ? 1 : a < 0 ? -1 : a)
CTZ_OP_N_N(f64_sqrt, __builtin_sqrt(a))
CTZ_OP_N_N(f64_fround, (double)(float)a)
static inline double ctz_op_f64_min(ctz_run *run, double a, double b) {
  (void)run;
  if (a < b || ctz_is_nan(a)) return a;
  if (b < a || ctz_is_nan(b)) return b;
  return ctz_is_negative(a) ? a : b;  // equal: -0 is less than 0
}
static inline double ctz_op_f64_max(ctz_run *run, double a, double b) {
  (void)run;
  if (a > b || ctz_is_nan(a)) return a;
  if (b > a || ctz_is_nan(b)) return b;
  return ctz_is_negative(a) ? b : a;
}

#define CTZ_OP_MATH_1(name) \
  static inline double ctz_op_f64_##name(ctz_run *run, double a) { return run->math->name(a); }
#define CTZ_OP_MATH_2(name) \
  static inline double ctz_op_f64_##name(ctz_run *run, double a, double b) { return run->math->name(a, b); }
#define CTZ_OP_MATH(name, arguments) CTZ_OP_MATH_##arguments(name)
CTZ_MATH(CTZ_OP_MATH)
#undef CTZ_OP_MATH

CTZ_OP_B_N(f64_is_nan, ctz_is_nan(a))
CTZ_OP_B_N(f64_is_finite, ctz_abs(a) < CTZ_INFINITY)
CTZ_OP_B_N(f64_is_integer, ctz_abs(a) < CTZ_INFINITY && ctz_trunc(a) == a)
CTZ_OP_B_N(f64_is_safe_integer, ctz_abs(a) < CTZ_TWO_TO_53 && ctz_trunc(a) == a)
static inline double ctz_op_f64_random(ctz_run *run) { return run->runtime->random(run); }
static inline double ctz_op_f64_now(ctz_run *run) { return run->runtime->now(); }

CTZ_OP_I_II(i32_and, a &b)
CTZ_OP_I_II(i32_or, a | b)
CTZ_OP_I_II(i32_xor, a ^ b)
CTZ_OP_CONVERT(i32_not, int32_t, int32_t, ~a)
CTZ_OP_I_II(i32_shl, (int32_t)((uint32_t)a << (b & 31)))
CTZ_OP_I_II(i32_shr, a >> (b & 31))
CTZ_OP_I_II(i32_ushr, (int32_t)((uint32_t)a >> (b & 31)))
CTZ_OP_I_II(i32_add, (int32_t)((uint32_t)a + (uint32_t)b))
CTZ_OP_I_II(i32_sub, (int32_t)((uint32_t)a - (uint32_t)b))
CTZ_OP_I_II(i32_mul, (int32_t)((uint32_t)a * (uint32_t)b))
CTZ_OP_CONVERT(i32_clz, int32_t, int32_t, a == 0 ? 32 : __builtin_clz((uint32_t)a))
CTZ_OP_B_II(i32_lt, a < b)
CTZ_OP_B_II(i32_le, a <= b)
CTZ_OP_B_II(i32_eq, a == b)

// Unsigned inside: what a file says may overflow, and wraps.
CTZ_OP_K_KK(k_add, (int64_t)((uint64_t)a + (uint64_t)b))
CTZ_OP_K_KK(k_sub, (int64_t)((uint64_t)a - (uint64_t)b))
CTZ_OP_K_KK(k_min, a < b ? a : b)
CTZ_OP_K_KK(k_max, a > b ? a : b)
CTZ_OP_B_KK(k_lt, a < b)
CTZ_OP_B_KK(k_le, a <= b)
CTZ_OP_B_KK(k_eq, a == b)

CTZ_OP_CONVERT(i32_from_f64, int32_t, double, ctz_to_int32(a))
CTZ_OP_CONVERT(i32_from_k, int32_t, int64_t, (int32_t)(uint32_t)(uint64_t)a)
CTZ_OP_CONVERT(i32_from_bool, int32_t, int, a)
CTZ_OP_CONVERT(f64_from_i32, double, int32_t, (double)a)
CTZ_OP_CONVERT(f64_from_u32, double, int32_t, (double)(uint32_t)a)
CTZ_OP_CONVERT(f64_from_k, double, int64_t, (double)a)
CTZ_OP_CONVERT(f64_from_bool, double, int, (double)a)
CTZ_OP_CONVERT(k_from_i32, int64_t, int32_t, a)
CTZ_OP_CONVERT(bool_from_f64, int, double, a < 0 || a > 0)
CTZ_OP_CONVERT(bool_from_i32, int, int32_t, a != 0)
CTZ_OP_CONVERT(bool_not, int, int, !a)
static inline int ctz_op_bool_eq(ctz_run *run, int a, int b) { return (void)run, a == b; }

#endif
