// Which class starts next: strict priority with a guard against starvation. Pure: one word in, one word out, so that
// workers can agree on it by compare-and-swap. A class whose oldest task is past its target is granted at least one in
// every 16 starts. Up to three classes can be due at the same start, so each is due three starts before its sixteenth.
#ifndef CTZ_QUEUE_GUARD_H
#define CTZ_QUEUE_GUARD_H

#include <stdint.h>

#define CTZ_GUARD_STARTS 13u

// Four counters of 16 bits: starts of other classes since the class had its last, while it had tasks waiting.
typedef uint64_t ctz_guard_word;

typedef struct ctz_grant {
  uint32_t class_index;  // 0 .. 3
  uint32_t count;        // starts granted: 1 .. wanted
  ctz_guard_word after;  // the word once they are counted
} ctz_grant;

// `waiting`: bit c set when class c has tasks; not 0. `overdue`: those whose oldest is past its target. `wanted` >= 1.
ctz_grant ctz_guard_choose(ctz_guard_word word, uint32_t waiting, uint32_t overdue, uint32_t wanted);

#endif
