#include "flow/settlement.h"

#include <math.h>

#include "flow/ready.h"
#include "flow/timers.h"
#include "worker/pool.h"

// Settled tasks of the lower two classes are held back for a while as long as others follow: the thread that owns the
// port is woken for many at a time. It may add an eighth to what the first of them had to wait, within these bounds.
// The higher two classes go back at once.
#define LEAST_HOLD_NS 400000u
#define MOST_HOLD_NS 2000000u
#define SHARE_OF_WAIT 8
// An owner that is awake gets them CTZ_SETTLED_TOGETHER at a time, and one that sleeps is woken for this share of what
// still waits: so it is left little to do once all have run.
#define SHARE_OF_LEFT 4

// Who waits looks and goes to sleep under the lock: after it has been held, nobody is between the two. Woken without
// it, so that they do not run into it.
void ctz_tell_waiters(ctz_engine *engine) {
  ctz_lock(&engine->own_lock);
  ctz_unlock(&engine->own_lock);
  ctz_condition_broadcast(&engine->own_condition);
}

// After something was appended to the completion ring.
void ctz_wake_owner(ctz_engine *engine) {
  if (ctz_read_after_publishing(&engine->port_waiters) > 0) ctz_tell_waiters(engine);
  if (engine->config.wake == NULL || !ctz_completions_take_waiting(&engine->port.completions)) return;
  atomic_fetch_add_explicit(&engine->owner_wakes, 1, memory_order_relaxed);
  engine->config.wake(engine->config.owner);
}

static bool append_settled_of(ctz_worker *worker) {
  uint32_t slots[CTZ_SETTLED_TOGETHER];
  uint64_t contended = 0;
  bool any = false;
  for (;;) {
    uint32_t count = ctz_port_ring_claim(&worker->settled, slots, CTZ_SETTLED_TOGETHER, &contended);
    if (count == 0) return any;
    ctz_completions_append(&worker->engine->port.completions, slots, count);
    any = true;
  }
}

// What the others hold back as well: one wake for all of it.
static void append_settled_of_others(const ctz_worker *worker) {
  ctz_engine *engine = worker->engine;
  // acquire: pairs with the release in start_worker
  uint32_t started = atomic_load_explicit(&engine->started, memory_order_acquire);
  for (uint32_t i = 0; i < started; i++) {
    if (engine->workers[i] != worker) append_settled_of(engine->workers[i]);
  }
}

void ctz_hand_back(ctz_worker *worker) {
  ctz_engine *engine = worker->engine;
  if (!append_settled_of(worker)) return;
  if (ctz_completions_is_awaited(&engine->port.completions)) append_settled_of_others(worker);
  ctz_wake_owner(engine);
}

void ctz_hand_back_in_time(ctz_worker *worker, uint64_t now_ns, uint64_t busy_ns) {
  if (ctz_port_ring_length(&worker->settled) > 0 && now_ns + busy_ns > worker->settled_until_ns) ctz_hand_back(worker);
}

void ctz_hand_back_if_worth_it(ctz_worker *worker) {
  ctz_engine *engine = worker->engine;
  uint32_t settled = ctz_port_ring_length(&worker->settled);
  if (settled < CTZ_SETTLED_TOGETHER) return;
  if (ctz_completions_is_awaited(&engine->port.completions)) {
    uint64_t left = 0;
    for (uint32_t c = 0; c < CTZ_CLASSES; c++) left += ctz_ready_length(engine, c);
    if (left > (uint64_t)SHARE_OF_LEFT * settled) return;
  }
  ctz_hand_back(worker);
}

bool ctz_post(ctz_engine *engine, uint32_t slot, ctz_notice notice) {
  if (!ctz_is_port_slot(&engine->table, slot)) return false;
  return ctz_completions_notice(&engine->port.completions, slot | (uint32_t)notice << CTZ_NOTICE_SHIFT);
}

void ctz_tell(ctz_engine *engine, uint32_t slot, ctz_notice notice) {
  if (ctz_post(engine, slot, notice)) ctz_wake_owner(engine);
}

// How long the settled task may be held back. JavaScript may have written anything into the slot.
static uint64_t hold_ns(const ctz_slot *slot) {
  double waited_ms = ctz_field_f64(&slot->started_at) - ctz_field_f64(&slot->ready_at);
  double share_ns = waited_ms * 1e6 / SHARE_OF_WAIT;
  if (share_ns >= MOST_HOLD_NS) return MOST_HOLD_NS;
  return share_ns > LEAST_HOLD_NS ? (uint64_t)share_ns : LEAST_HOLD_NS;
}

void ctz_begin_to_hold(ctz_worker *worker, uint32_t index) {
  worker->settled_until_ns = worker->now_ns + hold_ns(ctz_slot_at(&worker->engine->table, index));
}

void ctz_hand_back_when_due(ctz_worker *worker) {
  bool has_room = ctz_port_ring_length(&worker->settled) + CTZ_BATCH_SIZE <= CTZ_SETTLED_MOST;
  if (has_room && worker->now_ns <= worker->settled_until_ns) return;
  ctz_hand_back(worker);
  worker->now_ns = ctz_clock_read(&worker->clock);
}

