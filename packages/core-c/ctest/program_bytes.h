// Programs for tests in C, put together by hand: one function, registers by number.
#ifndef CTZ_PROGRAM_BYTES_H
#define CTZ_PROGRAM_BYTES_H

#include <math.h>
#include <string.h>

#include "ctz/opcodes.h"
#include "ctz/program_ops.h"
#include "ctz/programs.h"

#define BYTES_MOST 65536u

// Words of a program as they are written one after the other; memory of little-endian machines is what bytes are.
typedef struct program_bytes {
  uint32_t words[BYTES_MOST / 4];
  uint32_t count;
} program_bytes;

typedef struct line {
  uint16_t op, result, operands[4];
  uint32_t number;
} line;

static inline void put_word(program_bytes *into, uint32_t word) { into->words[into->count++] = word; }

static inline void put_padded(program_bytes *into, const void *bytes, uint32_t size) {
  into->words[into->count + size / 4] = 0;
  memcpy(&into->words[into->count], bytes, size);
  into->count += (size + 3) / 4;
}

// A program of one function without constants: `types` are those of its registers, the first of which are parameters.
static inline void put_program(program_bytes *into, uint32_t parameters, const uint8_t *types, uint32_t registers,
                               uint32_t result, const line *lines, uint32_t count) {
  const uint32_t header[] = {0x505A5443u, CTZ_PROGRAM_VERSION, 1,      0, 0,     count, parameters, 0,
                             0,           registers,           result, 0, count, 0};
  into->count = 0;
  for (uint32_t i = 0; i < sizeof header / sizeof *header; i++) put_word(into, header[i]);
  put_padded(into, types, registers);
  put_padded(into, lines, count * (uint32_t)sizeof *lines);
}

// The functions of the C library: not exact, but there.
static inline ctz_math library_math(void) {
#define LIBRARY(name, arguments) .name = name,
  return (ctz_math){CTZ_MATH(LIBRARY)};
#undef LIBRARY
}

#endif
