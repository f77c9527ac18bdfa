#include "queue/once_list.h"

#include "base/atomics.h"

void ctz_once_append(ctz_once_list *list, uint32_t number) {
  // relaxed: a place is all that it gives; the number in it travels with the entry
  uint32_t position = ctz_fetch_add(&list->tail, 1u, memory_order_relaxed);
  // release: pairs with the acquire in ctz_once_take; who takes the number sees what was done before
  ctz_store(&list->entries[position], number + 1u, memory_order_release);
}

// How many entries from `head` on are written.
static uint32_t written_from(ctz_once_list *list, uint32_t head, uint32_t most, uint32_t *numbers) {
  uint32_t tail = ctz_load(&list->tail, memory_order_relaxed);
  uint32_t count = 0;
  // an older tail is smaller: nothing is read beyond the list
  while (count < most && head + count < tail) {
    uint32_t entry = ctz_load(&list->entries[head + count], memory_order_acquire);
    if (entry == 0) break;
    numbers[count++] = entry - 1u;
  }
  return count;
}

uint32_t ctz_once_take(ctz_once_list *list, uint32_t *numbers, uint32_t most) {
  uint32_t head = ctz_load(&list->head, memory_order_relaxed);
  for (;;) {
    uint32_t count = written_from(list, head, most, numbers);
    // relaxed: what a number brings with it was acquired with its entry, which is never written again
    if (count == 0 || ctz_cas(&list->head, &head, head + count, memory_order_relaxed, memory_order_relaxed))
      return count;
  }
}

uint32_t ctz_once_length(ctz_once_list *list) {
  uint32_t head = ctz_load(&list->head, memory_order_relaxed);
  uint32_t tail = ctz_load(&list->tail, memory_order_relaxed);
  return tail > head ? tail - head : 0;
}
