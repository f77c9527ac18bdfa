// What one operation of the queues costs: medians of repeated runs, in nanoseconds. Unless it says so, on one thread,
// so without the price of a cache line that changes hands.
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/histogram.h"
#include "platform/park.h"
#include "platform/thread.h"
#include "queue/batch.h"
#include "queue/completions.h"
#include "queue/guard.h"
#include "queue/mpmc.h"
#include "queue/port_ring.h"
#include "queue/wheel.h"

#define RUNS 9u
#define CAPACITY 4096u
#define TIMERS 1000000u

// So that results are not computed for nothing.
static void keep(uint64_t value) { __asm__ __volatile__("" : : "r"(value) : "memory"); }

// Whole cache lines.
static void *zeroed(size_t bytes) {
  size_t lines = (bytes + 63u) / 64u * 64u;
  void *memory = aligned_alloc(64, lines);
  if (memory == NULL) exit(1);
  memset(memory, 0, lines);
  return memory;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

// `body` gives the nanoseconds that one operation took.
static void measure(const char *what, double (*body)(void)) {
  double runs[RUNS];
  body();  // warm
  for (uint32_t i = 0; i < RUNS; i++) runs[i] = body();
  qsort(runs, RUNS, sizeof runs[0], by_value);
  printf("%-64s %8.1f ns  (%.1f .. %.1f)\n", what, runs[RUNS / 2u], runs[0], runs[RUNS - 1u]);
}

static double per_operation(uint64_t started_ns, uint64_t operations) {
  return (double)(ctz_monotonic_ns() - started_ns) / (double)operations;
}

typedef struct port_words {
  _Alignas(64) _Atomic uint32_t tail;
  _Alignas(64) _Atomic uint32_t head;
  _Alignas(64) _Atomic uint32_t entries[CAPACITY];
  uint64_t consumed, total;
} port_words;

static ctz_port_ring ring_over(port_words *words) {
  return (ctz_port_ring){.tail = &words->tail, .head = &words->head, .entries = words->entries, .mask = CAPACITY - 1u};
}

static double claim_full_ring(uint32_t at_once) {
  static const uint32_t laps = 500;
  port_words *words = zeroed(sizeof *words);
  ctz_port_ring ring = ring_over(words);
  uint64_t contended = 0, ns = 0, sum = 0;
  for (uint32_t lap = 0; lap < laps; lap++) {
    for (uint32_t i = 0; i < CAPACITY; i++) ctz_port_ring_push(&ring, i);
    uint64_t started = ctz_monotonic_ns();
    uint32_t out[64], count;
    while ((count = ctz_port_ring_claim(&ring, out, at_once, &contended)) > 0) sum += out[count - 1u];
    ns += ctz_monotonic_ns() - started;
  }
  keep(sum);
  free(words);
  return (double)ns / ((double)laps * CAPACITY);
}

static double claim_1(void) { return claim_full_ring(1); }
static double claim_16(void) { return claim_full_ring(16); }
static double claim_64(void) { return claim_full_ring(64); }

static void *consume_ring(void *words_pointer) {
  port_words *words = words_pointer;
  ctz_port_ring ring = ring_over(words);
  uint64_t contended = 0;
  uint32_t out[64];
  while (words->consumed < words->total) {
    uint32_t count = ctz_port_ring_claim(&ring, out, 64, &contended);
    if (count == 0) sched_yield();
    words->consumed += count;
  }
  return NULL;
}

// As JavaScript does when it is busy: entries first, then the tail once for all of them.
static void push_many(port_words *words, uint32_t first, uint32_t count) {
  uint32_t tail = atomic_load_explicit(&words->tail, memory_order_relaxed);
  while (CAPACITY - (tail - atomic_load_explicit(&words->head, memory_order_acquire)) < count) sched_yield();
  for (uint32_t i = 0; i < count; i++) {
    atomic_store_explicit(&words->entries[(tail + i) % CAPACITY], first + i, memory_order_relaxed);
  }
  atomic_store_explicit(&words->tail, tail + count, memory_order_seq_cst);
}

static double claim_across_threads(uint32_t published_at_once) {
  port_words *words = zeroed(sizeof *words);
  words->total = 6400000;
  pthread_t consumer;
  if (pthread_create(&consumer, NULL, consume_ring, words) != 0) exit(1);
  uint64_t started = ctz_monotonic_ns();
  for (uint64_t i = 0; i < words->total; i += published_at_once) push_many(words, (uint32_t)i, published_at_once);
  pthread_join(consumer, NULL);
  double ns = per_operation(started, words->total);
  free(words);
  return ns;
}

static double across_threads_1(void) { return claim_across_threads(1); }
static double across_threads_64(void) { return claim_across_threads(64); }

static double mpmc_push_and_pop(void) {
  static const uint32_t operations = 2000000;
  ctz_mpmc queue;
  ctz_mpmc_cell *cells = zeroed(CAPACITY * sizeof *cells);
  ctz_mpmc_init(&queue, cells, CAPACITY);
  uint64_t contended = 0, sum = 0, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i++) {
    uint32_t value = 0;
    ctz_mpmc_push(&queue, i, &contended);
    ctz_mpmc_pop(&queue, &value, &contended);
    sum += value;
  }
  double ns = per_operation(started, operations);
  keep(sum);
  free(cells);
  return ns;
}

