#include "memory/budget.h"

#include "base/atomics.h"

// Relaxed throughout: these are figures; no memory is handed over by them.

void ctz_budget_init(ctz_budget *budget, uint64_t limit) {
  atomic_init(&budget->used, 0u);
  atomic_init(&budget->peak, 0u);
  budget->limit = limit;
}

static void raise_peak(ctz_budget *budget, uint64_t used) {
  uint64_t peak = ctz_load(&budget->peak, memory_order_relaxed);
  while (peak < used && !ctz_cas(&budget->peak, &peak, used, memory_order_relaxed, memory_order_relaxed)) continue;
}

bool ctz_budget_take(ctz_budget *budget, uint64_t bytes) {
  // Compare and swap rather than add and take back: a request that is too big must not refuse others meanwhile.
  uint64_t used = ctz_load(&budget->used, memory_order_relaxed);
  do {
    if (bytes > budget->limit - used) return false;
  } while (!ctz_cas(&budget->used, &used, used + bytes, memory_order_relaxed, memory_order_relaxed));
  raise_peak(budget, used + bytes);
  return true;
}

void ctz_budget_give(ctz_budget *budget, uint64_t bytes) { ctz_fetch_sub(&budget->used, bytes, memory_order_relaxed); }