void ctz_settle(ctz_engine *engine, ctz_worker *worker, uint32_t index, ctz_phase phase, ctz_slot_state state) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_cell *cell = &engine->table.cells[index];
  bool in_port = ctz_is_port_slot(&engine->table, index);
  // Who polls the state of a slot of the port may ask for its result at once: the slot is free by then. Own tasks are
  // waited for by their phase. Release: the result is seen with the state.
  if (in_port) ctz_cell_leave(cell, phase, CTZ_PHASE_FREE);
  atomic_store_explicit(&slot->state, state, memory_order_release);
  if (!in_port) ctz_cell_leave(cell, phase, CTZ_PHASE_SETTLED);
  if (!in_port) {
    if (ctz_read_after_publishing(&engine->own_waiters) == 0) return;
    ctz_tell_waiters(engine);
    if (worker != NULL) worker->now_ns = ctz_clock_read(&worker->clock);
    return;
  }
  if (worker == NULL) {
    ctz_completions_append(&engine->port.completions, &index, 1);
    ctz_wake_owner(engine);
    return;
  }
  ctz_keep_settled(worker, index);
  ctz_hand_back_when_due(worker);
}

// xorshift64*, S. Vigna 2016: enough for jitter. 0 <= result < 1.
static double random_unit(ctz_worker *worker) {
  uint64_t x = worker->random;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  worker->random = x;
  return (double)((x * 0x2545F4914F6CDD1Du) >> 11) * 0x1p-53;
}

static double growth(uint32_t backoff, uint32_t attempt) {
  switch (backoff) {
    case CTZ_BACKOFF_EXPONENTIAL:
      return ldexp(1.0, (int)(attempt - 1 < 1023 ? attempt - 1 : 1023));
    case CTZ_BACKOFF_LINEAR:
      return attempt;
    case CTZ_BACKOFF_FIXED:
      return 1;
    default:
      return 0;
  }
}

// The pause before the attempt after number `attempt`: spread evenly over ± jitter of itself, then bounded.
static double pause_ms(ctz_worker *worker, const ctz_plan *plan, uint32_t attempt) {
  double pause = plan->retry_delay_ms * growth(plan->backoff, attempt);
  if (!(pause < 1e300)) pause = pause == pause ? 1e300 : 0;
  pause *= 1 + plan->retry_jitter * (2 * random_unit(worker) - 1);
  return pause < plan->retry_max_delay_ms ? pause : plan->retry_max_delay_ms;
}

static void retry_later(ctz_worker *worker, uint32_t index, ctz_phase phase, const ctz_plan *plan, uint32_t attempt) {
  ctz_engine *engine = worker->engine;
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  double pause = pause_ms(worker, plan, attempt);
  double due = ctz_worker_ms(worker) + pause;
  ctz_count(&worker->figures->retried, 1);
  ctz_field_set_f64(&slot->ready_at, due);
  if (pause > 0) {
    atomic_fetch_add_explicit(&engine->retrying, 1, memory_order_relaxed);
    atomic_store_explicit(&slot->state, CTZ_SLOT_RETRYING, memory_order_release);
    if (ctz_timers_add(engine, index, phase, due, (plan->flags & CTZ_PLAN_TELL) != 0)) return;
    atomic_fetch_sub_explicit(&engine->retrying, 1, memory_order_relaxed);
  } else if ((plan->flags & CTZ_PLAN_TELL) != 0) {
    ctz_tell(engine, index, CTZ_NOTICE_RETRYING);
  }
  atomic_store_explicit(&slot->state, CTZ_SLOT_PENDING, memory_order_release);
  ctz_cell_leave(&engine->table.cells[index], phase, CTZ_PHASE_READY);
  ctz_ready_push(engine, index, plan->priority);
}

static bool is_retryable(ctz_status status) {
  return status != CTZ_BAD_ARGUMENT && status != CTZ_NOT_FOUND && status != CTZ_BAILED;
}

void ctz_attempt_ended(ctz_worker *worker, uint32_t index, ctz_phase phase, const ctz_plan *plan, ctz_status status,
                       bool final) {
  ctz_engine *engine = worker->engine;
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_worker_figures *figures = worker->figures;
  if (status == CTZ_OK) {
    ctz_count(&figures->completed, 1);
    ctz_settle(engine, worker, index, phase, CTZ_SLOT_COMPLETED);
    return;
  }
  if (status == CTZ_CANCELLED) {
    ctz_count(&figures->cancelled, 1);
    ctz_settle(engine, worker, index, phase, CTZ_SLOT_CANCELLED);
    return;
  }
  if (status == CTZ_RAN_TOO_LONG) ctz_count(&figures->timed_out, 1);
  if (status == CTZ_MEMORY_LIMIT || status == CTZ_POOL_LIMIT) ctz_count(&figures->memory_limited, 1);
  uint32_t attempt = ctz_field_u32(&slot->attempt);
  bool wanted = ctz_field_u32(&slot->cancel) == 0 && !ctz_is_stopped(engine);
  if (!final && wanted && plan != NULL && is_retryable(status) && attempt <= plan->max_retries) {
    retry_later(worker, index, phase, plan, attempt == 0 ? 1 : attempt);
    return;
  }
  ctz_count(status == CTZ_BAILED ? &figures->bailed : &figures->failed, 1);
  // who runs attempts one by one has to know whether another is any use
  ctz_field_set_f64(&slot->result, final || status == CTZ_BAILED ? 1 : 0);
  ctz_settle(engine, worker, index, phase, CTZ_SLOT_FAILED);
}
