// Positions count up and wrap at 2^32. When a cell shows another turn than the position wants, either the position is
// old, or the queue is full (empty). Whoever moved a turn on had moved the position before, so to see such a turn is to
// see the position move as well; a position that stands still means full (empty).
#include "queue/mpmc.h"

#include "base/atomics.h"

static uint32_t free_turn(const ctz_mpmc *queue, uint32_t position) { return position & ~queue->mask; }
static uint32_t full_turn(const ctz_mpmc *queue, uint32_t position) { return free_turn(queue, position) + 1u; }

// Relaxed: the acquire of the turn, which comes before, makes it fresh enough (above).
static bool has_moved(const _Atomic uint32_t *shared, uint32_t *position) {
  uint32_t now = ctz_load(shared, memory_order_relaxed);
  bool moved = now != *position;
  *position = now;
  return moved;
}

void ctz_mpmc_init(ctz_mpmc *queue, ctz_mpmc_cell *cells, uint32_t capacity) {
  queue->cells = cells;
  queue->mask = capacity - 1u;
  atomic_init(&queue->tail, 0u);
  atomic_init(&queue->head, 0u);
}

bool ctz_mpmc_push(ctz_mpmc *queue, uint32_t value, uint64_t *contended) {
  uint32_t position = ctz_load(&queue->tail, memory_order_relaxed);  // a guess: the turn and the swap check it
  for (;;) {
    ctz_mpmc_cell *cell = &queue->cells[position & queue->mask];
    // Acquire: pairs with the release in pop; the value of the last lap has been read.
    if (ctz_load(&cell->turn, memory_order_acquire) != free_turn(queue, position)) {
      if (!has_moved(&queue->tail, &position)) return false;
      continue;
    }
    // Relaxed: only shares out positions; what is handed over goes by the turn of the cell.
    if (ctz_cas(&queue->tail, &position, position + 1u, memory_order_relaxed, memory_order_relaxed)) {
      ctz_store(&cell->value, value, memory_order_relaxed);
      // Release: pairs with the acquire in pop and peek.
      ctz_store(&cell->turn, full_turn(queue, position), memory_order_release);
      return true;
    }
    (*contended)++;
  }
}

bool ctz_mpmc_pop(ctz_mpmc *queue, uint32_t *value, uint64_t *contended) {
  uint32_t position = ctz_load(&queue->head, memory_order_relaxed);  // a guess, as in push
  for (;;) {
    ctz_mpmc_cell *cell = &queue->cells[position & queue->mask];
    // Acquire: pairs with the release in push; the value is there.
    if (ctz_load(&cell->turn, memory_order_acquire) != full_turn(queue, position)) {
      if (!has_moved(&queue->head, &position)) return false;
      continue;
    }
    if (ctz_cas(&queue->head, &position, position + 1u, memory_order_relaxed, memory_order_relaxed)) {
      *value = ctz_load(&cell->value, memory_order_relaxed);
      // Release: the read above comes before the push of the next lap, which acquires.
      ctz_store(&cell->turn, free_turn(queue, position + queue->mask + 1u), memory_order_release);
      return true;
    }
    (*contended)++;
  }
}

bool ctz_mpmc_peek(ctz_mpmc *queue, uint32_t *value) {
  uint32_t position = ctz_load(&queue->head, memory_order_relaxed);
  ctz_mpmc_cell *cell = &queue->cells[position & queue->mask];
  // Acquire: pairs with the release in push.
  if (ctz_load(&cell->turn, memory_order_acquire) != full_turn(queue, position)) return false;
  *value = ctz_load(&cell->value, memory_order_relaxed);
  return true;
}

uint32_t ctz_mpmc_length(const ctz_mpmc *queue) {
  // Relaxed: a figure of a moment. The two may be of different moments; what cannot be is brought into range.
  uint32_t head = ctz_load(&queue->head, memory_order_relaxed);
  uint32_t length = ctz_load(&queue->tail, memory_order_relaxed) - head;
  if (length <= queue->mask + 1u) return length;
  return length < 1u << 31 ? queue->mask + 1u : 0;  // else the head is the newer one
}
