// The whole way round: the owner pushes slots, workers claim and settle them and post notices, the owner drains and
// uses the slots again. Both sides say that they sleep, look once more and park: a lost wake would hang here.
#include <sched.h>

#include "base/atomics.h"
#include "check.h"
#include "crew.h"
#include "memory/allocator.h"
#include "platform/park.h"
#include "queue/completions.h"
#include "queue/port_ring.h"
#include "random.h"

#define SLOTS 128u
#define COMPLETIONS 256u
#define NOTICE_BIT 0x80000000u

typedef struct scene {
  _Alignas(64) _Atomic uint32_t tail;
  _Alignas(64) _Atomic uint32_t head;
  _Alignas(64) _Atomic uint32_t entries[SLOTS * 2u];
  _Alignas(64) _Atomic uint32_t completed_tail;
  _Alignas(64) _Atomic uint32_t completed_head;
  _Alignas(64) _Atomic uint32_t waiting;
  _Alignas(64) _Atomic uint32_t completion_entries[COMPLETIONS * 2u];
  ctz_port_ring ring;
  ctz_completions completions;
  ctz_parker owner;
  ctz_parker workers[CREW_MOST];
  _Atomic uint32_t parked[CREW_MOST];
  _Atomic uint32_t over;  // workers end
  uint32_t worker_count;
  uint64_t total, seed;
  uint64_t submitted[SLOTS];  // plain memory: handed over by the rings alone
  uint64_t result[SLOTS];
  _Atomic uint64_t notices, dropped, sleeps;
} scene;

static void settle(scene *all, const uint32_t *slots, uint32_t count, uint64_t *random) {
  for (uint32_t i = 0; i < count; i++) {
    all->result[slots[i]] = all->submitted[slots[i]] * 3u;
    if (random_below(random, 4) != 0) continue;
    bool posted = ctz_completions_notice(&all->completions, slots[i] | NOTICE_BIT);
    ctz_fetch_add(posted ? &all->notices : &all->dropped, 1u, memory_order_relaxed);
  }
  ctz_completions_append(&all->completions, slots, count);
  if (ctz_completions_take_waiting(&all->completions)) ctz_unpark(&all->owner);
}

static void work(scene *all, uint32_t worker) {
  uint64_t random = all->seed + worker, contended = 0;
  uint32_t slots[64];
  for (;;) {
    uint32_t count = ctz_port_ring_claim(&all->ring, slots, 1u + random_below(&random, 16), &contended);
    if (count > 0) {
      settle(all, slots, count, &random);
      continue;
    }
    ctz_store(&all->parked[worker], 1u, memory_order_relaxed);
    ctz_fence(memory_order_seq_cst);  // pairs with the one in wake_workers
    if (ctz_load(&all->over, memory_order_relaxed) != 0) return;
    if (ctz_port_ring_length(&all->ring) == 0) ctz_park(&all->workers[worker], UINT64_MAX);
    ctz_store(&all->parked[worker], 0u, memory_order_relaxed);
  }
}

static void wake_workers(scene *all) {
  ctz_fence(memory_order_seq_cst);
  for (uint32_t i = 1; i <= all->worker_count; i++) {
    if (ctz_load(&all->parked[i], memory_order_relaxed) != 0) ctz_unpark(&all->workers[i]);
  }
}

// The next task in a slot, if there is one.
static void submit(scene *all, uint32_t slot, uint64_t *next) {
  if (*next == all->total) return;
  all->submitted[slot] = ++*next;
  CHECK(ctz_port_ring_push(&all->ring, slot));
}

typedef struct account {
  uint32_t position;
  uint64_t next, settled, sum, notices;
} account;

static void drain(scene *all, account *own) {
  uint32_t value = 0;
  uint64_t before = own->settled;
  while (ctz_completions_next(&all->completions, &own->position, &value)) {
    ctz_store(&all->completed_head, own->position, memory_order_release);
    if ((value & NOTICE_BIT) != 0) {
      own->notices++;
      continue;
    }
    if (!CHECK(value < SLOTS)) continue;
    CHECK_EQ_U64(all->result[value], all->submitted[value] * 3u);
    own->sum += all->result[value];
    all->result[value] = 0;
    own->settled++;
    submit(all, value, &own->next);
  }
  if (own->settled != before) wake_workers(all);
}

static void own(scene *all) {
  account mine = {.position = ctz_load(&all->completed_head, memory_order_relaxed)};
  for (uint32_t i = 0; i < SLOTS; i++) submit(all, i, &mine.next);
  wake_workers(all);
  while (mine.settled < all->total) {
    drain(all, &mine);
    ctz_store(&all->waiting, 1u, memory_order_relaxed);
    ctz_fence(memory_order_seq_cst);  // pairs with the one in ctz_completions_take_waiting
    uint32_t before = mine.position;
    drain(all, &mine);
    if (mine.position != before || mine.settled == all->total) continue;
    ctz_park(&all->owner, UINT64_MAX);
    ctz_fetch_add(&all->sleeps, 1u, memory_order_relaxed);
  }
  CHECK_EQ_U64(mine.sum, all->total * (all->total + 1u) / 2u * 3u);
  CHECK(mine.notices <= ctz_load(&all->notices, memory_order_relaxed));
  ctz_store(&all->over, 1u, memory_order_relaxed);
  wake_workers(all);
}

static void run(void *shared, uint32_t member) {
  if (member == 0)
    own(shared);
  else
    work(shared, member);
}

static void prepare(scene *all) {
  all->ring = (ctz_port_ring){.tail = &all->tail, .head = &all->head, .entries = all->entries, .mask = SLOTS * 2u - 1u};
  all->completions = (ctz_completions){.entries = all->completion_entries,
                                       .tail = &all->completed_tail,
                                       .drained = &all->completed_head,
                                       .waiting = &all->waiting,
                                       .mask = COMPLETIONS - 1u,
                                       .notice_room = COMPLETIONS - SLOTS};
  CHECK(ctz_parker_init(&all->owner));
  for (uint32_t i = 0; i <= all->worker_count; i++) CHECK(ctz_parker_init(&all->workers[i]));
}

static void stress(uint32_t workers, uint64_t seed) {
  scene *all = ctz_alloc_aligned(64, sizeof *all);
  *all = (scene){.worker_count = workers, .total = crew_rounds(500000), .seed = seed};
  prepare(all);
  crew_run(1u + workers, run, all);
  printf("%u workers: %" PRIu64 " tasks, %" PRIu64 " notices and %" PRIu64 " dropped, the owner slept %" PRIu64
         " times\n",
         workers, all->total, ctz_load(&all->notices, memory_order_relaxed),
         ctz_load(&all->dropped, memory_order_relaxed), ctz_load(&all->sleeps, memory_order_relaxed));
  ctz_free(all);
}

int main(void) {
  uint64_t seed = random_seed("queue_completions");
  for (uint32_t workers = 1; workers <= 16; workers *= 2) stress(workers, seed);
  return check_result();
}
