// What a test in C needs: CHECK and CHECK_EQ_U64 count and go on, from any thread; main returns check_result().
#ifndef CTZ_CHECK_H
#define CTZ_CHECK_H

#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Failures beyond these are counted, not printed.
#define CHECK_MOST_PRINTED 20u

static _Atomic uint64_t check_made;
static _Atomic uint64_t check_failed;

// Counts one check; true when its failure is to be printed.
static inline bool check_count(bool passed) {
  // Relaxed: counters; they are read when the threads have ended.
  atomic_fetch_add_explicit(&check_made, 1, memory_order_relaxed);
  return !passed && atomic_fetch_add_explicit(&check_failed, 1, memory_order_relaxed) < CHECK_MOST_PRINTED;
}

static inline bool check_true(bool passed, const char *text, const char *file, int line) {
  if (check_count(passed)) fprintf(stderr, "%s:%d: %s\n", file, line, text);
  return passed;
}

static inline bool check_equal(uint64_t a, uint64_t b, const char *text, const char *file, int line) {
  if (check_count(a == b)) fprintf(stderr, "%s:%d: %s: %" PRIu64 " != %" PRIu64 "\n", file, line, text, a, b);
  return a == b;
}

static inline int check_result(void) {
  uint64_t made = atomic_load_explicit(&check_made, memory_order_relaxed);
  uint64_t failed = atomic_load_explicit(&check_failed, memory_order_relaxed);
  printf("%" PRIu64 " checks, %" PRIu64 " failed\n", made, failed);
  return failed == 0 && made > 0 ? 0 : 1;
}

// Both give whether it held, for tests that cannot go on otherwise.
#define CHECK(cond) check_true((cond), #cond, __FILE__, __LINE__)
#define CHECK_EQ_U64(a, b) check_equal((uint64_t)(a), (uint64_t)(b), #a " == " #b, __FILE__, __LINE__)

#endif
