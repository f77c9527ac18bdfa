// What a running program is made of: values in registers, texts, typed arrays, and the table of functions through which
// operations reach what is too large to be inline. The interpreter and emitted C share it. Emitted C needs no libc: it
// includes ctz/program_ops.h and links nothing.
//
// A body in C answers 1 when its results are in `results`, and 0 when it has given up; `run->bail` says why, and the
// call runs again in JavaScript.
#ifndef CTZ_PROGRAM_H
#define CTZ_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "ctz/kernel.h"

// Raised with every change of what is below; a library of bodies exports it as `ctz_body_abi`.
#define CTZ_BODY_ABI 2u
// As many values a program takes or answers, and registers may follow each other in a CALL or RETURN.
#define CTZ_PROGRAM_MAX_VALUES 256u
// Code units; V8 throws beyond it.
#define CTZ_TEXT_MAX_LENGTH 536870888u
// Calls within calls of one run.
#define CTZ_PROGRAM_MAX_DEPTH 2000u

#ifdef __cplusplus
extern "C" {
#endif

// Code units of UTF-16: bytes (Latin-1) when `wide` is 0, else uint16_t. Never changed once made, so that texts share
// memory. An empty one may have data == NULL.
typedef struct ctz_text {
  const void *data;
  uint32_t length;
  uint32_t wide;
} ctz_text;

// Elements of a typed array; the register's type says which.
typedef struct ctz_view {
  void *data;
  uint64_t length;
} ctz_view;

// An array of JavaScript: numbers as double, booleans as uint8_t, texts as ctz_text; the register's type says which.
// Each index below `length` has an element.
typedef struct ctz_elements {
  void *data;
  uint64_t length, capacity;
} ctz_elements;
// Which array, as a variable of JavaScript holds it. NULL in registers that nobody has written yet.
typedef ctz_elements *ctz_list;

// One value; the type of its register says which member holds.
typedef union ctz_register {
  double n;
  int32_t i;
  int64_t k;
  int32_t b;  // 0 or 1
  ctz_text s;
  ctz_view v;
  ctz_list a;
} ctz_register;

// Kinds of typed arrays; the type of a register that holds one is 16 + kind.
typedef enum ctz_view_kind {
  CTZ_VIEW_I8,
  CTZ_VIEW_U8,
  CTZ_VIEW_U8_CLAMPED,
  CTZ_VIEW_I16,
  CTZ_VIEW_U16,
  CTZ_VIEW_I32,
  CTZ_VIEW_U32,
  CTZ_VIEW_F32,
  CTZ_VIEW_F64,
  CTZ_VIEW_KINDS
} ctz_view_kind;

// Kinds of arrays; the type of a register that holds one is 6 + kind.
typedef enum ctz_list_kind { CTZ_LIST_N, CTZ_LIST_B, CTZ_LIST_S, CTZ_LIST_KINDS } ctz_list_kind;

// Types of registers and, with NOTHING and RECORD, of results.
typedef enum ctz_program_type {
  CTZ_PROGRAM_NOTHING = 0,
  CTZ_PROGRAM_N = 1,
  CTZ_PROGRAM_I = 2,
  CTZ_PROGRAM_K = 3,
  CTZ_PROGRAM_B = 4,
  CTZ_PROGRAM_S = 5,
  CTZ_PROGRAM_A = 6,  // + ctz_list_kind; within programs only
  CTZ_PROGRAM_V = 16,  // + ctz_view_kind
  CTZ_PROGRAM_RECORD = 32
} ctz_program_type;

// X(name, text): why a run gave up.
#define CTZ_BAILS(X)                                                        \
  X(NONE, "it did not")                                                     \
  X(THROWN, "the body throws")                                              \
  X(RANGE, "an index lies outside, or is no whole number")                  \
  X(LENGTH, "a text or array would be too long, or its length is negative") \
  X(LETTERS, "letters beyond ASCII change case")                            \
  X(PATTERN, "a replacement has a $")                                       \
  X(FORMAT, "a number has no such format here")                             \
  X(DEPTH, "calls are nested too deeply")                                   \
  X(MEMORY, "there is no memory left")                                      \
  X(STOPPED, "the task was cancelled, or its time is over")                 \
  X(ARGUMENT, "an argument has another type than the program was made for") \
  X(SHARED, "an array that is written to is given twice")

typedef enum ctz_bail_reason {
#define CTZ_BAIL_ENUM(name, text) CTZ_BAIL_##name,
  CTZ_BAILS(CTZ_BAIL_ENUM)
#undef CTZ_BAIL_ENUM
      CTZ_BAIL_COUNT
} ctz_bail_reason;

typedef struct ctz_bail {
  uint32_t reason;  // a ctz_bail_reason
  uint32_t number;  // of a BAIL
  uint32_t function;  // where; both 0 when the arguments did not fit
  uint32_t instruction;
} ctz_bail;

// Functions of Math whose bits are V8's own. X(name, arguments)
#define CTZ_MATH(X) \
  X(pow, 2)         \
  X(sin, 1)         \
  X(cos, 1)         \
  X(tan, 1)         \
  X(asin, 1)        \
  X(acos, 1)        \
  X(atan, 1)        \
  X(atan2, 2)       \
  X(sinh, 1)        \
  X(cosh, 1)        \
  X(tanh, 1)        \
  X(asinh, 1)       \
  X(acosh, 1)       \
  X(atanh, 1)       \
  X(exp, 1)         \
  X(expm1, 1)       \
  X(log, 1)         \
  X(log1p, 1)       \
  X(log2, 1)        \
  X(log10, 1)       \
  X(cbrt, 1)        \
  X(hypot, 2)

typedef double (*ctz_math_1)(double);
typedef double (*ctz_math_2)(double, double);

// NULL where none was found exact; no program that needs it can be opened then.
typedef struct ctz_math {
#define CTZ_MATH_MEMBER(name, arguments) ctz_math_##arguments name;
  CTZ_MATH(CTZ_MATH_MEMBER)
#undef CTZ_MATH_MEMBER
} ctz_math;

typedef struct ctz_run ctz_run;
typedef struct ctz_runtime ctz_runtime;

// One call of a program. It belongs to the thread that runs it.
struct ctz_run {
  const ctz_runtime *runtime;
  const ctz_math *math;
  ctz_context *context;  // memory and polls
  char *top, *end;  // room for texts; the latest text ends at `top` and may grow in place
  const char *stack_end;  // bodies in C stop calling each other when the stack has come so far
  uint32_t chunk;  // bytes of the next room for texts
  uint32_t depth;  // calls within calls
  ctz_bail bail;
  uint64_t random[2];  // state of Math.random; not both 0
  ctz_elements log;  // uint16_t: what is to be done once the run counts
};

// Those that answer an int answer 0 when they give up, and the value in `out` otherwise; STR_EQ and the like answer
// whether it holds.
struct ctz_runtime {
  uint32_t abi;  // CTZ_BODY_ABI
  double (*remainder)(double a, double b);
  double (*now)(void);
  double (*random)(ctz_run *run);
  double (*number_of_text)(ctz_text text);
  double (*parse_float)(ctz_text text);
  double (*parse_int)(ctz_text text, double radix);
  int (*str_from_f64)(ctz_run *run, double number, ctz_text *out);
  int (*str_from_i32)(ctz_run *run, int32_t number, ctz_text *out);
  int (*str_from_char_code)(ctz_run *run, double code, ctz_text *out);
  int (*str_to_fixed)(ctz_run *run, double number, double digits, ctz_text *out);
  int (*str_to_radix)(ctz_run *run, double number, double radix, ctz_text *out);
  int (*str_concat)(ctz_run *run, ctz_text a, ctz_text b, ctz_text *out);
  int (*str_eq)(ctz_text a, ctz_text b);
  int (*str_lt)(ctz_text a, ctz_text b);
  int (*str_unit)(ctz_run *run, ctz_text text, uint32_t index, ctz_text *out);  // one code unit; index < length
  double (*str_index_of)(ctz_text text, ctz_text wanted, double from);
  double (*str_last_index_of)(ctz_text text, ctz_text wanted, double from);
  int (*str_has_at)(ctz_text text, ctz_text part, uint64_t index);  // false beyond the end
  int (*str_trim)(ctz_run *run, ctz_text text, int start, int end, ctz_text *out);
  int (*str_pad)(ctz_run *run, ctz_text text, double length, ctz_text fill, int at_start, ctz_text *out);
  int (*str_repeat)(ctz_run *run, ctz_text text, double count, ctz_text *out);
  int (*str_case)(ctz_run *run, ctz_text text, int upper, ctz_text *out);
  int (*str_replace)(ctz_run *run, ctz_text text, ctz_text wanted, ctz_text by, int all, ctz_text *out);
  int (*view_new)(ctz_run *run, uint32_t kind, double length, ctz_view *out);
  int (*list_new)(ctz_run *run, uint32_t kind, uint64_t capacity, ctz_list *out);
  int (*list_grow)(ctz_run *run, uint32_t kind, ctz_list list, uint64_t capacity);  // room for at least so many
  int (*list_slice)(ctz_run *run, uint32_t kind, ctz_list list, double from, double to, ctz_list *out);
  int (*list_insert)(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, ctz_list from);
  int (*list_remove)(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, uint64_t count);
  int (*list_reverse)(ctz_run *run, uint32_t kind, ctz_list list);
  int (*list_sort)(ctz_run *run, uint32_t kind, ctz_list list);
  int (*list_join)(ctz_run *run, uint32_t kind, ctz_list list, ctz_text separator, ctz_text *out);
  int (*list_of_view)(ctz_run *run, uint32_t kind, ctz_view view, ctz_list *out);
  int (*list_of_text)(ctz_run *run, ctz_text text, ctz_view lengths, ctz_list *out);
  int (*list_lengths)(ctz_run *run, ctz_list list, ctz_view *out);
  int (*str_split)(ctz_run *run, ctz_text text, ctz_text separator, double most, ctz_list *out);
  int (*str_points)(ctz_run *run, ctz_text text, ctz_list *out);
  int (*log_number)(ctz_run *run, double number);
  int (*log_text)(ctz_run *run, ctz_text text);
  int (*log_mark)(ctz_run *run, int32_t unit);
  int (*sleep)(ctz_run *run, double milliseconds);
};

// A body: function 0 of a program as C. `args` are its parameters in order; `results` its result, or fields.
typedef int (*ctz_body)(ctz_run *run, const ctz_register *args, ctz_register *results);

// The same over columns, for programs of doubles whose result is a number: out[row] for each row up to `end`. Answers
// the row that has given up, or `end`. It takes no memory, so that any number of rows may follow each other in one run.
// A library exports it beside the body, under the body's name and CTZ_COLUMNS_SUFFIX; not every body has one.
typedef size_t (*ctz_column_body)(ctz_run *run, const double *const *columns, double *out, size_t row, size_t end);
#define CTZ_COLUMNS_SUFFIX "_columns"

// What stands in the column of results where JavaScript has to do the row: a NaN that no row gives, for those of
// results are all made the same by ctz_column_value.
#define CTZ_ROW_GIVEN_UP UINT64_C(0x7ff4ca7200000001)

#ifdef __cplusplus
}
#endif
#endif
