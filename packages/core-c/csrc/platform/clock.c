#include "platform/clock.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

// CPUID 8000_0007h, EDX bit 8: the counter runs at a constant rate in all power states.
static bool has_counter(void) {
  unsigned a, b, c, d;
  return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8)) != 0;
}
#else
static bool has_counter(void) { return false; }
#endif

// Before this much time has passed the rate is not known well enough: 40 ns of reading error in it are 4 in 100,000.
#define LEARNING_NS 1000000u
#define ANCHOR_NS 1000000.0

void ctz_clock_init(ctz_clock *clock) {
  uint64_t now = ctz_monotonic_ns();
  *clock = (ctz_clock){.first_ns = now, .anchor_ns = now, .latest_ns = now};
  if (has_counter()) clock->first_ticks = ctz_read_counter();
}

uint64_t ctz_clock_anchor(ctz_clock *clock) {
  uint64_t now = ctz_monotonic_ns();
  if (clock->first_ticks != 0) {
    uint64_t ticks = ctz_read_counter();
    uint64_t passed = now - clock->first_ns;
    clock->anchor_ticks = ticks;
    clock->anchor_ns = now;
    if (passed >= LEARNING_NS && ticks > clock->first_ticks) {
      clock->ns_per_tick = (double)passed / (double)(ticks - clock->first_ticks);
      clock->limit_ticks = (uint64_t)(ANCHOR_NS / clock->ns_per_tick);
    }
  }
  return now;
}
