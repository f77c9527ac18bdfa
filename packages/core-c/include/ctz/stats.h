// Figures of the engine. Counters are exact; histograms are merged from those that each worker keeps.
#ifndef CTZ_STATS_H
#define CTZ_STATS_H

#include <stdint.h>

// HDR buckets (Gil Tene's HdrHistogram): nanoseconds from 1 to 2^47 (39 h); each power of two is cut into 2^6 equal
// parts, so a value is known within 1/64 of itself. Values below 64 have a bucket each.
#define CTZ_HDR_SUB_BITS 6u
#define CTZ_HDR_BUCKETS ((47u - CTZ_HDR_SUB_BITS + 1u) << CTZ_HDR_SUB_BITS)

typedef struct ctz_histogram {
  uint64_t count;
  uint64_t sum_ns;
  uint64_t max_ns;
  uint64_t buckets[CTZ_HDR_BUCKETS];
} ctz_histogram;

// Waits and runs are told apart by the series that plans name; of those that name none, by class. A series has tasks of
// one class. Numbers below 4 stand for none.
#define CTZ_MAX_SERIES 1024u

// Counters of one class queue, as document A has them.
typedef struct ctz_queue_stats {
  uint64_t enqueued, dequeued, contended, rejected;
  uint64_t queued;         // waiting now
  double oldest_ready_at;  // ms; INFINITY when none waits
  uint64_t breaches;       // started later than the class target
} ctz_queue_stats;

typedef struct ctz_stats {
  uint32_t workers, active_workers, parked_workers, max_workers;
  uint64_t scheduled, retrying;  // waiting for a moment now
  uint64_t completed, failed, cancelled, retried, timed_out, memory_limited;
  uint64_t bailed;               // programs that gave up; not among the failed
  uint64_t busy_ns;              // run time of all workers together
  uint64_t memory_used, memory_peak, memory_pool;  // bytes
  uint64_t worker_wakes, timer_wakes,
      owner_wakes; // times a thread was woken; timer_wakes counts rounds of the timer thread
  uint64_t owner_runs;           // attempts that the owner of the port ran itself, in place of waking a worker
  ctz_queue_stats queues[4];
  ctz_histogram wait[4];
  ctz_histogram run[4];
} ctz_stats;

#ifdef __cplusplus
extern "C" {
#endif

uint32_t ctz_hdr_bucket(uint64_t ns);      // index of the bucket of a value; the last one for what lies beyond
uint64_t ctz_hdr_lowest(uint32_t bucket);  // least value of a bucket
// Buckets that hold something: least value and count, alternating, into `pairs` unless that is NULL. @return numbers
uint32_t ctz_hdr_sparse(const ctz_histogram *histogram, double *pairs);

#ifdef __cplusplus
}
#endif

#endif
