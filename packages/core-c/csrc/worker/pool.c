#include "worker/pool.h"

#include <stdio.h>

#include "flow/ready.h"
#include "flow/settlement.h"
#include "flow/timers.h"
#include "memory/allocator.h"
#include "worker/lookout.h"
#include "worker/worker.h"

bool ctz_pool_init(ctz_engine *engine) {
  engine->worker_nice = ctz_thread_nice() + (int)engine->config.nice;
  engine->workers = ctz_alloc_zeroed(sizeof(ctz_worker *) * engine->config.max_workers);
  return engine->workers != NULL;
}

void ctz_pool_destroy(ctz_engine *engine) {
  for (uint32_t i = 0; engine->workers != NULL && i < engine->config.max_workers; i++) {
    if (engine->workers[i] != NULL) ctz_worker_destroy(engine->workers[i]);
  }
  ctz_free(engine->workers);
  // relaxed: the last thread that has the engine
  ctz_worker *stand_in = atomic_load_explicit(&engine->stand_in, memory_order_relaxed);
  if (stand_in != NULL) ctz_worker_destroy(stand_in);
}

void ctz_pool_thread_begins(ctz_engine *engine) {
  ctz_engine_keep(engine);
  ctz_lock(&engine->pool_lock);
  engine->threads++;
  ctz_unlock(&engine->pool_lock);
}

void ctz_pool_thread_ended(ctz_engine *engine) {
  ctz_lock(&engine->pool_lock);
  engine->threads--;
  ctz_condition_broadcast(&engine->pool_condition);
  ctz_unlock(&engine->pool_lock);
  ctz_engine_drop(engine);
}

// Two figures of the same: the engine's own, by which it decides, and the one that JavaScript reads and can overwrite.
static uint32_t change_searching(ctz_engine *engine, uint32_t by) {
  atomic_fetch_add_explicit(engine->port.searching, by, memory_order_seq_cst);
  return atomic_fetch_add_explicit(&engine->searching, by, memory_order_seq_cst) + by;
}

static void change_parked(ctz_engine *engine, uint32_t by) {
  atomic_fetch_add_explicit(engine->port.parked_workers, by, memory_order_seq_cst);
  atomic_fetch_add_explicit(&engine->parked, by, memory_order_seq_cst);
}

#define ONE_LESS UINT32_MAX

// Under pool_lock.
static bool start_worker(ctz_engine *engine, uint32_t index) {
  ctz_worker *worker = engine->workers[index];
  if (worker == NULL) {
    worker = ctz_worker_create(engine, index);
    if (worker == NULL) return false;
    engine->workers[index] = worker;
    // release: pairs with the acquire of those who look at other workers
    if (index >= atomic_load_explicit(&engine->started, memory_order_relaxed))
      atomic_store_explicit(&engine->started, index + 1, memory_order_release);
  }
  if (worker->alive) return true;
  atomic_fetch_add_explicit(&engine->awake, 1, memory_order_seq_cst);
  change_searching(engine, 1);
  engine->threads++;
  ctz_engine_keep(engine);
  char name[32];
  snprintf(name, sizeof name, "ctz-%u", index + 1);
  worker->alive = ctz_thread_start(ctz_worker_main, worker, name);
  if (!worker->alive) {
    engine->threads--;
    atomic_fetch_sub_explicit(&engine->awake, 1, memory_order_seq_cst);
    change_searching(engine, ONE_LESS);
    // the caller holds the engine as well: this is not the last one
    ctz_engine_drop(engine);
  }
  return worker->alive;
}

ctz_status ctz_pool_resize(ctz_engine *engine, uint32_t workers) {
  if (workers < 1 || workers > engine->config.max_workers) return CTZ_INVALID;
  if (!ctz_is_open(engine)) return CTZ_CLOSED;
  ctz_lock(&engine->pool_lock);
  uint32_t running = 0;
  while (running < workers && start_worker(engine, running)) running++;
  if (running > 0) atomic_store_explicit(&engine->target, running, memory_order_seq_cst);
  ctz_unlock(&engine->pool_lock);
  ctz_pool_wake_all(engine);
  return running == workers ? CTZ_OK : CTZ_SYSTEM;
}

