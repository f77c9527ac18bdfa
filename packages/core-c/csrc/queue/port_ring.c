// Head and tail are positions that only count up, and wrap. The words lie in memory that JavaScript can overwrite, so
// nothing here trusts their difference beyond "at most mask + 1", and every index is masked.
#include "queue/port_ring.h"

#include "base/atomics.h"

// How many entries lie between the two, whatever they say. More than fit means a head read long ago, or a lie.
static uint32_t entries_between(const ctz_port_ring *ring, uint32_t head, uint32_t tail) {
  uint32_t length = tail - head;
  return length <= ring->mask ? length : ring->mask + 1u;
}

uint32_t ctz_port_ring_length(const ctz_port_ring *ring) {
  // Acquire: the tail read next is not older than the one which let a consumer move the head so far (see claim).
  uint32_t head = ctz_load(ring->head, memory_order_acquire);
  uint32_t tail = ctz_load(ring->tail, memory_order_acquire);
  return entries_between(ring, head, tail);
}

bool ctz_port_ring_peek(const ctz_port_ring *ring, uint32_t *entry) { return ctz_port_ring_peek_at(ring, 0, entry); }

bool ctz_port_ring_peek_at(const ctz_port_ring *ring, uint32_t place, uint32_t *entry) {
  uint32_t head = ctz_load(ring->head, memory_order_acquire);  // as in length
  uint32_t tail = ctz_load(ring->tail, memory_order_acquire);  // pairs with push: the entry is there
  if (entries_between(ring, head, tail) <= place) return false;
  *entry = ctz_load(&ring->entries[(head + place) & ring->mask], memory_order_relaxed);
  return true;
}

uint32_t ctz_port_ring_claim(ctz_port_ring *ring, uint32_t *out, uint32_t max, uint64_t *contended) {
  // Acquire: pairs with the release of another claim below. Whoever moved the head had seen a tail at least as far;
  // without it a fresh head could meet a stale tail, and head > tail would look like a full ring.
  uint32_t head = ctz_load(ring->head, memory_order_acquire);
  for (;;) {
    // Acquire: pairs with Atomics.store of the tail (or push), which comes after the entries.
    uint32_t tail = ctz_load(ring->tail, memory_order_acquire);
    if (tail - head > ring->mask + 1u) {
      // More than a ring holds: JavaScript wrote over the words. Its entries are lost, so that nobody counts through up
      // to 2^32 positions. With a head that has moved meanwhile it is no lie; then the exchange fails.
      if (ctz_cas(ring->head, &head, tail, memory_order_acq_rel, memory_order_acquire)) return 0;
      continue;
    }
    uint32_t count = entries_between(ring, head, tail);
    if (count > max) count = max;
    if (count == 0) return 0;
    // Before the head moves: afterwards the producer may overwrite them. If the head has moved, they are thrown away.
    for (uint32_t i = 0; i < count; i++) {
      out[i] = ctz_load(&ring->entries[(head + i) & ring->mask], memory_order_relaxed);
    }
    // Release: the reads above come before the producer sees room, and the tail seen goes with the head (above).
    if (ctz_cas(ring->head, &head, head + count, memory_order_acq_rel, memory_order_acquire)) return count;
    (*contended)++;
  }
}
