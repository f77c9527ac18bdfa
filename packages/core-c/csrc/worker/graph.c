#include "worker/graph.h"

#include "base/atomics.h"
#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/pool.h"
#include "worker/recording.h"
#include "worker/run.h"
#include "worker/step_calls.h"

// What waits in the graph is offered to another worker when it is expected to take so long: more than waking one.
#define WORTH_A_WAKE_NS 50000u
// After so long other tasks that wait have their turn.
#define TURN_NS 200000u

// A worker's part in a graph, until it lets go.
typedef struct part {
  ctz_worker *worker;
  ctz_graph_job *job;
  uint32_t slot;
  uint32_t priority;  // of the graph
  uint32_t done;
  uint64_t turn_ends_ns;
  ctz_step_calls calls;
} part;

static bool is_called_off(const part *self) {
  ctz_engine *engine = self->worker->engine;
  return ctz_load(&self->job->stopped, memory_order_relaxed) != 0 || ctz_is_stopped(engine) ||
         ctz_field_u32(&ctz_slot_at(&engine->table, self->slot)->cancel) != 0;
}

// Gives the step to be run next, one that waited for this one alone; CTZ_GRAPH_NUMBER when there is none.
static uint32_t run_step(part *self, uint32_t step) {
  if (is_called_off(self)) return CTZ_GRAPH_NUMBER;
  ctz_step_state state = ctz_call_step(&self->calls, step);
  self->job->states[step] = (uint8_t)state;
  if (state != CTZ_STEP_DONE) return CTZ_GRAPH_NUMBER;
  self->done++;
  return ctz_graph_step_done(self->job, step);
}

static bool others_wait(ctz_engine *engine) {
  if (atomic_load_explicit(&engine->paused, memory_order_relaxed)) return true;
  return ctz_ready_any(engine);
}

// By the clock as it was read last.
static bool turn_is_over(part *self) {
  if (self->worker->now_ns < self->turn_ends_ns) return false;
  ctz_hand_back_in_time(self->worker, self->worker->now_ns, 0);
  if (others_wait(self->worker->engine)) return true;
  self->turn_ends_ns = self->worker->now_ns + TURN_NS;
  return false;
}

// Puts the slot into the ready queue for whoever takes part next, unless it is there. The offer has a hold of its own.
// Not when the engine has stopped: who comes out of a step by then would offer to nobody.
static bool offer(part *self) {
  ctz_engine *engine = self->worker->engine;
  ctz_cell *cell = &engine->table.cells[self->slot];
  if (ctz_cell_phase(cell) != CTZ_PHASE_SHARED || is_called_off(self)) return false;
  // before anybody can take it up and let go of it; relaxed: the caller's own hold lasts longer
  ctz_fetch_add(&self->job->holders, 1u, memory_order_relaxed);
  if (ctz_cell_move(cell, CTZ_PHASE_SHARED, CTZ_PHASE_OFFERED)) {
    ctz_ready_push(engine, self->slot, self->priority);
    return true;
  }
  ctz_fetch_sub(&self->job->holders, 1u, memory_order_relaxed);
  return false;
}

static uint64_t expected_ns(const part *self, uint32_t step) {
  return ctz_step_expected_ns(self->worker->engine, self->job, step);
}

// Offers what is left to another worker when it is worth that. Behind short steps it is left out while other tasks
// wait: those keep the others busy, and an offer behind many of them would hold up the end of the graph.
static void share(part *self, uint64_t each_ns) {
  ctz_engine *engine = self->worker->engine;
  uint32_t left = ctz_once_length(&self->job->ready);
  if (left == 0 || (each_ns > 0 && left * each_ns < WORTH_A_WAKE_NS)) return;
  bool brief = each_ns > 0 && each_ns < CTZ_LONG_NS;
  if (brief && ctz_ready_any(engine)) return;
  ctz_end_step_calls(&self->calls);
  if (offer(self)) ctz_pool_wake_for_work(engine);
}

static void run_chain(part *self, uint32_t step) {
  while (step != CTZ_GRAPH_NUMBER) {
    step = run_step(self, step);
    if (step == CTZ_GRAPH_NUMBER) return;
    share(self, expected_ns(self, step));
    if (ctz_step_calls_open(&self->calls) || !turn_is_over(self)) continue;
    ctz_once_append(&self->job->ready, step);
    return;
  }
}

static uint32_t take_steps(part *self, uint32_t *steps) {
  uint32_t count = ctz_once_take(&self->job->ready, steps, 1);
  if (count == 0) return 0;
  uint64_t each_ns = expected_ns(self, steps[0]);
  // some are left for others
  uint32_t more = ctz_once_length(&self->job->ready) / 4;
  if (more > CTZ_STEPS_AT_ONCE - 1) more = CTZ_STEPS_AT_ONCE - 1;
  if (each_ns > 0 && each_ns < CTZ_SHORT_STEP_NS && more > 0)
    count += ctz_once_take(&self->job->ready, steps + 1, more);
  share(self, each_ns);
  return count;
}

