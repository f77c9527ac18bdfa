// Memory of one task run: allocations are bumps of a pointer, and all go at once. One arena belongs to one worker; its
// chunks are kept between tasks up to 1 MiB. Chunks come out of the engine's budget.
#ifndef CTZ_MEMORY_ARENA_H
#define CTZ_MEMORY_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/budget.h"

typedef struct ctz_arena ctz_arena;

// Why the latest allocation gave NULL.
typedef enum ctz_arena_refusal {
  CTZ_ARENA_NONE,
  CTZ_ARENA_TASK_LIMIT,
  CTZ_ARENA_POOL,
  CTZ_ARENA_SYSTEM
} ctz_arena_refusal;

ctz_arena *ctz_arena_create(ctz_budget *budget);  // NULL: no memory
void ctz_arena_destroy(ctz_arena *arena);
// A new task begins: everything allocated before is gone, and at most `limit` bytes may be taken.
void ctz_arena_begin(ctz_arena *arena, uint64_t limit);
// `align` is a power of two up to 64. NULL past a limit.
void *ctz_arena_alloc(ctz_arena *arena, size_t bytes, size_t align);
// Counts memory that the task holds elsewhere (its result) against the task's limit; false past it.
bool ctz_arena_charge(ctz_arena *arena, uint64_t bytes);
ctz_arena_refusal ctz_arena_refused(const ctz_arena *arena);
// Bytes the present task has taken so far.
uint64_t ctz_arena_used(const ctz_arena *arena);

#endif
