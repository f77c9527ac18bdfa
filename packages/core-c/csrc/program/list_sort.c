// sort() without a function: by the texts of the elements, equal ones in the order in which they were.
#include <stdbool.h>

#include "ctz/program_ops.h"
#include "program/list.h"
#include "program/number_text.h"
#include "program/text.h"

typedef struct entry {
  ctz_text text;
  uint64_t index;
} entry;

// Two runs that lie one behind the other, [low, middle) and [middle, high), into `to`.
static void merge(const entry *from, entry *to, uint64_t low, uint64_t middle, uint64_t high) {
  uint64_t left = low, right = middle;
  for (uint64_t i = low; i < high; i++) {
    bool takes_right = right < high && (left == middle || ctz_text_less(from[right].text, from[left].text));
    to[i] = takes_right ? from[right++] : from[left++];
  }
}

static entry *sorted(ctz_run *run, entry *entries, entry *spare, uint64_t length) {
  for (uint64_t width = 1; width < length; width *= 2) {
    for (uint64_t low = 0; low < length; low += width * 2) {
      uint64_t middle = low + width < length ? low + width : length;
      uint64_t high = low + width * 2 < length ? low + width * 2 : length;
      merge(entries, spare, low, middle, high);
      if (!ctz_op_poll(run)) return NULL;
    }
    entry *done = spare;
    spare = entries;
    entries = done;
  }
  return entries;
}

static void sort_booleans(ctz_list list) {
  uint8_t *each = list->data;
  uint64_t falses = 0;
  for (uint64_t i = 0; i < list->length; i++) falses += each[i] == 0;
  for (uint64_t i = 0; i < list->length; i++) each[i] = i >= falses;
}

static int read_entries(ctz_run *run, uint32_t kind, ctz_list list, entry *entries) {
  for (uint64_t i = 0; i < list->length; i++) {
    entries[i].index = i;
    if (kind == CTZ_LIST_S)
      entries[i].text = ((const ctz_text *)list->data)[i];
    else if (!ctz_text_of_number(run, ((const double *)list->data)[i], &entries[i].text))
      return 0;
  }
  return 1;
}

int ctz_list_sort(ctz_run *run, uint32_t kind, ctz_list list) {
  uint64_t length = ctz_list_length(list);
  if (length < 2) return 1;
  if (kind == CTZ_LIST_B) return sort_booleans(list), 1;
  entry *entries = run->context->alloc(run->context, (size_t)length * 2 * sizeof *entries, 16);
  ctz_list before;
  if (entries == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0);
  if (!read_entries(run, kind, list, entries)) return 0;
  if (kind == CTZ_LIST_N && !ctz_list_slice(run, kind, list, 0, CTZ_INFINITY, &before)) return 0;
  const entry *in_order = sorted(run, entries, entries + length, length);
  if (in_order == NULL) return 0;
  for (uint64_t i = 0; i < length; i++) {
    if (kind == CTZ_LIST_S)
      ((ctz_text *)list->data)[i] = in_order[i].text;
    else
      ((double *)list->data)[i] = ((const double *)before->data)[in_order[i].index];
  }
  return 1;
}
