// All tasks of the engine by slot: first those of the port, which JavaScript owns and writes, then the engine's own.
// The phase of a slot is C's account of who may touch it, and lies where JavaScript cannot reach it.
#ifndef CTZ_TASK_TABLE_H
#define CTZ_TASK_TABLE_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "queue/mpmc.h"
#include "task/extra.h"
#include "task/slot.h"

// FREE: JavaScript's, resp. nobody's. HELD: a call changes what hangs off it. READY: in the queue of those that come
// again, resp. submitted by C. TIMED: in the timers. RUNNING: one worker's. SHARED: a columns job, of all who took a
// chunk; OFFERED: the same while its next chunk waits in the ready queue: who moves it to SHARED has that chunk, so
// that the job cannot end before. Graphs likewise: who takes an offer up has its hold on the job. SETTLED: an own task
// that nobody has released.
typedef enum ctz_phase {
  CTZ_PHASE_FREE,
  CTZ_PHASE_HELD,
  CTZ_PHASE_READY,
  CTZ_PHASE_TIMED,
  CTZ_PHASE_RUNNING,
  CTZ_PHASE_SHARED,
  CTZ_PHASE_OFFERED,
  CTZ_PHASE_SETTLED,
  CTZ_PHASE_COUNT
} ctz_phase;

// Which moves are allowed; every change of phase goes through ctz_cell_move, which holds them to it.
bool ctz_phase_may_move(ctz_phase from, ctz_phase to);

typedef struct ctz_cell {
  _Atomic uint64_t word;  // generation << 32 | phase
  ctz_extra *extra;       // whoever holds the slot by its phase
} ctz_cell;

typedef struct ctz_table {
  uint32_t port_slots;
  uint32_t own_slots;
  ctz_slot *port;  // in the port's memory
  ctz_slot *own;
  ctz_cell *cells;
  ctz_mpmc free_own;
  ctz_mpmc_cell *free_cells;
} ctz_table;

bool ctz_table_init(ctz_table *table, ctz_slot *port, uint32_t port_slots, uint32_t own_slots);
void ctz_table_destroy(ctz_table *table, ctz_budget *budget);

static inline uint32_t ctz_table_size(const ctz_table *table) { return table->port_slots + table->own_slots; }
static inline bool ctz_is_port_slot(const ctz_table *table, uint32_t index) { return index < table->port_slots; }
static inline ctz_slot *ctz_slot_at(const ctz_table *table, uint32_t index) {
  return index < table->port_slots ? &table->port[index] : &table->own[index - table->port_slots];
}

static inline ctz_phase ctz_cell_phase(const ctz_cell *cell) {
  // acquire: pairs with the release of the move that made the phase, so that `extra` and the slot are seen as left
  return (ctz_phase)(uint32_t)atomic_load_explicit(&cell->word, memory_order_acquire);
}
static inline uint32_t ctz_cell_generation(const ctz_cell *cell) {
  // relaxed: compared only; what depends on it is guarded by the phase
  return (uint32_t)(atomic_load_explicit(&cell->word, memory_order_relaxed) >> 32);
}
// Moves from `from` to `to`, unless the phase is another one by now.
static inline bool ctz_cell_move(ctz_cell *cell, ctz_phase from, ctz_phase to) {
  assert(ctz_phase_may_move(from, to));
  uint64_t word = atomic_load_explicit(&cell->word, memory_order_relaxed);
  if ((uint32_t)word != (uint32_t)from) return false;
  uint64_t next = word - (uint64_t)from + (uint64_t)to;
  // acquire: what the last holder left; release: what this one leaves. Partner: the next move of the same cell.
  return atomic_compare_exchange_strong_explicit(&cell->word, &word, next, memory_order_acq_rel, memory_order_relaxed);
}
// The same for who has the slot alone: RUNNING, or SHARED as the last one.
static inline void ctz_cell_leave(ctz_cell *cell, ctz_phase from, ctz_phase to) {
  uint64_t word = atomic_load_explicit(&cell->word, memory_order_relaxed);
  assert(ctz_phase_may_move(from, to) && (uint32_t)word == (uint32_t)from);
  // release: as in ctz_cell_move; no exchange, since nobody else moves it out of such a phase
  atomic_store_explicit(&cell->word, word - (uint64_t)from + (uint64_t)to, memory_order_release);
}

// A free own slot, now READY-to-be (HELD) with a new generation; false when all are taken.
bool ctz_table_take_own(ctz_table *table, uint32_t *index);
void ctz_table_give_own(ctz_table *table, uint32_t index, ctz_phase from);

#endif
