#include "worker/worker.h"

#include "engine/series.h"
#include "flow/ready.h"
#include "flow/settlement.h"
#include "memory/allocator.h"
#include "platform/pages.h"
#include "worker/pool.h"
#include "worker/run.h"
#include "worker/streak.h"

// Rounds of looking at the queues before a worker sleeps: a few microseconds, less than a wake costs. After a sleep
// that was short it looks longer the next time, up to what a wake costs on both sides.
#define LEAST_SPINS 60u
#define MOST_SPINS 600u
#define SHORT_SLEEP_NS 60000u
// Another worker is woken when what waits is expected to take longer than this.
#define BACKLOG_NS 200000u
// What was handed back and lies there for longer waits for a thread that was woken and has no core. Where all cores are
// busy, a kernel lets a worker go on until its next tick, some milliseconds away.
#define OVERDUE_NS 200000u

ctz_worker *ctz_worker_create(ctz_engine *engine, uint32_t index) {
  ctz_worker *worker = ctz_alloc_aligned(64, sizeof *worker);
  if (worker == NULL) return NULL;
  *worker = (ctz_worker){.engine = engine, .index = index, .spins = LEAST_SPINS, .streak_ns = CTZ_STREAK_NS};
  worker->random = (engine->config.seed + index) * 0x9E3779B97F4A7C15u | 1u;
  worker->arena = ctz_arena_create(&engine->budget);
  worker->figures = ctz_pages_reserve(sizeof *worker->figures);
  worker->settled = (ctz_port_ring){.tail = &worker->settled_words[0],
                                    .head = &worker->settled_words[1],
                                    .entries = &worker->settled_words[2],
                                    .mask = CTZ_SETTLED_MOST - 1};
  ctz_batch_init(&worker->batch);
  ctz_clock_init(&worker->clock);
  if (ctz_parker_init(&worker->parker) && worker->arena != NULL && worker->figures != NULL) return worker;
  ctz_worker_destroy(worker);
  return NULL;
}

void ctz_worker_destroy(ctz_worker *worker) {
  if (worker->arena != NULL) ctz_arena_destroy(worker->arena);
  if (worker->figures != NULL) ctz_series_release(worker->figures);
  ctz_pages_release(worker->figures, sizeof *worker->figures);
  ctz_parker_destroy(&worker->parker);
  ctz_free(worker);
}

static bool steal(ctz_worker *worker, uint32_t *slot) {
  ctz_engine *engine = worker->engine;
  // acquire: pairs with the release in start_worker
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t step = 1; step < started; step++) {
    if (ctz_batch_take(&engine->workers[(worker->index + step) % started]->batch, slot)) return true;
  }
  return false;
}

// One worker more when what is left is too much for those awake.
static void share_backlog(ctz_worker *worker, uint32_t slot) {
  ctz_engine *engine = worker->engine;
  if (atomic_load_explicit(&engine->parked, memory_order_relaxed) == 0) return;
  if (atomic_load_explicit(&engine->searching, memory_order_relaxed) > 1) return;
  uint64_t left = ctz_batch_length(&worker->batch);
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) left += ctz_ready_length(engine, c);
  uint64_t each = ctz_run_expected_ns(engine, slot);
  if (left > 0 && (each == 0 || left * each > BACKLOG_NS)) ctz_pool_wake_one(engine);
}

// Another thread wrote the slots last: they come while the first of them runs.
static void fetch_ahead(const ctz_table *table, const uint32_t *claimed, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    uint32_t index = ctz_entry_slot(claimed[i]);
    if (index >= ctz_table_size(table)) continue;
    const ctz_slot *slot = ctz_slot_at(table, index);
    ctz_fetch_to_write(&table->cells[index]);
    ctz_fetch_to_write(slot);
    ctz_fetch_to_write((const char *)slot + sizeof *slot - 1);
  }
}

