// Operations on texts, narrow and wide, and numbers as texts and back.
#include "program_run.h"

static void test_numbers_as_text(bench *me) {
  static const struct {
    double number;
    const char *text;
  } rows[] = {{0, "0"},
              {-0.0, "0"},
              {1, "1"},
              {-1.5, "-1.5"},
              {0.1, "0.1"},
              {1e21, "1e+21"},
              {1e20, "100000000000000000000"},
              {123456789012345680000.0, "123456789012345680000"},
              {1e-6, "0.000001"},
              {1e-7, "1e-7"},
              {1.5e-7, "1.5e-7"},
              {5e-324, "5e-324"},
              {1.7976931348623157e308, "1.7976931348623157e+308"},
              {0x1p53, "9007199254740992"},
              {-1e300, "-1e+300"},
              {NAN, "NaN"},
              {INFINITY, "Infinity"},
              {-INFINITY, "-Infinity"},
              {1.0 / 3, "0.3333333333333333"}};
  ctz_text text;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK(ctz_op_str_from_f64(&me->run, rows[i].number, &text) && is_text(text, rows[i].text));
    if (!ctz_is_negative(rows[i].number) || rows[i].number != 0) {
      CHECK(is_same(ctz_op_f64_from_str(&me->run, text), rows[i].number));
    }
  }
  CHECK(ctz_op_str_from_i32(&me->run, INT32_MIN, &text) && is_text(text, "-2147483648"));
}

static void test_fixed(bench *me) {
  static const struct {
    double number, digits;
    const char *text;
  } rows[] = {{1.005, 2, "1.00"},
              {6.5625, 3, "6.563"},
              {2.5, 0, "3"},
              {-2.5, 0, "-3"},
              {0.5, 0, "1"},
              {1.5, 0, "2"},
              {9.5, 0, "10"},
              {99.96875, 4, "99.9688"},
              {0.000001, 7, "0.0000010"},
              {-0.0, 2, "0.00"},
              {-0.0001, 2, "-0.00"},
              {1e21, 2, "1e+21"},
              {999999999999999900000.0, 0, "999999999999999868928"},
              {1.45, 1, "1.4"},
              {NAN, 2, "NaN"},
              {0, 20, "0.00000000000000000000"},
              {123.456, 0.9, "123"},
              {999.5, 0, "1000"},
              {9.9999, 3, "10.000"}};
  ctz_text text;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK(ctz_op_str_to_fixed(&me->run, rows[i].number, rows[i].digits, &text));
    if (!CHECK(is_text(text, rows[i].text))) printf("row %zu: %.*s\n", i, (int)text.length, (const char *)text.data);
  }
  CHECK(!ctz_op_str_to_fixed(&me->run, 1, 101, &text) && me->run.bail.reason == CTZ_BAIL_FORMAT);
  me->run.bail.reason = CTZ_BAIL_NONE;
}

