// A clock for one thread that is read once a task: the time stamp counter where it runs at one speed whatever the CPU
// does, anchored to the monotonic clock every millisecond, so that it is never off by more than some hundred
// nanoseconds. Elsewhere it is the monotonic clock itself.
#ifndef CTZ_PLATFORM_CLOCK_H
#define CTZ_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/thread.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <x86intrin.h>
static inline uint64_t ctz_read_counter(void) { return __rdtsc(); }
#else
static inline uint64_t ctz_read_counter(void) { return 0; }
#endif

typedef struct ctz_clock {
  uint64_t first_ticks, first_ns;    // when it was made
  uint64_t anchor_ticks, anchor_ns;  // the latest reading of the monotonic clock
  uint64_t limit_ticks;              // how far the counter is believed; 0: not at all
  double ns_per_tick;
  uint64_t latest_ns;  // what it said last: it never goes back
} ctz_clock;

void ctz_clock_init(ctz_clock *clock);
// Reads the monotonic clock, and counts on from there.
uint64_t ctz_clock_anchor(ctz_clock *clock);
// Nanoseconds of ctz_monotonic_ns. One thread only. Here, as it is read once a task; by way of signed types, for which
// processors have an instruction.
static inline uint64_t ctz_clock_read(ctz_clock *clock) {
  uint64_t passed = ctz_read_counter() - clock->anchor_ticks;
  // a counter that went back, on a machine where CPUs differ, is far beyond the limit as well
  uint64_t now = passed < clock->limit_ticks
                     ? clock->anchor_ns + (uint64_t)(int64_t)((double)(int64_t)passed * clock->ns_per_tick)
                     : ctz_clock_anchor(clock);
  if (now > clock->latest_ns) clock->latest_ns = now;
  return clock->latest_ns;
}

#endif
