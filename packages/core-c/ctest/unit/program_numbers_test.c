// Operations on numbers, integers and arrays at the edges of their types.
#include "program_run.h"

typedef struct pair {
  double from, to;
} pair;

static void test_rounding(bench *me) {
  static const pair rounds[] = {{0.5, 1},
                                {-0.5, -0.0},
                                {1.5, 2},
                                {-1.5, -1},
                                {2.5, 3},
                                {0.49999999999999994, 0},
                                {-0.2, -0.0},
                                {0x1p52 + 1, 0x1p52 + 1},
                                {-0x1p53, -0x1p53},
                                {INFINITY, INFINITY},
                                {4503599627370495.5, 4503599627370496},
                                {-1e-300, -0.0},
                                {1e-300, 0}};
  for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
    CHECK(is_same(ctz_op_f64_round(&me->run, rounds[i].from), rounds[i].to));
  }
  static const pair floors[] = {{0.5, 0},     {-0.5, -1}, {-0.0, -0.0}, {1e300, 1e300}, {-INFINITY, -INFINITY},
                                {-1e-300, -1}};
  for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
    CHECK(is_same(ctz_op_f64_floor(&me->run, floors[i].from), floors[i].to));
    CHECK(is_same(ctz_op_f64_ceil(&me->run, -floors[i].from), -floors[i].to));
  }
  CHECK(is_same(ctz_op_f64_trunc(&me->run, -0.9), -0.0) && ctz_is_nan(ctz_op_f64_trunc(&me->run, NAN)));
}

static void test_minima(bench *me) {
  CHECK(is_same(ctz_op_f64_min(&me->run, 0, -0.0), -0.0) && is_same(ctz_op_f64_min(&me->run, -0.0, 0), -0.0));
  CHECK(is_same(ctz_op_f64_max(&me->run, 0, -0.0), 0) && is_same(ctz_op_f64_max(&me->run, -0.0, 0), 0));
  CHECK(ctz_is_nan(ctz_op_f64_min(&me->run, NAN, -INFINITY)) && ctz_is_nan(ctz_op_f64_max(&me->run, 1, NAN)));
  CHECK(is_same(ctz_op_f64_sign(&me->run, -0.0), -0.0) && ctz_is_nan(ctz_op_f64_sign(&me->run, NAN)));
}

