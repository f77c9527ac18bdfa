#include "queue/guard.h"

#include <assert.h>
#include <stdbool.h>

#define CLASSES 4u

static uint32_t passed_over(ctz_guard_word word, uint32_t class_index) {
  return (uint32_t)(word >> (class_index * 16u)) & 0xFFFFu;
}

static ctz_guard_word with_passed_over(ctz_guard_word word, uint32_t class_index, uint32_t count) {
  ctz_guard_word field = (ctz_guard_word)0xFFFFu << (class_index * 16u);
  ctz_guard_word counted = count < 0xFFFFu ? count : 0xFFFFu;
  return (word & ~field) | counted << (class_index * 16u);
}

static bool has(uint32_t set, uint32_t class_index) { return (set >> class_index & 1u) != 0; }

static uint32_t most_urgent(uint32_t waiting) {
  uint32_t class_index = 0;
  while (!has(waiting, class_index)) class_index++;
  return class_index;
}

// The overdue class that was passed over longest, once that is long enough; else the most urgent one.
static uint32_t class_of_turn(ctz_guard_word word, uint32_t waiting, uint32_t overdue) {
  uint32_t found = CLASSES;
  uint32_t longest = CTZ_GUARD_STARTS - 1u;
  for (uint32_t c = 0; c < CLASSES; c++) {
    if (!has(overdue, c) || passed_over(word, c) <= longest) continue;
    found = c;
    longest = passed_over(word, c);
  }
  return found < CLASSES ? found : most_urgent(waiting);
}

// A class that comes by the guard while a more urgent one waits gets one start. Else as many as are wanted, but no
// overdue class is taken past the point where it is due.
static uint32_t count_of_turn(ctz_guard_word word, uint32_t chosen, uint32_t waiting, uint32_t overdue,
                              uint32_t wanted) {
  if (chosen != most_urgent(waiting)) return 1;
  uint32_t count = wanted;
  for (uint32_t c = 0; c < CLASSES; c++) {
    if (c == chosen || !has(overdue, c)) continue;
    uint32_t passed = passed_over(word, c);
    uint32_t left = passed < CTZ_GUARD_STARTS ? CTZ_GUARD_STARTS - passed : 1u;
    if (count > left) count = left;
  }
  return count;
}

ctz_grant ctz_guard_choose(ctz_guard_word word, uint32_t waiting, uint32_t overdue, uint32_t wanted) {
  waiting &= (1u << CLASSES) - 1u;
  overdue &= waiting;
  assert(waiting != 0 && wanted >= 1);
  uint32_t chosen = class_of_turn(word, waiting, overdue);
  uint32_t count = count_of_turn(word, chosen, waiting, overdue, wanted);
  ctz_guard_word after = with_passed_over(word, chosen, 0);
  for (uint32_t c = 0; c < CLASSES; c++) {
    if (c == chosen || !has(waiting, c)) continue;
    uint32_t passed = passed_over(word, c);
    after = with_passed_over(after, c, count < 0xFFFFu - passed ? passed + count : 0xFFFFu);
  }
  return (ctz_grant){.class_index = chosen, .count = count, .after = after};
}
