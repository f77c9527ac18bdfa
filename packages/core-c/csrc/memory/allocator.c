// One of three allocators, chosen when compiled (cmake/Alloc.cmake). None of them replaces malloc of the process, and
// no memory crosses: what one of these functions gave goes back through ctz_free.
#if defined(__linux__)
#define _GNU_SOURCE  // RTLD_DEFAULT
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE
#endif
#include "memory/allocator.h"

#include <stdlib.h>

#if defined(CTZ_ALLOC_JEMALLOC)

// jemalloc has these functions beyond malloc and free, so they mean jemalloc whatever malloc the process uses. The je_
// names stand for its own however it was built.
#define JEMALLOC_NO_DEMANGLE
#include <jemalloc/jemalloc.h>

static void *allocate(size_t bytes) { return je_mallocx(bytes, 0); }
static void *allocate_zeroed(size_t bytes) { return je_mallocx(bytes, MALLOCX_ZERO); }
static void *allocate_aligned(size_t align, size_t bytes) { return je_mallocx(bytes, MALLOCX_ALIGN(align)); }
static void release(void *memory) { je_dallocx(memory, 0); }
const char *ctz_allocator_name(void) { return "jemalloc"; }

#elif defined(CTZ_ALLOC_MIMALLOC)

#include <mimalloc.h>

static void *allocate(size_t bytes) { return mi_malloc(bytes); }
static void *allocate_zeroed(size_t bytes) { return mi_zalloc(bytes); }
static void *allocate_aligned(size_t align, size_t bytes) { return mi_malloc_aligned(bytes, align); }
static void release(void *memory) { mi_free(memory); }
const char *ctz_allocator_name(void) { return "mimalloc"; }

#elif defined(_WIN32)

#include <malloc.h>
#include <string.h>

// What is aligned is freed in another way than what is not: so everything is.
#define USUAL_ALIGN 16u

static void *allocate_aligned(size_t align, size_t bytes) { return _aligned_malloc(bytes, align); }
static void *allocate(size_t bytes) { return allocate_aligned(USUAL_ALIGN, bytes); }

static void *allocate_zeroed(size_t bytes) {
  void *memory = allocate(bytes);
  return memory == NULL ? NULL : memset(memory, 0, bytes);
}

static void release(void *memory) { _aligned_free(memory); }
const char *ctz_allocator_name(void) { return "system"; }

#else

#include <dlfcn.h>

static void *allocate(size_t bytes) { return malloc(bytes); }
static void *allocate_zeroed(size_t bytes) { return calloc(1, bytes); }

static void *allocate_aligned(size_t align, size_t bytes) {
  if (align < sizeof(void *)) align = sizeof(void *);
  void *memory;
  return posix_memalign(&memory, align, bytes) == 0 ? memory : NULL;
}

static void release(void *memory) { free(memory); }

// A process runs on another allocator when that is preloaded or linked into the program: its own functions are then
// seen by everybody. An allocator that some other addon keeps for itself is not.
const char *ctz_allocator_name(void) {
  if (dlsym(RTLD_DEFAULT, "mallctl") != NULL) return "jemalloc (process)";
  if (dlsym(RTLD_DEFAULT, "mi_malloc") != NULL) return "mimalloc (process)";
  return "system";
}

#endif

// The three allocators disagree about nothing at all: one byte it is.
static size_t at_least_one(size_t bytes) { return bytes == 0 ? 1 : bytes; }

void *ctz_alloc(size_t bytes) { return allocate(at_least_one(bytes)); }

void *ctz_alloc_zeroed(size_t bytes) { return allocate_zeroed(at_least_one(bytes)); }

void *ctz_alloc_aligned(size_t align, size_t bytes) { return allocate_aligned(align, at_least_one(bytes)); }

void ctz_free(void *memory) {
  if (memory != NULL) release(memory);
}
