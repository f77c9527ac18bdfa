#include "queue/completions.h"

#include "base/atomics.h"

static void publish(ctz_completions *ring, uint32_t position, uint32_t value) {
  _Atomic uint32_t *entry = &ring->entries[(size_t)(position & ring->mask) * 2u];
  ctz_store(&entry[0], value, memory_order_relaxed);
  // Release: pairs with the consumer's load of the position; it sees the value, and what the worker wrote into the
  // slot.
  ctz_store(&entry[1], position + 1u, memory_order_release);
}

void ctz_completions_append(ctz_completions *ring, const uint32_t *values, uint32_t count) {
  // Acquire and release: that the entry overwritten has been drained is known to whoever claimed the slot again. It
  // goes on from worker to worker with the tail.
  uint32_t position = ctz_fetch_add(ring->tail, count, memory_order_acq_rel);
  for (uint32_t i = 0; i < count; i++) publish(ring, position + i, values[i]);
}

bool ctz_completions_notice(ctz_completions *ring, uint32_t value) {
  uint32_t tail = ctz_load(ring->tail, memory_order_relaxed);
  do {
    // Acquire: pairs with the consumer's store, which comes after its reading of the entries.
    uint32_t drained = ctz_load(ring->drained, memory_order_acquire);
    if (tail - drained >= ring->notice_room) return false;
  } while (!ctz_cas(ring->tail, &tail, tail + 1u, memory_order_acq_rel, memory_order_relaxed));
  publish(ring, tail, value);
  return true;
}

bool ctz_completions_is_awaited(const ctz_completions *ring) {
  // Relaxed: a hint. Who is thought to be awake and is not is woken after the append, by the flag.
  return ctz_load(ring->waiting, memory_order_relaxed) != 0;
}

bool ctz_completions_take_waiting(ctz_completions *ring) {
  // The fence pairs with the consumer's: one side at least sees what the other wrote before, the entry or the flag.
  // Without it both could miss each other, and the consumer would sleep on.
  ctz_fence(memory_order_seq_cst);
  if (ctz_load(ring->waiting, memory_order_relaxed) == 0) return false;
  return ctz_exchange(ring->waiting, 0u, memory_order_acq_rel) != 0;
}

bool ctz_completions_next(ctz_completions *ring, uint32_t *position, uint32_t *value) {
  _Atomic uint32_t *entry = &ring->entries[(size_t)(*position & ring->mask) * 2u];
  if (ctz_load(&entry[1], memory_order_acquire) != *position + 1u) return false;  // pairs with publish
  *value = ctz_load(&entry[0], memory_order_relaxed);
  (*position)++;
  return true;
}
