// Recording into HDR histograms: one writer each, read by others while it writes (every word is a relaxed atomic).
#ifndef CTZ_ENGINE_HISTOGRAM_H
#define CTZ_ENGINE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#include "ctz/stats.h"

typedef struct ctz_recorder {
  _Atomic uint64_t sum_ns;
  _Atomic uint64_t max_ns;
  _Atomic uint64_t pages;  // by 64 buckets: whether there is something in them
  _Atomic uint64_t buckets[CTZ_HDR_BUCKETS];
} ctz_recorder;

uint64_t ctz_hdr_highest(uint32_t bucket);   // greatest value of a bucket
void ctz_recorder_add(ctz_recorder *recorder, uint64_t ns);  // the one writer
void ctz_recorder_add_many(ctz_recorder *recorder, uint64_t ns, uint32_t times);
// Adds what `recorder` holds now to `sum`.
void ctz_histogram_merge(ctz_histogram *sum, const ctz_recorder *recorder);
// The least upper bound of the bucket in which the value of rank `quantile` (0..1) lies; 0 when empty.
uint64_t ctz_histogram_quantile(const ctz_histogram *histogram, double quantile);

#endif
