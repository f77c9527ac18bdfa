// The code of each operation, in the order of the table; part of interpret.c, whose macros it uses.
CASE(MOVE) {
  r[at->result] = r[at->operands[0]];
  NEXT
}
N_NN(F64_ADD, f64_add)
N_NN(F64_SUB, f64_sub)
N_NN(F64_MUL, f64_mul)
N_NN(F64_DIV, f64_div)
N_NN(F64_MOD, f64_mod)
B_NN(F64_IS_MULTIPLE, f64_is_multiple)
N_NN(F64_POW, f64_pow)
N_N(F64_NEG, f64_neg)
B_NN(F64_LT, f64_lt)
B_NN(F64_LE, f64_le)
B_NN(F64_EQ, f64_eq)
B_NN(F64_SAME, f64_same)
N_N(F64_ABS, f64_abs)
N_N(F64_FLOOR, f64_floor)
N_N(F64_CEIL, f64_ceil)
N_N(F64_ROUND, f64_round)
N_N(F64_TRUNC, f64_trunc)
N_N(F64_SIGN, f64_sign)
N_N(F64_SQRT, f64_sqrt)
N_N(F64_FROUND, f64_fround)
N_NN(F64_MIN, f64_min)
N_NN(F64_MAX, f64_max)
N_NN(F64_HYPOT, f64_hypot)
N_NN(F64_ATAN2, f64_atan2)
N_N(F64_SIN, f64_sin)
N_N(F64_COS, f64_cos)
N_N(F64_TAN, f64_tan)
N_N(F64_ASIN, f64_asin)
N_N(F64_ACOS, f64_acos)
N_N(F64_ATAN, f64_atan)
N_N(F64_SINH, f64_sinh)
N_N(F64_COSH, f64_cosh)
N_N(F64_TANH, f64_tanh)
N_N(F64_ASINH, f64_asinh)
N_N(F64_ACOSH, f64_acosh)
N_N(F64_ATANH, f64_atanh)
N_N(F64_EXP, f64_exp)
N_N(F64_EXPM1, f64_expm1)
N_N(F64_LOG, f64_log)
N_N(F64_LOG1P, f64_log1p)
N_N(F64_LOG2, f64_log2)
N_N(F64_LOG10, f64_log10)
N_N(F64_CBRT, f64_cbrt)
B_N(F64_IS_NAN, f64_is_nan)
B_N(F64_IS_FINITE, f64_is_finite)
B_N(F64_IS_INTEGER, f64_is_integer)
B_N(F64_IS_SAFE_INTEGER, f64_is_safe_integer)
N(F64_RANDOM, f64_random)
N(F64_NOW, f64_now)
I_II(I32_AND, i32_and)
I_II(I32_OR, i32_or)
I_II(I32_XOR, i32_xor)
ONE(I32_NOT, i32_not, i, i)
I_II(I32_SHL, i32_shl)
I_II(I32_SHR, i32_shr)
I_II(I32_USHR, i32_ushr)
I_II(I32_ADD, i32_add)
I_II(I32_SUB, i32_sub)
I_II(I32_MUL, i32_mul)
ONE(I32_CLZ, i32_clz, i, i)
B_II(I32_LT, i32_lt)
B_II(I32_LE, i32_le)
B_II(I32_EQ, i32_eq)
K_KK(K_ADD, k_add)
K_KK(K_SUB, k_sub)
K_KK(K_MIN, k_min)
K_KK(K_MAX, k_max)
B_KK(K_LT, k_lt)
B_KK(K_LE, k_le)
B_KK(K_EQ, k_eq)
ONE(I32_FROM_F64, i32_from_f64, i, n)
ONE(I32_FROM_K, i32_from_k, i, k)
ONE(I32_FROM_BOOL, i32_from_bool, i, b)
ONE(F64_FROM_I32, f64_from_i32, n, i)
ONE(F64_FROM_U32, f64_from_u32, n, i)
ONE(F64_FROM_K, f64_from_k, n, k)
ONE(F64_FROM_BOOL, f64_from_bool, n, b)
ONE(F64_FROM_STR, f64_from_str, n, s)
ONE(F64_PARSE_FLOAT, f64_parse_float, n, s)
PLAIN(F64_PARSE_INT, f64_parse_int, n, (run, X(0, s), X(1, n)))
ONE(K_FROM_I32, k_from_i32, k, i)
ONE(BOOL_FROM_F64, bool_from_f64, b, n)
ONE(BOOL_FROM_I32, bool_from_i32, b, i)
ONE(BOOL_FROM_STR, bool_from_str, b, s)
ONE(BOOL_NOT, bool_not, b, b)
PLAIN(BOOL_EQ, bool_eq, b, (run, X(0, b), X(1, b)))
BAILS(STR_FROM_F64, str_from_f64, (run, X(0, n), &r[at->result].s))
BAILS(STR_FROM_I32, str_from_i32, (run, X(0, i), &r[at->result].s))
BAILS(STR_FROM_BOOL, str_from_bool, (run, X(0, b), &r[at->result].s))
BAILS(STR_FROM_CHAR_CODE, str_from_char_code, (run, X(0, n), &r[at->result].s))
BAILS(STR_TO_FIXED, str_to_fixed, (run, X(0, n), X(1, n), &r[at->result].s))
BAILS(STR_TO_RADIX, str_to_radix, (run, X(0, n), X(1, n), &r[at->result].s))
BAILS(STR_CONCAT, str_concat, (run, X(0, s), X(1, s), &r[at->result].s))
ONE(STR_LENGTH, str_length, i, s)
PLAIN(STR_EQ, str_eq, b, (run, X(0, s), X(1, s)))
PLAIN(STR_LT, str_lt, b, (run, X(0, s), X(1, s)))
PLAIN(STR_CHAR_CODE_AT, str_char_code_at, n, (run, X(0, s), X(1, n)))
BAILS(STR_UNIT_AT, str_unit_at, (run, X(0, s), X(1, k), &r[at->result].i))
BAILS(STR_CODE_POINT_AT, str_code_point_at, (run, X(0, s), X(1, n), &r[at->result].n))
S_SN(STR_CHAR_AT, str_char_at)
S_SN(STR_INDEX, str_index)
S_SN(STR_AT, str_at)
S_SNN(STR_SLICE, str_slice)
S_SNN(STR_SUBSTRING, str_substring)
S_SNN(STR_SUBSTR, str_substr)
N_SSN(STR_INDEX_OF, str_index_of)
N_SSN(STR_LAST_INDEX_OF, str_last_index_of)
B_SSN(STR_INCLUDES, str_includes)
B_SSN(STR_STARTS_WITH, str_starts_with)
B_SSN(STR_ENDS_WITH, str_ends_with)
S_S(STR_TRIM, str_trim)
S_S(STR_TRIM_START, str_trim_start)
S_S(STR_TRIM_END, str_trim_end)
S_SNS(STR_PAD_START, str_pad_start)
S_SNS(STR_PAD_END, str_pad_end)
S_SN(STR_REPEAT, str_repeat)
S_S(STR_LOWER, str_lower)
S_S(STR_UPPER, str_upper)
S_SSS(STR_REPLACE, str_replace)
S_SSS(STR_REPLACE_ALL, str_replace_all)
PLAIN(VIEW_LENGTH, view_length, k, (run, at->number, X(0, v)))
BAILS(VIEW_GET, view_get, (run, at->number, X(0, v), X(1, n), &r[at->result].n))
BAILS(VIEW_GET_K, view_get_k, (run, at->number, X(0, v), X(1, k), &r[at->result].n))
BAILS(VIEW_GET_I, view_get_i, (run, at->number, X(0, v), X(1, k), &r[at->result].i))
BAILS(VIEW_SET, view_set, (run, at->number, X(0, v), X(1, n), X(2, n)))
BAILS(VIEW_SET_K, view_set_k, (run, at->number, X(0, v), X(1, k), X(2, n)))
BAILS(VIEW_SET_I, view_set_i, (run, at->number, X(0, v), X(1, k), X(2, i)))
BAILS(VIEW_NEW, view_new, (run, at->number, X(0, n), &r[at->result].v))
BAILS(VIEW_FILL, view_fill, (run, at->number, X(0, v), X(1, n), X(2, n), X(3, n)))
BAILS(K_INDEX, k_index, (run, X(0, n), &r[at->result].k))
BAILS(LIST_NEW, list_new, (run, at->number, X(0, k), &r[at->result].a))
PLAIN(LIST_LENGTH, list_length, k, (run, at->number, X(0, a)))
PLAIN(LIST_SAME, list_same, b, (run, at->number, X(0, a), X(1, a)))
BAILS(LIST_RESIZE, list_resize, (run, at->number, X(0, a), X(1, k)))
BAILS(LIST_SLICE, list_slice, (run, at->number, X(0, a), X(1, n), X(2, n), &r[at->result].a))
BAILS(LIST_INSERT, list_insert, (run, at->number, X(0, a), X(1, k), X(2, a)))
BAILS(LIST_REMOVE, list_remove, (run, at->number, X(0, a), X(1, k), X(2, k)))
BAILS(LIST_REVERSE, list_reverse, (run, at->number, X(0, a)))
BAILS(LIST_SORT, list_sort, (run, at->number, X(0, a)))
BAILS(LIST_JOIN, list_join, (run, at->number, X(0, a), X(1, s), &r[at->result].s))
BAILS(LIST_OF_VIEW, list_of_view, (run, at->number, X(0, v), &r[at->result].a))
BAILS(LIST_TO_VIEW, list_to_view, (run, at->number, X(0, a), &r[at->result].v))
BAILS(NLIST_GET, nlist_get, (run, X(0, a), X(1, k), &r[at->result].n))
BAILS(BLIST_GET, blist_get, (run, X(0, a), X(1, k), &r[at->result].b))
BAILS(SLIST_GET, slist_get, (run, X(0, a), X(1, k), &r[at->result].s))
BAILS(NLIST_PUT, nlist_put, (run, X(0, a), X(1, k), X(2, n)))
BAILS(BLIST_PUT, blist_put, (run, X(0, a), X(1, k), X(2, b)))
BAILS(SLIST_PUT, slist_put, (run, X(0, a), X(1, k), X(2, s)))
BAILS(NLIST_PUSH, nlist_push, (run, X(0, a), X(1, n)))
BAILS(BLIST_PUSH, blist_push, (run, X(0, a), X(1, b)))
BAILS(SLIST_PUSH, slist_push, (run, X(0, a), X(1, s)))
BAILS(NLIST_FILL, nlist_fill, (run, X(0, a), X(1, n), X(2, n), X(3, n)))
BAILS(BLIST_FILL, blist_fill, (run, X(0, a), X(1, b), X(2, n), X(3, n)))
BAILS(SLIST_FILL, slist_fill, (run, X(0, a), X(1, s), X(2, n), X(3, n)))
PLAIN(NLIST_INDEX_OF, nlist_index_of, n, (run, X(0, a), X(1, n), X(2, n)))
PLAIN(BLIST_INDEX_OF, blist_index_of, n, (run, X(0, a), X(1, b), X(2, n)))
PLAIN(SLIST_INDEX_OF, slist_index_of, n, (run, X(0, a), X(1, s), X(2, n)))
PLAIN(NLIST_LAST_INDEX_OF, nlist_last_index_of, n, (run, X(0, a), X(1, n), X(2, n)))
PLAIN(BLIST_LAST_INDEX_OF, blist_last_index_of, n, (run, X(0, a), X(1, b), X(2, n)))
PLAIN(SLIST_LAST_INDEX_OF, slist_last_index_of, n, (run, X(0, a), X(1, s), X(2, n)))
PLAIN(NLIST_INCLUDES, nlist_includes, b, (run, X(0, a), X(1, n), X(2, n)))
BAILS(SLIST_OF_TEXT, slist_of_text, (run, X(0, s), X(1, v), &r[at->result].a))
BAILS(SLIST_LENGTHS, slist_lengths, (run, X(0, a), &r[at->result].v))
BAILS(STR_SPLIT, str_split, (run, X(0, s), X(1, s), X(2, n), &r[at->result].a))
BAILS(STR_POINTS, str_points, (run, X(0, s), &r[at->result].a))
BAILS(LOG_NUMBER, log_number, (run, X(0, n)))
BAILS(LOG_BOOLEAN, log_boolean, (run, X(0, b)))
BAILS(LOG_TEXT, log_text, (run, X(0, s)))
BAILS(LOG_MARK, log_mark, (run, X(0, i)))
PLAIN(LOG_TAKEN, log_taken, s, (run))
BAILS(SLEEP, sleep, (run, X(0, n)))
// Whatever the program says, it is asked at each jump backwards and at each call whether it shall stop.
CASE(JUMP) {
  const ctz_instruction *to = function->code + at->number;
  if (to <= at && !ctz_op_poll(run)) goto bail;
  at = to;
  DISPATCH
}
CASE(JUMP_IF) {
  const ctz_instruction *to = X(0, b) != 0 ? function->code + at->number : at + 1;
  if (to <= at && !ctz_op_poll(run)) goto bail;
  at = to;
  DISPATCH
}
CASE(JUMP_UNLESS) {
  const ctz_instruction *to = X(0, b) == 0 ? function->code + at->number : at + 1;
  if (to <= at && !ctz_op_poll(run)) goto bail;
  at = to;
  DISPATCH
}
BAILS(POLL, poll, (run))
CASE(CALL) {
  const ctz_function *callee = &program->functions[at->number];
  frame back = {function, at, r, NULL, NULL};
  if (!ctz_op_poll(run)) goto bail;
  if (run->depth++ >= CTZ_PROGRAM_MAX_DEPTH) {
    ctz_give_up(run, CTZ_BAIL_DEPTH, 0);
    goto bail;
  }
  ctz_register *registers = push(run, stack, callee, &back);
  if (registers == NULL) goto bail;
  if (callee->parameters > 0) memcpy(registers, r + at->operands[0], sizeof(*r) * callee->parameters);
  r = registers;
  function = callee;
  at = callee->code;
  DISPATCH
}
CASE(RETURN) {
  const ctz_register *values = r + at->operands[0];
  size_t bytes = sizeof(*r) * at->operands[1];
  if (run->depth == 0) {
    if (bytes > 0) memcpy(results, values, bytes);
    return 1;
  }
  frame back;
  memcpy(&back, r - FRAME_REGISTERS, sizeof back);
  run->depth--;
  pop(stack, &back, r);
  if (bytes > 0) memcpy(back.registers + back.at->result, values, bytes);
  r = back.registers;
  function = back.function;
  at = back.at;
  NEXT
}
CASE(BAIL) {
  ctz_give_up(run, CTZ_BAIL_THROWN, at->number);
  goto bail;
}
