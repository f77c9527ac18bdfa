#include "flow/timers.h"

#include <math.h>

#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/pool.h"

#define MOVED_AT_ONCE 64u

static bool start_thread(ctz_engine *engine);

bool ctz_timers_init(ctz_engine *engine) {
  engine->wheel = ctz_wheel_create(ctz_table_size(&engine->table), engine->config.now_ms);
  engine->timer_wakes_at = -INFINITY;
  // asleep from the start: who pushes first wakes it, which makes it
  atomic_store_explicit(engine->port.parked_timers, 1, memory_order_relaxed);
  return engine->wheel != NULL;
}

void ctz_timers_destroy(ctz_engine *engine) {
  if (engine->wheel != NULL) ctz_wheel_destroy(engine->wheel);
}

// Under the lock. A slot of the port waits for its moment, as JavaScript has written it.
static void take_in_one(ctz_engine *engine, uint32_t index) {
  if (!ctz_is_port_slot(&engine->table, index)) return;
  if (!ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_FREE, CTZ_PHASE_TIMED)) return;
  double due = ctz_field_f64(&ctz_slot_at(&engine->table, index)->ready_at);
  // a moment that is none is now: the task is not lost
  if (ctz_wheel_add(engine->wheel, index, due == due ? due : 0)) return;
  ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_TIMED, CTZ_PHASE_READY);
  ctz_ready_push(engine, index, CTZ_CLASSES - 1);
}

// Under the lock. Takes in what the timed ring holds now, and not what JavaScript may push for ever meanwhile.
static bool take_in(ctz_engine *engine) {
  if (engine->port.memory == NULL) return false;
  ctz_port_ring *ring = &engine->port.rings[CTZ_PORT_TIMED_RING];
  uint32_t slots[MOVED_AT_ONCE], count, left = ctz_port_ring_length(ring);
  uint64_t contended = 0;
  bool any = left > 0;
  for (; left > 0; left -= count) {
    count = ctz_port_ring_claim(ring, slots, left < MOVED_AT_ONCE ? left : MOVED_AT_ONCE, &contended);
    if (count == 0) break;
    for (uint32_t i = 0; i < count; i++) take_in_one(engine, slots[i]);
  }
  return any;
}

static void move_to_ready(ctz_engine *engine, uint32_t index) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_plan_entry *entry = ctz_plan_at(engine, ctz_field_u32(&slot->plan));
  uint32_t priority = entry == NULL ? CTZ_CLASSES - 1 : entry->plan.priority & (CTZ_CLASSES - 1);
  if (ctz_field_u32(&slot->state) == CTZ_SLOT_RETRYING)
    atomic_fetch_sub_explicit(&engine->retrying, 1, memory_order_relaxed);
  ctz_field_set_u32(&slot->state, CTZ_SLOT_PENDING);
  if (ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_TIMED, CTZ_PHASE_READY)) {
    ctz_ready_push(engine, index, priority);
  }
}

// Under the lock, which it gives up meanwhile. True when there may be more.
static bool move_due(ctz_engine *engine) {
  uint32_t due[MOVED_AT_ONCE];
  uint32_t count = ctz_wheel_advance(engine->wheel, ctz_now(engine), due, MOVED_AT_ONCE);
  if (count == 0) return false;
  engine->timer_moving += count;
  engine->timer_moved += count;
  ctz_unlock(&engine->timer_lock);
  for (uint32_t i = 0; i < count; i++) move_to_ready(engine, due[i]);
  ctz_pool_wake_for_work(engine);
  ctz_lock(&engine->timer_lock);
  engine->timer_moving -= count;
  return true;
}

static uint64_t ns_of(ctz_engine *engine, double ms) {
  double ahead = (ms - engine->config.now_ms) * 1e6;
  // beyond two centuries is never; up, since nothing may be early
  return ahead >= 6e18 ? UINT64_MAX : engine->origin_ns + (uint64_t)(ahead < 0 ? 0 : ceil(ahead));
}

// seq_cst: partner is JavaScript, which stores the tail and then looks whether this thread sleeps.
static bool was_pushed(const ctz_port_ring *ring) {
  return atomic_load_explicit(ring->tail, memory_order_seq_cst) !=
         atomic_load_explicit(ring->head, memory_order_seq_cst);
}

// Under the lock.
static void sleep_until_due(ctz_engine *engine) {
  double next = ctz_wheel_next(engine->wheel);
  engine->timer_wakes_at = next;
  // seq_cst: partner is JavaScript, which stores the tail of the timed ring and then reads this word
  atomic_store_explicit(engine->port.parked_timers, 1, memory_order_seq_cst);
  bool pushed = engine->port.memory != NULL && was_pushed(&engine->port.rings[CTZ_PORT_TIMED_RING]);
  if (!pushed && !ctz_is_stopped(engine)) {
    ctz_condition_wait(&engine->timer_condition, &engine->timer_lock, ns_of(engine, next));
  }
  atomic_store_explicit(engine->port.parked_timers, 0, memory_order_relaxed);
  engine->timer_wakes_at = -INFINITY;
  atomic_fetch_add_explicit(&engine->timer_wakes, 1, memory_order_relaxed);
}

