// The allocator keeps what its header says: alignment, zeroes, refusal by NULL, nothing for nothing, and pages that
// cost nothing until they are touched.
#define _GNU_SOURCE  // mincore
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "check.h"
#include "memory/allocator.h"
#include "platform/pages.h"

static void blocks_are_writable(void) {
  static const size_t sizes[] = {1, 7, 8, 63, 64, 4096, 1 << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    unsigned char *block = ctz_alloc(sizes[i]);
    CHECK(block != NULL);
    memset(block, 0xA5, sizes[i]);
    CHECK(block[0] == 0xA5 && block[sizes[i] - 1] == 0xA5);
    ctz_free(block);
  }
}

static void zeroed_blocks_are_zero_after_use(void) {
  for (int round = 0; round < 16; round++) {
    unsigned char *dirty = ctz_alloc(512);
    memset(dirty, 0xFF, 512);
    ctz_free(dirty);
    unsigned char *block = ctz_alloc_zeroed(512);
    CHECK(block != NULL);
    unsigned sum = 0;
    for (int i = 0; i < 512; i++) sum += block[i];
    CHECK_EQ_U64(sum, 0);
    ctz_free(block);
  }
}

static void every_alignment_is_kept(void) {
  for (size_t align = 1; align <= 4096; align *= 2) {
    for (size_t bytes = 1; bytes <= 10000; bytes = bytes * 3 + 1) {
      unsigned char *block = ctz_alloc_aligned(align, bytes);
      CHECK(block != NULL);
      CHECK_EQ_U64((uintptr_t)block % align, 0);
      memset(block, 1, bytes);
      ctz_free(block);
    }
  }
}

static void nothing_is_still_a_block(void) {
  void *one = ctz_alloc(0);
  void *two = ctz_alloc_zeroed(0);
  void *three = ctz_alloc_aligned(64, 0);
  CHECK(one != NULL && two != NULL && three != NULL);
  CHECK(one != two && two != three);
  ctz_free(one);
  ctz_free(two);
  ctz_free(three);
  ctz_free(NULL);
}

static void pages_cost_nothing_until_touched(void) {
#if defined(_WIN32)
  const size_t page = 4096;
#else
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
#endif
  const size_t bytes = page * 4096 + 3;
  unsigned char *pages = ctz_pages_reserve(bytes);
  CHECK(pages != NULL);
  CHECK_EQ_U64((uintptr_t)pages % page, 0);
  CHECK(pages[0] == 0 && pages[bytes - 1] == 0);
#if defined(__linux__)
  unsigned char resident[4097];
  CHECK(mincore(pages, bytes, resident) == 0);
  unsigned touched = 0;
  for (size_t i = 0; i < sizeof resident; i++) touched += resident[i] & 1u;
  CHECK(touched < 1024);  // two were read; huge pages may bring their neighbours
#endif
  pages[bytes - 1] = 9;
  CHECK(pages[bytes - 1] == 9);
  ctz_pages_release(pages, bytes);
  ctz_pages_release(NULL, 0);
  // More than any address space has.
  CHECK(ctz_pages_reserve(SIZE_MAX / 2) == NULL);
}

static void it_has_a_name(void) {
  static const char *const names[] = {"system", "jemalloc", "mimalloc", "jemalloc (process)", "mimalloc (process)"};
  bool known = false;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    known = known || strcmp(ctz_allocator_name(), names[i]) == 0;
  CHECK(known);
  printf("allocator: %s\n", ctz_allocator_name());
}

int main(void) {
  blocks_are_writable();
  zeroed_blocks_are_zero_after_use();
  every_alignment_is_kept();
  nothing_is_still_a_block();
  pages_cost_nothing_until_touched();
  it_has_a_name();
  return check_result();
}
