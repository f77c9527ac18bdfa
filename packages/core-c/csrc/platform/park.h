// Putting one thread to sleep until another wakes it: a permit, which is waited for as futex on Linux and
// Windows, by mutex and condition elsewhere.
#ifndef CTZ_PLATFORM_PARK_H
#define CTZ_PLATFORM_PARK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "platform/thread.h"

typedef struct ctz_parker {
  _Atomic uint32_t permit;
#if !defined(__linux__) && !defined(_WIN32)
  ctz_mutex mutex;
  ctz_condition condition;
#endif
} ctz_parker;

bool ctz_parker_init(ctz_parker *parker);
void ctz_parker_destroy(ctz_parker *parker);
// Sleeps until there is a permit, and takes it. One thread only. False when `deadline_ns` came first (UINT64_MAX:
// never).
bool ctz_park(ctz_parker *parker, uint64_t deadline_ns);
// Gives the permit (there is at most one). What was written before is seen by the thread that wakes.
void ctz_unpark(ctz_parker *parker);

#endif
