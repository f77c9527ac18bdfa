// Bytes in use against a limit, counted by all threads. The engine has one: its memory pool.
#ifndef CTZ_MEMORY_BUDGET_H
#define CTZ_MEMORY_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ctz_budget {
  _Atomic uint64_t used;
  _Atomic uint64_t peak;
  uint64_t limit;
} ctz_budget;

void ctz_budget_init(ctz_budget *budget, uint64_t limit);
bool ctz_budget_take(ctz_budget *budget, uint64_t bytes);  // false: the limit would be passed
void ctz_budget_give(ctz_budget *budget, uint64_t bytes);

#endif