static double batch_fill_and_take(uint32_t size) {
  static const uint32_t operations = 4000000;
  ctz_batch batch;
  ctz_batch_init(&batch);
  uint32_t items[CTZ_BATCH_SIZE] = {0};
  uint64_t sum = 0, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i += size) {
    uint32_t item = 0;
    ctz_batch_fill(&batch, items, size);
    while (ctz_batch_take(&batch, &item)) sum += item;
  }
  keep(sum);
  return per_operation(started, operations);
}

static double batch_of_1(void) { return batch_fill_and_take(1); }
static double batch_of_64(void) { return batch_fill_and_take(64); }

typedef struct completion_words {
  _Alignas(64) _Atomic uint32_t tail;
  _Alignas(64) _Atomic uint32_t drained;
  _Alignas(64) _Atomic uint32_t waiting;
  _Alignas(64) _Atomic uint32_t entries[CAPACITY * 2u];
} completion_words;

static double complete_and_drain(uint32_t at_once) {
  static const uint32_t operations = 4000000;
  completion_words *words = zeroed(sizeof *words);
  ctz_completions ring = {.entries = words->entries,
                          .tail = &words->tail,
                          .drained = &words->drained,
                          .waiting = &words->waiting,
                          .mask = CAPACITY - 1u};
  uint32_t values[64] = {0}, position = 0, value = 0;
  uint64_t sum = 0, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i += at_once) {
    ctz_completions_append(&ring, values, at_once);
    sum += ctz_completions_take_waiting(&ring);
    while (ctz_completions_next(&ring, &position, &value)) sum += value;
  }
  double ns = per_operation(started, operations);
  keep(sum);
  free(words);
  return ns;
}

static double completions_of_1(void) { return complete_and_drain(1); }
static double completions_of_64(void) { return complete_and_drain(64); }

static double guard_calls(uint32_t overdue) {
  static const uint32_t operations = 4000000;
  ctz_guard_word word = 0;
  uint64_t sum = 0, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i++) {
    ctz_grant grant = ctz_guard_choose(word, 0xF, overdue, 64);
    word = grant.after;
    sum += grant.count;
  }
  keep(sum);
  return per_operation(started, operations);
}

static double guard_calm(void) { return guard_calls(0); }
static double guard_overdue(void) { return guard_calls(0xE); }

static double record(void) {
  static const uint32_t operations = 8000000;
  ctz_recorder *recorder = zeroed(sizeof *recorder);
  uint64_t value = 1, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i++) {
    value = value * 6364136223846793005u + 1442695040888963407u;
    ctz_recorder_add(recorder, value >> 44);  // 0 .. 1 ms
  }
  double ns = per_operation(started, operations);
  free(recorder);
  return ns;
}

