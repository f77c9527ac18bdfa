// One run of operations without a program: memory, the runtime, and functions of the C library for Math.
#ifndef CTZ_PROGRAM_RUN_H
#define CTZ_PROGRAM_RUN_H

#include "check.h"
#include "ctz/program_ops.h"
#include "program_bytes.h"

typedef struct bench {
  ctz_solo *solo;
  ctz_math math;
  ctz_run run;
} bench;

// Everything that was made before is gone.
static inline void begin_run(bench *me, uint64_t memory_limit) {
  memset(&me->run, 0, sizeof me->run);
  me->run.runtime = ctz_program_runtime();
  me->run.math = &me->math;
  me->run.context = ctz_solo_begin(me->solo, INFINITY, memory_limit);
}

static inline bench open_bench(void) {
  bench made = {.solo = ctz_solo_create(), .math = library_math()};
  return made;
}

static inline ctz_text narrow(const char *letters) { return (ctz_text){letters, (uint32_t)strlen(letters), 0}; }

// Of ASCII letters as wide units; of one text at a time.
static inline ctz_text wide(const char *letters) {
  static uint16_t units[256];
  uint32_t length = (uint32_t)strlen(letters);
  for (uint32_t i = 0; i < length; i++) units[i] = (uint8_t)letters[i];
  return (ctz_text){units, length, 1};
}

static inline bool is_text(ctz_text text, const char *letters) {
  if (text.length != strlen(letters)) return false;
  for (uint32_t i = 0; i < text.length; i++) {
    if (ctz_unit_at(text, i) != (uint8_t)letters[i]) return false;
  }
  return true;
}

static inline bool is_same(double a, double b) { return ctz_op_f64_same(NULL, a, b) != 0; }

#endif
