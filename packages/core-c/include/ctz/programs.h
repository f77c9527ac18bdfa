// Programs: opening their bytes (docs/decisions/0011-compiled-bodies.md), running them, and the exact functions of Math
// that they need. A program is not changed once it is open, and may run on several threads at once.
#ifndef CTZ_PROGRAMS_H
#define CTZ_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctz/program.h"
#include "ctz/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctz_program ctz_program;

// What goes in and comes out: types are those of ctz_program_type.
typedef struct ctz_signature {
  uint32_t parameters;
  uint32_t results;  // registers: 0 for NOTHING, 1, or the fields of a RECORD
  uint8_t result;
  bool loops;  // it has jumps backwards, or calls itself
  bool bounded;  // a run is some hundred steps at most, each of which takes as long whatever it is given
  uint8_t types[CTZ_PROGRAM_MAX_VALUES];
  uint8_t result_types[CTZ_PROGRAM_MAX_VALUES];
  bool written[CTZ_PROGRAM_MAX_VALUES];  // parameters, typed arrays, that the program writes to: give it copies
} ctz_signature;

// Checks every byte. `math` is copied. On INVALID `why` says what is wrong. @return INVALID, OUT_OF_MEMORY
ctz_status ctz_program_open(const void *bytes, size_t size, const ctz_math *math, ctz_program **out, char *why,
                            size_t why_size);
void ctz_program_close(ctz_program *program);  // NULL is fine
const ctz_signature *ctz_program_signature(const ctz_program *program);

// Before each run. `context` gives memory and says when to stop.
void ctz_run_begin(ctz_run *run, const ctz_program *program, ctz_context *context);
// Interprets: 1, or 0 with the reason in run->bail. `results` has as many registers as the signature says; texts and
// arrays in it lie in memory of the context or the arguments.
int ctz_program_run(const ctz_program *program, ctz_run *run, const ctz_register *args, ctz_register *results);
// Whether a written array shares memory with another argument: the run must give up then.
bool ctz_args_overlap(const ctz_program *program, const ctz_register *args);
// The runtime that bodies are given.
const ctz_runtime *ctz_program_runtime(void);
const char *ctz_bail_name(uint32_t reason);  // such as "RANGE"
const char *ctz_bail_text(uint32_t reason);
uint32_t ctz_view_bytes(uint32_t type);  // of an element of a register's type; 0: it is no array

// Runs without an engine: on the calling thread, with memory of their own.
typedef struct ctz_solo ctz_solo;
ctz_solo *ctz_solo_create(void);  // NULL: no memory
void ctz_solo_destroy(ctz_solo *solo);
// What the last run took is free again. The context stops runs after `timeout_ms`; INFINITY: never.
ctz_context *ctz_solo_begin(ctz_solo *solo, double timeout_ms, uint64_t memory_limit);

// Functions of Math by the names in CTZ_MATH. A candidate is code in this process that may have V8's bits; whether it
// has must be tried. Both are 0 and NULL for a name that is none.
uint32_t ctz_math_candidates(const char *name);
bool ctz_math_set(ctz_math *math, const char *name, uint32_t candidate);  // false: there is no such candidate
// Calls a function that was set. `b` is for those of two arguments.
double ctz_math_call(const ctz_math *math, const char *name, double a, double b);
// The first function that a program with these bytes needs and that `math` has not; NULL: none, or they are no program.
const char *ctz_program_lacks(const void *bytes, size_t size, const ctz_math *math);

#ifdef __cplusplus
}
#endif
#endif
