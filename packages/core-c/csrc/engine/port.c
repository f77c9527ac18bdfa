// The port: its memory, and the calls that its owner makes beside it.
#include "engine/port.h"

#include <math.h>
#include <string.h>

#include "flow/own_tasks.h"
#include "flow/program_kernel.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "flow/timers.h"
#include "memory/allocator.h"
#include "platform/pages.h"
#include "worker/pool.h"
#include "worker/stand_in.h"

// Entries of the completion ring for notices, beyond one for each slot.
#define NOTICE_ROOM 4096u

static uint32_t power_of_two(uint32_t least) {
  uint32_t size = 2;
  while (size < least) size *= 2;
  return size;
}

static void attach_words(ctz_engine *engine, _Atomic uint32_t *words) {
  ctz_port *port = &engine->port;
  const uint32_t *header = (const uint32_t *)port->memory;
  for (uint32_t r = 0; r < CTZ_PORT_RINGS; r++) {
    size_t offset = header[CTZ_WORD_RINGS_OFFSET] / 4 + (size_t)r * (header[CTZ_WORD_RING_MASK] + 1);
    port->rings[r] = (ctz_port_ring){.tail = &words[CTZ_WORD_TAIL + 16 * r],
                                     .head = &words[CTZ_WORD_HEAD + 16 * r],
                                     .entries = &words[offset],
                                     .mask = header[CTZ_WORD_RING_MASK]};
  }
  port->completions =
      (ctz_completions){.entries = &words[header[CTZ_WORD_COMPLETIONS_OFFSET] / 4],
                        .tail = &words[CTZ_WORD_COMPLETED_TAIL],
                        .drained = &words[CTZ_WORD_COMPLETED_HEAD],
                        .waiting = &words[CTZ_WORD_WAITING],
                        .mask = header[CTZ_WORD_COMPLETION_MASK],
                        .notice_room = header[CTZ_WORD_COMPLETION_MASK] + 1 - engine->config.port_slots};
  port->parked_workers = &words[CTZ_WORD_PARKED_WORKERS];
  port->searching = &words[CTZ_WORD_SEARCHING];
  port->clock = (_Atomic uint64_t *)(void *)&words[CTZ_WORD_CLOCK];
  port->parked_timers = &words[CTZ_WORD_PARKED_TIMERS];
}

bool ctz_port_init(ctz_engine *engine) {
  ctz_port *port = &engine->port;
  uint32_t slots = engine->config.port_slots;
  port->parked_workers = &engine->own_words[0];
  port->searching = &engine->own_words[1];
  port->clock = &engine->own_clock;
  port->parked_timers = &engine->own_words[2];
  if (slots == 0) return true;
  uint32_t ring = power_of_two(slots), completions = power_of_two(slots + NOTICE_ROOM);
  size_t slots_at = CTZ_PORT_HEADER_WORDS * 4u;
  size_t rings_at = (slots_at + (size_t)slots * CTZ_SLOT_BYTES + 63u) & ~(size_t)63u;
  size_t completions_at = rings_at + (size_t)CTZ_PORT_RINGS * ring * 4u;
  port->bytes = completions_at + (size_t)completions * 8u;
  if (port->bytes > UINT32_MAX) return false;
  port->memory = ctz_pages_reserve(port->bytes);
  if (port->memory == NULL) return false;
  uint32_t *header = port->memory;
  header[CTZ_WORD_MAGIC] = CTZ_PORT_MAGIC;
  header[CTZ_WORD_LAYOUT] = CTZ_PORT_LAYOUT;
  header[CTZ_WORD_SLOTS] = slots;
  header[CTZ_WORD_RING_MASK] = ring - 1;
  header[CTZ_WORD_COMPLETION_MASK] = completions - 1;
  header[CTZ_WORD_SLOTS_OFFSET] = (uint32_t)slots_at;
  header[CTZ_WORD_RINGS_OFFSET] = (uint32_t)rings_at;
  header[CTZ_WORD_COMPLETIONS_OFFSET] = (uint32_t)completions_at;
  attach_words(engine, (_Atomic uint32_t *)port->memory);
  return true;
}

void ctz_port_destroy(ctz_engine *engine) { ctz_pages_release(engine->port.memory, engine->port.bytes); }

ctz_slot *ctz_port_slots(ctz_engine *engine) {
  if (engine->port.memory == NULL) return NULL;
  return (ctz_slot *)(void *)((char *)engine->port.memory + CTZ_PORT_HEADER_WORDS * 4u);
}

void *ctz_port_memory(ctz_engine *engine, size_t *bytes) {
  *bytes = engine->port.bytes;
  return engine->port.memory;
}