// The next slot to run, from what was claimed, from the queues, or from another worker.
static bool next_slot(ctz_worker *worker, uint32_t *slot) {
  // relaxed: a pause takes effect soon, not at an instant. What was claimed waits as well.
  if (atomic_load_explicit(&worker->engine->paused, memory_order_relaxed)) return false;
  if (ctz_batch_take(&worker->batch, slot)) return true;
  // waking others, and waiting, took time that belongs to no task
  worker->now_ns = ctz_clock_read(&worker->clock);
  uint32_t claimed[CTZ_BATCH_SIZE];
  uint32_t count = ctz_ready_claim(worker->engine, worker, claimed);
  if (count == 0) {
    // nothing follows that these could be handed back with
    ctz_hand_back(worker);
    return steal(worker, slot);
  }
  *slot = claimed[0];
  fetch_ahead(&worker->engine->table, claimed, count);
  // JavaScript takes the time of what it submits meanwhile from here, which costs less than a clock
  ctz_field_set_f64(worker->engine->port.clock, ctz_worker_ms(worker));
  if (count > 1) ctz_batch_fill(&worker->batch, claimed + 1, count - 1);
  share_backlog(worker, *slot);
  ctz_hand_back_if_worth_it(worker);
  return true;
}

static bool spin(ctz_worker *worker) {
  if (atomic_load_explicit(&worker->engine->paused, memory_order_relaxed)) return false;
  for (uint32_t i = 0; i < worker->spins; i++) {
    if (ctz_ready_any(worker->engine)) return true;
    ctz_cpu_relax();
  }
  return false;
}

static void sleep_until_woken(ctz_worker *worker) {
  uint64_t before = ctz_clock_read(&worker->clock);
  ctz_pool_park(worker->engine, worker);
  worker->now_ns = ctz_clock_read(&worker->clock);
  bool brief = worker->now_ns - before < SHORT_SLEEP_NS;
  uint32_t spins = brief ? worker->spins * 2 : worker->spins / 2;
  worker->spins = spins < LEAST_SPINS ? LEAST_SPINS : spins > MOST_SPINS ? MOST_SPINS : spins;
}

// Between two tasks: lets the owner of the port have this core when it is overdue. Once for each time, so that a worker
// beside which other programs compute, or whose owner is at something long, keeps its share.
static void step_aside(ctz_worker *worker) {
  const ctz_completions *ring = &worker->engine->port.completions;
  if (ring->drained == NULL) return;  // there is no port
  // relaxed, both: hints
  uint32_t drained = atomic_load_explicit(ring->drained, memory_order_relaxed);
  if (drained != worker->drained || drained == atomic_load_explicit(ring->tail, memory_order_relaxed)) {
    worker->drained = drained;
    worker->overdue_ns = worker->now_ns + OVERDUE_NS;
    return;
  }
  if (worker->now_ns < worker->overdue_ns) return;
  worker->overdue_ns = UINT64_MAX;
  ctz_thread_yield();
  ctz_count(&worker->yields, 1);
  worker->now_ns = ctz_clock_read(&worker->clock);  // what others took of the core belongs to no task
}

static void work(ctz_worker *worker) {
  ctz_engine *engine = worker->engine;
  worker->now_ns = ctz_clock_read(&worker->clock);
  for (;;) {
    uint32_t slot;
    // one too many ends before it takes more, also while more waits; what it has claimed is left to be stolen
    if (ctz_pool_is_surplus(engine, worker)) {
      ctz_hand_back(worker);
      if (ctz_pool_may_retire(engine, worker)) return;
    }
    if (next_slot(worker, &slot)) {
      if (!ctz_run_streak(worker, slot)) ctz_run_slot(worker, slot);
      step_aside(worker);
      continue;
    }
    ctz_hand_back(worker);
    if (!spin(worker)) sleep_until_woken(worker);
  }
}

void ctz_worker_main(void *argument) {
  ctz_worker *worker = argument;
  ctz_engine *engine = worker->engine;
  if (engine->config.nice > 0) ctz_thread_set_nice(engine->worker_nice);
  work(worker);
  ctz_pool_tell_idle(engine);
  ctz_pool_thread_ended(engine);
}
