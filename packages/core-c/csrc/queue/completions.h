// The way back: workers append what has settled, the owner of the port drains it. Many producers, one consumer outside
// of C. A producer reserves positions by fetch-add, then stores each entry's value and last its position + 1 (release).
// `waiting`: the consumer sets it (sequentially consistent) and looks at the ring once more before it sleeps; a
// producer that published exchanges it for 0 and wakes the consumer when it was set.
#ifndef CTZ_QUEUE_COMPLETIONS_H
#define CTZ_QUEUE_COMPLETIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ctz_completions {
  _Atomic uint32_t *entries;  // two words each: value, position + 1
  _Atomic uint32_t *tail;
  const _Atomic uint32_t *drained;  // written by the consumer: a hint only
  _Atomic uint32_t *waiting;
  uint32_t mask;
  uint32_t notice_room;  // entries that notices may use: capacity - slots
} ctz_completions;

// Appends `count` values. There is room: each slot settles once before it is used again.
void ctz_completions_append(ctz_completions *ring, const uint32_t *values, uint32_t count);
// Appends a notice when there is room beyond what settling slots may need; false when it was dropped.
bool ctz_completions_notice(ctz_completions *ring, uint32_t value);
// Whether the consumer would have to be woken now: a hint.
bool ctz_completions_is_awaited(const ctz_completions *ring);
// To be asked after appending: true when the consumer has to be woken (once: the flag is taken).
bool ctz_completions_take_waiting(ctz_completions *ring);
// The consumer's half, for tests in C. `position` is the consumer's own and counts up.
bool ctz_completions_next(ctz_completions *ring, uint32_t *position, uint32_t *value);

#endif
