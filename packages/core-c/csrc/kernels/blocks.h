// Loops go block by block and look at ctz_should_stop before each: a block takes about a microsecond, so a look costs
// nothing that can be measured, and a kernel stops soon.
#ifndef CTZ_KERNELS_BLOCKS_H
#define CTZ_KERNELS_BLOCKS_H

#include <stddef.h>

#define CTZ_BLOCK_NUMBERS ((size_t)1024)
#define CTZ_BLOCK_BYTES ((size_t)8192)

// Where the block that starts at `begin` ends; `end` at the latest.
static inline size_t ctz_block_end(size_t begin, size_t end, size_t block) {
  return end - begin > block ? begin + block : end;
}

#endif
