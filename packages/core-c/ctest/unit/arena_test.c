#include "memory/arena.h"

#include <string.h>

#include "check.h"
#include "random.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(address) (__asan_address_is_poisoned(address) != 0)
#else
#define IS_POISONED(address) true
#endif

#define MIB ((uint64_t)1 << 20)

static uint64_t used_of(const ctz_budget *budget) { return atomic_load_explicit(&budget->used, memory_order_relaxed); }

static void blocks_are_aligned_and_apart(uint64_t seed) {
  ctz_budget budget;
  ctz_budget_init(&budget, 64 * MIB);
  ctz_arena *arena = ctz_arena_create(&budget);
  uint64_t random = seed;
  for (uint32_t task = 0; task < 50; task++) {
    enum { BLOCKS = 200 };
    uint8_t *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    ctz_arena_begin(arena, UINT64_MAX);
    for (uint32_t i = 0; i < BLOCKS; i++) {
      size_t align = (size_t)1 << random_below(&random, 7);
      sizes[i] = random_below(&random, random_below(&random, 20) == 0 ? 200000 : 300);
      blocks[i] = ctz_arena_alloc(arena, sizes[i], align);
      if (!CHECK(blocks[i] != NULL)) return;
      CHECK((uintptr_t)blocks[i] % align == 0);
      memset(blocks[i], (int)i, sizes[i]);
    }
    for (uint32_t i = 0; i < BLOCKS; i++) {
      for (size_t k = 0; k < sizes[i]; k++) {
        if (blocks[i][k] != (uint8_t)i) {
          CHECK(!"a block was overwritten");
          return;
        }
      }
    }
  }
  ctz_arena_begin(arena, 0);
  CHECK(used_of(&budget) <= MIB + MIB / 16);  // what is kept, with headers
  ctz_arena_destroy(arena);
  CHECK_EQ_U64(used_of(&budget), 0);
}

static void keeps_to_the_limit_of_the_task(void) {
  ctz_budget budget;
  ctz_budget_init(&budget, 64 * MIB);
  ctz_arena *arena = ctz_arena_create(&budget);
  CHECK(ctz_arena_alloc(arena, 8, 8) == NULL);  // no task yet: no bytes
  ctz_arena_begin(arena, 100);
  CHECK(ctz_arena_alloc(arena, 60, 4) != NULL);
  CHECK(ctz_arena_refused(arena) == CTZ_ARENA_NONE);
  CHECK(ctz_arena_alloc(arena, 41, 4) == NULL);
  CHECK(ctz_arena_refused(arena) == CTZ_ARENA_TASK_LIMIT);
  CHECK_EQ_U64(ctz_arena_used(arena), 60);
  CHECK(ctz_arena_charge(arena, 30) && !ctz_arena_charge(arena, 11) && !ctz_arena_charge(arena, UINT64_MAX));
  CHECK(ctz_arena_alloc(arena, 10, 1) != NULL);
  CHECK(ctz_arena_refused(arena) == CTZ_ARENA_NONE);
  CHECK_EQ_U64(ctz_arena_used(arena), 100);
  CHECK(ctz_arena_alloc(arena, SIZE_MAX, 1) == NULL && ctz_arena_alloc(arena, SIZE_MAX / 2, 64) == NULL);
  CHECK(ctz_arena_alloc(arena, 0, 3) == NULL && ctz_arena_alloc(arena, 0, 128) == NULL &&
        ctz_arena_alloc(arena, 0, 0) == NULL);
  ctz_arena_begin(arena, 100);
  CHECK_EQ_U64(ctz_arena_used(arena), 0);
  CHECK(ctz_arena_alloc(arena, 100, 64) != NULL);
  ctz_arena_destroy(arena);
}

static void keeps_to_the_pool(void) {
  ctz_budget budget;
  ctz_budget_init(&budget, 40000);
  ctz_arena *arena = ctz_arena_create(&budget);
  ctz_arena_begin(arena, UINT64_MAX);
  CHECK(ctz_arena_alloc(arena, 16000, 8) != NULL);
  CHECK(ctz_arena_alloc(arena, 22000, 8) != NULL);  // less than the chunk that would come next
  CHECK(ctz_arena_alloc(arena, 16000, 8) == NULL);
  CHECK(ctz_arena_refused(arena) == CTZ_ARENA_POOL);
  CHECK(ctz_arena_used(arena) == 38000 && used_of(&budget) <= 40000);
  ctz_arena_begin(arena, UINT64_MAX);
  CHECK(ctz_arena_alloc(arena, 22000, 8) != NULL);
  ctz_arena_begin(arena, UINT64_MAX);
  CHECK(ctz_arena_alloc(arena, 30000, 8) != NULL);  // in place of what was kept
  ctz_arena_destroy(arena);
  CHECK_EQ_U64(used_of(&budget), 0);
}

static void gives_back_what_is_big(void) {
  ctz_budget budget;
  ctz_budget_init(&budget, 64 * MIB);
  ctz_arena *arena = ctz_arena_create(&budget);
  ctz_arena_begin(arena, UINT64_MAX);
  uint8_t *small = ctz_arena_alloc(arena, 100, 8);
  CHECK(ctz_arena_alloc(arena, 5 * MIB, 8) != NULL && used_of(&budget) > 5 * MIB);
  ctz_arena_begin(arena, UINT64_MAX);
  CHECK(used_of(&budget) < MIB);
  CHECK(IS_POISONED(small));  // a task that kept a pointer would be found out
  CHECK(ctz_arena_alloc(arena, 100, 8) == small);
  ctz_arena_destroy(arena);
}

int main(void) {
  blocks_are_aligned_and_apart(random_seed("arena"));
  keeps_to_the_limit_of_the_task();
  keeps_to_the_pool();
  gives_back_what_is_big();
  return check_result();
}
