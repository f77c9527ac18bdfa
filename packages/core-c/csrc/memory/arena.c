// A list of chunks in the order in which they are filled. Each new chunk is as big as all before together, from 16 KiB
// to 1 MiB, or as big as what does not fit. Between tasks the first chunks stay, as long as they are 1 MiB together.
#include "memory/arena.h"

#include "memory/allocator.h"

#if defined(__SANITIZE_ADDRESS__)
#define CTZ_ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CTZ_ARENA_POISONS 1
#endif
#endif

#if defined(CTZ_ARENA_POISONS)
#include <sanitizer/asan_interface.h>
#define POISON(address, bytes) ASAN_POISON_MEMORY_REGION((address), (bytes))
#define UNPOISON(address, bytes) ASAN_UNPOISON_MEMORY_REGION((address), (bytes))
#define GAP 16u  // poisoned bytes behind each block, so that overruns are seen
#else
#define POISON(address, bytes) ((void)(address), (void)(bytes))
#define UNPOISON(address, bytes) ((void)(address), (void)(bytes))
#define GAP 0u
#endif

#define MOST_ALIGN 64u
#define LEAST_CHUNK ((size_t)16 << 10)
#define MOST_CHUNK ((size_t)1 << 20)
#define MOST_KEPT ((size_t)1 << 20)

// Memory follows the header, which is MOST_ALIGN bytes, as the chunk is so aligned.
typedef struct chunk {
  _Alignas(MOST_ALIGN) struct chunk *next;
  size_t size;  // bytes behind the header
} chunk;

struct ctz_arena {
  ctz_budget *budget;
  chunk *first;
  chunk *current;   // the one being filled; those behind it are empty
  size_t offset;    // in the current one
  size_t reserved;  // bytes of all chunks
  uint64_t used;
  uint64_t limit;
  ctz_arena_refusal refused;
};

static uint8_t *memory_of(chunk *block) { return (uint8_t *)(block + 1); }

static void free_chunk(ctz_arena *arena, chunk *block) {
  UNPOISON(memory_of(block), block->size);
  arena->reserved -= block->size;
  ctz_budget_give(arena->budget, sizeof(chunk) + block->size);
  ctz_free(block);
}

static chunk *make_chunk(ctz_arena *arena, size_t size) {
  if (!ctz_budget_take(arena->budget, sizeof(chunk) + size)) {
    arena->refused = CTZ_ARENA_POOL;
    return NULL;
  }
  chunk *block = ctz_alloc_aligned(MOST_ALIGN, sizeof(chunk) + size);
  if (block == NULL) {
    ctz_budget_give(arena->budget, sizeof(chunk) + size);
    arena->refused = CTZ_ARENA_SYSTEM;
    return NULL;
  }
  block->next = NULL;
  block->size = size;
  arena->reserved += size;
  POISON(memory_of(block), size);
  return block;
}

static size_t size_of_next_chunk(const ctz_arena *arena, size_t needed) {
  size_t size = arena->reserved;
  if (size < LEAST_CHUNK) size = LEAST_CHUNK;
  if (size > MOST_CHUNK) size = MOST_CHUNK;
  return size > needed ? size : needed;
}

// Takes the first chunk of a list that is big enough out of it.
static chunk *take_fitting(chunk **link, size_t needed) {
  while (*link != NULL && (*link)->size < needed) link = &(*link)->next;
  chunk *block = *link;
  if (block != NULL) *link = block->next;
  return block;
}

static void free_list(ctz_arena *arena, chunk **link) {
  while (*link != NULL) {
    chunk *block = *link;
    *link = block->next;
    free_chunk(arena, block);
  }
}

// A chunk for `needed` bytes: one of those that are empty, or a new one. A pool that is nearly used up may still have
// what is needed, at last in place of the empty ones, which are all too small.
static chunk *provide_chunk(ctz_arena *arena, chunk **empty, size_t needed) {
  chunk *block = take_fitting(empty, needed);
  if (block == NULL) block = make_chunk(arena, size_of_next_chunk(arena, needed));
  if (block == NULL) block = make_chunk(arena, needed);
  if (block == NULL && *empty != NULL) {
    free_list(arena, empty);
    block = make_chunk(arena, needed);
  }
  return block;
}

// Puts a chunk of at least `needed` bytes behind the current one and makes it the current one.
static bool move_on(ctz_arena *arena, size_t needed) {
  chunk **link = arena->current != NULL ? &arena->current->next : &arena->first;
  chunk *block = provide_chunk(arena, link, needed);
  if (block == NULL) return false;
  block->next = *link;
  *link = block;
  arena->current = block;
  arena->offset = 0;
  return true;
}

ctz_arena *ctz_arena_create(ctz_budget *budget) {
  ctz_arena *arena = ctz_alloc_zeroed(sizeof *arena);
  if (arena != NULL) arena->budget = budget;
  return arena;
}

void ctz_arena_destroy(ctz_arena *arena) {
  if (arena == NULL) return;
  free_list(arena, &arena->first);
  ctz_free(arena);
}

void ctz_arena_begin(ctz_arena *arena, uint64_t limit) {
  size_t kept = 0;
  for (chunk **link = &arena->first; *link != NULL;) {
    chunk *block = *link;
    if (block->size > MOST_KEPT - kept) {
      *link = block->next;
      free_chunk(arena, block);
      continue;
    }
    kept += block->size;
    POISON(memory_of(block), block->size);
    link = &block->next;
  }
  arena->current = NULL;
  arena->offset = 0;
  arena->used = 0;
  arena->limit = limit;
  arena->refused = CTZ_ARENA_NONE;
}

static bool is_alignment(size_t align) { return align != 0 && (align & (align - 1u)) == 0 && align <= MOST_ALIGN; }

bool ctz_arena_charge(ctz_arena *arena, uint64_t bytes) {
  if (bytes > arena->limit - arena->used) {
    arena->refused = CTZ_ARENA_TASK_LIMIT;
    return false;
  }
  arena->used += bytes;
  return true;
}

// Where a block would begin in the current chunk; false when it does not fit.
static bool fits(const ctz_arena *arena, size_t bytes, size_t align, size_t *begin) {
  if (arena->current == NULL) return false;
  *begin = (arena->offset + (align - 1u)) & ~(align - 1u);
  return *begin <= arena->current->size && bytes + GAP <= arena->current->size - *begin;
}

void *ctz_arena_alloc(ctz_arena *arena, size_t bytes, size_t align) {
  if (bytes == 0) bytes = 1;  // a block of its own
  if (!is_alignment(align) || bytes > SIZE_MAX / 2) {
    arena->refused = CTZ_ARENA_SYSTEM;
    return NULL;
  }
  size_t begin = 0;
  bool here = fits(arena, bytes, align, &begin);
  // What alignment skips counts as well: small blocks at wide alignments must not outgrow the limit.
  size_t cost = here ? begin - arena->offset + bytes : bytes;
  if (!ctz_arena_charge(arena, cost)) return NULL;
  if (!here) {
    if (!move_on(arena, bytes + GAP)) {
      arena->used -= cost;
      return NULL;
    }
    begin = 0;
  }
  uint8_t *block = memory_of(arena->current) + begin;
  arena->offset = begin + bytes + GAP;
  UNPOISON(block, bytes);
  arena->refused = CTZ_ARENA_NONE;
  return block;
}

ctz_arena_refusal ctz_arena_refused(const ctz_arena *arena) { return arena->refused; }
uint64_t ctz_arena_used(const ctz_arena *arena) { return arena->used; }
