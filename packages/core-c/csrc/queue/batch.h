// What one worker has claimed and not yet started: up to 64 slot indices. The owner takes from it one after the other;
// idle workers steal from it, so that a long task does not hold up those claimed with it.
#ifndef CTZ_QUEUE_BATCH_H
#define CTZ_QUEUE_BATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CTZ_BATCH_SIZE 64u

typedef struct ctz_batch {
  _Alignas(64) _Atomic uint64_t word;  // epoch << 16 | end << 8 | next: changes with every take, never repeats
  _Atomic uint32_t items[CTZ_BATCH_SIZE];
} ctz_batch;

void ctz_batch_init(ctz_batch *batch);
// Owner only, when the batch is empty: 1 <= count <= CTZ_BATCH_SIZE.
void ctz_batch_fill(ctz_batch *batch, const uint32_t *items, uint32_t count);
// Owner or thief: the next one; false when empty.
bool ctz_batch_take(ctz_batch *batch, uint32_t *item);
uint32_t ctz_batch_length(const ctz_batch *batch);

#endif
