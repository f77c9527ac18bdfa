#include "memory/budget.h"

#include "check.h"
#include "crew.h"
#include "random.h"

#define LIMIT 1000u

static void counts_up_to_its_limit(void) {
  ctz_budget budget;
  ctz_budget_init(&budget, LIMIT);
  CHECK(ctz_budget_take(&budget, 600) && !ctz_budget_take(&budget, 401) && !ctz_budget_take(&budget, UINT64_MAX));
  CHECK(ctz_budget_take(&budget, 400) && !ctz_budget_take(&budget, 1) && ctz_budget_take(&budget, 0));
  ctz_budget_give(&budget, 900);
  CHECK(ctz_budget_take(&budget, 5));
  CHECK_EQ_U64(atomic_load_explicit(&budget.used, memory_order_relaxed), 105);
  CHECK_EQ_U64(atomic_load_explicit(&budget.peak, memory_order_relaxed), 1000);
}

static void take_and_give(void *shared, uint32_t member) {
  ctz_budget *budget = shared;
  uint64_t random = member;
  for (uint32_t i = 0; i < 20000; i++) {
    uint64_t bytes = random_below(&random, LIMIT / 2);
    if (!ctz_budget_take(budget, bytes)) continue;
    CHECK(atomic_load_explicit(&budget->used, memory_order_relaxed) <= LIMIT);
    ctz_budget_give(budget, bytes);
  }
}

static void holds_among_threads(void) {
  ctz_budget budget;
  ctz_budget_init(&budget, LIMIT);
  crew_run(4, take_and_give, &budget);
  CHECK_EQ_U64(atomic_load_explicit(&budget.used, memory_order_relaxed), 0);
  CHECK(atomic_load_explicit(&budget.peak, memory_order_relaxed) <= LIMIT);
}

int main(void) {
  counts_up_to_its_limit();
  holds_among_threads();
  return check_result();
}
