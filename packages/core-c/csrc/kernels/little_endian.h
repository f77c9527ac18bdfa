// Words out of bytes of any alignment, the same on every machine. Compilers make one load of it.
#ifndef CTZ_KERNELS_LITTLE_ENDIAN_H
#define CTZ_KERNELS_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint32_t ctz_load_le32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

#endif
