// Programs among the kernels. The engine's registry has the address of `kernel`; who calls a kernel asks first whether
// it is one of these. Programs go by their index: their names are there to be shown, and need not differ.
#ifndef CTZ_FLOW_PROGRAM_KERNEL_H
#define CTZ_FLOW_PROGRAM_KERNEL_H

#include "engine/engine_state.h"

#define CTZ_PROGRAM_COUNTERS 8u
#define CTZ_PROGRAM_NAME 256u

// Counted by worker numbers modulo CTZ_PROGRAM_COUNTERS, so that workers seldom meet in a cache line. Relaxed.
typedef struct ctz_program_counters {
  _Atomic uint64_t calls, bails;
  uint64_t unused[6];
} ctz_program_counters;

typedef struct ctz_program_kernel {
  ctz_kernel kernel;  // first
  char name[CTZ_PROGRAM_NAME];
  ctz_program *program;
  _Atomic(ctz_body) body;            // NULL: interpreted
  _Atomic(ctz_column_body) columns;  // NULL: row by row
  ctz_program_counters counters[CTZ_PROGRAM_COUNTERS];
} ctz_program_kernel;

// How values of a register's type travel: a ctz_type. Counters do as numbers.
uint32_t ctz_program_type_of(uint32_t type);
// NULL: it is another kernel.
ctz_program_kernel *ctz_program_of(const ctz_kernel *kernel);
// Whether it makes a number out of doubles: then it runs over columns.
bool ctz_takes_rows(const ctz_program_kernel *kernel);
void ctz_program_kernel_destroy(ctz_program_kernel *kernel);

#endif
