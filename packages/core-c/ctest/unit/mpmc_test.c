#include "queue/mpmc.h"

#include <stdlib.h>

#include "check.h"

// Laps round a queue that is zeroed memory, full and empty each time.
static void gives_values_in_order(uint32_t capacity, uint32_t first_position) {
  ctz_mpmc queue;
  ctz_mpmc_cell *cells = calloc(capacity, sizeof *cells);
  ctz_mpmc_init(&queue, cells, capacity);
  if (first_position != 0) {
    // As the laps before would have left it.
    atomic_init(&queue.head, first_position);
    atomic_init(&queue.tail, first_position);
    for (uint32_t i = 0; i < capacity; i++) {
      atomic_init(&cells[(first_position + i) & queue.mask].turn, (first_position + i) & ~queue.mask);
    }
  }
  uint64_t contended = 0;
  uint32_t value = 0, next = 1;
  for (uint32_t lap = 0; lap < 5; lap++) {
    CHECK(!ctz_mpmc_pop(&queue, &value, &contended));
    CHECK(!ctz_mpmc_peek(&queue, &value));
    for (uint32_t i = 0; i < capacity; i++) {
      CHECK_EQ_U64(ctz_mpmc_length(&queue), i);
      CHECK(ctz_mpmc_push(&queue, next + i, &contended));
    }
    CHECK(!ctz_mpmc_push(&queue, 0, &contended));
    CHECK_EQ_U64(ctz_mpmc_length(&queue), capacity);
    for (uint32_t i = 0; i < capacity; i++, next++) {
      CHECK(ctz_mpmc_peek(&queue, &value));
      CHECK_EQ_U64(value, next);
      CHECK(ctz_mpmc_pop(&queue, &value, &contended));
      CHECK_EQ_U64(value, next);
    }
  }
  CHECK_EQ_U64(contended, 0);
  free(cells);
}

// Head and tail are read one after the other: a pair that cannot be is brought into range.
static void length_stays_in_range(void) {
  ctz_mpmc queue;
  ctz_mpmc_cell cells[4] = {0};
  ctz_mpmc_init(&queue, cells, 4);
  atomic_init(&queue.head, 3);
  atomic_init(&queue.tail, 2);
  CHECK_EQ_U64(ctz_mpmc_length(&queue), 0);
  atomic_init(&queue.tail, 12);
  CHECK_EQ_U64(ctz_mpmc_length(&queue), 4);
}

int main(void) {
  for (uint32_t capacity = 2; capacity <= 64; capacity *= 2) {
    gives_values_in_order(capacity, 0);
    gives_values_in_order(capacity, UINT32_MAX - capacity);
    gives_values_in_order(capacity, UINT32_MAX);
  }
  length_stays_in_range();
  return check_result();
}
