// The completion ring: workers append and wake the one consumer, who says that it sleeps; positions wrap at 2^32.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/platform/park.c"
#include "../../csrc/queue/completions.c"

#define CAPACITY 4u
#define NOTICE_ROOM 2u
#define FIRST_POSITION UINT32_MAX
#define VALUES 16u
#define PAYLOAD 77u
#define NOTICE 6u  // the value of the first notice

typedef struct scene {
  uint32_t producers, appends, values_each, notices;
} scene;

static scene scene_now;

static struct {
  _Atomic uint32_t entries[CAPACITY * 2u], tail, drained, waiting;
  ctz_parker parker;
  _Atomic uint32_t payload[NOTICE];  // what a worker writes into a slot before it is settled
  uint32_t noticed, count, order[VALUES];
} world;

static ctz_completions ring_of_world(void) {
  return (ctz_completions){.entries = world.entries,
                           .tail = &world.tail,
                           .drained = &world.drained,
                           .waiting = &world.waiting,
                           .mask = CAPACITY - 1u,
                           .notice_room = NOTICE_ROOM};
}

static void setup(void) {
  ctz_parker_init(&world.parker);
  for (uint32_t i = 0; i < CAPACITY; i++) {  // as the last lap left them
    uint32_t position = FIRST_POSITION + i - CAPACITY;
    MODEL_SET(world.entries[(position & (CAPACITY - 1u)) * 2u], VALUES - 1u);
    MODEL_SET(world.entries[(position & (CAPACITY - 1u)) * 2u + 1u], position + 1u);
  }
  MODEL_SET(world.tail, FIRST_POSITION);
  MODEL_SET(world.drained, FIRST_POSITION);
}

static uint32_t settled_in_all(void) { return scene_now.producers * scene_now.appends * scene_now.values_each; }

static void produce(uint32_t producer) {
  ctz_completions ring = ring_of_world();
  uint32_t value = producer * scene_now.appends * scene_now.values_each;
  for (uint32_t i = 0; i < scene_now.appends; i++) {
    uint32_t values[2] = {value, value + 1u};
    for (uint32_t k = 0; k < scene_now.values_each; k++, value++) {
      ctz_store(&world.payload[value], PAYLOAD, memory_order_relaxed);
    }
    ctz_completions_append(&ring, values, scene_now.values_each);
    if (ctz_completions_take_waiting(&ring)) ctz_unpark(&world.parker);
  }
}

static void give_notices(void) {
  ctz_completions ring = ring_of_world();
  for (uint32_t i = 0; i < scene_now.notices; i++) {
    if (!ctz_completions_notice(&ring, NOTICE + i)) continue;
    world.noticed++;
    if (ctz_completions_take_waiting(&ring)) ctz_unpark(&world.parker);
  }
}

// Drains what is there; a settled value comes with what was written before.
static void drain(ctz_completions *ring, uint32_t *position) {
  uint32_t value = 0;
  while (ctz_completions_next(ring, position, &value)) {
    MODEL_CHECK(value < VALUES && world.count < VALUES);
    if (value < NOTICE) MODEL_CHECK(ctz_load(&world.payload[value], memory_order_relaxed) == PAYLOAD);
    world.order[world.count++ % VALUES] = value;
    ctz_store(&world.drained, *position, memory_order_release);
  }
}

static uint32_t settled_so_far(void) {
  uint32_t settled = 0;
  for (uint32_t i = 0; i < world.count; i++) settled += world.order[i] < NOTICE;
  return settled;
}

static void consume(void) {
  ctz_completions ring = ring_of_world();
  uint32_t position = FIRST_POSITION;
  for (;;) {
    drain(&ring, &position);
    if (settled_so_far() == settled_in_all()) return;
    ctz_store(&world.waiting, 1u, memory_order_relaxed);
    ctz_fence(memory_order_seq_cst);  // as a sequentially consistent store and loads in JavaScript
    uint32_t before = world.count;
    drain(&ring, &position);
    if (world.count == before) ctz_park(&world.parker, UINT64_MAX);
  }
}

static void run(uint32_t thread) {
  if (thread == 0)
    consume();
  else if (thread <= scene_now.producers)
    produce(thread - 1u);
  else
    give_notices();
}

// Everything settled came once, a worker's in order; of the notices none came that was not taken.
static void verify(void) {
  uint32_t seen = 0, last[MODEL_THREADS] = {0}, each = scene_now.appends * scene_now.values_each, notices = 0;
  for (uint32_t i = 0; i < world.count; i++) {
    uint32_t value = world.order[i];
    MODEL_CHECK((seen & 1u << value) == 0);
    seen |= 1u << value;
    notices += value >= NOTICE;
    if (value >= NOTICE) continue;
    MODEL_CHECK(value >= last[value / each]);
    last[value / each] = value;
  }
  MODEL_CHECK(world.count - notices == settled_in_all() && notices <= world.noticed);
}

static model_case explore(const char *name, scene chosen) {
  scene_now = chosen;
  return (model_case){.name = name,
                      .world = &world,
                      .world_bytes = sizeof world,
                      .threads = 1u + chosen.producers + (chosen.notices > 0),
                      .setup = setup,
                      .fences = true,
                      .run = run,
                      .verify = verify};
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = explore("completions, 1 worker 2 times", (scene){1, 2, 1, 0});
  model_run(&test);
  test = explore("completions, 2 workers, 1 each", (scene){2, 1, 1, 0});
  model_run(&test);
  test = explore("completions, 1 worker, 2 times 2", (scene){1, 2, 2, 0});
  model_run(&test);
  test = explore("completions, 1 worker, 1 notice", (scene){1, 1, 1, 1});
  model_run(&test);
  test = explore("completions, 1 worker 2 times, 3 notices", (scene){1, 2, 1, 3});
  test.most_preemptions = 2;
  model_run(&test);

  test = explore("completions, defect: no fences", (scene){1, 1, 1, 0});
  test.defect = (model_defect){.no_fences = true};
  test.expect_violation = true;
  model_run(&test);
  test = explore("completions, defect: entries without acquire and release", (scene){1, 1, 1, 0});
  test.defect = (model_defect){.begin = world.entries, .end = world.entries + CAPACITY * 2u, .relaxed = true};
  test.expect_violation = true;
  model_run(&test);
  return check_result();
}
