// Operations on arrays, and the log of a run.
#include "program_run.h"

static ctz_list list_of(bench *me, const double *numbers, uint32_t count) {
  ctz_list made = NULL;
  CHECK(ctz_op_list_new(&me->run, CTZ_LIST_N, 0, &made));
  for (uint32_t i = 0; i < count; i++) CHECK(ctz_op_nlist_push(&me->run, made, numbers[i]));
  return made;
}

static bool is_list(ctz_list list, const double *numbers, uint64_t count) {
  if (list->length != count) return false;
  for (uint64_t i = 0; i < count; i++) {
    if (!is_same(((const double *)list->data)[i], numbers[i])) return false;
  }
  return true;
}

static void test_elements(bench *me) {
  const double given[] = {3, -0.0, NAN, 3};
  ctz_list list = list_of(me, given, 4);
  double number = 0;
  CHECK(ctz_op_nlist_get(&me->run, list, 2, &number) && ctz_is_nan(number));
  CHECK(ctz_op_nlist_put(&me->run, list, 4, 7) && list->length == 5);
  CHECK(ctz_op_nlist_index_of(&me->run, list, 3, 1) == 3 && ctz_op_nlist_index_of(&me->run, list, NAN, 0) == -1);
  CHECK(ctz_op_nlist_last_index_of(&me->run, list, 3, -3) == 0 && ctz_op_nlist_includes(&me->run, list, NAN, 0));
  CHECK(ctz_op_nlist_fill(&me->run, list, 9, -2, CTZ_INFINITY));
  CHECK(is_list(list, (const double[]){3, -0.0, NAN, 9, 9}, 5));
}

static void test_outside(bench *me) {
  ctz_list list = list_of(me, (const double[]){1}, 1);
  double number = 0;
  int64_t index = 0;
  CHECK(!ctz_op_nlist_get(&me->run, list, 1, &number) && me->run.bail.reason == CTZ_BAIL_RANGE);
  CHECK(!ctz_op_nlist_get(&me->run, list, -1, &number) && !ctz_op_nlist_put(&me->run, list, 2, 1));
  CHECK(!ctz_op_list_resize(&me->run, CTZ_LIST_N, list, 2) && !ctz_op_nlist_push(&me->run, NULL, 1));
  CHECK(!ctz_op_k_index(&me->run, 0.5, &index) && !ctz_op_k_index(&me->run, -1, &index));
  CHECK(!ctz_op_k_index(&me->run, NAN, &index) && ctz_op_k_index(&me->run, -0.0, &index) && index == 0);
  CHECK(ctz_op_list_length(&me->run, CTZ_LIST_N, NULL) == 0 &&
        ctz_op_slist_index_of(&me->run, NULL, narrow("a"), 0) == -1);
}

static void test_pieces(bench *me) {
  ctz_list list = list_of(me, (const double[]){1, 2, 3, 4}, 4), cut = NULL;
  CHECK(ctz_op_list_slice(&me->run, CTZ_LIST_N, list, -3, -1, &cut) && is_list(cut, (const double[]){2, 3}, 2));
  CHECK(ctz_op_list_insert(&me->run, CTZ_LIST_N, list, 1, list) && list->length == 8);
  CHECK(is_list(list, (const double[]){1, 1, 2, 3, 4, 2, 3, 4}, 8));
  CHECK(ctz_op_list_remove(&me->run, CTZ_LIST_N, list, 1, 4) && is_list(list, (const double[]){1, 2, 3, 4}, 4));
  CHECK(ctz_op_list_reverse(&me->run, CTZ_LIST_N, list) && is_list(list, (const double[]){4, 3, 2, 1}, 4));
  CHECK(!ctz_op_list_remove(&me->run, CTZ_LIST_N, list, 3, 2) &&
        !ctz_op_list_insert(&me->run, CTZ_LIST_N, list, 5, cut));
  CHECK(ctz_op_list_same(&me->run, CTZ_LIST_N, list, list) && !ctz_op_list_same(&me->run, CTZ_LIST_N, list, cut));
}

