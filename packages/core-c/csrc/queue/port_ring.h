// One ring of the port: JavaScript pushes slot indices (single producer), workers claim several at a time (many
// consumers). Its words lie in shared memory; mask and addresses are kept here, where JavaScript cannot reach them.
#ifndef CTZ_QUEUE_PORT_RING_H
#define CTZ_QUEUE_PORT_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/atomics.h"

typedef struct ctz_port_ring {
  _Atomic uint32_t *tail;     // positions, they wrap at 2^32
  _Atomic uint32_t *head;
  _Atomic uint32_t *entries;  // mask + 1
  uint32_t mask;
} ctz_port_ring;

// Entries there are now, as far as this thread sees; at most mask + 1, whatever the shared words say.
uint32_t ctz_port_ring_length(const ctz_port_ring *ring);
// The entry at the head without taking it; false when empty.
bool ctz_port_ring_peek(const ctz_port_ring *ring, uint32_t *entry);
// The same for the one that is `place` behind the head; false when there are not so many.
bool ctz_port_ring_peek_at(const ctz_port_ring *ring, uint32_t place, uint32_t *entry);
// Takes up to `max` entries with one compare-and-swap; 0 when empty. `contended` counts lost compare-and-swaps. Words
// that lie more than a ring apart empty it.
uint32_t ctz_port_ring_claim(ctz_port_ring *ring, uint32_t *out, uint32_t max, uint64_t *contended);
// The producer's half: of workers, each to its own ring, and of tests; JavaScript does the same. How many there are
// with it, as far as this thread sees; 0: the ring is full, and has not taken it.
static inline uint32_t ctz_port_ring_push(ctz_port_ring *ring, uint32_t entry) {
  uint32_t tail = ctz_load(ring->tail, memory_order_relaxed);  // ours alone
  // Acquire: pairs with claim; the entry to be overwritten has been read.
  uint32_t head = ctz_load(ring->head, memory_order_acquire);
  if (tail - head > ring->mask) return 0;
  ctz_store(&ring->entries[tail & ring->mask], entry, memory_order_relaxed);
  ctz_store(ring->tail, tail + 1u, memory_order_release);  // pairs with the acquire of the tail in claim
  return tail + 1u - head;
}

#endif