static void keep_time(void *argument) {
  ctz_engine *engine = argument;
  ctz_lock(&engine->timer_lock);
  while (!ctz_is_stopped(engine)) {
    bool took = take_in(engine);
    if (!move_due(engine) && !took) {
      sleep_until_due(engine);
      continue;
    }
    // the workers may have been done before this thread was
    ctz_unlock(&engine->timer_lock);
    ctz_pool_tell_idle(engine);
    ctz_lock(&engine->timer_lock);
  }
  engine->timer_alive = false;
  ctz_unlock(&engine->timer_lock);
  ctz_pool_thread_ended(engine);
}

// Under the lock.
static bool start_thread(ctz_engine *engine) {
  if (engine->timer_alive) return true;
  if (ctz_is_stopped(engine)) return false;
  ctz_pool_thread_begins(engine);
  engine->timer_alive = ctz_thread_start(keep_time, engine, "ctz-timers");
  if (!engine->timer_alive) ctz_pool_thread_ended(engine);
  return engine->timer_alive;
}

// Under the lock. Who cancels sets the flag and then takes the slot out under the lock: one of the two sees the other.
// Who closes looks for what waits after it has stopped the engine.
static bool may_wait(ctz_engine *engine, uint32_t index) {
  // a barrier: JavaScript, which has no lock, sets the flag and then looks whether the slot retries
  return ctz_read_after_publishing(&ctz_slot_at(&engine->table, index)->cancel) == 0 && !ctz_is_stopped(engine);
}

bool ctz_timers_add(ctz_engine *engine, uint32_t slot, ctz_phase from, double due_ms, bool tell) {
  ctz_lock(&engine->timer_lock);
  bool added = may_wait(engine, slot) && start_thread(engine) &&
               ctz_cell_move(&engine->table.cells[slot], from, CTZ_PHASE_TIMED);
  if (added && !ctz_wheel_add(engine->wheel, slot, due_ms)) {
    // no memory: it comes again at once rather than never
    added = ctz_wheel_add(engine->wheel, slot, 0);
    if (!added) {
      ctz_cell_move(&engine->table.cells[slot], CTZ_PHASE_TIMED, CTZ_PHASE_READY);
      ctz_ready_push(engine, slot, CTZ_CLASSES - 1);
      added = true;
    }
  }
  // while the lock is held it waits, and its error can be read as soon as the notice is
  bool told = added && tell && ctz_post(engine, slot, CTZ_NOTICE_RETRYING);
  if (added && due_ms < engine->timer_wakes_at) ctz_condition_signal(&engine->timer_condition);
  ctz_unlock(&engine->timer_lock);
  // own_lock, which this may take, comes before timer_lock
  if (told) ctz_wake_owner(engine);
  return added;
}

bool ctz_timers_remove(ctz_engine *engine, uint32_t index) {
  ctz_lock(&engine->timer_lock);
  // it may still be in the ring
  take_in(engine);
  bool removed = index < ctz_table_size(&engine->table) && ctz_wheel_remove(engine->wheel, index);
  if (removed) {
    ctz_slot *slot = ctz_slot_at(&engine->table, index);
    if (ctz_field_u32(&slot->state) == CTZ_SLOT_RETRYING)
      atomic_fetch_sub_explicit(&engine->retrying, 1, memory_order_relaxed);
    ctz_phase to = ctz_is_port_slot(&engine->table, index) ? CTZ_PHASE_FREE : CTZ_PHASE_SETTLED;
    ctz_field_set_u32(&slot->state, CTZ_SLOT_CANCELLED);
    ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_TIMED, to);
  }
  ctz_unlock(&engine->timer_lock);
  return removed;
}

void ctz_timers_wake(ctz_engine *engine) {
  ctz_lock(&engine->timer_lock);
  start_thread(engine);
  ctz_condition_signal(&engine->timer_condition);
  ctz_unlock(&engine->timer_lock);
}

void ctz_timers_stop(ctz_engine *engine) {
  ctz_lock(&engine->timer_lock);
  ctz_condition_broadcast(&engine->timer_condition);
  ctz_unlock(&engine->timer_lock);
}

uint64_t ctz_timers_length(ctz_engine *engine) {
  ctz_lock(&engine->timer_lock);
  uint64_t length = ctz_wheel_length(engine->wheel);
  if (engine->port.memory != NULL) length += ctz_port_ring_length(&engine->port.rings[CTZ_PORT_TIMED_RING]);
  ctz_unlock(&engine->timer_lock);
  return length;
}

bool ctz_timers_idle(ctz_engine *engine, uint64_t *moved) {
  ctz_lock(&engine->timer_lock);
  *moved = engine->timer_moved;
  bool idle = engine->timer_moving == 0 && ctz_wheel_length(engine->wheel) == 0;
  if (engine->port.memory != NULL && ctz_port_ring_length(&engine->port.rings[CTZ_PORT_TIMED_RING]) > 0) idle = false;
  ctz_unlock(&engine->timer_lock);
  return idle;
}

bool ctz_timers_take_next(ctz_engine *engine, uint32_t *index) {
  uint32_t size = ctz_table_size(&engine->table);
  ctz_lock(&engine->timer_lock);
  take_in(engine);
  while (*index < size && !ctz_wheel_remove(engine->wheel, *index)) ++*index;
  if (*index < size) ctz_cell_move(&engine->table.cells[*index], CTZ_PHASE_TIMED, CTZ_PHASE_READY);
  ctz_unlock(&engine->timer_lock);
  return *index < size;
}
