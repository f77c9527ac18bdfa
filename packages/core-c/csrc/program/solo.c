// Runs on a thread that is no worker's: memory from an arena of their own, and a look at the clock now and then.
#include <math.h>

#include "ctz/programs.h"
#include "memory/allocator.h"
#include "memory/arena.h"
#include "platform/clock.h"

#define POLLS 4096u

struct ctz_solo {
  ctz_context context;  // first: contexts are given by its address
  ctz_budget budget;
  ctz_arena *arena;
  uint64_t deadline_ns;
};

static void *alloc(ctz_context *context, size_t bytes, size_t align) {
  return ctz_arena_alloc(((ctz_solo *)context)->arena, bytes, align);
}

static void *alloc_result(ctz_context *context, size_t bytes) { return alloc(context, bytes, 64); }

static void fail(ctz_context *context, const char *name, const char *code, const char *message) {
  (void)context;
  (void)name;
  (void)code;
  (void)message;
}

static int poll(ctz_context *context) {
  bool over = ctz_monotonic_ns() >= ((ctz_solo *)context)->deadline_ns;
  context->polls_left = over ? 1 : POLLS;
  return over;
}

ctz_solo *ctz_solo_create(void) {
  ctz_solo *solo = ctz_alloc_zeroed(sizeof *solo);
  if (solo == NULL) return NULL;
  ctz_budget_init(&solo->budget, UINT64_MAX);
  solo->arena = ctz_arena_create(&solo->budget);
  if (solo->arena != NULL) return solo;
  ctz_free(solo);
  return NULL;
}

void ctz_solo_destroy(ctz_solo *solo) {
  if (solo == NULL) return;
  ctz_arena_destroy(solo->arena);
  ctz_free(solo);
}

ctz_context *ctz_solo_begin(ctz_solo *solo, double timeout_ms, uint64_t memory_limit) {
  ctz_arena_begin(solo->arena, memory_limit);
  bool endless = !(timeout_ms < 1e12);
  solo->deadline_ns = endless ? UINT64_MAX : ctz_monotonic_ns() + (uint64_t)(timeout_ms > 0 ? timeout_ms * 1e6 : 0);
  solo->context = (ctz_context){.abi = CTZ_KERNEL_ABI,
                                .attempt = 1,
                                .polls_left = POLLS,
                                .alloc = alloc,
                                .alloc_result = alloc_result,
                                .fail = fail,
                                .poll = poll};
  return &solo->context;
}
