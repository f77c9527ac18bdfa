#if defined(__APPLE__)
#define _DARWIN_C_SOURCE
#else
#define _GNU_SOURCE  // MAP_ANONYMOUS
#endif
#include "platform/pages.h"

#include <sys/mman.h>

// Nothing cannot be mapped.
static size_t at_least_one(size_t bytes) { return bytes == 0 ? 1 : bytes; }

void *ctz_pages_reserve(size_t bytes) {
  // Untouched pages are promised to nobody: a table for the worst case costs address space only.
#if defined(MAP_NORESERVE)
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
#else
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
  void *memory = mmap(NULL, at_least_one(bytes), PROT_READ | PROT_WRITE, flags, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void ctz_pages_release(void *memory, size_t bytes) {
  if (memory != NULL) munmap(memory, at_least_one(bytes));
}