bool ctz_port_run_or_wake(ctz_engine *engine) {
  if (ctz_stand_in(engine)) return true;
  ctz_pool_wake_one(engine);
  return false;
}

void ctz_port_wake(ctz_engine *engine, uint32_t count) {
  while (count-- > 0 && ctz_pool_wake_one(engine)) {
  }
}

void ctz_port_wake_timers(ctz_engine *engine) { ctz_timers_wake(engine); }

// A free slot of the port for a call to change; `plan` gets its plan. OK: the slot is HELD.
static ctz_status hold(ctz_engine *engine, uint32_t slot) {
  if (!ctz_is_port_slot(&engine->table, slot)) return CTZ_INVALID;
  return ctz_cell_move(&engine->table.cells[slot], CTZ_PHASE_FREE, CTZ_PHASE_HELD) ? CTZ_OK : CTZ_INVALID;
}

static void let_go(ctz_engine *engine, uint32_t slot) {
  ctz_cell_move(&engine->table.cells[slot], CTZ_PHASE_HELD, CTZ_PHASE_FREE);
}

static ctz_extra *fresh_extra(ctz_engine *engine, uint32_t slot, uint32_t plan, const ctz_kernel *kernel) {
  ctz_cell *cell = &engine->table.cells[slot];
  ctz_extra_destroy(cell->extra, &engine->budget);
  cell->extra = ctz_extra_create();
  if (cell->extra == NULL) return NULL;
  cell->extra->attached = true;
  cell->extra->plan = plan;
  cell->extra->kernel = kernel;
  return cell->extra;
}

ctz_status ctz_port_attach(ctz_engine *engine, uint32_t slot, uint32_t plan, const ctz_value *args, uint32_t count) {
  const ctz_kernel *kernel = ctz_plan_kernel(engine, plan);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  if (count != kernel->arity) return CTZ_BAD_ARGUMENT;
  if (hold(engine, slot) != CTZ_OK) return CTZ_INVALID;
  ctz_extra *extra = fresh_extra(engine, slot, plan, kernel);
  if (extra != NULL) {
    extra->count = count;
    if (count > 0) memcpy(extra->args, args, sizeof(ctz_value) * count);
  }
  let_go(engine, slot);
  return extra == NULL ? CTZ_OUT_OF_MEMORY : CTZ_OK;
}

static bool takes_columns(const ctz_kernel *kernel, uint32_t count) {
  if (kernel->arity != count || count == 0) return false;
  const ctz_program_kernel *program = ctz_program_of(kernel);
  if (program != NULL) return ctz_takes_rows(program);
  if (kernel->result != CTZ_F64) return false;
  for (uint32_t i = 0; i < count; i++) {
    if (kernel->args[i] != CTZ_F64) return false;
  }
  return true;
}

ctz_status ctz_port_attach_columns(ctz_engine *engine, uint32_t slot, uint32_t plan, const double *const *columns,
                                   uint32_t count, double *out, size_t rows, size_t rows_per_chunk) {
  const ctz_kernel *kernel = ctz_plan_kernel(engine, plan);
  if (kernel == NULL) return CTZ_NOT_FOUND;
  if (!takes_columns(kernel, count) || rows_per_chunk == 0) return CTZ_BAD_ARGUMENT;
  if (hold(engine, slot) != CTZ_OK) return CTZ_INVALID;
  ctz_extra *extra = fresh_extra(engine, slot, plan, kernel);
  ctz_columns_job *job = extra == NULL ? NULL : ctz_alloc_zeroed(sizeof *job);
  if (job != NULL) {
    memcpy(job->columns, columns, sizeof(*columns) * count);
    job->count = count;
    job->out = out;
    job->rows = rows;
    job->rows_per_chunk = rows_per_chunk;
    extra->job = job;
  }
  let_go(engine, slot);
  return job == NULL ? CTZ_OUT_OF_MEMORY : CTZ_OK;
}

ctz_status ctz_port_attach_graph(ctz_engine *engine, uint32_t slot, const ctz_graph *graph) {
  if (hold(engine, slot) != CTZ_OK) return CTZ_INVALID;
  ctz_graph_job *job = NULL;
  ctz_status status = ctz_graph_job_create(engine, &engine->budget, graph, &job);
  // the plan and kernel of a slot are those of its task: a graph has the first step's
  const ctz_graph_plan *first = status == CTZ_OK ? &job->plans[job->step_plans[0]] : NULL;
  ctz_extra *extra = first == NULL ? NULL : fresh_extra(engine, slot, first->index, first->kernel);
  if (extra != NULL)
    extra->graph = job;
  else
    ctz_graph_job_destroy(job, &engine->budget);
  let_go(engine, slot);
  return status == CTZ_OK && extra == NULL ? CTZ_OUT_OF_MEMORY : status;
}