// Takes the worker out of those who sleep; false when somebody else did. Who takes it out counts it as searching at
// once, so that nobody wakes a second one meanwhile.
static bool take_parked(ctz_engine *engine, uint32_t index) {
  uint64_t bit = (uint64_t)1 << (index % 64);
  // seq_cst: partner is the bit set in ctz_pool_park; only one of sleeper and wakers clears it
  uint64_t before = atomic_fetch_and_explicit(&engine->parked_bits[index / 64], ~bit, memory_order_seq_cst);
  if ((before & bit) == 0) return false;
  atomic_fetch_add_explicit(&engine->awake, 1, memory_order_seq_cst);
  change_searching(engine, 1);
  change_parked(engine, ONE_LESS);
  return true;
}

static uint32_t lowest_bit(uint64_t bits) {
#if defined(__GNUC__)
  return (uint32_t)__builtin_ctzll(bits);
#else
  uint32_t index = 0;
  while (((bits >> index) & 1u) == 0) index++;
  return index;
#endif
}

static bool wake(ctz_engine *engine, uint32_t index) {
  if (!take_parked(engine, index)) return false;
  atomic_fetch_add_explicit(&engine->worker_wakes, 1, memory_order_relaxed);
  ctz_unpark(&engine->workers[index]->parker);
  return true;
}

bool ctz_pool_wake_one(ctz_engine *engine) {
  uint32_t words = (engine->config.max_workers + 63) / 64;
  for (uint32_t w = 0; w < words; w++) {
    uint64_t bits;
    // seq_cst: partner is the bit set in ctz_pool_park
    while ((bits = atomic_load_explicit(&engine->parked_bits[w], memory_order_seq_cst)) != 0) {
      if (wake(engine, w * 64 + lowest_bit(bits))) return true;
    }
  }
  return false;
}

void ctz_pool_wake_for_work(ctz_engine *engine) {
  // relaxed: a hint of the lookout
  if (ctz_read_after_publishing(&engine->searching) == 0 ||
      atomic_load_explicit(&engine->doubted, memory_order_relaxed))
    ctz_pool_wake_one(engine);
}

// Those who sleep now: who goes to sleep later has looked after what there is to wake for.
void ctz_pool_wake_all(ctz_engine *engine) {
  uint32_t words = (engine->config.max_workers + 63) / 64;
  for (uint32_t w = 0; w < words; w++) {
    // seq_cst: partner is the bit set in ctz_pool_park
    uint64_t bits = atomic_load_explicit(&engine->parked_bits[w], memory_order_seq_cst);
    for (; bits != 0; bits &= bits - 1) wake(engine, w * 64 + lowest_bit(bits));
  }
}

void ctz_pool_nudge(ctz_engine *engine) {
  uint32_t words = (engine->config.max_workers + 63) / 64;
  for (uint32_t w = 0; w < words; w++) {
    uint64_t bits = atomic_load_explicit(&engine->parked_bits[w], memory_order_relaxed);
    if (bits == 0) continue;
    ctz_unpark(&engine->workers[w * 64 + lowest_bit(bits)]->parker);
    return;
  }
}

static bool any_batch(ctz_engine *engine) {
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) {
    if (ctz_batch_length(&engine->workers[i]->batch) > 0) return true;
  }
  return false;
}

bool ctz_pool_something_waits(ctz_engine *engine) { return ctz_ready_any(engine) || any_batch(engine); }

static bool should_stay(ctz_engine *engine, ctz_worker *worker) {
  // seq_cst, all of them: partner is who stops, resizes or submits, and then looks for sleepers
  if (atomic_load_explicit(&engine->life, memory_order_seq_cst) == CTZ_LIFE_STOPPED) return true;
  if (worker->index >= atomic_load_explicit(&engine->target, memory_order_seq_cst)) return true;
  if (atomic_load_explicit(&engine->paused, memory_order_seq_cst)) return false;
  return ctz_pool_something_waits(engine);
}