static ctz_wheel *filled_wheel(double *add_ns) {
  ctz_wheel *wheel = ctz_wheel_create(TIMERS, 0);
  uint64_t value = 1, started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < TIMERS; i++) {
    value = value * 6364136223846793005u + 1442695040888963407u;
    ctz_wheel_add(wheel, i, (double)((value >> 32) % 60000u));
  }
  *add_ns = per_operation(started, TIMERS);
  return wheel;
}

static double wheel_add(void) {
  double ns = 0;
  ctz_wheel_destroy(filled_wheel(&ns));
  return ns;
}

static double wheel_remove(void) {
  double ns = 0;
  ctz_wheel *wheel = filled_wheel(&ns);
  uint64_t started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < TIMERS; i++) ctz_wheel_remove(wheel, i);
  ns = per_operation(started, TIMERS);
  ctz_wheel_destroy(wheel);
  return ns;
}

static double wheel_fire(void) {
  double ns = 0;
  ctz_wheel *wheel = filled_wheel(&ns);
  uint32_t out[64];
  uint64_t started = ctz_monotonic_ns();
  for (double now = 0; ctz_wheel_length(wheel) > 0; now = ctz_wheel_next(wheel)) {
    while (ctz_wheel_advance(wheel, now, out, 64) == 64) continue;
  }
  ns = per_operation(started, TIMERS);
  ctz_wheel_destroy(wheel);
  return ns;
}

typedef struct pair {
  ctz_parker parkers[2];
  uint32_t rounds;
} pair;

static void *answer(void *pair_pointer) {
  pair *both = pair_pointer;
  for (uint32_t i = 0; i < both->rounds; i++) {
    ctz_park(&both->parkers[1], UINT64_MAX);
    ctz_unpark(&both->parkers[0]);
  }
  return NULL;
}

static double park_there_and_back(void) {
  pair both = {.rounds = 3000};
  pthread_t other;
  if (!ctz_parker_init(&both.parkers[0]) || !ctz_parker_init(&both.parkers[1])) exit(1);
  if (pthread_create(&other, NULL, answer, &both) != 0) exit(1);
  uint64_t started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < both.rounds; i++) {
    ctz_unpark(&both.parkers[1]);
    ctz_park(&both.parkers[0], UINT64_MAX);
  }
  double ns = per_operation(started, both.rounds);
  pthread_join(other, NULL);
  return ns;
}

static double unpark_awake(void) {
  static const uint32_t operations = 4000000;
  ctz_parker parker;
  ctz_parker_init(&parker);
  uint64_t started = ctz_monotonic_ns();
  for (uint32_t i = 0; i < operations; i++) ctz_unpark(&parker);
  return per_operation(started, operations);
}

int main(void) {
  measure("port ring: claim 1 at a time, per entry", claim_1);
  measure("port ring: claim 16 at a time, per entry", claim_16);
  measure("port ring: claim 64 at a time, per entry", claim_64);
  measure("port ring: published 1 at a time, claimed by another thread", across_threads_1);
  measure("port ring: published 64 at a time, claimed by another thread", across_threads_64);
  measure("mpmc: push and pop", mpmc_push_and_pop);
  measure("batch of 1: fill and take", batch_of_1);
  measure("batch of 64: fill and take, per item", batch_of_64);
  measure("completions: append 1, look for a waiter, drain", completions_of_1);
  measure("completions: append 64, look for a waiter, drain, per value", completions_of_64);
  measure("guard: all classes wait, none overdue", guard_calm);
  measure("guard: all classes wait, three overdue", guard_overdue);
  measure("histogram: record", record);
  measure("wheel: add one of a million over 60 s", wheel_add);
  measure("wheel: remove", wheel_remove);
  measure("wheel: fire, cascades included", wheel_fire);
  measure("park: wake another thread and be woken by it", park_there_and_back);
  measure("park: unpark a thread that is awake", unpark_awake);
  return 0;
}