ctz_status ctz_port_outcome(ctz_engine *engine, uint32_t slot, ctz_outcome *outcome) {
  if (hold(engine, slot) == CTZ_OK) {
    ctz_outcome_of(engine, slot, outcome);
    let_go(engine, slot);
    return CTZ_OK;
  }
  if (!ctz_is_port_slot(&engine->table, slot)) return CTZ_INVALID;
  // while it waits in the wheel, and nobody can take it out, its last error stays
  ctz_lock(&engine->timer_lock);
  bool waits = ctz_wheel_has(engine->wheel, slot);
  if (waits) ctz_outcome_of(engine, slot, outcome);
  ctz_unlock(&engine->timer_lock);
  return waits ? CTZ_OK : CTZ_NOT_FOUND;
}

ctz_status ctz_port_take(ctz_engine *engine, uint32_t slot, ctz_outcome *outcome, void **block) {
  if (!ctz_is_port_slot(&engine->table, slot)) return CTZ_INVALID;
  if (hold(engine, slot) != CTZ_OK) return CTZ_NOT_FOUND;
  ctz_outcome_of(engine, slot, outcome);
  ctz_extra *extra = engine->table.cells[slot].extra;
  bool has_result = extra != NULL && outcome->state == CTZ_SLOT_COMPLETED;
  *block = has_result ? ctz_extra_take_result(extra, &engine->budget) : NULL;
  let_go(engine, slot);
  return CTZ_OK;
}

void ctz_block_free(void *block) { ctz_free(block); }

bool ctz_port_free(ctz_engine *engine, uint32_t slot) {
  if (hold(engine, slot) != CTZ_OK) return false;
  ctz_extra_destroy(engine->table.cells[slot].extra, &engine->budget);
  engine->table.cells[slot].extra = NULL;
  let_go(engine, slot);
  return true;
}

void ctz_port_ask_wake(ctz_engine *engine) {
  atomic_store_explicit(engine->port.completions.waiting, 1, memory_order_relaxed);
  // pairs with the fence of the worker, which looks there after it let go of its slot: either it sees the word, or the
  // slot is seen returned
  atomic_thread_fence(memory_order_seq_cst);
}

static bool is_in_a_thread(ctz_engine *engine, uint32_t slot) {
  ctz_phase phase = ctz_cell_phase(&engine->table.cells[slot]);
  return phase == CTZ_PHASE_RUNNING || phase == CTZ_PHASE_SHARED;
}

bool ctz_port_returned(ctz_engine *engine, uint32_t slot, double timeout_ms) {
  if (!ctz_is_port_slot(&engine->table, slot)) return true;
  uint64_t deadline = ctz_patience_of(engine, timeout_ms);
  ctz_lock(&engine->pool_lock);
  while (is_in_a_thread(engine, slot) && ctz_condition_wait(&engine->pool_condition, &engine->pool_lock, deadline)) {
  }
  bool returned = !is_in_a_thread(engine, slot);
  ctz_unlock(&engine->pool_lock);
  return returned;
}

ctz_status ctz_port_cancel_timed(ctz_engine *engine, uint32_t slot) {
  if (!ctz_is_port_slot(&engine->table, slot) || !ctz_timers_remove(engine, slot)) return CTZ_NOT_FOUND;
  atomic_fetch_add_explicit(&engine->outside_cancelled, 1, memory_order_relaxed);
  ctz_completions_append(&engine->port.completions, &slot, 1);
  ctz_pool_tell_idle(engine);
  return CTZ_OK;
}

ctz_status ctz_port_wait(ctz_engine *engine, uint32_t position, double timeout_ms) {
  uint64_t deadline = ctz_patience_of(engine, timeout_ms);
  ctz_status status = CTZ_OK;
  atomic_fetch_add_explicit(&engine->port_waiters, 1, memory_order_seq_cst);
  ctz_lock(&engine->own_lock);
  // seq_cst: partner is the worker, which appends and then looks for waiters
  while (atomic_load_explicit(engine->port.completions.tail, memory_order_seq_cst) == position) {
    if (ctz_condition_wait(&engine->own_condition, &engine->own_lock, deadline)) continue;
    if (atomic_load_explicit(engine->port.completions.tail, memory_order_seq_cst) == position) status = CTZ_TIMED_OUT;
    break;
  }
  ctz_unlock(&engine->own_lock);
  atomic_fetch_sub_explicit(&engine->port_waiters, 1, memory_order_seq_cst);
  return status;
}
