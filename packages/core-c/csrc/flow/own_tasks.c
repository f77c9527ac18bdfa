// Tasks that C submits: their life from ctz_submit to ctz_release.
#include <math.h>
#include <string.h>

#include "flow/own_tasks.h"
#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "flow/timers.h"
#include "worker/pool.h"

static ctz_task_id id_of(const ctz_cell *cell, uint32_t index) {
  return (uint64_t)ctz_cell_generation(cell) << 32 | index;
}

// The cell of an own task, if the id is still of that task.
static ctz_cell *cell_of(ctz_engine *engine, ctz_task_id id, uint32_t *index) {
  *index = (uint32_t)id;
  if (*index >= ctz_table_size(&engine->table) || ctz_is_port_slot(&engine->table, *index)) return NULL;
  ctz_cell *cell = &engine->table.cells[*index];
  return ctz_cell_phase(cell) != CTZ_PHASE_FREE && ctz_cell_generation(cell) == id >> 32 ? cell : NULL;
}

static ctz_status fill(ctz_engine *engine, uint32_t index, uint32_t plan, const ctz_value *args, uint32_t count,
                       const ctz_kernel *kernel) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_extra *extra = ctz_extra_create();
  if (extra == NULL) return CTZ_OUT_OF_MEMORY;
  extra->attached = true;
  extra->plan = plan;
  extra->kernel = kernel;
  extra->count = count;
  if (count > 0) memcpy(extra->args, args, sizeof(ctz_value) * count);
  ctz_status status = ctz_extra_copy_args(extra, kernel, &engine->budget);
  if (status != CTZ_OK) {
    ctz_extra_destroy(extra, &engine->budget);
    return status;
  }
  engine->table.cells[index].extra = extra;
  ctz_field_set_u32(&slot->plan, plan);
  ctz_field_set_u32(&slot->attempt, 0);
  ctz_field_set_u32(&slot->cancel, 0);
  return CTZ_OK;
}

static void undo(ctz_engine *engine, uint32_t index) {
  ctz_cell *cell = &engine->table.cells[index];
  ctz_extra_destroy(cell->extra, &engine->budget);
  cell->extra = NULL;
  ctz_table_give_own(&engine->table, index, CTZ_PHASE_HELD);
}

// The engine was stopped while the task was submitted: who closes it may have looked at the queues before.
static void cancel_late(ctz_engine *engine, uint32_t index) {
  if (!ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_READY, CTZ_PHASE_RUNNING)) return;
  atomic_fetch_add_explicit(&engine->outside_cancelled, 1, memory_order_relaxed);
  ctz_settle(engine, NULL, index, CTZ_PHASE_RUNNING, CTZ_SLOT_CANCELLED);
}

static ctz_status begin(ctz_engine *engine, uint32_t index, uint32_t priority, double delay_ms) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  double now = ctz_now(engine);
  ctz_field_set_f64(&slot->ready_at, now + delay_ms);
  if (delay_ms > 0) {
    atomic_store_explicit(&slot->state, CTZ_SLOT_SCHEDULED, memory_order_release);
    if (ctz_timers_add(engine, index, CTZ_PHASE_HELD, now + delay_ms, false)) return CTZ_OK;
    return ctz_is_open(engine) ? CTZ_SYSTEM : CTZ_CLOSED;
  }
  atomic_store_explicit(&slot->state, CTZ_SLOT_PENDING, memory_order_release);
  ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_HELD, CTZ_PHASE_READY);
  ctz_ready_push(engine, index, priority);
  ctz_pool_wake_for_work(engine);
  if (ctz_is_stopped(engine)) cancel_late(engine, index);
  return CTZ_OK;
}

ctz_status ctz_submit(ctz_engine *engine, uint32_t plan, const ctz_value *args, uint32_t count, double delay_ms,
                      ctz_task_id *id) {
  if (!ctz_is_open(engine)) return CTZ_CLOSED;
  ctz_plan_entry *entry = ctz_plan_at(engine, plan);
  if (entry == NULL) return CTZ_NOT_FOUND;
  const ctz_kernel *kernel = atomic_load_explicit(&entry->kernel, memory_order_acquire);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  if (count != kernel->arity || !(delay_ms >= 0)) return CTZ_BAD_ARGUMENT;
  uint32_t index;
  if (!ctz_table_take_own(&engine->table, &index)) {
    atomic_fetch_add_explicit(&engine->rejected[entry->plan.priority], 1, memory_order_relaxed);
    return CTZ_FULL;
  }
  ctz_status status = fill(engine, index, plan, args, count, kernel);
  // before it can run: afterwards the slot may be another task's
  if (status == CTZ_OK && id != NULL) *id = id_of(&engine->table.cells[index], index);
  if (status == CTZ_OK) status = begin(engine, index, entry->plan.priority, delay_ms);
  if (status != CTZ_OK) undo(engine, index);
  return status;
}

