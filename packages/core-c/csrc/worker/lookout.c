#include "worker/lookout.h"

#include "flow/settlement.h"
#include "worker/pool.h"

// Twice this time is the longest that tasks wait behind a kernel of which nobody knows.
#define LOOK_NS 2000000u
// After so many looks at an engine that sleeps the lookout sleeps as well.
#define LOOKS_AT_SLEEP 50u

static bool others_are_awake(ctz_engine *engine) {
  return atomic_load_explicit(&engine->awake, memory_order_seq_cst) > 0;
}

static bool take_post(ctz_engine *engine) {
  if (!others_are_awake(engine)) return false;
  // acquire: pairs with the release in leave_post; what the last lookout has seen
  return !atomic_exchange_explicit(&engine->lookout, true, memory_order_acquire);
}

static void leave_post(ctz_engine *engine) {
  atomic_store_explicit(&engine->doubted, false, memory_order_relaxed);
  atomic_store_explicit(&engine->lookout, false, memory_order_release);
}

// Whether a worker is in the same call of a kernel as at the last look. What it has settled before goes back.
static bool any_is_stuck(ctz_engine *engine) {
  bool stuck = false;
  // acquire: pairs with the release in start_worker
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) {
    ctz_worker *worker = engine->workers[i];
    // relaxed: a mark that is compared with an older one
    uint64_t calls = atomic_load_explicit(&worker->calls, memory_order_relaxed);
    bool still = ctz_is_in_kernel(calls) && calls == worker->calls_seen;
    if (still) ctz_hand_back(worker);
    stuck = stuck || still;
    worker->calls_seen = calls;
  }
  return stuck;
}

// What it would do in the place of the one that is stuck.
static bool is_needed(ctz_engine *engine) {
  if (atomic_load_explicit(&engine->paused, memory_order_relaxed)) return false;
  return ctz_pool_something_waits(engine);
}

// True when the lookout has got up to work.
static bool look(ctz_engine *engine, ctz_worker *worker) {
  bool stuck = any_is_stuck(engine);
  // relaxed: who submits wakes one more, or one less, than it had to
  atomic_store_explicit(&engine->doubted, stuck, memory_order_relaxed);
  if (!stuck) return false;
  return is_needed(engine) && ctz_pool_get_up(engine, worker);
}

// Keeps the post until it is woken for work, gets up by itself, or everybody sleeps.
static void stand_guard(ctz_engine *engine, ctz_worker *worker) {
  any_is_stuck(engine);
  uint32_t asleep = 0;
  while (ctz_pool_sleeps(engine, worker) && asleep < LOOKS_AT_SLEEP) {
    if (ctz_park(&worker->parker, ctz_monotonic_ns() + LOOK_NS)) continue;
    asleep = others_are_awake(engine) ? 0 : asleep + 1;
    if (look(engine, worker)) return;
  }
}

void ctz_lookout_sleep(ctz_engine *engine, ctz_worker *worker) {
  while (ctz_pool_sleeps(engine, worker)) {
    if (!take_post(engine)) {
      ctz_park(&worker->parker, UINT64_MAX);
      continue;
    }
    stand_guard(engine, worker);
    leave_post(engine);
    // who leaves for work hands the post on to another one that sleeps
    if (!ctz_pool_sleeps(engine, worker)) ctz_pool_nudge(engine);
  }
}
