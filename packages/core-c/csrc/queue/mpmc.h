// Bounded queue of slot indices, many producers and many consumers: D. Vyukov's ring with a turn per cell. With n the
// first position of a lap (p & ~mask), the cell of position p is free when its turn is n, and full when it is n + 1: so
// zeroed memory is an empty queue, and a queue that is seldom full costs no memory.
#ifndef CTZ_QUEUE_MPMC_H
#define CTZ_QUEUE_MPMC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ctz_mpmc_cell {
  _Atomic uint32_t turn;
  _Atomic uint32_t value;  // atomic, as peek may read it while it is given away
} ctz_mpmc_cell;

typedef struct ctz_mpmc {
  _Alignas(64) _Atomic uint32_t tail;
  _Alignas(64) _Atomic uint32_t head;
  _Alignas(64) uint32_t mask;
  ctz_mpmc_cell *cells;  // the owner's
} ctz_mpmc;

// `cells` is zeroed memory for `capacity` cells, a power of two from 2 to 2^31, not touched here; the caller keeps
// owning it.
void ctz_mpmc_init(ctz_mpmc *queue, ctz_mpmc_cell *cells, uint32_t capacity);
bool ctz_mpmc_push(ctz_mpmc *queue, uint32_t value, uint64_t *contended);  // false when full
bool ctz_mpmc_pop(ctz_mpmc *queue, uint32_t *value, uint64_t *contended);  // false when empty
// What a pop might give next. It may be taken by another thread meanwhile: a hint for choosing a queue.
bool ctz_mpmc_peek(ctz_mpmc *queue, uint32_t *value);
uint32_t ctz_mpmc_length(const ctz_mpmc *queue);

#endif
