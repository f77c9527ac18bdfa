// The permit is EMPTY, GIVEN, or ASLEEP when its thread sleeps or is about to: only then does a wake cost a system
// call.
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // syscall
#endif
#include "platform/park.h"

#include "base/atomics.h"

enum { EMPTY = 0u, GIVEN = 1u, ASLEEP = 2u };

#if defined(CTZ_MODEL)

// The model checker's futex: sleep returns at once when the permit is no longer ASLEEP.
bool ctz_model_sleep(volatile void *object, size_t size, uint64_t while_value);
void ctz_model_wake(volatile void *object);

static bool prepare(ctz_parker *parker) { return parker != NULL; }
static void discard(ctz_parker *parker) { (void)parker; }
static bool sleep_while_asleep(ctz_parker *parker, uint64_t deadline_ns) {
  (void)deadline_ns;
  return ctz_model_sleep(&parker->permit, sizeof parker->permit, ASLEEP);
}
static void wake(ctz_parker *parker) { ctz_model_wake(&parker->permit); }

#elif defined(__linux__)

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static bool prepare(ctz_parker *parker) { return parker != NULL; }
static void discard(ctz_parker *parker) { (void)parker; }

// The kernel compares the word once more before it puts the thread to sleep. FUTEX_WAIT_BITSET takes an absolute time
// on the monotonic clock, unlike FUTEX_WAIT.
static bool sleep_while_asleep(ctz_parker *parker, uint64_t deadline_ns) {
  struct timespec deadline = {.tv_sec = (time_t)(deadline_ns / 1000000000u),
                              .tv_nsec = (long)(deadline_ns % 1000000000u)};
  long slept = syscall(SYS_futex, &parker->permit, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, (uint32_t)ASLEEP,
                       deadline_ns == UINT64_MAX ? NULL : &deadline, NULL, FUTEX_BITSET_MATCH_ANY);
  return slept == 0 || errno != ETIMEDOUT;
}

static void wake(ctz_parker *parker) {
  syscall(SYS_futex, &parker->permit, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

#elif defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

static bool prepare(ctz_parker *parker) { return parker != NULL; }
static void discard(ctz_parker *parker) { (void)parker; }

// As a futex. It counts in ticks of its own, and may be early by one.
static bool sleep_while_asleep(ctz_parker *parker, uint64_t deadline_ns) {
  uint32_t asleep = ASLEEP;
  return WaitOnAddress(&parker->permit, &asleep, sizeof asleep, ctz_ms_until(deadline_ns)) ||
         ctz_monotonic_ns() < deadline_ns;
}

static void wake(ctz_parker *parker) { WakeByAddressSingle((void *)&parker->permit); }

#else

static bool prepare(ctz_parker *parker) {
  if (!ctz_mutex_init(&parker->mutex)) return false;
  if (ctz_condition_init(&parker->condition)) return true;
  ctz_mutex_destroy(&parker->mutex);
  return false;
}

static void discard(ctz_parker *parker) {
  ctz_condition_destroy(&parker->condition);
  ctz_mutex_destroy(&parker->mutex);
}

static bool sleep_while_asleep(ctz_parker *parker, uint64_t deadline_ns) {
  bool in_time = true;
  ctz_lock(&parker->mutex);
  // Relaxed: wake takes the same lock after it changed the permit, so the change is seen here or the signal comes
  // later.
  if (ctz_load(&parker->permit, memory_order_relaxed) == ASLEEP) {
    in_time = ctz_condition_wait(&parker->condition, &parker->mutex, deadline_ns);
  }
  ctz_unlock(&parker->mutex);
  return in_time;
}

static void wake(ctz_parker *parker) {
  ctz_lock(&parker->mutex);
  ctz_condition_signal(&parker->condition);
  ctz_unlock(&parker->mutex);
}

#endif

bool ctz_parker_init(ctz_parker *parker) {
  atomic_init(&parker->permit, EMPTY);
  return prepare(parker);
}

void ctz_parker_destroy(ctz_parker *parker) { discard(parker); }

bool ctz_park(ctz_parker *parker, uint64_t deadline_ns) {
  uint32_t found = EMPTY;
  // Relaxed: it only announces the sleep; what goes with the permit is acquired at the end.
  bool asleep = ctz_cas(&parker->permit, &found, ASLEEP, memory_order_relaxed, memory_order_relaxed);
  while (asleep) {
    bool in_time = sleep_while_asleep(parker, deadline_ns);
    asleep = in_time && ctz_load(&parker->permit, memory_order_relaxed) == ASLEEP;
  }
  // Acquire: pairs with the release in unpark. An exchange also when the permit was seen already: it takes the latest
  // one, and what was written before that; a plain store could wipe out a permit whose writes this thread has not seen.
  return ctz_exchange(&parker->permit, EMPTY, memory_order_acquire) == GIVEN;
}

void ctz_unpark(ctz_parker *parker) {
  // Release: pairs with the acquire in park; an exchange over the permit of another thread carries on what that one
  // wrote.
  if (ctz_exchange(&parker->permit, GIVEN, memory_order_release) == ASLEEP) wake(parker);
}
