// The port ring: one producer, two consumers, room for two entries, positions that wrap at 2^32.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/queue/port_ring.c"

#define CAPACITY 2u
#define CONSUMERS 2u
#define CLAIMS 2u
#define FIRST_POSITION UINT32_MAX
#define FIRST_VALUE 100u
#define STALE 7u  // what entries hold before they are written

static struct {
  _Atomic uint32_t tail, head, entries[CAPACITY];
  uint32_t pushed;
  uint32_t counts[CONSUMERS][CLAIMS], claimed[CONSUMERS][CLAIMS][CAPACITY];
} world;

static uint32_t pushes;
static uint32_t (*claim)(ctz_port_ring *ring, uint32_t *out, uint32_t max, uint64_t *contended);

static ctz_port_ring ring_of_world(void) {
  return (ctz_port_ring){.tail = &world.tail, .head = &world.head, .entries = world.entries, .mask = CAPACITY - 1u};
}

static void setup(void) {
  MODEL_SET(world.tail, FIRST_POSITION);
  MODEL_SET(world.head, FIRST_POSITION);
  for (uint32_t i = 0; i < CAPACITY; i++) MODEL_SET(world.entries[i], STALE);
}

static void produce(void) {
  ctz_port_ring ring = ring_of_world();
  for (uint32_t i = 0; i < pushes; i++) {
    if (ctz_port_ring_push(&ring, FIRST_VALUE + world.pushed)) world.pushed++;
  }
}

static void consume(uint32_t consumer) {
  ctz_port_ring ring = ring_of_world();
  uint64_t contended = 0;
  for (uint32_t i = 0; i < CLAIMS; i++) {
    world.counts[consumer][i] = claim(&ring, world.claimed[consumer][i], CAPACITY, &contended);
  }
}

static void run(uint32_t thread) {
  if (thread == 0)
    produce();
  else
    consume(thread - 1u);
}

// Every entry once, a claim is a run of consecutive ones, and a consumer never goes back.
static void verify(void) {
  uint32_t seen = 0;
  for (uint32_t c = 0; c < CONSUMERS; c++) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < CLAIMS; i++) {
      for (uint32_t k = 0; k < world.counts[c][i]; k++) {
        uint32_t value = world.claimed[c][i][k];
        MODEL_CHECK(value >= FIRST_VALUE && value < FIRST_VALUE + world.pushed);
        uint32_t bit = 1u << (value - FIRST_VALUE) % 32u;
        MODEL_CHECK((seen & bit) == 0);
        MODEL_CHECK(k == 0 ? value > last : value == last + 1u);
        seen |= bit;
        last = value;
      }
    }
  }
  uint32_t left = MODEL_GET(world.tail) - MODEL_GET(world.head);
  MODEL_CHECK((uint32_t)__builtin_popcount(seen) + left == world.pushed);
  MODEL_CHECK(seen == (1u << (world.pushed - left)) - 1u);
}

// A defect: the head moves before the entries are read.
static uint32_t claim_then_read(ctz_port_ring *ring, uint32_t *out, uint32_t max, uint64_t *contended) {
  uint32_t head = ctz_load(ring->head, memory_order_acquire);
  for (;;) {
    uint32_t count = entries_between(ring, head, ctz_load(ring->tail, memory_order_acquire));
    if (count > max) count = max;
    if (count == 0) return 0;
    uint32_t first = head;
    if (ctz_cas(ring->head, &head, head + count, memory_order_acq_rel, memory_order_acquire)) {
      for (uint32_t i = 0; i < count; i++) {
        out[i] = ctz_load(&ring->entries[(first + i) & ring->mask], memory_order_relaxed);
      }
      return count;
    }
    (*contended)++;
  }
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = {.name = "port ring",
                     .world = &world,
                     .world_bytes = sizeof world,
                     .threads = 1 + CONSUMERS,
                     .setup = setup,
                     .run = run,
                     .verify = verify};
  claim = ctz_port_ring_claim;
  pushes = 3;
  model_run(&test);
  test.name = "port ring, five pushes";
  pushes = 5;
  test.most_preemptions = 2;
  model_run(&test);
  test.most_preemptions = 0;

  test.expect_violation = true;
  pushes = 3;
  test.name = "port ring, defect: tail without acquire and release";
  test.defect = (model_defect){.begin = &world.tail, .end = &world.tail + 1, .relaxed = true};
  model_run(&test);
  test.name = "port ring, defect: head without acquire and release";
  test.defect = (model_defect){.begin = &world.head, .end = &world.head + 1, .relaxed = true};
  model_run(&test);
  test.name = "port ring, defect: entries read after the head has moved";
  test.defect = (model_defect){0};
  claim = claim_then_read;
  model_run(&test);
  return check_result();
}
