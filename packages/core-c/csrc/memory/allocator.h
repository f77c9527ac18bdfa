// The allocator behind everything the engine keeps: the system's, or the one CATZILLA_ALLOC chose at build time.
#ifndef CTZ_MEMORY_ALLOCATOR_H
#define CTZ_MEMORY_ALLOCATOR_H

#include <stddef.h>

void *ctz_alloc(size_t bytes);              // NULL: no memory
void *ctz_alloc_zeroed(size_t bytes);       // likewise
void *ctz_alloc_aligned(size_t align, size_t bytes);  // align: a power of two up to 4096; freed by ctz_free as well
void ctz_free(void *memory);
// "system", "jemalloc", "mimalloc"; with " (process)" when the whole process uses it.
const char *ctz_allocator_name(void);

#endif
