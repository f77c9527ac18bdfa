// A kernel library as a user would write it: it knows ctz/kernel.h, the C library and nothing else. It holds the bodies
// with which the engine is tested as well: those that fail, hang and eat memory, and one for each type of argument and
// result.
//
//   gcc -std=c11 -O2 -shared -fPIC -I packages/core-c/include example_kernels.c -o example_kernels.so -lm
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctz/kernel.h"

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

static ctz_outcome_code refuse(ctz_context *context, const char *message) {
  context->fail(context, "RangeError", NULL, message);
  return CTZ_KERNEL_FAILED;
}

// Metres between two places given in degrees, on a ball of the earth's mean radius.
static double haversine(double latitude1, double longitude1, double latitude2, double longitude2) {
  const double degree = 3.14159265358979323846 / 180, radius = 6371008.8;
  const double across = sin((latitude2 - latitude1) * degree / 2), along = sin((longitude2 - longitude1) * degree / 2);
  const double chord = across * across + cos(latitude1 * degree) * cos(latitude2 * degree) * along * along;
  return 2 * radius * asin(sqrt(chord < 1 ? chord : 1));  // rounding may carry it past 1
}

static ctz_outcome_code haversine_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->f64 = haversine(args[0].f64, args[1].f64, args[2].f64, args[3].f64);
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code haversine_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                          size_t end) {
  for (size_t i = begin; i < end; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = haversine(columns[0][i], columns[1][i], columns[2][i], columns[3][i]);
  }
  return CTZ_KERNEL_OK;
}

// Without a body for columns: the engine calls it for each row.
static ctz_outcome_code hypotenuse_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->f64 = sqrt(args[0].f64 * args[0].f64 + args[1].f64 * args[1].f64);
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code negate_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  if (args[0].i32 == INT32_MIN) return refuse(context, "example.negate: 2147483648 is no I32");
  result->i32 = -args[0].i32;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code flip_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->u32 = !args[0].u32;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code reverse_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const uint8_t *bytes = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  if (count == 0) return CTZ_KERNEL_OK;
  uint8_t *out = context->alloc_result(context, count);
  if (out == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = bytes[count - 1 - i];
  }
  *result = (ctz_value){.slice = {.data = out, .length = count}};
  return CTZ_KERNEL_OK;
}

// ASCII letters only: the other bytes of UTF-8 are above 127 and stay.
static ctz_outcome_code upper_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const char *text = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  if (count == 0) return CTZ_KERNEL_OK;
  char *out = context->alloc_result(context, count);
  if (out == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
  }
  *result = (ctz_value){.slice = {.data = out, .length = count}};
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code halve_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const float *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  if (count == 0) return CTZ_KERNEL_OK;
  float *out = context->alloc_result(context, count * sizeof *out);
  if (out == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  for (size_t i = 0; i < count; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = values[i] / 2;
  }
  *result = (ctz_value){.slice = {.data = out, .length = count}};
  return CTZ_KERNEL_OK;
}

// [3, 5, 4] -> [3, 2, -1], modulo 2^32.
static ctz_outcome_code differences_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const int32_t *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  if (count == 0) return CTZ_KERNEL_OK;
  int32_t *out = context->alloc_result(context, count * sizeof *out);
  if (out == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  uint32_t before = 0;
  for (size_t i = 0; i < count; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = (int32_t)((uint32_t)values[i] - before);
    before = (uint32_t)values[i];
  }
  *result = (ctz_value){.slice = {.data = out, .length = count}};
  return CTZ_KERNEL_OK;
}

// Where the values stand from small to large; the work is done in temporary memory.
static ctz_outcome_code ranks_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const uint32_t *values = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  if (count == 0) return CTZ_KERNEL_OK;
  if (count > 4096) return refuse(context, "example.ranks: at most 4096 values");
  uint32_t *order = context->alloc(context, count * sizeof *order, sizeof *order);
  uint32_t *ranks = context->alloc_result(context, count * sizeof *ranks);
  if (order == NULL || ranks == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  for (uint32_t i = 0; i < count; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    uint32_t at = i;
    for (; at > 0 && values[order[at - 1]] > values[i]; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  for (uint32_t rank = 0; rank < count; rank++) ranks[order[rank]] = rank;
  *result = (ctz_value){.slice = {.data = ranks, .length = count}};
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code fail_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)result;
  char message[96];
  snprintf(message, sizeof message, "example.fail was given %g", args[0].f64);
  context->fail(context, "RangeError", "E_EXAMPLE", message);
  return CTZ_KERNEL_FAILED;
}

static ctz_outcome_code final_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  context->fail(context, "TypeError", "E_FINAL", "example.final is not worth another attempt");
  return CTZ_KERNEL_FAILED_FINAL;
}