static void test_text_as_number(bench *me) {
  static const struct {
    const char *text;
    double number;
  } rows[] = {{"", 0},
              {" \t\n", 0},
              {"0x1F", 31},
              {"0b11", 3},
              {"0o17", 15},
              {"-0", -0.0},
              {"+.5", 0.5},
              {"5.", 5},
              {".", NAN},
              {"1e", NAN},
              {"1_0", NAN},
              {"-0x1", NAN},
              {"1e400", INFINITY},
              {"-1e-400", -0.0},
              {"0x", NAN},
              {"Infinity", INFINITY},
              {"-Infinity", -INFINITY},
              {"infinity", NAN},
              {"9007199254740993", 9007199254740992.0},
              {"9007199254740993.00000000000000000000000000000000000000001", 9007199254740994.0},
              {"0x20000000000001", 9007199254740992.0},
              {"0x20000000000003", 9007199254740996.0},
              {"2.4703282292062328e-324", 5e-324},
              {"2.4703282292062327e-324", 0},
              {"1e99999999999999999999", INFINITY},
              {"0e99999999999999999999", 0},
              {"1e-99999999999999999999", 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double number = ctz_op_f64_from_str(&me->run, narrow(rows[i].text));
    if (!CHECK(is_same(number, rows[i].number))) printf("%s: %.17g\n", rows[i].text, number);
    CHECK(is_same(ctz_op_f64_from_str(&me->run, wide(rows[i].text)), rows[i].number));
  }
  CHECK(is_same(ctz_op_f64_parse_float(&me->run, narrow(" 3.25e1px")), 32.5));
  CHECK(is_same(ctz_op_f64_parse_float(&me->run, narrow("-.5e+")), -0.5) &&
        ctz_is_nan(ctz_op_f64_parse_float(&me->run, narrow("e5"))));
  CHECK(is_same(ctz_op_f64_parse_int(&me->run, narrow(" -0x1fz"), 16), -31) &&
        is_same(ctz_op_f64_parse_int(&me->run, narrow("zz"), 36), 1295));
  CHECK(ctz_is_nan(ctz_op_f64_parse_int(&me->run, narrow("9"), 1)) &&
        is_same(ctz_op_f64_parse_int(&me->run, narrow("12"), 4294967299.0), 5));
}

static void test_joining(bench *me) {
  ctz_text joined = narrow("a"), other;
  for (uint32_t i = 0; i < 3000; i++)
    CHECK(ctz_op_str_concat(&me->run, joined, i % 2 ? wide("b") : narrow("c"), &joined));
  CHECK(joined.length == 3001 && joined.wide == 1 && ctz_unit_at(joined, 2999) == 'c' &&
        ctz_unit_at(joined, 3000) == 'b');
  ctz_text base = narrow("s"), first, second;
  CHECK(ctz_op_str_concat(&me->run, base, narrow("x"), &base));
  CHECK(ctz_op_str_concat(&me->run, base, narrow("1"), &first) &&
        ctz_op_str_concat(&me->run, base, narrow("2"), &second));
  CHECK(is_text(base, "sx") && is_text(first, "sx1") && is_text(second, "sx2"));
  CHECK(ctz_op_str_repeat(&me->run, narrow("ab"), 3, &other) && is_text(other, "ababab"));
  CHECK(ctz_op_str_pad_start(&me->run, narrow("7"), 4, narrow("ab"), &other) && is_text(other, "aba7"));
  CHECK(ctz_op_str_pad_end(&me->run, wide("7"), 4, narrow("ab"), &other) && is_text(other, "7aba"));
}

static void test_searching(bench *me) {
  ctz_run *run = &me->run;
  ctz_text out;
  CHECK(ctz_op_str_eq(run, narrow("abc"), wide("abc")) && !ctz_op_str_eq(run, narrow("abc"), wide("abd")));
  CHECK(ctz_op_str_lt(run, narrow("ab"), wide("abc")) && !ctz_op_str_lt(run, wide("b"), narrow("abc")));
  CHECK(ctz_op_str_index_of(run, narrow("xabcabc"), wide("abc"), 2) == 4 &&
        ctz_op_str_index_of(run, wide("xabc"), narrow("abd"), 0) == -1);
  CHECK(ctz_op_str_index_of(run, narrow("abc"), narrow(""), 99) == 3 &&
        ctz_op_str_last_index_of(run, narrow("abab"), narrow("ab"), NAN) == 2);
  CHECK(ctz_op_str_last_index_of(run, narrow("abab"), narrow("ab"), 1) == 0 &&
        ctz_op_str_last_index_of(run, narrow("a"), narrow("ab"), 0) == -1);
  CHECK(ctz_op_str_starts_with(run, narrow("abc"), narrow("bc"), 1) &&
        ctz_op_str_ends_with(run, narrow("abc"), narrow("ab"), 2));
  CHECK(ctz_op_str_replace_all(run, narrow("abab"), narrow(""), narrow("-"), &out) && is_text(out, "-a-b-a-b-"));
  CHECK(ctz_op_str_replace_all(run, narrow("aaa"), narrow("aa"), narrow("b"), &out) && is_text(out, "ba"));
  CHECK(ctz_op_str_replace(run, narrow("xax"), narrow("x"), narrow(""), &out) && is_text(out, "ax"));
  CHECK(ctz_op_str_trim(run, narrow("\xA0 a\t"), &out) && is_text(out, "a"));
}

static void test_giving_up(bench *me) {
  ctz_text out;
  CHECK(!ctz_op_str_upper(&me->run, narrow("\xE9"), &out) && me->run.bail.reason == CTZ_BAIL_LETTERS);
  CHECK(me->run.bail.function == UINT32_MAX);
  ctz_bail_at(&me->run, 3, 4);
  ctz_bail_at(&me->run, 5, 6);
  CHECK(me->run.bail.function == 3 && me->run.bail.instruction == 4);
  begin_run(me, 1000);
  CHECK(!ctz_op_str_repeat(&me->run, narrow("a"), 5000, &out) && me->run.bail.reason == CTZ_BAIL_MEMORY);
  begin_run(me, UINT64_MAX);
  CHECK(!ctz_op_str_repeat(&me->run, narrow("ab"), 0x1p28, &out) && me->run.bail.reason == CTZ_BAIL_LENGTH);
  begin_run(me, UINT64_MAX);
}

int main(void) {
  bench me = open_bench();
  begin_run(&me, UINT64_MAX);
  test_numbers_as_text(&me);
  test_fixed(&me);
  test_text_as_number(&me);
  test_joining(&me);
  test_searching(&me);
  test_giving_up(&me);
  ctz_solo_destroy(me.solo);
  return check_result();
}
