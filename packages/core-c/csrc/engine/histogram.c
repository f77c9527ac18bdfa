#include "engine/histogram.h"

#define PARTS (1u << CTZ_HDR_SUB_BITS)

uint32_t ctz_hdr_bucket(uint64_t ns) { return ctz_hdr_bucket_of(ns); }

uint64_t ctz_hdr_lowest(uint32_t bucket) {
  if (bucket < PARTS) return bucket;
  uint32_t shift = (bucket >> CTZ_HDR_SUB_BITS) - 1u;
  return (uint64_t)(PARTS + (bucket & (PARTS - 1u))) << shift;
}

uint64_t ctz_hdr_highest(uint32_t bucket) { return ctz_hdr_lowest(bucket + 1u) - 1u; }

void ctz_recorder_mark(ctz_recorder *recorder, uint32_t bucket) {
  uint64_t page = (uint64_t)1 << (bucket / PARTS);
  ctz_store(&recorder->pages, ctz_load(&recorder->pages, memory_order_relaxed) | page, memory_order_relaxed);
}

void ctz_histogram_merge(ctz_histogram *sum, const ctz_recorder *recorder) {
  // Most recorders hold little. A value that is being recorded and has not reached its page is seen the next time.
  uint64_t max_ns = ctz_load(&recorder->max_ns, memory_order_relaxed);
  for (uint64_t pages = ctz_load(&recorder->pages, memory_order_relaxed); pages != 0; pages &= pages - 1) {
    uint32_t first = (uint32_t)__builtin_ctzll(pages) * PARTS;
    for (uint32_t i = first; i < first + PARTS; i++) {
      uint64_t recorded = ctz_load(&recorder->buckets[i], memory_order_relaxed);
      sum->buckets[i] += recorded;
      sum->count += recorded;
    }
  }
  sum->sum_ns += ctz_load(&recorder->sum_ns, memory_order_relaxed);
  if (max_ns > sum->max_ns) sum->max_ns = max_ns;
}

uint64_t ctz_histogram_quantile(const ctz_histogram *histogram, double quantile) {
  if (histogram->count == 0) return 0;
  double wanted = quantile * (double)histogram->count;
  uint64_t rank = wanted >= 1.0 ? (uint64_t)wanted : 1u;
  if ((double)rank < wanted) rank++;
  if (rank > histogram->count) rank = histogram->count;
  uint64_t seen = 0;
  for (uint32_t i = 0; i < CTZ_HDR_BUCKETS; i++) {
    seen += histogram->buckets[i];
    if (seen >= rank) return ctz_hdr_highest(i);
  }
  return ctz_hdr_highest(CTZ_HDR_BUCKETS - 1u);
}

uint32_t ctz_hdr_sparse(const ctz_histogram *histogram, double *pairs) {
  uint32_t numbers = 0;
  uint32_t end = histogram->count == 0 ? 0 : ctz_hdr_bucket(histogram->max_ns) + 1;
  for (uint32_t i = 0; i < end; i++) {
    if (histogram->buckets[i] == 0) continue;
    if (pairs != NULL) pairs[numbers] = (double)ctz_hdr_lowest(i);
    if (pairs != NULL) pairs[numbers + 1] = (double)histogram->buckets[i];
    numbers += 2;
  }
  return numbers;
}
