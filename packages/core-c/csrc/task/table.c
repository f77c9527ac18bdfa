#include "task/table.h"

#include <assert.h>

#include "platform/pages.h"
#include "platform/thread.h"

#define BIT(phase) (1u << CTZ_PHASE_##phase)

static const uint16_t moves[CTZ_PHASE_COUNT] = {
  [CTZ_PHASE_FREE] = BIT(HELD) | BIT(RUNNING) | BIT(TIMED),
  [CTZ_PHASE_HELD] = BIT(FREE) | BIT(READY) | BIT(TIMED),
  [CTZ_PHASE_READY] = BIT(RUNNING) | BIT(FREE) | BIT(SETTLED),
  [CTZ_PHASE_TIMED] = BIT(READY) | BIT(FREE) | BIT(SETTLED),
  [CTZ_PHASE_RUNNING] = BIT(FREE) | BIT(SETTLED) | BIT(READY) | BIT(TIMED) | BIT(SHARED),
  [CTZ_PHASE_SHARED] = BIT(FREE) | BIT(OFFERED),
  [CTZ_PHASE_OFFERED] = BIT(SHARED),
  [CTZ_PHASE_SETTLED] = BIT(FREE) | BIT(HELD),
};

bool ctz_phase_may_move(ctz_phase from, ctz_phase to) { return (moves[from] & (1u << to)) != 0; }

static uint32_t power_of_two(uint32_t least) {
  uint32_t size = 2;
  while (size < least) size *= 2;
  return size;
}

bool ctz_table_init(ctz_table *table, ctz_slot *port, uint32_t port_slots, uint32_t own_slots) {
  *table = (ctz_table){.port = port, .port_slots = port_slots, .own_slots = own_slots};
  uint32_t size = ctz_table_size(table);
  table->cells = ctz_pages_reserve((size_t)size * sizeof(ctz_cell) + 1);
  if (table->cells == NULL) return false;
  if (own_slots == 0) return true;
  uint32_t capacity = power_of_two(own_slots);
  table->own = ctz_pages_reserve((size_t)own_slots * sizeof(ctz_slot));
  table->free_cells = ctz_pages_reserve((size_t)capacity * sizeof(ctz_mpmc_cell));
  if (table->own == NULL || table->free_cells == NULL) return false;
  ctz_mpmc_init(&table->free_own, table->free_cells, capacity);
  uint64_t contended = 0;
  for (uint32_t i = 0; i < own_slots; i++) ctz_mpmc_push(&table->free_own, port_slots + i, &contended);
  return true;
}

void ctz_table_destroy(ctz_table *table, ctz_budget *budget) {
  uint32_t size = ctz_table_size(table);
  for (uint32_t i = 0; table->cells != NULL && i < size; i++) ctz_extra_destroy(table->cells[i].extra, budget);
  ctz_pages_release(table->cells, (size_t)size * sizeof(ctz_cell) + 1);
  ctz_pages_release(table->own, (size_t)table->own_slots * sizeof(ctz_slot));
  ctz_pages_release(table->free_cells, (size_t)power_of_two(table->own_slots) * sizeof(ctz_mpmc_cell));
}

bool ctz_table_take_own(ctz_table *table, uint32_t *index) {
  uint64_t contended = 0;
  if (table->own_slots == 0 || !ctz_mpmc_pop(&table->free_own, index, &contended)) return false;
  ctz_cell *cell = &table->cells[*index];
  uint64_t generation = ctz_cell_generation(cell) + 1u;
  if ((uint32_t)generation == 0) generation = 1;
  // release: a stale id must not find the new task before its slot was made. Partner: loads in ctz_cell_phase
  atomic_store_explicit(&cell->word, generation << 32 | CTZ_PHASE_HELD, memory_order_release);
  return true;
}

void ctz_table_give_own(ctz_table *table, uint32_t index, ctz_phase from) {
  uint64_t contended = 0;
  if (!ctz_cell_move(&table->cells[index], from, CTZ_PHASE_FREE)) return;
  // there is room; a thread that takes a slot just now may not have finished its cell
  while (!ctz_mpmc_push(&table->free_own, index, &contended)) ctz_cpu_relax();
}
