#include "engine/histogram.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "random.h"

#define GREATEST (((uint64_t)1 << 47) - 1u)

static void buckets_join_without_gap(void) {
  CHECK_EQ_U64(ctz_hdr_lowest(0), 0);
  for (uint32_t i = 0; i < CTZ_HDR_BUCKETS; i++) {
    uint64_t lowest = ctz_hdr_lowest(i), highest = ctz_hdr_highest(i);
    CHECK_EQ_U64(ctz_hdr_bucket(lowest), i);
    CHECK_EQ_U64(ctz_hdr_bucket(highest), i);
    if (i > 0) CHECK_EQ_U64(lowest, ctz_hdr_highest(i - 1u) + 1u);
    CHECK(highest - lowest <= lowest / 64u);
  }
  CHECK_EQ_U64(ctz_hdr_highest(CTZ_HDR_BUCKETS - 1u), GREATEST);
  CHECK_EQ_U64(ctz_hdr_bucket(GREATEST + 1u), CTZ_HDR_BUCKETS - 1u);
  CHECK_EQ_U64(ctz_hdr_bucket(UINT64_MAX), CTZ_HDR_BUCKETS - 1u);
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// The quantile is not less than the exact one, and by no more than 1/64 of it greater.
static void quantiles_are_close(uint64_t seed) {
  static const double quantiles[] = {0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
  enum { VALUES = 5000 };
  uint64_t random = seed, *values = malloc(VALUES * sizeof *values);
  ctz_recorder *recorder = malloc(sizeof *recorder);
  ctz_histogram *sum = malloc(sizeof *sum);
  for (uint32_t run = 0; run < 20; run++) {
    memset(recorder, 0, sizeof *recorder);
    memset(sum, 0, sizeof *sum);
    uint64_t total = 0;
    for (uint32_t i = 0; i < VALUES; i++) {
      values[i] = random_next(&random) >> (17u + random_below(&random, 47));
      total += values[i];
      ctz_recorder_add(recorder, values[i]);
    }
    qsort(values, VALUES, sizeof *values, by_value);
    ctz_histogram_merge(sum, recorder);
    CHECK(sum->count == VALUES && sum->sum_ns == total && sum->max_ns == values[VALUES - 1]);
    for (uint32_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
      double rank = quantiles[i] * VALUES;
      uint32_t at = rank <= 1 ? 0 : (uint32_t)rank - ((double)(uint32_t)rank == rank);
      uint64_t exact = values[at], found = ctz_histogram_quantile(sum, quantiles[i]);
      CHECK(found >= exact && found - exact <= exact / 64u);
    }
  }
  free(values);
  free(recorder);
  free(sum);
}

static void merges_and_bears_extremes(void) {
  ctz_recorder *recorders = calloc(2, sizeof *recorders);
  ctz_histogram *sum = calloc(1, sizeof *sum);
  CHECK_EQ_U64(ctz_histogram_quantile(sum, 0.5), 0);
  ctz_recorder_add(&recorders[0], 0);
  ctz_recorder_add(&recorders[0], 10);
  ctz_recorder_add(&recorders[1], (uint64_t)1 << 60);
  ctz_histogram_merge(sum, &recorders[0]);
  ctz_histogram_merge(sum, &recorders[1]);
  CHECK(sum->count == 3 && sum->max_ns == (uint64_t)1 << 60 && sum->sum_ns == ((uint64_t)1 << 60) + 10u);
  CHECK_EQ_U64(ctz_histogram_quantile(sum, -1), 0);
  CHECK_EQ_U64(ctz_histogram_quantile(sum, 0.5), 10);
  CHECK_EQ_U64(ctz_histogram_quantile(sum, 2), GREATEST);
  free(recorders);
  free(sum);
}

int main(void) {
  buckets_join_without_gap();
  quantiles_are_close(random_seed("histogram"));
  merges_and_bears_extremes();
  return check_result();
}