static void test_order(bench *me) {
  ctz_list list = list_of(me, (const double[]){10, 9, -1, 1e21, 0, -0.0, 1}, 7);
  CHECK(ctz_op_list_sort(&me->run, CTZ_LIST_N, list));
  CHECK(is_list(list, (const double[]){-1, 0, -0.0, 1, 10, 1e21, 9}, 7));
}

static void test_texts(bench *me) {
  ctz_list pieces = NULL;
  ctz_text text;
  CHECK(ctz_op_str_split(&me->run, narrow("a, b, , c"), narrow(", "), 4294967295.0, &pieces) && pieces->length == 4);
  CHECK(ctz_op_list_join(&me->run, CTZ_LIST_S, pieces, narrow("-"), &text) && is_text(text, "a-b--c"));
  CHECK(ctz_op_list_sort(&me->run, CTZ_LIST_S, pieces));
  CHECK(ctz_op_list_join(&me->run, CTZ_LIST_S, pieces, wide("+"), &text) && is_text(text, "+a+b+c"));
  CHECK(ctz_op_str_split(&me->run, narrow("abc"), narrow(""), 2, &pieces) && pieces->length == 2);
  CHECK(ctz_op_str_split(&me->run, narrow(""), narrow(","), 9, &pieces) && pieces->length == 1);
  CHECK(ctz_op_list_join(&me->run, CTZ_LIST_N, list_of(me, (const double[]){1.5, -0.0, NAN}, 3), narrow(","), &text));
  CHECK(is_text(text, "1.5,0,NaN"));
}

static void test_border(bench *me) {
  int32_t lengths[] = {2, 0, 1, -1};
  ctz_list list = NULL;
  ctz_view view;
  CHECK(ctz_op_slist_of_text(&me->run, narrow("abc"), (ctz_view){lengths, 3}, &list) && list->length == 3);
  CHECK(ctz_op_slist_lengths(&me->run, list, &view) && view.length == 3 && memcmp(view.data, lengths, 12) == 0);
  CHECK(!ctz_op_slist_of_text(&me->run, narrow("ab"), (ctz_view){lengths, 3}, &list));
  CHECK(!ctz_op_slist_of_text(&me->run, narrow("abc"), (ctz_view){lengths, 4}, &list));
  double numbers[] = {1, 2};
  CHECK(ctz_op_list_of_view(&me->run, CTZ_LIST_N, (ctz_view){numbers, 2}, &list) && list->data != (void *)numbers);
  CHECK(ctz_op_list_to_view(&me->run, CTZ_LIST_N, list, &view) && view.length == 2);
}

static void test_memory(bench *me) {
  ctz_list list = NULL;
  CHECK(!ctz_op_list_new(&me->run, CTZ_LIST_S, INT64_MAX, &list) && me->run.bail.reason == CTZ_BAIL_MEMORY);
  begin_run(me, 4096);
  list = list_of(me, NULL, 0);
  int pushed = 1;
  for (uint32_t i = 0; i < 4096 && pushed; i++) pushed = ctz_op_nlist_push(&me->run, list, i);
  CHECK(!pushed && me->run.bail.reason == CTZ_BAIL_MEMORY);
}

static void test_log(bench *me) {
  CHECK(ctz_op_log_taken(&me->run).length == 0);
  CHECK(ctz_op_log_number(&me->run, -0.0) && ctz_op_log_text(&me->run, wide("a;")) && ctz_op_log_boolean(&me->run, 1));
  CHECK(ctz_op_log_mark(&me->run, 'L') && is_text(ctz_op_log_taken(&me->run), "n-0;s2:a;tL"));
}

int main(void) {
  static void (*const tests[])(bench *) = {test_elements, test_outside, test_pieces, test_order,
                                           test_texts,    test_border,  test_memory, test_log};
  bench me = open_bench();
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    begin_run(&me, UINT64_MAX);
    tests[i](&me);
  }
  ctz_solo_destroy(me.solo);
  return check_result();
}
