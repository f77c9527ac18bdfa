#include "program/room.h"

#include <string.h>

#define FIRST_CHUNK 1024u
#define MOST_CHUNK 65536u

// The latest text may grow up to the end of its chunk; so a text that is appended to again and again moves seldom.
static bool provide(ctz_run *run, size_t bytes) {
  size_t size = run->chunk == 0 ? FIRST_CHUNK : run->chunk;
  run->chunk = size < MOST_CHUNK ? (uint32_t)size * 2 : MOST_CHUNK;
  if (size < bytes * 2) size = bytes * 2;
  char *memory = run->context->alloc(run->context, size, 16);
  if (memory == NULL) {
    size = bytes;
    memory = run->context->alloc(run->context, size, 16);
  }
  if (memory == NULL) return ctz_give_up(run, CTZ_BAIL_MEMORY, 0) != 0;
  run->top = memory;
  run->end = memory + size;
  return true;
}

int ctz_room_for(ctz_run *run, uint64_t length, uint32_t wide, void **data, ctz_text *out) {
  if (length > CTZ_TEXT_MAX_LENGTH) return ctz_give_up(run, CTZ_BAIL_LENGTH, 0);
  size_t bytes = (size_t)length << wide;
  if (wide != 0 && ((uintptr_t)run->top & 1u) != 0) run->top++;
  if (run->top == NULL || run->top > run->end || bytes > (size_t)(run->end - run->top)) {
    if (!provide(run, bytes)) return 0;
  }
  *data = run->top;
  ctz_put_text(out, run->top, (uint32_t)length, wide);
  run->top += bytes;
  return 1;
}

void *ctz_room_behind(ctz_run *run, ctz_text text, uint32_t length) {
  size_t bytes = (size_t)length << text.wide;
  if (run->top == NULL || (const char *)text.data + ((size_t)text.length << text.wide) != run->top) return NULL;
  if (bytes > (size_t)(run->end - run->top)) return NULL;
  void *behind = run->top;
  run->top += bytes;
  return behind;
}

void ctz_copy_units(void *data, uint32_t wide, uint64_t at, ctz_text from) {
  if (from.length == 0) return;
  if (wide == from.wide) {
    memcpy((char *)data + (at << wide), from.data, (size_t)from.length << wide);
    return;
  }
  uint16_t *units = (uint16_t *)data + at;
  const uint8_t *bytes = from.data;
  for (uint32_t i = 0; i < from.length; i++) units[i] = bytes[i];
}

int ctz_text_of_ascii(ctz_run *run, const char *characters, size_t length, ctz_text *out) {
  void *data;
  if (!ctz_room_for(run, length, 0, &data, out)) return 0;
  memcpy(data, characters, length);
  return 1;
}

bool ctz_is_space(uint32_t unit) {
  if (unit < 0x80) return unit == ' ' || (unit >= 9 && unit <= 13);
  return unit == 0xA0 || unit == 0x1680 || (unit >= 0x2000 && unit <= 0x200A) || unit == 0x2028 || unit == 0x2029 ||
         unit == 0x202F || unit == 0x205F || unit == 0x3000 || unit == 0xFEFF;
}

ctz_text ctz_text_trimmed(ctz_text text, bool start, bool end) {
  uint32_t from = 0, to = text.length;
  while (start && from < to && ctz_is_space(ctz_unit_at(text, from))) from++;
  while (end && from < to && ctz_is_space(ctz_unit_at(text, to - 1))) to--;
  return ctz_text_piece(text, from, to - from);
}
