// Between arrays and texts.
#include <string.h>

#include "program/list.h"
#include "program/number_text.h"
#include "program/room.h"
#include "program/text.h"

int ctz_list_of_text(ctz_run *run, ctz_text text, ctz_view lengths, ctz_list *out) {
  const int32_t *each = lengths.data;
  if (!ctz_list_new(run, CTZ_LIST_S, lengths.length, out)) return 0;
  uint32_t at = 0;
  for (uint64_t i = 0; i < lengths.length; i++) {
    if (each[i] < 0 || (uint32_t)each[i] > text.length - at) return ctz_give_up(run, CTZ_BAIL_ARGUMENT, 0);
    ((ctz_text *)(*out)->data)[i] = ctz_text_piece(text, at, (uint32_t)each[i]);
    at += (uint32_t)each[i];
  }
  (*out)->length = lengths.length;
  return 1;
}

int ctz_list_lengths(ctz_run *run, ctz_list list, ctz_view *out) {
  uint64_t length = ctz_list_length(list);
  int32_t *each = NULL;
  if (length > 0) {
    each = run->context->alloc(run->context, (size_t)length * sizeof *each, 8);
    if (each == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0);
  }
  for (uint64_t i = 0; i < length; i++) each[i] = (int32_t)((const ctz_text *)list->data)[i].length;
  *out = (ctz_view){each, length};
  return 1;
}

static int text_of(ctz_run *run, uint32_t kind, ctz_list list, uint64_t index, ctz_text *out) {
  if (kind == CTZ_LIST_N) return ctz_text_of_number(run, ((const double *)list->data)[index], out);
  *out = ctz_text_of_bool(((const uint8_t *)list->data)[index]);
  return 1;
}

// One piece behind the other: those that were just made lie there already.
static int join_made(ctz_run *run, uint32_t kind, ctz_list list, ctz_text separator, ctz_text *out) {
  ctz_text all = {NULL, 0, 0}, piece;
  for (uint64_t i = 0; i < list->length; i++) {
    if (i > 0 && !ctz_text_concat(run, all, separator, &all)) return 0;
    if (!text_of(run, kind, list, i, &piece) || !ctz_text_concat(run, all, piece, &all)) return 0;
  }
  *out = all;
  return 1;
}

static int join_texts(ctz_run *run, ctz_list list, ctz_text separator, ctz_text *out) {
  const ctz_text *texts = list->data;
  uint64_t length = (list->length - 1) * separator.length, at = 0;
  uint32_t wide = list->length > 1 ? separator.wide : 0;
  for (uint64_t i = 0; i < list->length; i++) {
    length += texts[i].length;
    wide |= texts[i].wide;
  }
  void *data;
  if (!ctz_room_for(run, length, wide, &data, out)) return 0;
  for (uint64_t i = 0; i < list->length; i++) {
    if (i > 0) {
      ctz_copy_units(data, wide, at, separator);
      at += separator.length;
    }
    ctz_copy_units(data, wide, at, texts[i]);
    at += texts[i].length;
  }
  return 1;
}

int ctz_list_join(ctz_run *run, uint32_t kind, ctz_list list, ctz_text separator, ctz_text *out) {
  *out = ctz_text_piece(separator, 0, 0);
  out->wide = 0;
  if (ctz_list_length(list) == 0) return 1;
  if (kind != CTZ_LIST_S) return join_made(run, kind, list, separator, out);
  if (list->length > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  return join_texts(run, list, separator, out);
}

static int split_units(ctz_run *run, ctz_text text, uint32_t most, ctz_list *out) {
  uint32_t count = text.length < most ? text.length : most;
  if (!ctz_list_new(run, CTZ_LIST_S, count, out)) return 0;
  for (uint32_t i = 0; i < count; i++) ((ctz_text *)(*out)->data)[i] = ctz_text_piece(text, i, 1);
  (*out)->length = count;
  return 1;
}

int ctz_text_split(ctz_run *run, ctz_text text, ctz_text separator, double limit, ctz_list *out) {
  uint32_t most = (uint32_t)ctz_to_int32(limit), begin = 0;
  if (separator.length == 0) return split_units(run, text, most, out);
  if (!ctz_list_new(run, CTZ_LIST_S, 0, out)) return 0;
  while ((*out)->length < most) {
    double found = ctz_text_index_of(text, separator, begin);
    uint32_t end = found < 0 ? text.length : (uint32_t)found;
    if (!ctz_op_slist_push(run, *out, ctz_text_piece(text, begin, end - begin))) return 0;
    if (found < 0) break;
    begin = end + separator.length;
  }
  return 1;
}

int ctz_text_points(ctz_run *run, ctz_text text, ctz_list *out) {
  if (!ctz_list_new(run, CTZ_LIST_S, text.length, out)) return 0;
  for (uint32_t i = 0; i < text.length;) {
    uint32_t unit = ctz_unit_at(text, i), next = i + 1 < text.length ? ctz_unit_at(text, i + 1) : 0;
    uint32_t units = unit - 0xD800 < 0x400 && next - 0xDC00 < 0x400 ? 2 : 1;
    if (!ctz_op_slist_push(run, *out, ctz_text_piece(text, i, units))) return 0;
    i += units;
  }
  return 1;
}
