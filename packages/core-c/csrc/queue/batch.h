// What one worker has claimed and not yet started: up to 64 slot indices. The owner takes from it one after the other;
// idle workers steal from it, so that a long task does not hold up those claimed with it.
#ifndef CTZ_QUEUE_BATCH_H
#define CTZ_QUEUE_BATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/atomics.h"

#define CTZ_BATCH_SIZE 64u

typedef struct ctz_batch {
  _Alignas(64) _Atomic uint64_t word;  // epoch << 16 | end << 8 | next: changes with every take, never repeats
  _Atomic uint32_t items[CTZ_BATCH_SIZE];
} ctz_batch;

static inline uint32_t ctz_batch_next_of(uint64_t word) { return (uint32_t)(word & 0xFFu); }
static inline uint32_t ctz_batch_end_of(uint64_t word) { return (uint32_t)(word >> 8) & 0xFFu; }
static inline uint64_t ctz_batch_with_next_epoch(uint64_t word, uint32_t next, uint32_t end) {
  return (((word >> 16) + 1u) << 16) | (uint64_t)end << 8 | next;
}
// The word once its next is taken: the epoch goes up, and so does next, which is below end.
static inline uint64_t ctz_batch_with_next_taken(uint64_t word) { return word + (1u << 16) + 1u; }

void ctz_batch_init(ctz_batch *batch);
// Owner only, when the batch is empty: 1 <= count <= CTZ_BATCH_SIZE.
void ctz_batch_fill(ctz_batch *batch, const uint32_t *items, uint32_t count);
// Owner or thief: the next one; false when empty.
static inline bool ctz_batch_take(ctz_batch *batch, uint32_t *item) {
  uint64_t word = ctz_load(&batch->word, memory_order_acquire);  // pairs with fill: the items are there
  for (;;) {
    uint32_t next = ctz_batch_next_of(word);
    uint32_t end = ctz_batch_end_of(word);
    if (next == end) return false;
    // Before the swap, as a refill may follow it; thrown away when the swap is lost.
    uint32_t found = ctz_load(&batch->items[next], memory_order_relaxed);
    // Release: the read above comes before a refill. Acquire when lost: the word found may be that of a refill.
    if (ctz_cas(&batch->word, &word, ctz_batch_with_next_taken(word), memory_order_acq_rel, memory_order_acquire)) {
      *item = found;
      return true;
    }
  }
}

uint32_t ctz_batch_length(const ctz_batch *batch);

#endif
