// Everybody takes by compare-and-swap of one word. The owner refills only an empty batch, whose word nobody else
// changes. The epoch goes up with every change, so a thief that slept through a refill cannot take by an old word.
#include "queue/batch.h"

#include <assert.h>

#include "base/atomics.h"

void ctz_batch_init(ctz_batch *batch) {
  atomic_init(&batch->word, 0u);
  for (uint32_t i = 0; i < CTZ_BATCH_SIZE; i++) atomic_init(&batch->items[i], 0u);
}

void ctz_batch_fill(ctz_batch *batch, const uint32_t *items, uint32_t count) {
  // Acquire: pairs with the release of the last take; the items of the last round have been read.
  uint64_t word = ctz_load(&batch->word, memory_order_acquire);
  assert(ctz_batch_next_of(word) == ctz_batch_end_of(word) && count >= 1 && count <= CTZ_BATCH_SIZE);
  for (uint32_t i = 0; i < count; i++) ctz_store(&batch->items[i], items[i], memory_order_relaxed);
  // Release: pairs with the acquire in take.
  ctz_store(&batch->word, ctz_batch_with_next_epoch(word, 0, count), memory_order_release);
}

uint32_t ctz_batch_length(const ctz_batch *batch) {
  uint64_t word = ctz_load(&batch->word, memory_order_relaxed);  // a figure of a moment
  return ctz_batch_end_of(word) - ctz_batch_next_of(word);
}
