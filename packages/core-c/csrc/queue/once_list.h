// A list that holds each of its numbers once: many threads append, many take, oldest first. Entries are written once
// and never again, so no position wraps and none comes back.
#ifndef CTZ_QUEUE_ONCE_LIST_H
#define CTZ_QUEUE_ONCE_LIST_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct ctz_once_list {
  _Atomic uint32_t *entries;  // as many as there are numbers: each plus 1, 0 while it is not written yet
  _Alignas(64) _Atomic uint32_t tail;  // how many were appended
  _Alignas(64) _Atomic uint32_t head;  // how many were taken
} ctz_once_list;

// `number` < UINT32_MAX.
void ctz_once_append(ctz_once_list *list, uint32_t number);
// Takes up to `most` numbers; 0 when there is none whose entry is written, or another thread is appending the next one.
uint32_t ctz_once_take(ctz_once_list *list, uint32_t *numbers, uint32_t most);
// Numbers that are there and not taken; a hint.
uint32_t ctz_once_length(ctz_once_list *list);

#endif
