// xxh32(bytes) -> XXH32 with seed 0, after version 0.2.0 of the "xxHash fast digest algorithm" specification.
#include "kernels/blocks.h"
#include "kernels/kernels.h"
#include "kernels/little_endian.h"

enum { LANES = 4, STRIPE = 16 };

static const uint32_t prime1 = 0x9E3779B1u, prime2 = 0x85EBCA77u, prime3 = 0xC2B2AE3Du, prime4 = 0x27D4EB2Fu,
                      prime5 = 0x165667B1u;

static inline uint32_t rotate_left(uint32_t word, unsigned by) { return word << by | word >> (32 - by); }

static inline uint32_t mix_lane(uint32_t lane, const uint8_t *bytes) {
  return rotate_left(lane + ctz_load_le32(bytes) * prime2, 13) * prime1;
}

// Whole stripes. Each lane is a chain of its own, so that the CPU works on all of them at once.
static void mix_stripes(uint32_t lanes[LANES], const uint8_t *bytes, const uint8_t *end) {
  uint32_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];
  for (; bytes < end; bytes += STRIPE) {
    a = mix_lane(a, bytes);
    b = mix_lane(b, bytes + 4);
    c = mix_lane(c, bytes + 8);
    d = mix_lane(d, bytes + 12);
  }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
}

static uint32_t mix_rest(uint32_t hash, const uint8_t *bytes, size_t count) {
  for (; count >= 4; count -= 4, bytes += 4) hash = rotate_left(hash + ctz_load_le32(bytes) * prime3, 17) * prime4;
  for (; count > 0; count--, bytes++) hash = rotate_left(hash + *bytes * prime5, 11) * prime1;
  return hash;
}

static uint32_t avalanche(uint32_t hash) {
  hash = (hash ^ hash >> 15) * prime2;
  hash = (hash ^ hash >> 13) * prime3;
  return hash ^ hash >> 16;
}

ctz_outcome_code ctz_xxh32_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  const uint8_t *bytes = args[0].slice.data;
  const size_t count = (size_t)args[0].slice.length;
  const size_t striped = count - count % STRIPE;
  uint32_t lanes[LANES] = {prime1 + prime2, prime2, 0, 0u - prime1};
  for (size_t i = 0; i < striped;) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    const size_t block_end = ctz_block_end(i, striped, CTZ_BLOCK_BYTES);
    mix_stripes(lanes, bytes + i, bytes + block_end);
    i = block_end;
  }
  uint32_t hash = prime5;
  if (striped > 0) {
    hash = rotate_left(lanes[0], 1) + rotate_left(lanes[1], 7) + rotate_left(lanes[2], 12) + rotate_left(lanes[3], 18);
  }
  hash += (uint32_t)count;
  if (count > striped) hash = mix_rest(hash, bytes + striped, count - striped);
  result->u32 = avalanche(hash);
  return CTZ_KERNEL_OK;
}