// Fails without a word.
static ctz_outcome_code silent_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  (void)args;
  (void)result;
  return CTZ_KERNEL_FAILED;
}

// More than the engine keeps of an error.
static ctz_outcome_code wordy_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  char text[4096];
  memset(text, 'w', sizeof text - 1);
  text[sizeof text - 1] = 0;
  context->fail(context, text, text, text);
  return CTZ_KERNEL_FAILED;
}

// The first n attempts fail; the one after them gives its number.
static ctz_outcome_code flaky_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  if (context->attempt <= args[0].f64) {
    char message[64];
    snprintf(message, sizeof message, "attempt %u fails", (unsigned)context->attempt);
    context->fail(context, "Error", "E_FLAKY", message);
    return CTZ_KERNEL_FAILED;
  }
  result->f64 = context->attempt;
  return CTZ_KERNEL_OK;
}

// Takes that many bytes of temporary memory and writes to each page of them.
static ctz_outcome_code hungry_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double wanted = args[0].f64;
  if (!(wanted >= 0 && wanted <= 9007199254740991.0)) return refuse(context, "example.hungry: no number of bytes");
  if (wanted > (double)(SIZE_MAX / 2)) return CTZ_KERNEL_OUT_OF_MEMORY;
  const size_t bytes = (size_t)wanted;
  if (bytes > 0) {
    volatile uint8_t *memory = context->alloc(context, bytes, 64);
    if (memory == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
    for (size_t at = 0; at < bytes; at += 4096) {
      if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
      memory[at] = 1;
    }
  }
  result->f64 = (double)bytes;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code forever_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)args;
  (void)result;
  while (!ctz_should_stop(context)) continue;
  return CTZ_KERNEL_STOPPED;
}

// Is busy for that many milliseconds and does not listen. It sleeps, so that tests with many of them need few CPUs.
static ctz_outcome_code deaf_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const double milliseconds = args[0].f64;
  if (!(milliseconds >= 0 && milliseconds <= 600000)) return refuse(context, "example.deaf: 0 to 600000 milliseconds");
  const long long nanoseconds = (long long)(milliseconds * 1e6);
  struct timespec left = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
  while (nanosleep(&left, &left) != 0) continue;
  result->f64 = milliseconds;
  return CTZ_KERNEL_OK;
}

static const ctz_kernel kernels[] = {
  {.name = "example.haversine",
   .arity = 4,
   .args = {CTZ_F64, CTZ_F64, CTZ_F64, CTZ_F64},
   .result = CTZ_F64,
   .run = haversine_run,
   .columns = haversine_columns},
  {.name = "example.hypotenuse", .arity = 2, .args = {CTZ_F64, CTZ_F64}, .result = CTZ_F64, .run = hypotenuse_run},
  {.name = "example.negate",
   .arity = 1,
   .args = {CTZ_I32},
   .result = CTZ_I32,
   .run = negate_run,
   .flags = CTZ_KERNEL_BOUNDED},
  {.name = "example.flip", .arity = 1, .args = {CTZ_BOOL}, .result = CTZ_BOOL, .run = flip_run},
  {.name = "example.reverse", .arity = 1, .args = {CTZ_BYTES}, .result = CTZ_BYTES, .run = reverse_run},
  {.name = "example.upper", .arity = 1, .args = {CTZ_STRING}, .result = CTZ_STRING, .run = upper_run},
  {.name = "example.halve", .arity = 1, .args = {CTZ_F32_ARRAY}, .result = CTZ_F32_ARRAY, .run = halve_run},
  {.name = "example.differences", .arity = 1, .args = {CTZ_I32_ARRAY}, .result = CTZ_I32_ARRAY, .run = differences_run},
  {.name = "example.ranks", .arity = 1, .args = {CTZ_U32_ARRAY}, .result = CTZ_U32_ARRAY, .run = ranks_run},
  {.name = "example.fail", .arity = 1, .args = {CTZ_F64}, .result = CTZ_VOID, .run = fail_run},
  {.name = "example.final", .arity = 0, .result = CTZ_VOID, .run = final_run},
  {.name = "example.silent", .arity = 0, .result = CTZ_VOID, .run = silent_run},
  {.name = "example.wordy", .arity = 0, .result = CTZ_VOID, .run = wordy_run},
  {.name = "example.flaky", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = flaky_run},
  {.name = "example.hungry", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = hungry_run},
  {.name = "example.forever", .arity = 0, .result = CTZ_VOID, .run = forever_run},
  {.name = "example.deaf", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = deaf_run},
};

static const ctz_library library = {
  .abi = CTZ_KERNEL_ABI,
  .count = sizeof kernels / sizeof kernels[0],
  .kernels = kernels,
};

EXPORT const ctz_library *ctz_library_entry(void);
EXPORT const ctz_library *ctz_library_entry(void) { return &library; }