static void finish(ctz_engine *engine, ctz_worker *worker, uint32_t index, ctz_graph_job *job) {
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  uint32_t done = ctz_load(&job->done, memory_order_relaxed);
  bool called_off =
      ctz_load(&job->stopped, memory_order_relaxed) != 0 || ctz_field_u32(&slot->cancel) != 0 || ctz_is_stopped(engine);
  if (worker == NULL) {
    ctz_settle(engine, NULL, index, CTZ_PHASE_SHARED, CTZ_SLOT_CANCELLED);
    return;
  }
  ctz_field_set_u32(&slot->result_type, CTZ_F64);
  ctz_field_set_f64(&slot->result, done);
  ctz_field_set_f64(&slot->ended_at, ctz_worker_ms(worker));
  ctz_extra *extra = engine->table.cells[index].extra;
  extra->result_type = CTZ_F64;
  extra->result.f64 = done;
  ctz_status status = called_off && done < job->count ? CTZ_CANCELLED : CTZ_OK;
  ctz_attempt_ended(worker, index, CTZ_PHASE_SHARED, NULL, status, true);
}

static void take_part(ctz_worker *worker, uint32_t index, ctz_graph_job *job) {
  ctz_engine *engine = worker->engine;
  ctz_plan_entry *plan = ctz_plan_of(engine, engine->table.cells[index].extra);
  part self = {.worker = worker, .job = job, .slot = index, .priority = CTZ_CLASSES - 1};
  self.calls = (ctz_step_calls){.worker = worker, .job = job, .slot = index};
  if (plan != NULL) self.priority = plan->plan.priority & (CTZ_CLASSES - 1);
  self.turn_ends_ns = worker->now_ns + TURN_NS;
  uint32_t steps[CTZ_STEPS_AT_ONCE], count;
  while ((count = take_steps(&self, steps)) > 0) {
    for (uint32_t i = 0; i < count; i++) run_chain(&self, steps[i]);
    ctz_end_step_calls(&self.calls);
    if (!turn_is_over(&self)) continue;
    if (ctz_once_length(&job->ready) > 0) offer(&self);
    break;
  }
  if (ctz_graph_let_go(job, self.done)) finish(engine, worker, index, job);
}

void ctz_start_graph(ctz_worker *worker, uint32_t index) {
  ctz_engine *engine = worker->engine;
  ctz_cell *cell = &engine->table.cells[index];
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_graph_job *job = cell->extra->graph;
  if (job->begun) {
    // it was run already: JavaScript pushed it again
    ctz_cell_move(cell, CTZ_PHASE_RUNNING, CTZ_PHASE_FREE);
    return;
  }
  job->begun = true;
  ctz_plan_entry *entry = ctz_plan_of(engine, cell->extra);
  ctz_field_set_u32(&slot->attempt, 1);
  ctz_field_set_u32(&slot->worker, worker->index + 1);
  ctz_field_set_f64(&slot->started_at, ctz_worker_ms(worker));
  atomic_store_explicit(&slot->state, CTZ_SLOT_RUNNING, memory_order_release);
  if (entry != NULL && (entry->plan.flags & CTZ_PLAN_TELL) != 0) ctz_tell(engine, index, CTZ_NOTICE_STARTED);
  if (entry != NULL) ctz_record_start(worker, slot, &entry->plan);
  ctz_store(&job->holders, 1u, memory_order_relaxed);  // others see it by the move to SHARED
  ctz_cell_move(cell, CTZ_PHASE_RUNNING, CTZ_PHASE_SHARED);
  take_part(worker, index, job);
}

void ctz_join_graph(ctz_worker *worker, uint32_t index) {
  ctz_cell *cell = &worker->engine->table.cells[index];
  if (ctz_cell_move(cell, CTZ_PHASE_OFFERED, CTZ_PHASE_SHARED)) take_part(worker, index, cell->extra->graph);
}

bool ctz_give_up_graph(ctz_engine *engine, uint32_t index) {
  ctz_cell *cell = &engine->table.cells[index];
  if (!ctz_cell_move(cell, CTZ_PHASE_OFFERED, CTZ_PHASE_SHARED)) return false;
  ctz_graph_job *job = cell->extra->graph;
  ctz_store(&job->stopped, 1u,
            memory_order_relaxed);  // a hint for those who run steps; they see the end of the engine too
  if (!ctz_graph_let_go(job, 0)) return false;
  finish(engine, NULL, index, job);
  return true;
}
