#include "platform/pages.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

// Windows counts pages against its limit when they are promised, and gives memory when they are touched.
void *ctz_pages_reserve(size_t bytes) {
  return VirtualAlloc(NULL, bytes == 0 ? 1 : bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void ctz_pages_release(void *memory, size_t bytes) {
  (void)bytes;  // all that was reserved together
  if (memory != NULL) VirtualFree(memory, 0, MEM_RELEASE);
}
