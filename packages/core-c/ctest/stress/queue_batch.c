// Workers with a batch each: they fill it from one source, take from it, and steal from each other.
#include <sched.h>

#include "check.h"
#include "crew.h"
#include "queue/batch.h"
#include "random.h"

typedef struct scene {
  ctz_batch batches[CREW_MOST];
  uint32_t workers;
  uint64_t total, seed;
  _Atomic uint64_t source;  // items given out so far
  _Atomic uint64_t done, stolen;
  _Atomic uint8_t *seen;
} scene;

static void count_item(scene *all, uint32_t item) {
  if (!CHECK(item < all->total)) return;
  CHECK_EQ_U64(atomic_fetch_add_explicit(&all->seen[item], 1, memory_order_relaxed), 0);
  atomic_fetch_add_explicit(&all->done, 1, memory_order_relaxed);
}

// False when the source has nothing left.
static bool refill(scene *all, ctz_batch *batch, uint64_t *random) {
  uint32_t items[CTZ_BATCH_SIZE], count = 1u + random_below(random, CTZ_BATCH_SIZE);
  uint64_t first = atomic_fetch_add_explicit(&all->source, count, memory_order_relaxed);
  if (first >= all->total) return false;
  if (count > all->total - first) count = (uint32_t)(all->total - first);
  for (uint32_t i = 0; i < count; i++) items[i] = (uint32_t)(first + i);
  ctz_batch_fill(batch, items, count);
  return true;
}

static uint64_t steal(scene *all, uint32_t member, uint64_t *random) {
  uint32_t victim = random_below(random, all->workers), item = 0;
  if (victim == member || !ctz_batch_take(&all->batches[victim], &item)) return 0;
  count_item(all, item);
  return 1;
}

static void work(void *shared, uint32_t member) {
  scene *all = shared;
  ctz_batch *own = &all->batches[member];
  uint64_t random = all->seed + member, stolen = 0;
  while (atomic_load_explicit(&all->done, memory_order_relaxed) < all->total) {
    uint32_t item = 0;
    bool refilled = refill(all, own, &random);
    while (ctz_batch_take(own, &item)) {
      count_item(all, item);
      if (random_below(&random, 8) == 0) stolen += steal(all, member, &random);
      if (random_below(&random, 128) == 0) sched_yield();  // with something left to steal
    }
    if (!refilled && steal(all, member, &random) == 0) sched_yield();
  }
  atomic_fetch_add_explicit(&all->stolen, stolen, memory_order_relaxed);
}

static void stress(uint32_t workers, uint64_t seed) {
  scene all = {.workers = workers, .total = crew_rounds(1000000), .seed = seed};
  all.seen = calloc(all.total, sizeof *all.seen);
  for (uint32_t i = 0; i < workers; i++) ctz_batch_init(&all.batches[i]);
  crew_run(workers, work, &all);
  CHECK_EQ_U64(atomic_load_explicit(&all.done, memory_order_relaxed), all.total);
  for (uint64_t i = 0; i < all.total; i++) CHECK_EQ_U64(atomic_load_explicit(&all.seen[i], memory_order_relaxed), 1);
  printf("%u workers: %" PRIu64 " items, %" PRIu64 " stolen\n", workers, all.total,
         atomic_load_explicit(&all.stolen, memory_order_relaxed));
  free(all.seen);
}

int main(void) {
  uint64_t seed = random_seed("queue_batch");
  for (uint32_t workers = 1; workers <= 16; workers *= 2) stress(workers, seed);
  return check_result();
}
