// Texts joined, compared and searched.
#include "program/text.h"

#include <string.h>

#include "program/room.h"

// Most texts that are joined are a few words: two moves that overlap, instead of a call.
static void copy_bytes(char *to, const char *from, size_t size) {
  if (size > 32) {
    memcpy(to, from, size);
  } else if (size >= 16) {
    memcpy(to, from, 16);
    memcpy(to + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    memcpy(to, from, 8);
    memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    memcpy(to, from, 4);
    memcpy(to + size - 4, from + size - 4, 4);
  } else {
    for (size_t i = 0; i < size; i++) to[i] = from[i];
  }
}

// Two texts of bytes, neither empty: in place where the first may grow.
static int concat_narrow(ctz_run *run, ctz_text a, ctz_text b, uint32_t length, ctz_text *out) {
  const char *end = (const char *)a.data + a.length;
  if (end == run->top && b.length <= (size_t)(run->end - run->top)) {
    copy_bytes(run->top, b.data, b.length);
    run->top += b.length;
    ctz_put_text(out, a.data, length, 0);
    return 1;
  }
  void *data;
  if (!ctz_room_for(run, length, 0, &data, out)) return 0;
  copy_bytes(data, a.data, a.length);
  copy_bytes((char *)data + a.length, b.data, b.length);
  return 1;
}

int ctz_text_concat(ctz_run *run, ctz_text a, ctz_text b, ctz_text *out) {
  if (a.length == 0 || b.length == 0) {
    *out = a.length == 0 ? b : a;
    return 1;
  }
  uint64_t length = (uint64_t)a.length + b.length;
  if (length > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  // what was made one behind the other is one text already
  if (a.wide == b.wide && (const char *)a.data + ((size_t)a.length << a.wide) == b.data) {
    ctz_put_text(out, a.data, (uint32_t)length, a.wide);
    return 1;
  }
  if ((a.wide | b.wide) == 0) return concat_narrow(run, a, b, (uint32_t)length, out);
  void *data = a.wide >= b.wide ? ctz_room_behind(run, a, b.length) : NULL;
  if (data != NULL) {
    ctz_copy_units(data, a.wide, 0, b);
    ctz_put_text(out, a.data, (uint32_t)length, a.wide);
    return 1;
  }
  uint32_t wide = a.wide | b.wide;
  if (!ctz_room_for(run, length, wide, &data, out)) return 0;
  ctz_copy_units(data, wide, 0, a);
  ctz_copy_units(data, wide, a.length, b);
  return 1;
}

// Whether the units of `part` stand at `index` of `text`, where they fit.
static bool stands_at(ctz_text text, ctz_text part, uint32_t index) {
  if (part.length == 0) return true;
  if (text.wide == part.wide) {
    const char *begin = (const char *)text.data + ((size_t)index << text.wide);
    return memcmp(begin, part.data, (size_t)part.length << part.wide) == 0;
  }
  for (uint32_t i = 0; i < part.length; i++) {
    if (ctz_unit_at(text, (uint64_t)index + i) != ctz_unit_at(part, i)) return false;
  }
  return true;
}

int ctz_text_equal(ctz_text a, ctz_text b) { return a.length == b.length && stands_at(a, b, 0); }

int ctz_text_less(ctz_text a, ctz_text b) {
  uint32_t shorter = a.length < b.length ? a.length : b.length;
  if (a.wide == 0 && b.wide == 0) {
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    return order != 0 ? order < 0 : a.length < b.length;
  }
  for (uint32_t i = 0; i < shorter; i++) {
    uint32_t left = ctz_unit_at(a, i), right = ctz_unit_at(b, i);
    if (left != right) return left < right;
  }
  return a.length < b.length;
}

int ctz_text_unit(ctz_run *run, ctz_text text, uint32_t index, ctz_text *out) {
  (void)run;
  *out = ctz_text_piece(text, index, 1);
  return 1;
}

int ctz_text_of_unit(ctz_run *run, double code, ctz_text *out) {
  void *data;
  uint16_t unit = (uint16_t)(uint32_t)ctz_to_int32(code);
  if (!ctz_room_for(run, 1, unit > 0xFF, &data, out)) return 0;
  if (unit > 0xFF)
    *(uint16_t *)data = unit;
  else
    *(uint8_t *)data = (uint8_t)unit;
  return 1;
}

// The next place from `index` to `last` where the first unit of the wanted text stands; UINT32_MAX: none.
static uint32_t next_first(ctz_text text, uint32_t first, uint32_t index, uint32_t last) {
  if (text.wide == 0) {
    if (first > 0xFF) return UINT32_MAX;
    const uint8_t *bytes = text.data;
    const uint8_t *found = memchr(bytes + index, (int)first, (size_t)last - index + 1);
    return found == NULL ? UINT32_MAX : (uint32_t)(found - bytes);
  }
  const uint16_t *units = text.data;
  for (uint32_t i = index; i <= last; i++) {
    if (units[i] == first) return i;
  }
  return UINT32_MAX;
}

double ctz_text_index_of(ctz_text text, ctz_text wanted, double from) {
  uint32_t index = ctz_clamped(from, text.length);
  if (wanted.length == 0) return index;
  if (wanted.length > text.length) return -1;
  uint32_t last = text.length - wanted.length, first = ctz_unit_at(wanted, 0);
  for (; index <= last; index++) {
    index = next_first(text, first, index, last);
    if (index == UINT32_MAX) return -1;
    if (stands_at(text, wanted, index)) return index;
  }
  return -1;
}

double ctz_text_last_index_of(ctz_text text, ctz_text wanted, double from) {
  if (wanted.length > text.length) return -1;
  uint32_t last = text.length - wanted.length;
  uint32_t index = ctz_is_nan(from) ? last : ctz_clamped(from, last);
  for (;; index--) {
    if (stands_at(text, wanted, index)) return index;
    if (index == 0) return -1;
  }
}

int ctz_text_has_at(ctz_text text, ctz_text part, uint64_t index) {
  if (index > text.length || part.length > text.length - index) return 0;
  return stands_at(text, part, (uint32_t)index);
}
