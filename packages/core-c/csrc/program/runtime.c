// The runtime of programs: what operations reach through run->runtime.
#include <math.h>
#include <string.h>

#include "ctz/program_ops.h"
#include "ctz/programs.h"
#include "platform/thread.h"
#include "program/effects.h"
#include "program/list.h"
#include "program/number_text.h"
#include "program/text.h"

#define MOST_VIEW_LENGTH 4294967295.0

static double now(void) { return (double)(ctz_wall_ns() / 1000000u); }

static uint64_t mix(uint64_t x) {  // the finaliser of SplitMix64
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

static void seed(ctz_run *run) {
  uint64_t moment = ctz_wall_ns();
  run->random[0] = mix(moment) | 1u;
  run->random[1] = mix((uint64_t)(uintptr_t)run ^ moment << 20);
}

// xorshift128+, S. Vigna: what V8 has as well.
static double random_unit(ctz_run *run) {
  if ((run->random[0] | run->random[1]) == 0) seed(run);
  uint64_t a = run->random[0], b = run->random[1];
  run->random[0] = b;
  a ^= a << 23;
  a ^= a >> 17;
  a ^= b ^ b >> 26;
  run->random[1] = a;
  return (double)((a + b) >> 11) * 0x1p-53;
}

static int view_new(ctz_run *run, uint32_t kind, double length, ctz_view *out) {
  double whole = ctz_to_integer(length);
  if (!(whole >= 0 && whole <= MOST_VIEW_LENGTH)) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  size_t bytes = (size_t)whole << ctz_view_shift(kind);
  void *data = run->context->alloc(run->context, bytes, 8);
  if (data == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0);
  memset(data, 0, bytes);
  *out = (ctz_view){data, (uint64_t)whole};
  return 1;
}

static const ctz_runtime runtime = {.abi = CTZ_BODY_ABI,
                                    .remainder = fmod,
                                    .now = now,
                                    .random = random_unit,
                                    .number_of_text = ctz_number_of_text,
                                    .parse_float = ctz_parse_float,
                                    .parse_int = ctz_parse_int,
                                    .str_from_f64 = ctz_text_of_number,
                                    .str_from_i32 = ctz_text_of_int32,
                                    .str_from_char_code = ctz_text_of_unit,
                                    .str_to_fixed = ctz_text_fixed,
                                    .str_to_radix = ctz_text_in_radix,
                                    .str_concat = ctz_text_concat,
                                    .str_eq = ctz_text_equal,
                                    .str_lt = ctz_text_less,
                                    .str_unit = ctz_text_unit,
                                    .str_index_of = ctz_text_index_of,
                                    .str_last_index_of = ctz_text_last_index_of,
                                    .str_has_at = ctz_text_has_at,
                                    .str_trim = ctz_text_trim,
                                    .str_pad = ctz_text_pad,
                                    .str_repeat = ctz_text_repeat,
                                    .str_case = ctz_text_case,
                                    .str_replace = ctz_text_replace,
                                    .view_new = view_new,
                                    .list_new = ctz_list_new,
                                    .list_grow = ctz_list_grow,
                                    .list_slice = ctz_list_slice,
                                    .list_insert = ctz_list_insert,
                                    .list_remove = ctz_list_remove,
                                    .list_reverse = ctz_list_reverse,
                                    .list_sort = ctz_list_sort,
                                    .list_join = ctz_list_join,
                                    .list_of_view = ctz_list_of_view,
                                    .list_of_text = ctz_list_of_text,
                                    .list_lengths = ctz_list_lengths,
                                    .str_split = ctz_text_split,
                                    .str_points = ctz_text_points,
                                    .log_number = ctz_log_number,
                                    .log_text = ctz_log_text,
                                    .log_mark = ctz_log_mark,
                                    .sleep = ctz_body_sleep};

const ctz_runtime *ctz_program_runtime(void) { return &runtime; }

const char *ctz_bail_name(uint32_t reason) {
  static const char *const names[] = {
#define NAME(name, text) #name,
    CTZ_BAILS(NAME)
#undef NAME
  };
  return reason < CTZ_BAIL_COUNT ? names[reason] : "NONE";
}

const char *ctz_bail_text(uint32_t reason) {
  static const char *const texts[] = {
#define TEXT(name, text) text,
    CTZ_BAILS(TEXT)
#undef TEXT
  };
  return reason < CTZ_BAIL_COUNT ? texts[reason] : texts[0];
}
