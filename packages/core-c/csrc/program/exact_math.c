// Where functions of Math with V8's own bits may be found: V8's own, which Node exports for addons, under the names
// they had in the versions so far. Libraries by name differ in the last bit; those few that do not are tried as well.
// Which candidate is exact is not decided here.
#include <math.h>
#include <string.h>

#include "ctz/program_ops.h"
#include "ctz/programs.h"
#include "platform/library.h"

// Math.hypot of two numbers: scaled by the greater. Kahan's correction, which V8 makes, is 0 for the first of two.
static double hypot_of(double a, double b) {
  a = ctz_abs(a);
  b = ctz_abs(b);
  if (a == CTZ_INFINITY || b == CTZ_INFINITY) return CTZ_INFINITY;
  if (ctz_is_nan(a) || ctz_is_nan(b)) return CTZ_NAN;
  double most = a > b ? a : b;
  if (most == 0) return 0;
  double first = a / most, second = b / most;
  return __builtin_sqrt(first * first + second * second) * most;
}

// pow of the C library with JavaScript's special cases.
static double library_pow(double base, double exponent) {
  if (ctz_is_nan(exponent)) return exponent;
  if (exponent == 0) return 1;  // C gives NaN for one that signals
  if (ctz_abs(base) == 1 && ctz_abs(exponent) == CTZ_INFINITY) return CTZ_NAN;
  if (exponent == 0.5) return base == -CTZ_INFINITY ? CTZ_INFINITY : __builtin_sqrt(base + 0.0);
  if (exponent == 2) return base * base;
  return pow(base, exponent);
}

typedef struct candidate {
  const char *name;
  const char *symbol;  // NULL: `own`
  ctz_any_function own;
} candidate;

#if defined(_WIN32)
#define V8_ARGUMENTS_Ed "N"
#define V8_ARGUMENTS_Edd "NN"
#define V8(name, length, arguments) {#name, "?" #name "@ieee754@base@v8@@YAN" V8_ARGUMENTS_##arguments "@Z", NULL}
#define V8_INTERNAL_POW "?pow@math@internal@v8@@YANNN@Z"
#else
#define V8(name, length, arguments) {#name, "_ZN2v84base7ieee754" #length #name #arguments, NULL}
#define V8_INTERNAL_POW "_ZN2v88internal4math3powEdd"
#endif

static const candidate candidates[] = {
  {"pow", V8_INTERNAL_POW, NULL},
  V8(pow, 3, Edd),
  {"pow", NULL, (ctz_any_function)library_pow},
  {"hypot", NULL, (ctz_any_function)hypot_of},
  V8(sin, 3, Ed),
  V8(cos, 3, Ed),
  V8(tan, 3, Ed),
  V8(asin, 4, Ed),
  V8(acos, 4, Ed),
  V8(atan, 4, Ed),
  V8(atan2, 5, Edd),
  V8(sinh, 4, Ed),
  V8(cosh, 4, Ed),
  V8(tanh, 4, Ed),
  V8(asinh, 5, Ed),
  V8(acosh, 5, Ed),
  V8(atanh, 5, Ed),
  V8(exp, 3, Ed),
  V8(expm1, 5, Ed),
  V8(log, 3, Ed),
  V8(log1p, 5, Ed),
  V8(log2, 4, Ed),
  V8(log10, 5, Ed),
  V8(cbrt, 4, Ed),
};
#define CANDIDATES (sizeof candidates / sizeof *candidates)

static ctz_any_function function_of(const candidate *of) {
  return of->symbol == NULL ? of->own : ctz_process_function(of->symbol);
}

// The candidate with that number among those that are there; NULL: none.
static ctz_any_function find_candidate(const char *name, uint32_t number, uint32_t *count) {
  *count = 0;
  for (size_t i = 0; i < CANDIDATES; i++) {
    ctz_any_function function = strcmp(candidates[i].name, name) == 0 ? function_of(&candidates[i]) : NULL;
    if (function != NULL && (*count)++ == number) return function;
  }
  return NULL;
}

uint32_t ctz_math_candidates(const char *name) {
  uint32_t count = 0;
  find_candidate(name, UINT32_MAX, &count);
  return count;
}

bool ctz_math_set(ctz_math *math, const char *name, uint32_t number) {
  uint32_t count = 0;
  ctz_any_function function = find_candidate(name, number, &count);
  if (function == NULL) return false;
#define SET(member, arguments) \
  if (strcmp(name, #member) == 0) math->member = (ctz_math_##arguments)function;
  CTZ_MATH(SET)
#undef SET
  return true;
}

#define CALL_1(member) math->member(a)
#define CALL_2(member) math->member(a, b)

double ctz_math_call(const ctz_math *math, const char *name, double a, double b) {
#define CALL(member, arguments) \
  if (strcmp(name, #member) == 0 && math->member != NULL) return CALL_##arguments(member);
  CTZ_MATH(CALL)
#undef CALL
  return CTZ_NAN;
}
