#include "queue/completions.h"

#include <string.h>

#include "check.h"

#define CAPACITY 16u
#define SLOTS 10u

typedef struct shared_words {
  _Atomic uint32_t entries[CAPACITY * 2u], tail, drained, waiting;
} shared_words;

static ctz_completions ring_over(shared_words *words) {
  memset(words, 0, sizeof *words);
  return (ctz_completions){.entries = words->entries,
                           .tail = &words->tail,
                           .drained = &words->drained,
                           .waiting = &words->waiting,
                           .mask = CAPACITY - 1u,
                           .notice_room = CAPACITY - SLOTS};
}

static void gives_values_in_order(void) {
  shared_words words;
  ctz_completions ring = ring_over(&words);
  uint32_t position = 0, value = 0, next = 0, expected = 0;
  CHECK(!ctz_completions_next(&ring, &position, &value));
  for (uint32_t round = 0; round < 50; round++) {
    uint32_t values[SLOTS], count = 1u + round % SLOTS;
    for (uint32_t i = 0; i < count; i++) values[i] = next++;
    ctz_completions_append(&ring, values, count);
    while (ctz_completions_next(&ring, &position, &value)) CHECK_EQ_U64(value, expected++);
    CHECK_EQ_U64(expected, next);
    CHECK_EQ_U64(position, next);
  }
}

// At 2^32 the position + 1 is 0, as in a ring never used: but there what the last lap left is not 0.
static void goes_on_past_the_wrap(void) {
  shared_words words;
  ctz_completions ring = ring_over(&words);
  uint32_t position = 0u - 20u, value = 0;
  atomic_init(&words.tail, position);
  for (uint32_t i = 0; i < CAPACITY; i++) {
    uint32_t before = position - CAPACITY + i;
    atomic_init(&words.entries[(before & (CAPACITY - 1u)) * 2u + 1u], before + 1u);
  }
  for (uint32_t i = 0; i < 40; i++) {
    CHECK(!ctz_completions_next(&ring, &position, &value));
    ctz_completions_append(&ring, &i, 1);
    CHECK(ctz_completions_next(&ring, &position, &value));
    CHECK_EQ_U64(value, i);
  }
  CHECK_EQ_U64(position, 20);
}

static void notices_leave_room_for_all_slots(void) {
  shared_words words;
  ctz_completions ring = ring_over(&words);
  uint32_t values[SLOTS] = {0}, position = 0, value = 0;
  ctz_completions_append(&ring, values, 4);
  for (uint32_t i = 0; i < CAPACITY - SLOTS - 4u; i++) CHECK(ctz_completions_notice(&ring, 100u + i));
  CHECK(!ctz_completions_notice(&ring, 99));
  while (ctz_completions_next(&ring, &position, &value)) CHECK(value == 0 || value >= 100);
  CHECK_EQ_U64(position, CAPACITY - SLOTS);
  CHECK(!ctz_completions_notice(&ring, 99));  // the consumer has not said so yet
  atomic_init(&words.drained, position);
  CHECK(ctz_completions_notice(&ring, 101));
  CHECK(ctz_completions_next(&ring, &position, &value));
  CHECK_EQ_U64(value, 101);
  atomic_init(&words.drained, position + 5u);  // a lie
  CHECK(!ctz_completions_notice(&ring, 102));
}

static void takes_waiting_once(void) {
  shared_words words;
  ctz_completions ring = ring_over(&words);
  CHECK(!ctz_completions_take_waiting(&ring));
  atomic_init(&words.waiting, 1);
  CHECK(ctz_completions_take_waiting(&ring));
  CHECK(!ctz_completions_take_waiting(&ring));
}

int main(void) {
  gives_values_in_order();
  goes_on_past_the_wrap();
  notices_leave_room_for_all_slots();
  takes_waiting_once();
  return check_result();
}
