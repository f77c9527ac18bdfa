// What the engine is compared with: the same bodies in plain loops that time themselves, and one of them as a kernel.
// Compiled by the benchmark, loaded as a library of kernels.
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "ctz/kernel.h"
#include "plain_ring.h"

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static ctz_outcome_code give_pair(ctz_context *context, ctz_value *result, double first, double second) {
  double *pair = context->alloc_result(context, 2 * sizeof *pair);
  if (pair == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  pair[0] = first;
  pair[1] = second;
  result->slice = (ctz_slice){.data = pair, .length = 2};
  return CTZ_KERNEL_OK;
}

static void add_all(const double *a, const double *b, double *out, size_t rows) {
  for (size_t i = 0; i < rows; i++) out[i] = a[i] + b[i];
}

// bench.add-loop(rows, warm) -> how long one pass over rows took, and the sum of what it wrote. Row i is i + 1. Cold:
// the results go to memory that nobody has touched, as those of mapArrays do.
static ctz_outcome_code add_loop(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const size_t rows = (size_t)args[0].f64;
  double *a = malloc(rows * sizeof *a), *b = malloc(rows * sizeof *b), *out = malloc(rows * sizeof *out);
  if (a == NULL || b == NULL || out == NULL) {
    free(a);
    free(b);
    free(out);
    return CTZ_KERNEL_OUT_OF_MEMORY;
  }
  for (size_t i = 0; i < rows; i++) {
    a[i] = (double)i;
    b[i] = 1;
  }
  if (args[1].u32 != 0) add_all(a, b, out, rows);
  const double begin = now_ns();
  add_all(a, b, out, rows);
  const double ns = now_ns() - begin;
  double sum = 0;
  for (size_t i = 0; i < rows; i++) sum += out[i];
  free(a);
  free(b);
  free(out);
  return give_pair(context, result, ns, sum);
}

// A fixed amount of work, whoever else has the CPU meanwhile; each round needs the one before.
static double work(double rounds) {
  double value = 1;
  for (double round = 0; round < rounds; round++) value = value * 0.999 + 0.5;
  return value;
}

// bench.work(rounds)
static ctz_outcome_code work_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  result->f64 = work(args[0].f64);
  return CTZ_KERNEL_OK;
}

// bench.work-loop(rounds, times) -> how long calling the body of bench.work so often took, and the sum of its results.
// It is called through a pointer, as kernels are.
static ctz_outcome_code work_loop(ctz_context *context, const ctz_value *args, ctz_value *result) {
  double (*volatile body)(double) = work;
  double sum = 0;
  const double begin = now_ns();
  for (double time = 0; time < args[1].f64; time++) sum += body(args[0].f64);
  return give_pair(context, result, now_ns() - begin, sum);
}

// 256 additions that nobody needs, in four rows beside each other.
static void pass_by(uint32_t row[4]) {
#define ADD(i) \
  row[i] += 1; \
  __asm__ volatile("" : "+r"(row[i]));
#define ADD_4 ADD(0) ADD(1) ADD(2) ADD(3)
#define ADD_16 ADD_4 ADD_4 ADD_4 ADD_4
#define ADD_64 ADD_16 ADD_16 ADD_16 ADD_16
  ADD_64 ADD_64 ADD_64 ADD_64
}

// bench.work-apart(rounds, times): the same with something between two bodies that needs none of them
static ctz_outcome_code work_apart(ctz_context *context, const ctz_value *args, ctz_value *result) {
  double (*volatile body)(double) = work;
  uint32_t row[4] = {0, 0, 0, 0};
  double sum = 0;
  const double begin = now_ns();
  for (double time = 0; time < args[1].f64; time++) {
    sum += body(args[0].f64);
    pass_by(row);
  }
  return give_pair(context, result, now_ns() - begin, sum);
}

// bench.work-ring(rounds, windows) -> how long two threads of its own took for so many windows of that body, handed to
// them by this one, and the sum of the results
static ctz_outcome_code work_ring(ctz_context *context, const ctz_value *args, ctz_value *result) {
  double sum = 0;
  const double ns = ring_run(work, args[0].f64, (size_t)args[1].f64, &sum);
  if (ns < 0) {
    context->fail(context, "Error", NULL, "the threads of the ring did not start");
    return CTZ_KERNEL_FAILED_FINAL;
  }
  return give_pair(context, result, ns, sum);
}

static const ctz_kernel kernels[] = {
  {.name = "bench.add-loop",
   .arity = 2,
   .args = {CTZ_F64, CTZ_BOOL},
   .result = CTZ_FIELDS,
   .fields = "ns,sum",
   .run = add_loop},
  {.name = "bench.work", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = work_run},
  {.name = "bench.work-loop",
   .arity = 2,
   .args = {CTZ_F64, CTZ_F64},
   .result = CTZ_FIELDS,
   .fields = "ns,sum",
   .run = work_loop},
  {.name = "bench.work-apart",
   .arity = 2,
   .args = {CTZ_F64, CTZ_F64},
   .result = CTZ_FIELDS,
   .fields = "ns,sum",
   .run = work_apart},
  {.name = "bench.work-ring",
   .arity = 2,
   .args = {CTZ_F64, CTZ_F64},
   .result = CTZ_FIELDS,
   .fields = "ns,sum",
   .run = work_ring},
};

static const ctz_library library = {.abi = CTZ_KERNEL_ABI, .count = 5, .kernels = kernels};

const ctz_library *ctz_library_entry(void);
const ctz_library *ctz_library_entry(void) { return &library; }
