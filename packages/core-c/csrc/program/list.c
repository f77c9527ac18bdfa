// Arrays made, lengthened, cut and turned round. Their memory is the run's and is given back with it.
#include "program/list.h"

#include <string.h>

#include "ctz/program_ops.h"

#define LEAST_CAPACITY 8u
#define MOST_ELEMENTS ((uint64_t)1 << 32)

static char *element(ctz_list list, uint32_t kind, uint64_t index) {
  return (char *)list->data + (index << ctz_list_shift(kind));
}

static void move(ctz_list list, uint32_t kind, uint64_t to, uint64_t from, uint64_t count) {
  if (count == 0) return;
  memmove(element(list, kind, to), element(list, kind, from), (size_t)count << ctz_list_shift(kind));
}

static void *room(ctz_run *run, uint32_t kind, uint64_t count) {
  void *data = NULL;
  if (count < MOST_ELEMENTS) data = run->context->alloc(run->context, (size_t)count << ctz_list_shift(kind), 16);
  if (data == NULL) ctz_give_up(run, CTZ_BAIL_MEMORY, 0);
  return data;
}

int ctz_list_new(ctz_run *run, uint32_t kind, uint64_t capacity, ctz_list *out) {
  ctz_list list = run->context->alloc(run->context, sizeof *list, 16);
  if (list == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0);
  *list = (ctz_elements){NULL, 0, capacity};
  if (capacity > 0 && (list->data = room(run, kind, capacity)) == NULL) return 0;
  *out = list;
  return 1;
}

int ctz_list_grow(ctz_run *run, uint32_t kind, ctz_list list, uint64_t capacity) {
  if (capacity <= list->capacity) return 1;
  uint64_t wanted = list->capacity * 2 > LEAST_CAPACITY ? list->capacity * 2 : LEAST_CAPACITY;
  if (wanted < capacity) wanted = capacity;
  void *data = room(run, kind, wanted);
  if (data == NULL) return 0;
  if (list->length > 0) memcpy(data, list->data, (size_t)list->length << ctz_list_shift(kind));
  list->data = data;
  list->capacity = wanted;
  return 1;
}

int ctz_list_slice(ctz_run *run, uint32_t kind, ctz_list list, double from, double to, ctz_list *out) {
  uint64_t length = ctz_list_length(list);
  uint64_t begin = ctz_view_position(from, length), end = ctz_view_position(to, length);
  uint64_t count = end > begin ? end - begin : 0;
  if (!ctz_list_new(run, kind, count, out)) return 0;
  if (count > 0) memcpy((*out)->data, element(list, kind, begin), (size_t)count << ctz_list_shift(kind));
  (*out)->length = count;
  return 1;
}

int ctz_list_insert(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, ctz_list from) {
  if (list == NULL || at > list->length) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  if (from == list && !ctz_list_slice(run, kind, list, 0, CTZ_INFINITY, &from)) return 0;
  uint64_t count = ctz_list_length(from);
  if (count == 0) return 1;
  if (!ctz_list_grow(run, kind, list, list->length + count)) return 0;
  move(list, kind, at + count, at, list->length - at);
  memcpy(element(list, kind, at), from->data, (size_t)count << ctz_list_shift(kind));
  list->length += count;
  return 1;
}

int ctz_list_remove(ctz_run *run, uint32_t kind, ctz_list list, uint64_t at, uint64_t count) {
  if (list == NULL || at > list->length || count > list->length - at) return ctz_give_up(run, CTZ_BAIL_RANGE, 0);
  move(list, kind, at, at + count, list->length - at - count);
  list->length -= count;
  return 1;
}

static void swap(char *a, char *b, size_t bytes) {
  char kept[sizeof(ctz_text)];
  memcpy(kept, a, bytes);
  memcpy(a, b, bytes);
  memcpy(b, kept, bytes);
}

int ctz_list_reverse(ctz_run *run, uint32_t kind, ctz_list list) {
  (void)run;
  size_t bytes = (size_t)1 << ctz_list_shift(kind);
  for (uint64_t low = 0, high = ctz_list_length(list); high > low + 1; low++) {
    high--;
    swap(element(list, kind, low), element(list, kind, high), bytes);
  }
  return 1;
}

int ctz_list_of_view(ctz_run *run, uint32_t kind, ctz_view view, ctz_list *out) {
  if (!ctz_list_new(run, kind, view.length, out)) return 0;
  if (view.length > 0) memcpy((*out)->data, view.data, (size_t)view.length << ctz_list_shift(kind));
  (*out)->length = view.length;
  return 1;
}
