// Memory by the page, straight from the operating system.
#ifndef CTZ_PLATFORM_PAGES_H
#define CTZ_PLATFORM_PAGES_H

#include <stddef.h>

// Zeroed pages that cost no memory until they are touched; for tables that are seldom full. NULL: there is none.
void *ctz_pages_reserve(size_t bytes);
// With the size that was reserved. NULL is fine.
void ctz_pages_release(void *memory, size_t bytes);

#endif
