// The bounded queue of many producers and consumers: room for two, positions that wrap at 2^32.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/queue/mpmc.c"

#define CAPACITY 2u
#define STALE 7u
#define NOTHING 0u

typedef struct scene {
  uint32_t producers, pushes, consumers, pops, filled;
  uint32_t first_position;
} scene;

static scene scene_now;

static struct {
  ctz_mpmc queue;
  ctz_mpmc_cell cells[CAPACITY];
  uint32_t pushed[MODEL_THREADS];
  uint32_t popped[MODEL_THREADS][4];
} world;

// The value of the nth push of a producer; those of producer 3 are in the queue from the start.
static uint32_t value_of(uint32_t producer, uint32_t nth) { return 16u * (producer + 1u) + nth; }

static void setup(void) {
  ctz_mpmc_init(&world.queue, world.cells, CAPACITY);
  uint32_t head = scene_now.first_position;
  for (uint32_t i = 0; i < CAPACITY; i++) {
    ctz_mpmc_cell *cell = &world.cells[(head + i) & world.queue.mask];
    bool filled = i < scene_now.filled;
    MODEL_SET(cell->turn, filled ? full_turn(&world.queue, head + i) : free_turn(&world.queue, head + i));
    MODEL_SET(cell->value, filled ? value_of(3, i) : STALE);
  }
  world.pushed[3] = scene_now.filled;
  MODEL_SET(world.queue.head, head);
  MODEL_SET(world.queue.tail, head + scene_now.filled);
}

static void run(uint32_t thread) {
  uint64_t contended = 0;
  if (thread < scene_now.producers) {
    for (uint32_t i = 0; i < scene_now.pushes; i++) {
      if (ctz_mpmc_push(&world.queue, value_of(thread, world.pushed[thread]), &contended)) world.pushed[thread]++;
    }
    return;
  }
  for (uint32_t i = 0; i < scene_now.pops; i++) {
    uint32_t value = NOTHING;
    bool got = ctz_mpmc_pop(&world.queue, &value, &contended);
    world.popped[thread][i] = got ? value : NOTHING;
  }
}

static uint32_t left_in_queue(uint32_t seen[MODEL_THREADS]) {
  uint32_t head = MODEL_GET(world.queue.head), tail = MODEL_GET(world.queue.tail);
  for (uint32_t position = head; position != tail; position++) {
    const ctz_mpmc_cell *cell = &world.cells[position & world.queue.mask];
    MODEL_CHECK(MODEL_GET(cell->turn) == full_turn(&world.queue, position));
    uint32_t value = MODEL_GET(cell->value);
    seen[(value / 16u - 1u) % MODEL_THREADS] |= 1u << value % 16u;
  }
  return tail - head;
}

// Everything pushed was popped once or is there; a consumer sees each producer's values in their order. Where there was
// room (something to take) all the time, no push (pop) fails.
static void verify(void) {
  uint32_t seen[MODEL_THREADS] = {0}, pushed = 0, popped = 0;
  uint32_t left = left_in_queue(seen);
  for (uint32_t t = scene_now.producers; t < scene_now.producers + scene_now.consumers; t++) {
    uint32_t last[MODEL_THREADS] = {0};
    for (uint32_t i = 0; i < scene_now.pops; i++) {
      uint32_t value = world.popped[t][i];
      if (value == NOTHING) continue;
      uint32_t producer = (value / 16u - 1u) % MODEL_THREADS, bit = 1u << value % 16u;
      MODEL_CHECK(value != STALE && (seen[producer] & bit) == 0 && value > last[producer]);
      seen[producer] |= bit;
      last[producer] = value;
      popped++;
    }
  }
  for (uint32_t p = 0; p < MODEL_THREADS; p++) {
    MODEL_CHECK(seen[p] == (1u << world.pushed[p]) - 1u);
    pushed += world.pushed[p];
  }
  MODEL_CHECK(popped + left == pushed);
  uint32_t tried = scene_now.producers * scene_now.pushes + scene_now.filled;
  if (tried <= CAPACITY) MODEL_CHECK(pushed == tried);
  if (scene_now.consumers * scene_now.pops <= scene_now.filled)
    MODEL_CHECK(popped == scene_now.consumers * scene_now.pops);
}

static model_case explore(const char *name, scene chosen) {
  scene_now = chosen;
  return (model_case){.name = name,
                      .world = &world,
                      .world_bytes = sizeof world,
                      .threads = chosen.producers + chosen.consumers,
                      .setup = setup,
                      .run = run,
                      .verify = verify};
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = explore("mpmc, 1 producer 3 pushes, 1 consumer 3 pops", (scene){1, 3, 1, 3, 0, UINT32_MAX});
  model_run(&test);
  test = explore("mpmc, 2 producers 2 pushes, 1 consumer 3 pops", (scene){2, 2, 1, 3, 0, UINT32_MAX});
  model_run(&test);
  test = explore("mpmc, 1 producer 2 pushes, 2 consumers 2 pops, 1 there", (scene){1, 2, 2, 2, 1, UINT32_MAX - 1u});
  model_run(&test);
  test = explore("mpmc, 2 producers 1 push, no consumer", (scene){2, 1, 0, 0, 0, UINT32_MAX});
  model_run(&test);
  test = explore("mpmc, 2 consumers 1 pop, 2 there", (scene){0, 0, 2, 1, 2, UINT32_MAX});
  model_run(&test);
  test = explore("mpmc, 2 producers 1 push, 2 consumers 1 pop", (scene){2, 1, 2, 1, 0, UINT32_MAX});
  model_run(&test);
  test = explore("mpmc, 2 producers 2 pushes, 2 consumers 2 pops", (scene){2, 2, 2, 2, 0, UINT32_MAX});
  test.most_preemptions = 1;
  model_run(&test);

  test = explore("mpmc, defect: turns without acquire and release", (scene){1, 3, 1, 3, 0, UINT32_MAX});
  test.defect = (model_defect){.begin = world.cells, .end = world.cells + CAPACITY, .relaxed = true};
  test.expect_violation = true;
  model_run(&test);
  test = explore("mpmc, defect: the lap is lost from turns", (scene){2, 2, 2, 2, 0, 0});
  test.defect = (model_defect){.begin = world.cells, .end = world.cells + CAPACITY, .keep_bits = CAPACITY - 1u};
  test.most_preemptions = 3;
  test.expect_violation = true;
  model_run(&test);
  return check_result();
}
