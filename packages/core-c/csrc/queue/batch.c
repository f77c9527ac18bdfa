// Everybody takes by compare-and-swap of one word. The owner refills only an empty batch, whose word nobody else
// changes. The epoch goes up with every change, so a thief that slept through a refill cannot take by an old word.
#include "queue/batch.h"

#include <assert.h>

#include "base/atomics.h"

static uint32_t next_of(uint64_t word) { return (uint32_t)(word & 0xFFu); }
static uint32_t end_of(uint64_t word) { return (uint32_t)(word >> 8) & 0xFFu; }
static uint64_t with_next_epoch(uint64_t word, uint32_t next, uint32_t end) {
  return (((word >> 16) + 1u) << 16) | (uint64_t)end << 8 | next;
}

void ctz_batch_init(ctz_batch *batch) {
  atomic_init(&batch->word, 0u);
  for (uint32_t i = 0; i < CTZ_BATCH_SIZE; i++) atomic_init(&batch->items[i], 0u);
}

void ctz_batch_fill(ctz_batch *batch, const uint32_t *items, uint32_t count) {
  // Acquire: pairs with the release of the last take; the items of the last round have been read.
  uint64_t word = ctz_load(&batch->word, memory_order_acquire);
  assert(next_of(word) == end_of(word) && count >= 1 && count <= CTZ_BATCH_SIZE);
  for (uint32_t i = 0; i < count; i++) ctz_store(&batch->items[i], items[i], memory_order_relaxed);
  // Release: pairs with the acquire in take.
  ctz_store(&batch->word, with_next_epoch(word, 0, count), memory_order_release);
}

bool ctz_batch_take(ctz_batch *batch, uint32_t *item) {
  uint64_t word = ctz_load(&batch->word, memory_order_acquire);  // pairs with fill: the items are there
  for (;;) {
    uint32_t next = next_of(word);
    uint32_t end = end_of(word);
    if (next == end) return false;
    // Before the swap, as a refill may follow it; thrown away when the swap is lost.
    uint32_t found = ctz_load(&batch->items[next], memory_order_relaxed);
    // Release: the read above comes before a refill. Acquire when lost: the word found may be that of a refill.
    if (ctz_cas(&batch->word, &word, with_next_epoch(word, next + 1u, end), memory_order_acq_rel,
                memory_order_acquire)) {
      *item = found;
      return true;
    }
  }
}

uint32_t ctz_batch_length(const ctz_batch *batch) {
  uint64_t word = ctz_load(&batch->word, memory_order_relaxed);  // a figure of a moment
  return end_of(word) - next_of(word);
}
