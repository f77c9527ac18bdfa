#include "queue/guard.h"

#include "check.h"
#include "random.h"

#define CLASSES 4u
#define SHARE 16u

static ctz_guard_word word_of(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return (uint64_t)a | (uint64_t)b << 16 | (uint64_t)c << 32 | (uint64_t)d << 48;
}

typedef struct row {
  ctz_guard_word word;
  uint32_t waiting, overdue, wanted;
  uint32_t chosen, count;
  ctz_guard_word after;
} row;

static void follows_the_table(void) {
  const row rows[] = {
    // strict priority, as many as wanted, others are passed over
    {word_of(0, 0, 0, 0), 0xF, 0x0, 64, 0, 64, word_of(0, 64, 64, 64)},
    {word_of(0, 0, 0, 0), 0xC, 0x0, 5, 2, 5, word_of(0, 0, 0, 5)},
    {word_of(0, 0, 0, 0), 0x8, 0x8, 64, 3, 64, word_of(0, 0, 0, 0)},
    // long passed over, but not overdue
    {word_of(0, 0, 0, 500), 0x9, 0x0, 64, 0, 64, word_of(0, 0, 0, 564)},
    // who does not wait is not counted, and is not chosen
    {word_of(0, 50, 0, 0), 0x9, 0x2, 8, 0, 8, word_of(0, 50, 0, 8)},
    // an overdue class cuts the count to the start at which it is due
    {word_of(0, 0, 0, 0), 0x3, 0x2, 64, 0, 13, word_of(0, 13, 0, 0)},
    {word_of(0, 10, 0, 2), 0xB, 0xA, 64, 0, 3, word_of(0, 13, 0, 5)},
    // due: one start only while a more urgent one waits
    {word_of(0, 13, 0, 0), 0x3, 0x2, 64, 1, 1, word_of(1, 0, 0, 0)},
    {word_of(7, 0, 0, 13), 0x9, 0x8, 64, 3, 1, word_of(8, 0, 0, 0)},
    // several due: the longest passed over, then the more urgent
    {word_of(0, 13, 14, 13), 0xF, 0xE, 64, 2, 1, word_of(1, 14, 0, 14)},
    {word_of(0, 13, 13, 13), 0xF, 0xE, 64, 1, 1, word_of(1, 0, 14, 14)},
    // due and the most urgent itself
    {word_of(0, 0, 20, 4), 0xC, 0xC, 64, 2, 9, word_of(0, 0, 0, 13)},
    // counters stop at their greatest
    {word_of(0, 0xFFF0, 0, 0), 0x3, 0x0, 64, 0, 64, word_of(0, 0xFFFF, 0, 0)},
    {word_of(0, 0, 0, 0), 0x3, 0x0, UINT32_MAX, 0, UINT32_MAX, word_of(0, 0xFFFF, 0, 0)},
  };
  for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ctz_grant grant = ctz_guard_choose(rows[i].word, rows[i].waiting, rows[i].overdue, rows[i].wanted);
    bool same = CHECK_EQ_U64(grant.class_index, rows[i].chosen);
    same = CHECK_EQ_U64(grant.count, rows[i].count) && same;
    same = CHECK_EQ_U64(grant.after, rows[i].after) && same;
    if (!same) fprintf(stderr, "  in row %u\n", i);
  }
}

typedef struct history {
  ctz_guard_word word;
  uint32_t waiting, overdue;
  uint64_t others[CLASSES];  // starts of others since a class had one, or became overdue
} history;

// Starts granted are taken one by one; patterns change before each grant.
static void check_grant(history *past, uint32_t wanted) {
  ctz_grant grant = ctz_guard_choose(past->word, past->waiting, past->overdue, wanted);
  past->word = grant.after;
  CHECK(grant.class_index < CLASSES && (past->waiting >> grant.class_index & 1u) != 0);
  CHECK(grant.count >= 1 && grant.count <= wanted);
  uint32_t more_urgent = past->waiting & ((1u << grant.class_index) - 1u);
  if (past->overdue == 0) CHECK(more_urgent == 0 && grant.count == wanted);
  if (more_urgent != 0) CHECK(grant.count == 1 && (past->overdue >> grant.class_index & 1u) != 0);
  for (uint32_t c = 0; c < CLASSES; c++) {
    bool overdue = (past->overdue >> c & 1u) != 0;
    past->others[c] = c == grant.class_index || !overdue ? 0 : past->others[c] + grant.count;
    CHECK(past->others[c] < SHARE);
  }
}

// How a pattern of waiting and overdue classes goes on.
static void change(history *past, uint64_t *random, uint32_t stability) {
  for (uint32_t c = 0; c < CLASSES; c++) {
    if (random_below(random, stability) == 0) past->waiting ^= 1u << c;
    if (random_below(random, stability) == 0) past->overdue ^= 1u << c;
  }
  if (past->waiting == 0) past->waiting = 1u << random_below(random, CLASSES);
  past->overdue &= past->waiting;
}

static void keeps_its_promise(uint64_t seed) {
  static const uint32_t most_wanted[] = {1, 2, 5, 13, 64};
  for (uint32_t i = 0; i < 2000; i++) {
    uint64_t random = seed + i;
    history past = {.waiting = 1u + random_below(&random, 15)};
    uint32_t most = most_wanted[random_below(&random, 5)], stability = 1u << (1u + random_below(&random, 10));
    for (uint32_t n = 0; n < 500; n++) {
      check_grant(&past, 1u + random_below(&random, most));
      change(&past, &random, stability);
    }
  }
}

int main(void) {
  follows_the_table();
  keeps_its_promise(random_seed("guard"));
  return check_result();
}