static void test_remainder(bench *me) {
  static const double rows[][3] = {{5, 3, 2},     {-5, 3, -2},      {-6, 3, -0.0},  {6, -3, 0},
                                   {5.5, 2, 1.5}, {1, INFINITY, 1}, {0x1p60, 3, 1}, {-0.0, 1, -0.0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK(is_same(ctz_op_f64_mod(&me->run, rows[i][0], rows[i][1]), rows[i][2]));
  }
  CHECK(ctz_is_nan(ctz_op_f64_mod(&me->run, 1, 0)) && ctz_is_nan(ctz_op_f64_mod(&me->run, INFINITY, 2)));
  CHECK(ctz_is_nan(ctz_op_f64_mod(&me->run, 1, NAN)) && ctz_is_nan(ctz_op_f64_mod(&me->run, 0, -0.0)));
}

static void test_to_int32(void) {
  static const struct {
    double from;
    int32_t to;
  } rows[] = {{0, 0},
              {-0.9, 0},
              {2147483647, INT32_MAX},
              {2147483648, INT32_MIN},
              {-2147483648, INT32_MIN},
              {-2147483649, INT32_MAX},
              {4294967296, 0},
              {4294967301.5, 5},
              {-4294967301.5, -5},
              {0x1p53 + 2, 2},
              {0x1p63, 0},
              {0x1p62 + 0x1p31, INT32_MIN},
              {-0x1.00000001p64, 0},
              {0x1.8000000000001p83, INT32_MIN},
              {1e300, 0},
              {INFINITY, 0},
              {-INFINITY, 0},
              {NAN, 0},
              {0x1.0000000000001p52, 1},
              {5e-324, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CHECK_EQ_U64(ctz_to_int32(rows[i].from), rows[i].to);
}

static void test_int32(bench *me) {
  ctz_run *run = &me->run;
  CHECK(ctz_op_i32_add(run, INT32_MAX, 1) == INT32_MIN && ctz_op_i32_sub(run, INT32_MIN, 1) == INT32_MAX);
  CHECK(ctz_op_i32_mul(run, INT32_MIN, -1) == INT32_MIN && ctz_op_i32_mul(run, 65536, 65536) == 0);
  CHECK(ctz_op_i32_shl(run, 1, 33) == 2 && ctz_op_i32_shl(run, -1, 31) == INT32_MIN);
  CHECK(ctz_op_i32_shr(run, INT32_MIN, 63) == -1 && ctz_op_i32_ushr(run, -1, 0) == -1 &&
        ctz_op_i32_ushr(run, -1, 31) == 1);
  CHECK(ctz_op_i32_clz(run, 0) == 32 && ctz_op_i32_clz(run, -1) == 0 && ctz_op_i32_not(run, INT32_MIN) == INT32_MAX);
  CHECK(is_same(ctz_op_f64_from_u32(run, -1), 4294967295.0) && ctz_op_i32_from_k(run, (int64_t)1 << 32 | 7) == 7);
  CHECK(ctz_op_k_add(run, INT64_MAX, 1) == INT64_MIN);  // of a file that lies: no undefined behaviour
}

static void test_random(bench *me) {
  double sum = 0, first = ctz_op_f64_random(&me->run);
  for (uint32_t i = 0; i < 10000; i++) {
    double number = ctz_op_f64_random(&me->run);
    CHECK(number >= 0 && number < 1);
    sum += number;
  }
  CHECK(first != ctz_op_f64_random(&me->run) && sum > 4500 && sum < 5500);
  CHECK(ctz_op_f64_now(&me->run) > 1.6e12);
}

static void test_elements(bench *me) {
  uint8_t bytes[64] = {0};
  ctz_view view = {bytes, 2};
  double back;
  for (uint32_t kind = 0; kind < CTZ_VIEW_KINDS; kind++) {
    CHECK(ctz_op_view_set(&me->run, kind, view, 1, -1) && ctz_op_view_get_k(&me->run, kind, view, 1, &back));
    double wanted[] = {-1, 255, 0, -1, 65535, -1, 4294967295.0, -1, -1};
    CHECK(is_same(back, wanted[kind]));
    CHECK(!ctz_op_view_get_k(&me->run, kind, view, 2, &back) && !ctz_op_view_get_k(&me->run, kind, view, -1, &back));
    CHECK(!ctz_op_view_set(&me->run, kind, view, NAN, 0) && me->run.bail.reason == CTZ_BAIL_RANGE);
    me->run.bail.reason = CTZ_BAIL_NONE;
  }
  static const pair clamped[] = {{0.5, 0},         {1.5, 2},   {2.5, 2}, {254.5, 254},
                                 {254.50001, 255}, {1e9, 255}, {-1, 0},  {NAN, 0}};
  for (size_t i = 0; i < sizeof clamped / sizeof *clamped; i++) CHECK(ctz_to_clamped(clamped[i].from) == clamped[i].to);
}

static void test_hypot(void) {
  ctz_math math = {0};
  CHECK(ctz_math_candidates("hypot") == 1 && ctz_math_candidates("nothing") == 0);
  CHECK(ctz_math_set(&math, "hypot", 0) && !ctz_math_set(&math, "hypot", 1) && !ctz_math_set(&math, "nothing", 0));
  CHECK(is_same(ctz_math_call(&math, "hypot", 3, 4), 5) &&
        is_same(ctz_math_call(&math, "hypot", NAN, -INFINITY), INFINITY));
  CHECK(is_same(ctz_math_call(&math, "hypot", -0.0, -0.0), 0) && ctz_is_nan(ctz_math_call(&math, "hypot", NAN, 1)));
  CHECK(ctz_is_nan(ctz_math_call(&math, "sin", 0, 0)));  // not set
}

// Where no JavaScript engine is, there is the C library's alone; the special cases are JavaScript's all the same.
static void test_pow(void) {
  ctz_math math = {0};
  CHECK(ctz_math_candidates("pow") == 1 && ctz_math_set(&math, "pow", 0));
  union {
    uint64_t bits;
    double number;
  } signalling = {.bits = 0x7FF0000000000001u};
  static const double ones[] = {0, -0.0};
  for (size_t i = 0; i < 2; i++) {
    CHECK(is_same(ctz_math_call(&math, "pow", signalling.number, ones[i]), 1));
    CHECK(is_same(ctz_math_call(&math, "pow", NAN, ones[i]), 1));
  }
  CHECK(ctz_is_nan(ctz_math_call(&math, "pow", 1, INFINITY)) && ctz_is_nan(ctz_math_call(&math, "pow", 1, NAN)));
  CHECK(is_same(ctz_math_call(&math, "pow", -INFINITY, 0.5), INFINITY));
}

int main(void) {
  bench me = open_bench();
  begin_run(&me, UINT64_MAX);
  test_rounding(&me);
  test_minima(&me);
  test_remainder(&me);
  test_to_int32();
  test_int32(&me);
  test_random(&me);
  test_elements(&me);
  test_hypot();
  test_pow();
  ctz_solo_destroy(me.solo);
  return check_result();
}
