#include "queue/port_ring.h"

#include <string.h>

#include "check.h"

#define CAPACITY 8u

typedef struct shared_words {
  _Atomic uint32_t tail, head, entries[CAPACITY];
} shared_words;

static ctz_port_ring ring_over(shared_words *words, uint32_t position) {
  memset(words, 0, sizeof *words);
  atomic_init(&words->tail, position);
  atomic_init(&words->head, position);
  return (ctz_port_ring){.tail = &words->tail, .head = &words->head, .entries = words->entries, .mask = CAPACITY - 1u};
}

static void gives_entries_in_order_across_the_wrap(void) {
  shared_words words;
  ctz_port_ring ring = ring_over(&words, UINT32_MAX - 2u);
  uint64_t contended = 0;
  uint32_t out[CAPACITY] = {0}, entry = 0;
  CHECK(!ctz_port_ring_peek(&ring, &entry));
  CHECK_EQ_U64(ctz_port_ring_claim(&ring, out, CAPACITY, &contended), 0);
  for (uint32_t i = 0; i < CAPACITY; i++) {
    CHECK_EQ_U64(ctz_port_ring_length(&ring), i);
    CHECK(ctz_port_ring_push(&ring, 10u + i));
  }
  CHECK(!ctz_port_ring_push(&ring, 99));
  CHECK(ctz_port_ring_peek(&ring, &entry));
  CHECK_EQ_U64(entry, 10);
  CHECK_EQ_U64(ctz_port_ring_claim(&ring, out, 5, &contended), 5);
  for (uint32_t i = 0; i < 5; i++) CHECK_EQ_U64(out[i], 10u + i);
  CHECK_EQ_U64(ctz_port_ring_length(&ring), 3);
  CHECK(ctz_port_ring_push(&ring, 18));
  CHECK_EQ_U64(ctz_port_ring_claim(&ring, out, CAPACITY, &contended), 4);
  CHECK_EQ_U64(out[3], 18);
  CHECK_EQ_U64(ctz_port_ring_length(&ring), 0);
  CHECK_EQ_U64(contended, 0);
}

// JavaScript may write anything there: nothing outside of the entries is read, and never more than fit.
static void bears_hostile_words(void) {
  static const uint32_t positions[] = {0, 1, 7, 8, 9, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFF8, 0xFFFFFFFF};
  enum { COUNT = sizeof positions / sizeof positions[0] };
  for (uint32_t h = 0; h < COUNT; h++) {
    for (uint32_t t = 0; t < COUNT; t++) {
      shared_words words;
      ctz_port_ring ring = ring_over(&words, 0);
      atomic_init(&words.head, positions[h]);
      atomic_init(&words.tail, positions[t]);
      uint32_t length = ctz_port_ring_length(&ring);
      CHECK(length <= CAPACITY && (length == 0) == (positions[h] == positions[t]));
      uint32_t out[64], entry;
      uint64_t contended = 0;
      CHECK(ctz_port_ring_peek(&ring, &entry) == (length > 0));
      // what cannot be is emptied at once, rather than counted through
      bool sound = positions[t] - positions[h] <= CAPACITY;
      CHECK_EQ_U64(ctz_port_ring_claim(&ring, out, 64, &contended), sound ? length : 0);
      CHECK_EQ_U64(atomic_load_explicit(&words.head, memory_order_relaxed), positions[t]);
    }
  }
}

int main(void) {
  gives_entries_in_order_across_the_wrap();
  bears_hostile_words();
  return check_result();
}
