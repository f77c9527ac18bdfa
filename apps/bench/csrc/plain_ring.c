// One thread writes arguments into a ring in memory, others run a body for each; see plain_ring.h.
#define _POSIX_C_SOURCE 200809L
#include "plain_ring.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#define PUBLISHED_TOGETHER 32u
#define CLAIMED_TOGETHER 64u

// The words that threads race on have a cache line each.
typedef struct bench_ring {
  _Alignas(64) _Atomic size_t tail;  // positions in the window: written so far
  _Alignas(64) _Atomic size_t head;  // claimed so far
  _Alignas(64) _Atomic size_t done;
  _Atomic bool ended;
  ring_body *body;
  sem_t window_done;
  double arguments[RING_WINDOW], results[RING_WINDOW];
} bench_ring;

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// Half of what is there at most, so that both have some; 0: there is nothing.
static size_t claim(bench_ring *ring, size_t *first) {
  // acquire: pairs with the release of another claim, whose tail this one must not see older
  size_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
  for (;;) {
    // acquire: pairs with publish; the arguments are there
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (tail <= head) return 0;
    size_t count = (tail - head + 1) / 2;
    if (count > CLAIMED_TOGETHER) count = CLAIMED_TOGETHER;
    *first = head;
    // positions only count up, over all windows: what was claimed once is never claimed again
    if (atomic_compare_exchange_weak_explicit(&ring->head, &head, head + count, memory_order_acq_rel,
                                              memory_order_acquire))
      return count;
  }
}

static void *consume(void *argument) {
  bench_ring *ring = argument;
  // acquire: pairs with the release in ring_run; nothing follows
  while (!atomic_load_explicit(&ring->ended, memory_order_acquire)) {
    size_t first, count = claim(ring, &first);
    if (count == 0) {
      sched_yield();  // the thread that writes may want this processor
      continue;
    }
    for (size_t at = first; at < first + count; at++) {
      ring->results[at % RING_WINDOW] = ring->body(ring->arguments[at % RING_WINDOW]);
    }
    // acq_rel: whoever ends the window has seen what the other wrote, and passes it on with the semaphore
    size_t done = atomic_fetch_add_explicit(&ring->done, count, memory_order_acq_rel) + count;
    if (done % RING_WINDOW == 0) sem_post(&ring->window_done);
  }
  return NULL;
}

static void publish(bench_ring *ring, size_t tail) {
  // release: pairs with the acquire in claim
  atomic_store_explicit(&ring->tail, tail, memory_order_release);
}

static double run_window(bench_ring *ring, size_t begin, double rounds) {
  for (size_t i = 0; i < RING_WINDOW; i++) {
    ring->arguments[i] = rounds;
    if ((i + 1) % PUBLISHED_TOGETHER == 0) publish(ring, begin + i + 1);
  }
  publish(ring, begin + RING_WINDOW);
  while (sem_wait(&ring->window_done) != 0) continue;
  double sum = 0;
  for (size_t i = 0; i < RING_WINDOW; i++) sum += ring->results[i];
  return sum;
}

double ring_run(ring_body *body, double rounds, size_t windows, double *sum) {
  static bench_ring ring;
  ring.body = body;
  atomic_init(&ring.tail, 0);
  atomic_init(&ring.head, 0);
  atomic_init(&ring.done, 0);
  atomic_init(&ring.ended, false);
  *sum = 0;
  if (sem_init(&ring.window_done, 0, 0) != 0) return -1;
  pthread_t consumers[RING_CONSUMERS];
  size_t started = 0;
  while (started < RING_CONSUMERS && pthread_create(&consumers[started], NULL, consume, &ring) == 0) started++;
  double begin = now_ns();
  if (started > 0) {
    for (size_t window = 0; window < windows; window++) *sum += run_window(&ring, window * RING_WINDOW, rounds);
  }
  double took = now_ns() - begin;
  // release: pairs with the acquire in consume
  atomic_store_explicit(&ring.ended, true, memory_order_release);
  for (size_t i = 0; i < started; i++) pthread_join(consumers[i], NULL);
  sem_destroy(&ring.window_done);
  return started == RING_CONSUMERS ? took : -1;
}