void ctz_pool_park(ctz_engine *engine, ctz_worker *worker) {
  uint64_t bit = (uint64_t)1 << (worker->index % 64);
  // Order matters, all seq_cst: first no longer searching, then asleep for wakers, then one more look. A submitter that
  // published before that look is seen by it; one that published after it sees the sleeper.
  change_searching(engine, ONE_LESS);
  atomic_fetch_sub_explicit(&engine->awake, 1, memory_order_seq_cst);
  atomic_fetch_or_explicit(&engine->parked_bits[worker->index / 64], bit, memory_order_seq_cst);
  change_parked(engine, 1);
  if (should_stay(engine, worker) && ctz_pool_get_up(engine, worker)) return;
  ctz_pool_tell_idle(engine);
  ctz_lookout_sleep(engine, worker);
}

bool ctz_pool_sleeps(ctz_engine *engine, const ctz_worker *worker) {
  uint64_t bit = (uint64_t)1 << (worker->index % 64);
  // acquire: pairs with the and of who cleared it
  return (atomic_load_explicit(&engine->parked_bits[worker->index / 64], memory_order_acquire) & bit) != 0;
}

bool ctz_pool_get_up(ctz_engine *engine, ctz_worker *worker) { return take_parked(engine, worker->index); }

bool ctz_pool_is_surplus(ctz_engine *engine, const ctz_worker *worker) {
  // relaxed: looked at again under the lock
  return worker->index >= atomic_load_explicit(&engine->target, memory_order_relaxed) || ctz_is_stopped(engine);
}

bool ctz_pool_may_retire(ctz_engine *engine, ctz_worker *worker) {
  ctz_lock(&engine->pool_lock);
  bool may = worker->index >= atomic_load_explicit(&engine->target, memory_order_relaxed) || ctz_is_stopped(engine);
  if (may) {
    worker->alive = false;
    atomic_fetch_sub_explicit(&engine->awake, 1, memory_order_seq_cst);
    change_searching(engine, ONE_LESS);
  }
  ctz_unlock(&engine->pool_lock);
  // who pushed while this one counted as searching has woken nobody
  if (may && ctz_pool_something_waits(engine)) ctz_pool_wake_for_work(engine);
  return may;
}

void ctz_pool_begin_long(ctz_engine *engine, ctz_worker *worker) {
  if (change_searching(engine, ONE_LESS) > 0) return;
  if (ctz_batch_length(&worker->batch) > 0 || ctz_ready_any(engine)) ctz_pool_wake_one(engine);
}

void ctz_pool_end_long(ctz_engine *engine) { change_searching(engine, 1); }

void ctz_pool_step_in(ctz_engine *engine) {
  atomic_fetch_add_explicit(&engine->awake, 1, memory_order_seq_cst);
  change_searching(engine, 1);
}

void ctz_pool_step_out(ctz_engine *engine) {
  change_searching(engine, ONE_LESS);
  atomic_fetch_sub_explicit(&engine->awake, 1, memory_order_seq_cst);
  // who pushed while this one counted as searching has woken nobody
  if (ctz_pool_something_waits(engine)) ctz_pool_wake_for_work(engine);
  ctz_pool_tell_idle(engine);
}

bool ctz_pool_idle(ctz_engine *engine) {
  uint64_t before, after;
  if (!ctz_timers_idle(engine, &before)) return false;
  // Workers put tasks into the queues and the timers before they sleep: both are looked at again.
  bool asleep = !ctz_pool_something_waits(engine) && atomic_load_explicit(&engine->awake, memory_order_seq_cst) == 0 &&
                !ctz_pool_something_waits(engine);
  return asleep && ctz_timers_idle(engine, &after) && before == after;
}

void ctz_pool_tell_idle(ctz_engine *engine) {
  // seq_cst: partner is the waiter, which counts itself before it looks
  if (atomic_load_explicit(&engine->idle_waiters, memory_order_seq_cst) == 0) return;
  ctz_tell_waiters(engine);
}
