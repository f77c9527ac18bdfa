// A clock for one thread that is read once a task: the time stamp counter where it runs at one speed whatever the CPU
// does, anchored to the monotonic clock every millisecond, so that it is never off by more than some hundred
// nanoseconds. Elsewhere it is the monotonic clock itself.
#ifndef CTZ_PLATFORM_CLOCK_H
#define CTZ_PLATFORM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/thread.h"

typedef struct ctz_clock {
  uint64_t first_ticks, first_ns;    // when it was made
  uint64_t anchor_ticks, anchor_ns;  // the latest reading of the monotonic clock
  uint64_t limit_ticks;              // how far the counter is believed; 0: not at all
  double ns_per_tick;
  uint64_t latest_ns;  // what it said last: it never goes back
} ctz_clock;

void ctz_clock_init(ctz_clock *clock);
// Nanoseconds of ctz_monotonic_ns. One thread only.
uint64_t ctz_clock_read(ctz_clock *clock);

#endif
