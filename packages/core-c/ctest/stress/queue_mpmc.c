// As many producers as consumers, together 1 to 16 threads, on queues from two cells to many.
#include <sched.h>

#include "check.h"
#include "crew.h"
#include "queue/mpmc.h"
#include "random.h"

typedef struct scene {
  ctz_mpmc queue;
  uint32_t producers, consumers;
  uint32_t each;  // pushes of one producer
  _Atomic uint64_t popped;
  _Atomic uint64_t contended;
  _Atomic uint8_t *seen;
} scene;

static void produce(scene *all, uint32_t producer) {
  uint64_t contended = 0;
  for (uint32_t i = 0; i < all->each;) {
    if (ctz_mpmc_push(&all->queue, producer * all->each + i, &contended))
      i++;
    else
      sched_yield();
  }
  atomic_fetch_add_explicit(&all->contended, contended, memory_order_relaxed);
}

// The values of one producer come in their order.
static void count_value(scene *all, uint32_t value, uint32_t *next) {
  uint32_t producer = value / all->each;
  if (!CHECK(producer < all->producers)) return;
  CHECK(value >= next[producer]);
  next[producer] = value + 1u;
  CHECK_EQ_U64(atomic_fetch_add_explicit(&all->seen[value], 1, memory_order_relaxed), 0);
  atomic_fetch_add_explicit(&all->popped, 1, memory_order_relaxed);
}

static void consume(scene *all) {
  uint32_t next[CREW_MOST] = {0}, value = 0;
  uint64_t contended = 0;
  uint64_t total = (uint64_t)all->producers * all->each;
  while (atomic_load_explicit(&all->popped, memory_order_relaxed) < total) {
    if (ctz_mpmc_peek(&all->queue, &value)) CHECK(value < total);
    CHECK(ctz_mpmc_length(&all->queue) <= all->queue.mask + 1u);
    if (ctz_mpmc_pop(&all->queue, &value, &contended))
      count_value(all, value, next);
    else
      sched_yield();
  }
  atomic_fetch_add_explicit(&all->contended, contended, memory_order_relaxed);
}

// One thread alone does both by turns.
static void alone(scene *all) {
  uint32_t next[CREW_MOST] = {0}, value = 0, pushed = 0;
  uint64_t contended = 0;
  while (pushed < all->each) {
    while (pushed < all->each && ctz_mpmc_push(&all->queue, pushed, &contended)) pushed++;
    while (ctz_mpmc_pop(&all->queue, &value, &contended)) count_value(all, value, next);
  }
}

static void run(void *shared, uint32_t member) {
  scene *all = shared;
  if (all->consumers == 0)
    alone(all);
  else if (member < all->producers)
    produce(all, member);
  else
    consume(all);
}

static void stress(uint32_t threads, uint32_t capacity) {
  scene all = {.producers = threads > 1 ? threads / 2 : 1, .consumers = threads / 2};
  all.each = (uint32_t)crew_rounds(150000) / all.producers + 1u;
  uint64_t total = (uint64_t)all.producers * all.each;
  ctz_mpmc_cell *cells = calloc(capacity, sizeof *cells);
  all.seen = calloc(total, sizeof *all.seen);
  ctz_mpmc_init(&all.queue, cells, capacity);
  crew_run(all.producers + all.consumers, run, &all);
  CHECK_EQ_U64(atomic_load_explicit(&all.popped, memory_order_relaxed), total);
  CHECK_EQ_U64(ctz_mpmc_length(&all.queue), 0);
  for (uint64_t i = 0; i < total; i++) CHECK_EQ_U64(atomic_load_explicit(&all.seen[i], memory_order_relaxed), 1);
  printf("%u threads, %u cells: %" PRIu64 " values, %" PRIu64 " lost swaps\n", threads, capacity, total,
         atomic_load_explicit(&all.contended, memory_order_relaxed));
  free(all.seen);
  free(cells);
}

int main(void) {
  static const uint32_t capacities[] = {2, 64, 4096};
  for (uint32_t threads = 1; threads <= 16; threads *= 2) {
    for (uint32_t i = 0; i < 3; i++) stress(threads, capacities[i]);
  }
  return check_result();
}
