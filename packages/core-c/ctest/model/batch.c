// A batch: its owner takes, and refills when it is empty, while thieves steal.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/queue/batch.c"

#define FILLS 3u
#define NOTHING 0u

static uint32_t items_per_fill, thieves, steals;

static struct {
  ctz_batch batch;
  uint32_t fills, taken;
  uint32_t by_owner[8];
  uint32_t stolen[MODEL_THREADS][2];
} world;

static void setup(void) { ctz_batch_init(&world.batch); }

static void own(void) {
  for (uint32_t f = 0; f < FILLS; f++) {
    uint32_t items[2] = {1u + world.fills * 2u, 2u + world.fills * 2u};
    ctz_batch_fill(&world.batch, items, items_per_fill);
    world.fills++;
    uint32_t item = NOTHING;
    while (ctz_batch_take(&world.batch, &item)) world.by_owner[world.taken++] = item;
  }
}

static void run(uint32_t thread) {
  if (thread == 0) {
    own();
    return;
  }
  for (uint32_t i = 0; i < steals; i++) {
    uint32_t item = NOTHING;
    bool got = ctz_batch_take(&world.batch, &item);
    world.stolen[thread][i] = got ? item : NOTHING;
  }
}

static void count(uint32_t item, uint32_t *seen, uint32_t *last) {
  MODEL_CHECK(item <= FILLS * 2u && (*seen & 1u << item % 32u) == 0 && item > *last);
  *seen |= 1u << item % 32u;
  *last = item;
}

// Each item went to one of them, to each in the order of filling.
static void verify(void) {
  uint32_t seen = 0, last = 0;
  for (uint32_t i = 0; i < world.taken; i++) count(world.by_owner[i], &seen, &last);
  for (uint32_t t = 1; t <= thieves; t++) {
    last = 0;
    for (uint32_t i = 0; i < steals; i++) {
      if (world.stolen[t][i] != NOTHING) count(world.stolen[t][i], &seen, &last);
    }
  }
  MODEL_CHECK((uint32_t)__builtin_popcount(seen) == FILLS * items_per_fill);
}

static model_case explore(const char *name, uint32_t items, uint32_t thief_count, uint32_t steal_count) {
  items_per_fill = items;
  thieves = thief_count;
  steals = steal_count;
  return (model_case){.name = name,
                      .world = &world,
                      .world_bytes = sizeof world,
                      .threads = 1u + thief_count,
                      .setup = setup,
                      .run = run,
                      .verify = verify};
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = explore("batch of 1, 3 fills, 2 thieves 2 steals", 1, 2, 2);
  model_run(&test);
  test = explore("batch of 2, 3 fills, 1 thief 2 steals", 2, 1, 2);
  model_run(&test);
  test = explore("batch of 2, 3 fills, 2 thieves 1 steal", 2, 2, 1);
  model_run(&test);

  test = explore("batch, defect: no epoch", 1, 1, 1);
  test.defect = (model_defect){.begin = &world.batch.word, .end = &world.batch.word + 1, .keep_bits = 0xFFFFu};
  test.expect_violation = true;
  model_run(&test);
  test = explore("batch, defect: word without acquire and release", 1, 1, 1);
  test.defect = (model_defect){.begin = &world.batch.word, .end = &world.batch.word + 1, .relaxed = true};
  test.expect_violation = true;
  model_run(&test);
  return check_result();
}
