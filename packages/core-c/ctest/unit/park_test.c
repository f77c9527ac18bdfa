#define _GNU_SOURCE  // signal sets
#include "platform/park.h"

#include <signal.h>
#include <string.h>

#include "check.h"
#include "crew.h"

#define MS ((uint64_t)1000000)

static void a_permit_given_before_is_kept(void) {
  ctz_parker parker;
  CHECK(ctz_parker_init(&parker));
  ctz_unpark(&parker);
  ctz_unpark(&parker);
  CHECK(ctz_park(&parker, UINT64_MAX));
  CHECK(!ctz_park(&parker, 0));  // there was only one, and the moment has passed
  ctz_unpark(&parker);
  CHECK(ctz_park(&parker, 0));
  ctz_parker_destroy(&parker);
}

static void wakes_at_its_deadline(void) {
  ctz_parker parker;
  CHECK(ctz_parker_init(&parker));
  uint64_t deadline = ctz_monotonic_ns() + 2 * MS;
  CHECK(!ctz_park(&parker, deadline));
  CHECK(ctz_monotonic_ns() >= deadline);
  ctz_parker_destroy(&parker);
}

typedef struct turns {
  ctz_parker parkers[2];
  _Atomic uint64_t count;
  uint64_t rounds;
} turns;

// Each wakes the other and sleeps until it is woken: a lost permit would hang here.
static void take_turns(void *shared, uint32_t member) {
  turns *all = shared;
  for (uint64_t i = 0; i < all->rounds; i++) {
    if (member == 0) ctz_unpark(&all->parkers[1]);
    CHECK(ctz_park(&all->parkers[member], UINT64_MAX));
    CHECK_EQ_U64(atomic_load_explicit(&all->count, memory_order_relaxed), 2 * i + 1 - member);
    atomic_store_explicit(&all->count, 2 * i + 2 - member, memory_order_relaxed);
    if (member == 1) ctz_unpark(&all->parkers[0]);
  }
}

static void hands_over_between_threads(void) {
  turns all = {.rounds = crew_rounds(5000)};
  CHECK(ctz_parker_init(&all.parkers[0]) && ctz_parker_init(&all.parkers[1]));
  crew_run(2, take_turns, &all);
  CHECK_EQ_U64(atomic_load_explicit(&all.count, memory_order_relaxed), 2 * all.rounds);
}

typedef struct witness {
  ctz_parker parker;
  ctz_mutex mutex;
  ctz_condition condition;
  bool told;
#if !defined(_WIN32)
  sigset_t blocked;
#endif
} witness;

static void tell(void *shared) {
  witness *seen = shared;
#if !defined(_WIN32)
  pthread_sigmask(SIG_SETMASK, NULL, &seen->blocked);
#endif
  ctz_lock(&seen->mutex);
  seen->told = true;
  ctz_condition_broadcast(&seen->condition);
  ctz_unlock(&seen->mutex);
  ctz_unpark(&seen->parker);
}

static void a_thread_starts_with_signals_blocked(void) {
  witness seen = {.told = false};
  CHECK(ctz_parker_init(&seen.parker) && ctz_mutex_init(&seen.mutex) && ctz_condition_init(&seen.condition));
  CHECK(ctz_thread_start(tell, &seen, "a name longer than the system takes"));
  ctz_lock(&seen.mutex);
  while (!seen.told) CHECK(ctz_condition_wait(&seen.condition, &seen.mutex, UINT64_MAX));
  ctz_unlock(&seen.mutex);
  CHECK(ctz_park(&seen.parker, UINT64_MAX));
#if !defined(_WIN32)
  CHECK(sigismember(&seen.blocked, SIGTERM) == 1 && sigismember(&seen.blocked, SIGINT) == 1);
  CHECK(sigismember(&seen.blocked, SIGSEGV) == 0);
  sigset_t own;
  pthread_sigmask(SIG_SETMASK, NULL, &own);
  CHECK(sigismember(&own, SIGTERM) == 0);
#endif
  ctz_condition_destroy(&seen.condition);
  ctz_mutex_destroy(&seen.mutex);
  ctz_parker_destroy(&seen.parker);
}

static void a_condition_gives_up_at_its_deadline(void) {
  ctz_mutex mutex;
  ctz_condition condition;
  CHECK(ctz_mutex_init(&mutex) && ctz_condition_init(&condition));
  uint64_t deadline = ctz_monotonic_ns() + 2 * MS;
  ctz_lock(&mutex);
  while (ctz_condition_wait(&condition, &mutex, deadline)) continue;
  ctz_unlock(&mutex);
  CHECK(ctz_monotonic_ns() >= deadline);
  ctz_condition_destroy(&condition);
  ctz_mutex_destroy(&mutex);
}

int main(void) {
  a_permit_given_before_is_kept();
  wakes_at_its_deadline();
  hands_over_between_threads();
  a_thread_starts_with_signals_blocked();
  a_condition_gives_up_at_its_deadline();
  return check_result();
}
