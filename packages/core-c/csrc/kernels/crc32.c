// crc32(bytes) -> CRC-32 with the polynomial of zlib and PNG, eight bytes at a time ("slicing by 8": table k tells what
// a byte does to the register k bytes later).
//
// The tables are linear: the entry of n is the exclusive or of the entries of n's bits. So the compiler makes all 2048
// out of the 64 entries of single bits below, and they are constants of the program.
#include "kernels/blocks.h"
#include "kernels/kernels.h"
#include "kernels/little_endian.h"

#define BITS_0 0x77073096u, 0xee0e612cu, 0x076dc419u, 0x0edb8832u, 0x1db71064u, 0x3b6e20c8u, 0x76dc4190u, 0xedb88320u
#define BITS_1 0x191b3141u, 0x32366282u, 0x646cc504u, 0xc8d98a08u, 0x4ac21251u, 0x958424a2u, 0xf0794f05u, 0x3b83984bu
#define BITS_2 0x01c26a37u, 0x0384d46eu, 0x0709a8dcu, 0x0e1351b8u, 0x1c26a370u, 0x384d46e0u, 0x709a8dc0u, 0xe1351b80u
#define BITS_3 0xb8bc6765u, 0xaa09c88bu, 0x8f629757u, 0xc5b428efu, 0x5019579fu, 0xa032af3eu, 0x9b14583du, 0xed59b63bu
#define BITS_4 0x3d6029b0u, 0x7ac05360u, 0xf580a6c0u, 0x30704bc1u, 0x60e09782u, 0xc1c12f04u, 0x58f35849u, 0xb1e6b092u
#define BITS_5 0xcb5cd3a5u, 0x4dc8a10bu, 0x9b914216u, 0xec53826du, 0x03d6029bu, 0x07ac0536u, 0x0f580a6cu, 0x1eb014d8u
#define BITS_6 0xa6770bb4u, 0x979f1129u, 0xf44f2413u, 0x33ef4e67u, 0x67de9cceu, 0xcfbd399cu, 0x440b7579u, 0x8816eaf2u
#define BITS_7 0xccaa009eu, 0x4225077du, 0x844a0efau, 0xd3e51bb5u, 0x7cbb312bu, 0xf9766256u, 0x299dc2edu, 0x533b85dau

#define BIT(n, b, word) (((n) >> (b) & 1u) * (word))
#define ENTRY(n, w0, w1, w2, w3, w4, w5, w6, w7)                                                                   \
  (BIT(n, 0, w0) ^ BIT(n, 1, w1) ^ BIT(n, 2, w2) ^ BIT(n, 3, w3) ^ BIT(n, 4, w4) ^ BIT(n, 5, w5) ^ BIT(n, 6, w6) ^ \
   BIT(n, 7, w7))
#define ENTRIES_4(n, ...) \
  ENTRY(n, __VA_ARGS__), ENTRY((n) + 1u, __VA_ARGS__), ENTRY((n) + 2u, __VA_ARGS__), ENTRY((n) + 3u, __VA_ARGS__)
#define ENTRIES_16(n, ...)                                                                       \
  ENTRIES_4(n, __VA_ARGS__), ENTRIES_4((n) + 4u, __VA_ARGS__), ENTRIES_4((n) + 8u, __VA_ARGS__), \
      ENTRIES_4((n) + 12u, __VA_ARGS__)
#define ENTRIES_64(n, ...)                                                                            \
  ENTRIES_16(n, __VA_ARGS__), ENTRIES_16((n) + 16u, __VA_ARGS__), ENTRIES_16((n) + 32u, __VA_ARGS__), \
      ENTRIES_16((n) + 48u, __VA_ARGS__)
#define TABLE(...)                                                                           \
  {ENTRIES_64(0u, __VA_ARGS__), ENTRIES_64(64u, __VA_ARGS__), ENTRIES_64(128u, __VA_ARGS__), \
   ENTRIES_64(192u, __VA_ARGS__)}

static const uint32_t tables[8][256] = {TABLE(BITS_0), TABLE(BITS_1), TABLE(BITS_2), TABLE(BITS_3),
                                        TABLE(BITS_4), TABLE(BITS_5), TABLE(BITS_6), TABLE(BITS_7)};

static inline uint32_t low_half(uint32_t word) {
  return tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff] ^ tables[4][word >> 24];
}

static inline uint32_t high_half(uint32_t word) {
  return tables[3][word & 0xff] ^ tables[2][word >> 8 & 0xff] ^ tables[1][word >> 16 & 0xff] ^ tables[0][word >> 24];
}

static uint32_t update(uint32_t crc, const uint8_t *bytes, const uint8_t *end) {
  for (; end - bytes >= 8; bytes += 8) {
    crc = low_half(crc ^ ctz_load_le32(bytes)) ^ high_half(ctz_load_le32(bytes + 4));
  }
  for (; bytes < end; bytes++) crc = tables[0][(crc ^ *bytes) & 0xff] ^ crc >> 8;
  return crc;
}

ctz_outcome_code ctz_crc32_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const uint8_t *bytes = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = 0; i < count;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, count, CTZ_BLOCK_BYTES);
    crc = update(crc, bytes + i, bytes + block_end);
    i = block_end;
  }
  result->u32 = ~crc;
  return CTZ_KERNEL_OK;
}