void ctz_outcome_of(ctz_engine *engine, uint32_t index, ctz_outcome *outcome) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  const ctz_extra *extra = engine->table.cells[index].extra;
  memset(outcome, 0, sizeof *outcome);
  // of a port slot JavaScript may have written anything there
  uint32_t state = ctz_field_u32(&slot->state);
  outcome->state = state <= CTZ_SLOT_CANCELLED ? (ctz_slot_state)state : CTZ_SLOT_PENDING;
  outcome->attempts = ctz_field_u32(&slot->attempt);
  if (extra != NULL && extra->error != NULL) outcome->error = *extra->error;
  if (extra == NULL || outcome->state != CTZ_SLOT_COMPLETED) return;
  outcome->type = extra->result_type;
  outcome->value = extra->result;
  if (outcome->type == CTZ_FIELDS) outcome->fields = extra->result_fields;
}

ctz_status ctz_wait(ctz_engine *engine, ctz_task_id id, double timeout_ms, ctz_outcome *outcome) {
  uint64_t deadline = ctz_patience_of(engine, timeout_ms);
  uint32_t index;
  ctz_status status = CTZ_OK;
  // seq_cst: partner is who settles, which moves the phase and then looks for waiters
  atomic_fetch_add_explicit(&engine->own_waiters, 1, memory_order_seq_cst);
  ctz_lock(&engine->own_lock);
  ctz_cell *cell;
  while ((cell = cell_of(engine, id, &index)) != NULL && ctz_cell_phase(cell) != CTZ_PHASE_SETTLED) {
    if (ctz_condition_wait(&engine->own_condition, &engine->own_lock, deadline)) continue;
    if (ctz_cell_phase(cell) == CTZ_PHASE_SETTLED) break;
    status = CTZ_TIMED_OUT;
    break;
  }
  if (cell == NULL) status = CTZ_NOT_FOUND;
  if (status == CTZ_OK && outcome != NULL) ctz_outcome_of(engine, index, outcome);
  ctz_unlock(&engine->own_lock);
  atomic_fetch_sub_explicit(&engine->own_waiters, 1, memory_order_relaxed);
  return status;
}

// own_lock comes before timer_lock.
ctz_status ctz_cancel(ctz_engine *engine, ctz_task_id id) {
  uint32_t index;
  ctz_lock(&engine->own_lock);  // until the end the slot is not given to another task
  ctz_cell *cell = cell_of(engine, id, &index);
  if (cell != NULL && ctz_cell_phase(cell) != CTZ_PHASE_SETTLED) {
    // relaxed: the running kernel polls it, the next start looks at it
    ctz_field_set_u32(&ctz_slot_at(&engine->table, index)->cancel, 1);
    if (ctz_timers_remove(engine, index)) {
      atomic_fetch_add_explicit(&engine->outside_cancelled, 1, memory_order_relaxed);
      ctz_condition_broadcast(&engine->own_condition);
    }
  }
  ctz_unlock(&engine->own_lock);
  return cell == NULL ? CTZ_NOT_FOUND : CTZ_OK;
}

ctz_status ctz_release(ctz_engine *engine, ctz_task_id id) {
  uint32_t index;
  ctz_lock(&engine->own_lock);
  ctz_cell *cell = cell_of(engine, id, &index);
  ctz_status status = CTZ_NOT_FOUND;
  if (cell != NULL) {
    status = CTZ_INVALID;
    if (ctz_cell_move(cell, CTZ_PHASE_SETTLED, CTZ_PHASE_HELD)) {
      ctz_extra_destroy(cell->extra, &engine->budget);
      cell->extra = NULL;
      ctz_table_give_own(&engine->table, index, CTZ_PHASE_HELD);
      status = CTZ_OK;
    }
  }
  ctz_unlock(&engine->own_lock);
  return status;
}

ctz_status ctz_drain(ctz_engine *engine, double timeout_ms) {
  uint64_t deadline = ctz_patience_of(engine, timeout_ms);
  ctz_status status = CTZ_OK;
  // seq_cst: partner is the parking worker, which looks for waiters after it said that it sleeps
  atomic_fetch_add_explicit(&engine->idle_waiters, 1, memory_order_seq_cst);
  ctz_lock(&engine->own_lock);
  while (!ctz_pool_idle(engine)) {
    if (ctz_condition_wait(&engine->own_condition, &engine->own_lock, deadline)) continue;
    status = ctz_pool_idle(engine) ? CTZ_OK : CTZ_TIMED_OUT;
    break;
  }
  ctz_unlock(&engine->own_lock);
  atomic_fetch_sub_explicit(&engine->idle_waiters, 1, memory_order_seq_cst);
  return status;
}
