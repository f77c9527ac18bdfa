// The life of an engine: made, closed, given back.
#include <string.h>

#include "ctz/engine.h"
#include "engine/engine_state.h"
#include "engine/forked.h"
#include "engine/port.h"
#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "flow/timers.h"
#include "memory/allocator.h"
#include "worker/columns.h"
#include "worker/graph.h"
#include "worker/pool.h"

// Threads that sleep end within microseconds of being told; this bounds the wait for a machine that is very busy.
#define ENDING_MS 2000.0
#define ENDING_SLICE_NS 2000000u

void ctz_engine_keep(ctz_engine *engine) {
  // relaxed: whoever keeps it holds it already
  atomic_fetch_add_explicit(&engine->references, 1, memory_order_relaxed);
}

static void destroy(ctz_engine *engine) {
  const ctz_config config = engine->config;
  ctz_forked_unwatch(engine);
  ctz_pool_destroy(engine);
  ctz_timers_destroy(engine);
  ctz_ready_destroy(engine);
  ctz_registry_destroy(engine);
  ctz_table_destroy(&engine->table, &engine->budget);
  ctz_port_destroy(engine);
  ctz_mutex_destroy(&engine->timer_lock);
  ctz_mutex_destroy(&engine->pool_lock);
  ctz_mutex_destroy(&engine->own_lock);
  ctz_mutex_destroy(&engine->registry_lock);
  ctz_condition_destroy(&engine->timer_condition);
  ctz_condition_destroy(&engine->pool_condition);
  ctz_condition_destroy(&engine->own_condition);
  ctz_free(engine);
  if (config.gone != NULL) config.gone(config.owner);
}

void ctz_engine_drop(ctz_engine *engine) {
  // acq_rel: the last one sees what all others did before it frees
  if (atomic_fetch_sub_explicit(&engine->references, 1, memory_order_acq_rel) == 1) destroy(engine);
}

void ctz_engine_release(ctz_engine *engine) { ctz_engine_drop(engine); }

static bool is_sound(const ctz_config *config) {
  return config->port_slots <= CTZ_PORT_MAX_SLOTS && config->own_slots <= CTZ_PORT_MAX_SLOTS &&
         config->port_slots + config->own_slots > 0 && config->max_workers >= 1 &&
         config->max_workers <= CTZ_MAX_WORKERS && config->workers >= 1 && config->workers <= config->max_workers &&
         config->nice <= CTZ_MAX_NICE;
}

bool ctz_engine_init_locks(ctz_engine *engine) {
  return ctz_mutex_init(&engine->timer_lock) && ctz_mutex_init(&engine->pool_lock) &&
         ctz_mutex_init(&engine->own_lock) && ctz_mutex_init(&engine->registry_lock) &&
         ctz_condition_init(&engine->timer_condition) && ctz_condition_init(&engine->pool_condition) &&
         ctz_condition_init(&engine->own_condition);
}

static bool init_parts(ctz_engine *engine) {
  const ctz_config *config = &engine->config;
  ctz_budget_init(&engine->budget, config->memory_pool);
  return ctz_port_init(engine) &&
         ctz_table_init(&engine->table, ctz_port_slots(engine), config->port_slots, config->own_slots) &&
         ctz_ready_init(engine) && ctz_timers_init(engine) && ctz_pool_init(engine);
}

static bool add_builtin_kernels(ctz_engine *engine) {
  const ctz_library *library = ctz_builtin_kernels();
  for (uint32_t i = 0; i < library->count; i++) {
    if (ctz_kernel_add(engine, &library->kernels[i], NULL) != CTZ_OK) return false;
  }
  return true;
}

ctz_status ctz_engine_create(const ctz_config *config, ctz_engine **out) {
  if (config == NULL || !is_sound(config)) return CTZ_INVALID;
  ctz_engine *engine = ctz_alloc_aligned(64, sizeof *engine);
  if (engine == NULL) return CTZ_OUT_OF_MEMORY;
  memset(engine, 0, sizeof *engine);
  engine->config = *config;
  engine->config.gone = NULL;  // a failed create leaves the owner to the caller
  engine->origin_ns = config->now_ns == 0 ? ctz_monotonic_ns() : config->now_ns;
  atomic_store_explicit(&engine->references, 1, memory_order_relaxed);
  if (!ctz_engine_init_locks(engine) || !ctz_forked_watch(engine) || !init_parts(engine) ||
      !add_builtin_kernels(engine)) {
    ctz_engine_drop(engine);
    return CTZ_OUT_OF_MEMORY;
  }
  ctz_status status = ctz_pool_resize(engine, config->workers);
  if (status != CTZ_OK) {
    ctz_engine_close(engine, 0, NULL);
    ctz_engine_drop(engine);
    return status;
  }
  engine->config.gone = config->gone;
  *out = engine;
  return CTZ_OK;
}

uint64_t ctz_patience_of(const ctz_engine *engine, double timeout_ms) {
  if (engine->forked) return 0;
  return timeout_ms >= 1e12 ? UINT64_MAX : ctz_monotonic_ns() + (uint64_t)(timeout_ms * 1e6);
}

double ctz_now(ctz_engine *engine) { return ctz_ms_of(engine, ctz_monotonic_ns()); }

uint64_t ctz_moment_ns(void) { return ctz_monotonic_ns(); }

ctz_status ctz_scale(ctz_engine *engine, uint32_t workers) { return ctz_pool_resize(engine, workers); }

