// The operations of compiled programs, in one table. The interpreter, the C code that the compiler emits, the verifier
// of programs on both sides and the compiler's own table (generated from this file) follow it.
//
// X(name, result, operands, bails). Types are letters:
//   n f64, a number   i int32   k int64, a loop counter, |k| < 2^53   b boolean   s string   v typed array
//   N B S arrays of numbers, booleans, strings   a any of the three, in one row the same
//   . no result
// `bails` 1: the operation may give up, and the whole call runs again in JavaScript. Nothing a program does can be seen
// from outside before it has returned, so giving up is always exact.
// An index or position that is `n` follows JavaScript's own conversion of that argument.
#ifndef CTZ_OPCODES_H
#define CTZ_OPCODES_H

// Raised with every change that an older program would notice.
#define CTZ_PROGRAM_VERSION 3u

#define CTZ_OPCODES(X)                                                                                                 \
  /* any type: the register as it is; operand and result have the same type */                                         \
  X(MOVE, "=", "=", 0)                                                                                                 \
  /* numbers */                                                                                                        \
  X(F64_ADD, "n", "nn", 0)                                                                                             \
  X(F64_SUB, "n", "nn", 0)                                                                                             \
  X(F64_MUL, "n", "nn", 0)                                                                                             \
  X(F64_DIV, "n", "nn", 0)                                                                                             \
  X(F64_MOD, "n", "nn", 0)                                                                                             \
  X(F64_IS_MULTIPLE, "b", "nn", 0) /* a % b === 0 */                                                                   \
  X(F64_POW, "n", "nn", 0)                                                                                             \
  X(F64_NEG, "n", "n", 0)                                                                                              \
  X(F64_LT, "b", "nn", 0)                                                                                              \
  X(F64_LE, "b", "nn", 0)                                                                                              \
  X(F64_EQ, "b", "nn", 0)                                                                                              \
  X(F64_SAME, "b", "nn", 0) /* Object.is */                                                                            \
  X(F64_ABS, "n", "n", 0)                                                                                              \
  X(F64_FLOOR, "n", "n", 0)                                                                                            \
  X(F64_CEIL, "n", "n", 0)                                                                                             \
  X(F64_ROUND, "n", "n", 0)                                                                                            \
  X(F64_TRUNC, "n", "n", 0)                                                                                            \
  X(F64_SIGN, "n", "n", 0)                                                                                             \
  X(F64_SQRT, "n", "n", 0)                                                                                             \
  X(F64_FROUND, "n", "n", 0)                                                                                           \
  X(F64_MIN, "n", "nn", 0)                                                                                             \
  X(F64_MAX, "n", "nn", 0)                                                                                             \
  X(F64_HYPOT, "n", "nn", 0)                                                                                           \
  X(F64_ATAN2, "n", "nn", 0)                                                                                           \
  X(F64_SIN, "n", "n", 0)                                                                                              \
  X(F64_COS, "n", "n", 0)                                                                                              \
  X(F64_TAN, "n", "n", 0)                                                                                              \
  X(F64_ASIN, "n", "n", 0)                                                                                             \
  X(F64_ACOS, "n", "n", 0)                                                                                             \
  X(F64_ATAN, "n", "n", 0)                                                                                             \
  X(F64_SINH, "n", "n", 0)                                                                                             \
  X(F64_COSH, "n", "n", 0)                                                                                             \
  X(F64_TANH, "n", "n", 0)                                                                                             \
  X(F64_ASINH, "n", "n", 0)                                                                                            \
  X(F64_ACOSH, "n", "n", 0)                                                                                            \
  X(F64_ATANH, "n", "n", 0)                                                                                            \
  X(F64_EXP, "n", "n", 0)                                                                                              \
  X(F64_EXPM1, "n", "n", 0)                                                                                            \
  X(F64_LOG, "n", "n", 0)                                                                                              \
  X(F64_LOG1P, "n", "n", 0)                                                                                            \
  X(F64_LOG2, "n", "n", 0)                                                                                             \
  X(F64_LOG10, "n", "n", 0)                                                                                            \
  X(F64_CBRT, "n", "n", 0)                                                                                             \
  X(F64_IS_NAN, "b", "n", 0)                                                                                           \
  X(F64_IS_FINITE, "b", "n", 0)                                                                                        \
  X(F64_IS_INTEGER, "b", "n", 0)                                                                                       \
  X(F64_IS_SAFE_INTEGER, "b", "n", 0)                                                                                  \
  X(F64_RANDOM, "n", "", 0)                                                                                            \
  X(F64_NOW, "n", "", 0) /* Date.now() */                                                                              \
  /* int32, wrapping */                                                                                                \
  X(I32_AND, "i", "ii", 0)                                                                                             \
  X(I32_OR, "i", "ii", 0)                                                                                              \
  X(I32_XOR, "i", "ii", 0)                                                                                             \
  X(I32_NOT, "i", "i", 0)                                                                                              \
  X(I32_SHL, "i", "ii", 0)                                                                                             \
  X(I32_SHR, "i", "ii", 0)                                                                                             \
  X(I32_USHR, "i", "ii", 0) /* the bits of the uint32 */                                                               \
  X(I32_ADD, "i", "ii", 0)                                                                                             \
  X(I32_SUB, "i", "ii", 0)                                                                                             \
  X(I32_MUL, "i", "ii", 0) /* Math.imul */                                                                             \
  X(I32_CLZ, "i", "i", 0)                                                                                              \
  X(I32_LT, "b", "ii", 0)                                                                                              \
  X(I32_LE, "b", "ii", 0)                                                                                              \
  X(I32_EQ, "b", "ii", 0)                                                                                              \
  /* loop counters */                                                                                                  \
  X(K_ADD, "k", "kk", 0)                                                                                               \
  X(K_SUB, "k", "kk", 0)                                                                                               \
  X(K_MIN, "k", "kk", 0)                                                                                               \
  X(K_MAX, "k", "kk", 0)                                                                                               \
  X(K_LT, "b", "kk", 0)                                                                                                \
  X(K_LE, "b", "kk", 0)                                                                                                \
  X(K_EQ, "b", "kk", 0)                                                                                                \
  /* between types */                                                                                                  \
  X(I32_FROM_F64, "i", "n", 0) /* ToInt32 */                                                                           \
  X(I32_FROM_K, "i", "k", 0) /* ToInt32 */                                                                             \
  X(I32_FROM_BOOL, "i", "b", 0)                                                                                        \
  X(F64_FROM_I32, "n", "i", 0)                                                                                         \
  X(F64_FROM_U32, "n", "i", 0) /* the int32 holds the bits of a uint32 */                                              \
  X(F64_FROM_K, "n", "k", 0)                                                                                           \
  X(F64_FROM_BOOL, "n", "b", 0)                                                                                        \
  X(F64_FROM_STR, "n", "s", 0) /* Number(text) */                                                                      \
  X(F64_PARSE_FLOAT, "n", "s", 0)                                                                                      \
  X(F64_PARSE_INT, "n", "sn", 0) /* radix 0: none was given */                                                         \
  X(K_FROM_I32, "k", "i", 0)                                                                                           \
  X(BOOL_FROM_F64, "b", "n", 0)                                                                                        \
  X(BOOL_FROM_I32, "b", "i", 0)                                                                                        \
  X(BOOL_FROM_STR, "b", "s", 0)                                                                                        \
  X(BOOL_NOT, "b", "b", 0)                                                                                             \
  X(BOOL_EQ, "b", "bb", 0)                                                                                             \
  /* strings of UTF-16 code units; all that make one may run out of memory, and bail */                                \
  X(STR_FROM_F64, "s", "n", 1)                                                                                         \
  X(STR_FROM_I32, "s", "i", 1)                                                                                         \
  X(STR_FROM_BOOL, "s", "b", 1)                                                                                        \
  X(STR_FROM_CHAR_CODE, "s", "n", 1)                                                                                   \
  X(STR_TO_FIXED, "s", "nn", 1)                                                                                        \
  X(STR_TO_RADIX, "s", "nn", 1) /* whole numbers below 2^53 only, others bail */                                       \
  X(STR_CONCAT, "s", "ss", 1)                                                                                          \
  X(STR_LENGTH, "i", "s", 0)                                                                                           \
  X(STR_EQ, "b", "ss", 0)                                                                                              \
  X(STR_LT, "b", "ss", 0)                                                                                              \
  X(STR_CHAR_CODE_AT, "n", "sn", 0)                                                                                    \
  X(STR_UNIT_AT, "i", "sk", 1) /* charCodeAt; bails outside of the text */                                             \
  X(STR_CODE_POINT_AT, "n", "sn", 1) /* bails where JavaScript answers undefined */                                    \
  X(STR_CHAR_AT, "s", "sn", 1)                                                                                         \
  X(STR_INDEX, "s", "sn", 1) /* text[i]; bails outside of it */                                                        \
  X(STR_AT, "s", "sn", 1) /* text.at(i); bails outside of it */                                                        \
  X(STR_SLICE, "s", "snn", 1)                                                                                          \
  X(STR_SUBSTRING, "s", "snn", 1)                                                                                      \
  X(STR_SUBSTR, "s", "snn", 1)                                                                                         \
  X(STR_INDEX_OF, "n", "ssn", 0)                                                                                       \
  X(STR_LAST_INDEX_OF, "n", "ssn", 0)                                                                                  \
  X(STR_INCLUDES, "b", "ssn", 0)                                                                                       \
  X(STR_STARTS_WITH, "b", "ssn", 0)                                                                                    \
  X(STR_ENDS_WITH, "b", "ssn", 0)                                                                                      \
  X(STR_TRIM, "s", "s", 1)                                                                                             \
  X(STR_TRIM_START, "s", "s", 1)                                                                                       \
  X(STR_TRIM_END, "s", "s", 1)                                                                                         \
  X(STR_PAD_START, "s", "sns", 1)                                                                                      \
  X(STR_PAD_END, "s", "sns", 1)                                                                                        \
  X(STR_REPEAT, "s", "sn", 1)                                                                                          \
  X(STR_LOWER, "s", "s", 1) /* bails on anything but ASCII */                                                          \
  X(STR_UPPER, "s", "s", 1) /* likewise */                                                                             \
  X(STR_REPLACE, "s", "sss", 1) /* the first; bails where the replacement has a $ */                                   \
  X(STR_REPLACE_ALL, "s", "sss", 1) /* likewise */                                                                     \
  /* typed arrays; the kind of the register says what the elements are */                                              \
  X(VIEW_LENGTH, "k", "v", 0)                                                                                          \
  X(VIEW_GET, "n", "vn", 1) /* bails outside, and at a fraction */                                                     \
  X(VIEW_GET_K, "n", "vk", 1)                                                                                          \
  X(VIEW_GET_I, "i", "vk", 1) /* of whole numbers that fit int32 */                                                    \
  X(VIEW_SET, ".", "vnn", 1)                                                                                           \
  X(VIEW_SET_K, ".", "vkn", 1)                                                                                         \
  X(VIEW_SET_I, ".", "vki", 1) /* likewise */                                                                          \
  X(VIEW_NEW, "v", "n", 1) /* zeroed */                                                                                \
  X(VIEW_FILL, ".", "vnnn", 1) /* value, from, to */                                                                   \
  /* arrays, which grow and have names: a register holds which array, not its elements. Whatever makes or lengthens */ \
  /* one may run out of memory, and bail */                                                                            \
  X(K_INDEX, "k", "n", 1) /* a number as an index; bails unless it is whole and not negative */                        \
  X(LIST_NEW, "a", "k", 1) /* empty; room for so many */                                                               \
  X(LIST_LENGTH, "k", "a", 0)                                                                                          \
  X(LIST_SAME, "b", "aa", 0) /* one array under two names */                                                           \
  X(LIST_RESIZE, ".", "ak", 1) /* to fewer elements; bails for more */                                                 \
  X(LIST_SLICE, "a", "ann", 1)                                                                                         \
  X(LIST_INSERT, ".", "aka", 1) /* the elements of another at an index */                                              \
  X(LIST_REMOVE, ".", "akk", 1) /* so many from an index on */                                                         \
  X(LIST_REVERSE, ".", "a", 1)                                                                                         \
  X(LIST_SORT, ".", "a", 1) /* as sort() does it: by the texts of the elements */                                      \
  X(LIST_JOIN, "s", "as", 1)                                                                                           \
  X(LIST_OF_VIEW, "a", "v", 1) /* numbers of a Float64Array, booleans of a Uint8Array */                               \
  X(LIST_TO_VIEW, "v", "a", 1) /* and back */                                                                          \
  X(NLIST_GET, "n", "Nk", 1) /* bails outside */                                                                       \
  X(BLIST_GET, "b", "Bk", 1)                                                                                           \
  X(SLIST_GET, "s", "Sk", 1)                                                                                           \
  X(NLIST_PUT, ".", "Nkn", 1) /* right behind the last one it lengthens, beyond it bails */                            \
  X(BLIST_PUT, ".", "Bkb", 1)                                                                                          \
  X(SLIST_PUT, ".", "Sks", 1)                                                                                          \
  X(NLIST_PUSH, ".", "Nn", 1)                                                                                          \
  X(BLIST_PUSH, ".", "Bb", 1)                                                                                          \
  X(SLIST_PUSH, ".", "Ss", 1)                                                                                          \
  X(NLIST_FILL, ".", "Nnnn", 1) /* value, from, to */                                                                  \
  X(BLIST_FILL, ".", "Bbnn", 1)                                                                                        \
  X(SLIST_FILL, ".", "Ssnn", 1)                                                                                        \
  X(NLIST_INDEX_OF, "n", "Nnn", 0) /* value, from */                                                                   \
  X(BLIST_INDEX_OF, "n", "Bbn", 0)                                                                                     \
  X(SLIST_INDEX_OF, "n", "Ssn", 0)                                                                                     \
  X(NLIST_LAST_INDEX_OF, "n", "Nnn", 0)                                                                                \
  X(BLIST_LAST_INDEX_OF, "n", "Bbn", 0)                                                                                \
  X(SLIST_LAST_INDEX_OF, "n", "Ssn", 0)                                                                                \
  X(NLIST_INCLUDES, "b", "Nnn", 0) /* NaN too */                                                                       \
  X(SLIST_OF_TEXT, "S", "sv", 1) /* a text cut into pieces of these lengths, an Int32Array */                          \
  X(SLIST_LENGTHS, "v", "S", 1) /* and back, with LIST_JOIN */                                                         \
  X(STR_SPLIT, "S", "ssn", 1) /* text, separator, most pieces */                                                       \
  X(STR_POINTS, "S", "s", 1) /* each code point a text */                                                              \
  /* what is done to the world outside once the run counts: a text that says what, in the order of the run */          \
  X(LOG_NUMBER, ".", "n", 1)                                                                                           \
  X(LOG_BOOLEAN, ".", "b", 1)                                                                                          \
  X(LOG_TEXT, ".", "s", 1)                                                                                             \
  X(LOG_MARK, ".", "i", 1) /* one unit */                                                                              \
  X(LOG_TAKEN, "s", "", 0) /* all of it */                                                                             \
  X(SLEEP, ".", "n", 1) /* milliseconds */                                                                             \
  /* control; targets are instructions of the same function */                                                         \
  X(JUMP, ".", "", 0)                                                                                                  \
  X(JUMP_IF, ".", "b", 0)                                                                                              \
  X(JUMP_UNLESS, ".", "b", 0)                                                                                          \
  X(POLL, ".", "", 1) /* at each back edge: has the task been cancelled, is its time over? */                          \
  X(CALL, "=", "*", 1) /* another function of the program, or itself */                                                \
  X(RETURN, ".", "*", 0)                                                                                               \
  X(BAIL, ".", "", 1)

typedef enum ctz_opcode {
#define CTZ_OPCODE(name, result, operands, bails) CTZ_OP_##name,
  CTZ_OPCODES(CTZ_OPCODE)
#undef CTZ_OPCODE
      CTZ_OP_COUNT
} ctz_opcode;

#endif
