// Recording into HDR histograms: one writer each, read by others while it writes (every word is a relaxed atomic).
#ifndef CTZ_ENGINE_HISTOGRAM_H
#define CTZ_ENGINE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/atomics.h"
#include "ctz/stats.h"

typedef struct ctz_recorder {
  _Atomic uint64_t sum_ns;
  _Atomic uint64_t max_ns;
  _Atomic uint64_t pages;  // by 64 buckets: whether there is something in them
  _Atomic uint64_t buckets[CTZ_HDR_BUCKETS];
} ctz_recorder;

uint64_t ctz_hdr_highest(uint32_t bucket);   // greatest value of a bucket
void ctz_recorder_mark(ctz_recorder *recorder, uint32_t bucket);  // there is something in it

// The first 64 buckets hold one value each. After them each power of two has 64: the six bits behind the leading one.
static inline uint32_t ctz_hdr_bucket_of(uint64_t ns) {
  if (ns >> CTZ_HDR_SUB_BITS == 0) return (uint32_t)ns;
  uint32_t shift = 63u - CTZ_HDR_SUB_BITS - (uint32_t)__builtin_clzll(ns);
  uint32_t bucket = (shift << CTZ_HDR_SUB_BITS) + (uint32_t)(ns >> shift);
  return bucket < CTZ_HDR_BUCKETS ? bucket : CTZ_HDR_BUCKETS - 1u;
}

// The one writer. Here, as each task is recorded twice. Relaxed, and no read-modify-write: readers want figures, not an
// order.
static inline void ctz_recorder_add_many(ctz_recorder *recorder, uint64_t ns, uint32_t times) {
  uint32_t bucket = ctz_hdr_bucket_of(ns);
  uint64_t before = ctz_load(&recorder->buckets[bucket], memory_order_relaxed);
  ctz_store(&recorder->buckets[bucket], before + times, memory_order_relaxed);
  ctz_store(&recorder->sum_ns, ctz_load(&recorder->sum_ns, memory_order_relaxed) + ns * times, memory_order_relaxed);
  if (ns > ctz_load(&recorder->max_ns, memory_order_relaxed)) ctz_store(&recorder->max_ns, ns, memory_order_relaxed);
  if (before == 0) ctz_recorder_mark(recorder, bucket);
}
static inline void ctz_recorder_add(ctz_recorder *recorder, uint64_t ns) { ctz_recorder_add_many(recorder, ns, 1u); }
// Adds what `recorder` holds now to `sum`.
void ctz_histogram_merge(ctz_histogram *sum, const ctz_recorder *recorder);
// The least upper bound of the bucket in which the value of rank `quantile` (0..1) lies; 0 when empty.
uint64_t ctz_histogram_quantile(const ctz_histogram *histogram, double quantile);

#endif
