// Random numbers for tests (splitmix64), seeded by CTZ_SEED or the clock. The seed is printed, so that a failure can be
// had again.
#ifndef CTZ_TEST_RANDOM_H
#define CTZ_TEST_RANDOM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/thread.h"

static inline uint64_t random_next(uint64_t *state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// 0 .. below - 1
static inline uint32_t random_below(uint64_t *state, uint32_t below) {
  return (uint32_t)((random_next(state) >> 32) * below >> 32);
}

static inline uint64_t random_seed(const char *what) {
  const char *given = getenv("CTZ_SEED");
  uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : ctz_monotonic_ns();
  printf("%s: CTZ_SEED=%" PRIu64 "\n", what, seed);
  return seed;
}

#endif
