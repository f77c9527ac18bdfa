// Threads of a stress test: they start together, and all have ended when crew_run returns.
#ifndef CTZ_TEST_CREW_H
#define CTZ_TEST_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

#define CREW_MOST 32u

typedef struct crew {
  void (*body)(void *shared, uint32_t member);
  void *shared;
  uint32_t size;
  _Atomic uint32_t arrived;
} crew;

typedef struct crew_member {
  crew *crew;
  uint32_t number;
} crew_member;

static void *crew_start(void *member_pointer) {
  crew_member *member = member_pointer;
  crew *all = member->crew;
  atomic_fetch_add_explicit(&all->arrived, 1, memory_order_relaxed);
  while (atomic_load_explicit(&all->arrived, memory_order_relaxed) < all->size) sched_yield();
  all->body(all->shared, member->number);
  return NULL;
}

// Runs `body` on `size` threads, numbered from 0.
static inline void crew_run(uint32_t size, void (*body)(void *shared, uint32_t member), void *shared) {
  crew all = {.body = body, .shared = shared, .size = size};
  crew_member members[CREW_MOST];
  pthread_t threads[CREW_MOST];
  for (uint32_t i = 0; i < size; i++) {
    members[i] = (crew_member){.crew = &all, .number = i};
    if (!CHECK(pthread_create(&threads[i], NULL, crew_start, &members[i]) == 0)) exit(1);
  }
  for (uint32_t i = 0; i < size; i++) pthread_join(threads[i], NULL);
}

// A number of rounds, times CTZ_STRESS_SCALE; a tenth under sanitizers, which are slow.
static inline uint64_t crew_rounds(uint64_t rounds) {
  const char *given = getenv("CTZ_STRESS_SCALE");
  double scale = given != NULL ? strtod(given, NULL) : 1.0;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  scale /= 10.0;
#endif
  double scaled = (double)rounds * scale;
  return scaled >= 1.0 ? (uint64_t)scaled : 1u;
}

#endif
