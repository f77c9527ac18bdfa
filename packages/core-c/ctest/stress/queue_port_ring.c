// One producer, up to 16 consumers, a ring that is often full and often empty, across the wrap of positions.
#include <sched.h>

#include "check.h"
#include "crew.h"
#include "queue/port_ring.h"
#include "random.h"

#define CAPACITY 256u

typedef struct scene {
  _Alignas(64) _Atomic uint32_t tail;
  _Alignas(64) _Atomic uint32_t head;
  _Alignas(64) _Atomic uint32_t entries[CAPACITY];
  _Alignas(64) _Atomic uint64_t claimed;
  _Atomic uint64_t contended;
  uint64_t total, seed;
  _Atomic uint8_t *seen;
} scene;

static ctz_port_ring ring_of(scene *all) {
  return (ctz_port_ring){.tail = &all->tail, .head = &all->head, .entries = all->entries, .mask = CAPACITY - 1u};
}

static void produce(scene *all) {
  ctz_port_ring ring = ring_of(all);
  for (uint64_t i = 0; i < all->total;) {
    if (ctz_port_ring_push(&ring, (uint32_t)i))
      i++;
    else
      sched_yield();
  }
}

// A claim is a run of consecutive entries, later ones lie behind it.
static uint32_t claim_once(scene *all, ctz_port_ring *ring, uint32_t max, uint32_t *next, uint64_t *contended) {
  uint32_t out[64];
  uint32_t count = ctz_port_ring_claim(ring, out, max, contended);
  for (uint32_t i = 0; i < count; i++) {
    CHECK(i == 0 ? out[0] >= *next : out[i] == out[0] + i);
    CHECK_EQ_U64(atomic_fetch_add_explicit(&all->seen[out[i]], 1, memory_order_relaxed), 0);
  }
  if (count > 0) *next = out[count - 1u] + 1u;
  return count;
}

static void consume(scene *all, uint32_t member) {
  ctz_port_ring ring = ring_of(all);
  uint64_t random = all->seed + member, contended = 0;
  uint32_t next = 0;
  while (atomic_load_explicit(&all->claimed, memory_order_relaxed) < all->total) {
    uint32_t count = claim_once(all, &ring, 1u + random_below(&random, 64), &next, &contended);
    CHECK(ctz_port_ring_length(&ring) <= CAPACITY);
    if (count == 0)
      sched_yield();
    else
      atomic_fetch_add_explicit(&all->claimed, count, memory_order_relaxed);
  }
  atomic_fetch_add_explicit(&all->contended, contended, memory_order_relaxed);
}

static void run(void *shared, uint32_t member) {
  if (member == 0)
    produce(shared);
  else
    consume(shared, member);
}

static void stress(uint32_t consumers, uint64_t seed) {
  scene all = {.total = crew_rounds(1500000), .seed = seed};
  atomic_init(&all.tail, UINT32_MAX - 5000u);
  atomic_init(&all.head, UINT32_MAX - 5000u);
  all.seen = calloc(all.total, sizeof *all.seen);
  crew_run(1u + consumers, run, &all);
  CHECK_EQ_U64(atomic_load_explicit(&all.claimed, memory_order_relaxed), all.total);
  for (uint64_t i = 0; i < all.total; i++) CHECK_EQ_U64(atomic_load_explicit(&all.seen[i], memory_order_relaxed), 1);
  printf("%u consumers: %" PRIu64 " entries, %" PRIu64 " lost swaps\n", consumers, all.total,
         atomic_load_explicit(&all.contended, memory_order_relaxed));
  free(all.seen);
}

int main(void) {
  uint64_t seed = random_seed("queue_port_ring");
  for (uint32_t consumers = 1; consumers <= 16; consumers *= 2) stress(consumers, seed);
  return check_result();
}