void ctz_pause(ctz_engine *engine, bool paused) {
  atomic_store_explicit(&engine->paused, paused, memory_order_seq_cst);
  if (!paused) ctz_pool_wake_all(engine);
}

static uint64_t processed(ctz_engine *engine) {
  uint64_t sum = 0;
  uint32_t count = ctz_runner_count(engine);
  for (uint32_t i = 0; i < count; i++) {
    const ctz_worker *runner = ctz_runner_at(engine, i);
    if (runner == NULL) continue;
    const ctz_worker_figures *figures = runner->figures;
    sum += atomic_load_explicit(&figures->completed, memory_order_relaxed) +
           atomic_load_explicit(&figures->failed, memory_order_relaxed);
  }
  return sum;
}

static bool in_kernel(ctz_engine *engine, uint32_t index) {
  const ctz_worker *worker = engine->workers[index];
  return worker->alive && ctz_is_in_kernel(atomic_load_explicit(&worker->calls, memory_order_relaxed));
}

// Under pool_lock: threads that have not ended and run no kernel.
static bool some_are_ending(ctz_engine *engine) {
  uint32_t running = 0;
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) running += in_kernel(engine, i);
  return engine->threads > running;
}

static uint64_t wait_for_threads(ctz_engine *engine) {
  uint64_t began = ctz_monotonic_ns(), deadline = began + (uint64_t)(ENDING_MS * 1e6);
  ctz_lock(&engine->pool_lock);
  // In slices: one that was about to enter a kernel tells nobody that it has. One at least: short tasks that follow
  // each other count as one kernel, and have ended after it.
  for (uint64_t now = began; now < deadline; now = ctz_monotonic_ns()) {
    if (!some_are_ending(engine) && (engine->threads == 0 || now - began >= ENDING_SLICE_NS)) break;
    ctz_condition_wait(&engine->pool_condition, &engine->pool_lock, now + ENDING_SLICE_NS);
  }
  uint64_t left = 0;
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) left += in_kernel(engine, i);
  ctz_unlock(&engine->pool_lock);
  return left;
}

static uint64_t cancel_entry(ctz_engine *engine, uint32_t entry) {
  uint32_t index = ctz_entry_slot(entry);
  if (index >= ctz_table_size(&engine->table)) return 0;
  ctz_cell *cell = &engine->table.cells[index];
  bool of_port = ctz_entry_is_of_port(entry);
  if (!of_port && ctz_cell_phase(cell) == CTZ_PHASE_OFFERED) {
    return cell->extra->graph != NULL ? ctz_give_up_graph(engine, index) : ctz_give_up_columns(engine, index);
  }
  if (!ctz_cell_move(cell, of_port ? CTZ_PHASE_FREE : CTZ_PHASE_READY, CTZ_PHASE_RUNNING)) return 0;
  ctz_settle(engine, NULL, index, CTZ_PHASE_RUNNING, CTZ_SLOT_CANCELLED);
  return 1;
}

static uint64_t waiting_now(ctz_engine *engine) {
  uint64_t sum = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) sum += ctz_ready_length(engine, c);
  return sum;
}

// What waits now, and not what JavaScript may push for ever meanwhile.
static uint64_t cancel_ready(ctz_engine *engine) {
  uint64_t cancelled = 0, deadline = ctz_monotonic_ns() + (uint64_t)(ENDING_MS * 1e6);
  uint32_t entry;
  for (uint64_t left = waiting_now(engine); left > 0 && waiting_now(engine) > 0;) {
    if (ctz_ready_take_any(engine, &entry)) {
      cancelled += cancel_entry(engine, entry);
      left--;
    } else if (ctz_monotonic_ns() < deadline) {
      ctz_cpu_relax();  // a thread that submits has not written its entry yet, and others wait behind it
    } else {
      break;
    }
  }
  return cancelled;
}

static uint64_t cancel_waiting(ctz_engine *engine) {
  uint64_t cancelled = 0;
  uint32_t entry;
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) {
    while (ctz_batch_take(&engine->workers[i]->batch, &entry)) cancelled += cancel_entry(engine, entry);
  }
  cancelled += cancel_ready(engine);
  for (entry = 0; ctz_timers_take_next(engine, &entry); entry++) cancelled += cancel_entry(engine, entry);
  // those that were on their way from the timers
  cancelled += cancel_ready(engine);
  atomic_fetch_add_explicit(&engine->outside_cancelled, cancelled, memory_order_relaxed);
  return cancelled;
}

void ctz_engine_close(ctz_engine *engine, double timeout_ms, ctz_report *report) {
  uint32_t open = CTZ_LIFE_OPEN;
  ctz_report found = {0, 0, 0};
  // acq_rel: closed once; others see it closed with what came before
  if (atomic_compare_exchange_strong_explicit(&engine->life, &open, CTZ_LIFE_CLOSING, memory_order_acq_rel,
                                              memory_order_acquire)) {
    uint64_t before = processed(engine);
    if (timeout_ms > 0) ctz_drain(engine, timeout_ms);
    atomic_store_explicit(&engine->life, CTZ_LIFE_STOPPED, memory_order_seq_cst);
    ctz_pool_wake_all(engine);
    ctz_timers_stop(engine);
    found.abandoned = wait_for_threads(engine);
    found.cancelled = cancel_waiting(engine);
    found.completed = processed(engine) - before;
  }
  if (report != NULL) *report = found;
}
