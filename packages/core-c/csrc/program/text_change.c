// Texts made of others.
#include <string.h>

#include "program/room.h"
#include "program/text.h"

int ctz_text_trim(ctz_run *run, ctz_text text, int start, int end, ctz_text *out) {
  (void)run;
  *out = ctz_text_trimmed(text, start != 0, end != 0);
  return 1;
}

// Fills `length` units from `at` on with `text` again and again.
static void fill_units(void *data, uint32_t wide, uint64_t at, uint64_t length, ctz_text text) {
  uint64_t done = 0;
  while (done < length) {
    uint64_t rest = length - done;
    ctz_text piece = rest < text.length ? ctz_text_piece(text, 0, (uint32_t)rest) : text;
    ctz_copy_units(data, wide, at + done, piece);
    done += piece.length;
  }
}

int ctz_text_pad(ctz_run *run, ctz_text text, double length, ctz_text fill, int at_start, ctz_text *out) {
  double wanted = ctz_to_integer(length);
  if (!(wanted > text.length) || fill.length == 0) {
    *out = text;
    return 1;
  }
  if (wanted > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  uint32_t missing = (uint32_t)wanted - text.length, wide = text.wide | fill.wide;
  void *data;
  if (!ctz_room_for(run, (uint64_t)wanted, wide, &data, out)) return 0;
  fill_units(data, wide, at_start ? 0 : text.length, missing, fill);
  ctz_copy_units(data, wide, at_start ? missing : 0, text);
  return 1;
}

int ctz_text_repeat(ctz_run *run, ctz_text text, double count, ctz_text *out) {
  double times = ctz_to_integer(count);
  if (times < 0 || times == CTZ_INFINITY) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  if (times == 0 || text.length == 0) {
    *out = ctz_text_piece(text, 0, 0);
    return 1;
  }
  double length = times * text.length;
  if (length > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  void *data;
  if (!ctz_room_for(run, (uint64_t)length, text.wide, &data, out)) return 0;
  fill_units(data, text.wide, 0, (uint64_t)length, text);
  return 1;
}

static uint32_t other_case(uint32_t unit, uint32_t first) { return unit - first < 26 ? unit ^ 0x20 : unit; }

int ctz_text_case(ctz_run *run, ctz_text text, int upper, ctz_text *out) {
  void *data;
  if (!ctz_room_for(run, text.length, 0, &data, out)) return 0;
  uint8_t *bytes = data;
  uint32_t first = upper ? 'a' : 'A', seen = 0;
  if (text.wide == 0) {
    const uint8_t *from = text.data;
    for (uint32_t i = 0; i < text.length; i++) {
      seen |= from[i];
      bytes[i] = (uint8_t)other_case(from[i], first);
    }
  } else {
    const uint16_t *from = text.data;
    for (uint32_t i = 0; i < text.length; i++) {
      seen |= from[i];
      bytes[i] = (uint8_t)other_case(from[i], first);
    }
  }
  return seen > 0x7F ? ctz_give_up(run, CTZ_BAIL_LETTERS, 0) : 1;
}

static bool has_dollar(ctz_text text) {
  for (uint32_t i = 0; i < text.length; i++) {
    if (ctz_unit_at(text, i) == '$') return true;
  }
  return false;
}

// Where `wanted` stands next, from `from` on; an empty one stands at each index, also behind the last unit.
static bool find(ctz_text text, ctz_text wanted, uint64_t from, uint32_t *index) {
  if (from > text.length) return false;
  double found = ctz_text_index_of(text, wanted, (double)from);
  if (found >= 0) *index = (uint32_t)found;
  return found >= 0;
}

static uint64_t count_places(ctz_text text, ctz_text wanted) {
  uint64_t places = 0;
  uint32_t index = 0, step = wanted.length == 0 ? 1 : wanted.length;
  for (uint64_t from = 0; find(text, wanted, from, &index); from = (uint64_t)index + step) places++;
  return places;
}

int ctz_text_replace(ctz_run *run, ctz_text text, ctz_text wanted, ctz_text by, int all, ctz_text *out) {
  uint32_t index = 0;
  if (!find(text, wanted, 0, &index)) {
    *out = text;
    return 1;
  }
  if (has_dollar(by)) return ctz_give_up(run, CTZ_BAIL_PATTERN, 0);
  uint64_t places = all ? count_places(text, wanted) : 1;
  uint64_t length = text.length - places * wanted.length;
  if (places > CTZ_TEXT_MAX_LENGTH || places * by.length > CTZ_TEXT_MAX_LENGTH) {
    return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  }
  void *data;
  uint32_t wide = text.wide | by.wide;
  if (!ctz_room_for(run, length + places * by.length, wide, &data, out)) return 0;
  uint64_t at = 0, from = 0;  // in the new text, in the old one
  for (uint64_t place = 0; place < places; place++) {
    // an empty one is found behind the unit that follows the last place
    bool step = wanted.length == 0 && place > 0;
    if (!find(text, wanted, from + step, &index)) break;
    ctz_text between = ctz_text_piece(text, (uint32_t)from, index - (uint32_t)from);
    ctz_copy_units(data, wide, at, between);
    ctz_copy_units(data, wide, at + between.length, by);
    at += (uint64_t)between.length + by.length;
    from = (uint64_t)index + wanted.length;
  }
  ctz_copy_units(data, wide, at, ctz_text_piece(text, (uint32_t)from, text.length - (uint32_t)from));
  return 1;
}
