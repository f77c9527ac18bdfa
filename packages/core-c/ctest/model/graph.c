// Steps of a diamond, 0 -> 1, 2 -> 3, run by two threads that take them from the list of those that are ready: each
// runs once, none before those it waits for, and exactly one thread is the last to let go, who sees all of it.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/queue/once_list.c"
#include "../../csrc/task/graph_steps.c"

#define THREADS 2u
#define STEPS 4u

static struct {
  _Atomic uint32_t entries[STEPS], missing[STEPS];
  ctz_graph_job job;
  _Atomic uint32_t ran[STEPS];  // by whom plus 1; relaxed: what orders them is what is checked
  uint32_t last;                // by how many threads as the last one
  uint32_t seen;                // steps that it saw
  uint32_t early, twice;
} world;

static uint32_t next_ends[STEPS] = {2, 3, 4, 4}, next[] = {1, 2, 3, 3};
static const uint32_t needs[STEPS] = {0, 1u << 0, 1u << 0, 1u << 1 | 1u << 2};
static uint32_t (*step_done)(ctz_graph_job *job, uint32_t step);

static void setup(void) {
  world.job = (ctz_graph_job){.count = STEPS, .next_ends = next_ends, .next = next, .missing = world.missing};
  world.job.ready.entries = world.entries;
  static const uint32_t missing[STEPS] = {0, 1, 1, 2};
  for (uint32_t i = 0; i < STEPS; i++) {
    MODEL_SET(world.missing[i], missing[i]);
    MODEL_SET(world.entries[i], i == 0 ? 1u : 0u);
    MODEL_SET(world.ran[i], 0);
  }
  MODEL_SET(world.job.ready.tail, 1u);
  MODEL_SET(world.job.ready.head, 0u);
  MODEL_SET(world.job.holders, THREADS);
  MODEL_SET(world.job.done, 0u);
}

static void run_one(uint32_t thread, uint32_t step) {
  for (uint32_t i = 0; i < STEPS; i++) {
    if ((needs[step] & 1u << i) != 0 && ctz_load(&world.ran[i], memory_order_relaxed) == 0) world.early++;
  }
  if (ctz_load(&world.ran[step], memory_order_relaxed) != 0) world.twice++;
  ctz_store(&world.ran[step], thread + 1u, memory_order_relaxed);
}

static void run(uint32_t thread) {
  uint32_t done = 0, step;
  while (ctz_once_take(&world.job.ready, &step, 1) > 0) {
    while (step != CTZ_GRAPH_NUMBER) {
      run_one(thread, step);
      done++;
      step = step_done(&world.job, step);
    }
  }
  if (!ctz_graph_let_go(&world.job, done)) return;
  world.last++;
  for (uint32_t i = 0; i < STEPS; i++) {
    if (ctz_load(&world.ran[i], memory_order_relaxed) != 0) world.seen |= 1u << i;
  }
}

static void verify(void) {
  MODEL_CHECK(world.early == 0);
  MODEL_CHECK(world.twice == 0);
  MODEL_CHECK(world.last == 1);
  MODEL_CHECK(world.seen == (1u << STEPS) - 1u);
  MODEL_CHECK(MODEL_GET(world.job.done) == STEPS);
}

// A defect: the step counts as brought before its count is known to be the last.
static uint32_t count_in_two_moves(ctz_graph_job *job, uint32_t step) {
  uint32_t mine = CTZ_GRAPH_NUMBER;
  for (uint32_t i = step == 0 ? 0 : job->next_ends[step - 1]; i < job->next_ends[step]; i++) {
    uint32_t left = ctz_load(&job->missing[job->next[i]], memory_order_acquire);
    ctz_store(&job->missing[job->next[i]], left - 1u, memory_order_release);
    if (left == 1u) ctz_once_append(&job->ready, job->next[i]);
  }
  return mine;
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = {.name = "graph",
                     .world = &world,
                     .world_bytes = sizeof world,
                     .threads = THREADS,
                     .setup = setup,
                     .run = run,
                     .verify = verify};
  step_done = ctz_graph_step_done;
  model_run(&test);

  test.expect_violation = true;
  test.name = "graph, defect: results that are missing are counted without acquire and release";
  test.defect = (model_defect){.begin = world.missing, .end = world.missing + STEPS, .relaxed = true};
  model_run(&test);
  test.name = "graph, defect: entries of the list without acquire and release";
  test.defect = (model_defect){.begin = world.entries, .end = world.entries + STEPS, .relaxed = true};
  model_run(&test);
  test.name = "graph, defect: the last one lets go without acquire and release";
  test.defect = (model_defect){.begin = &world.job.holders, .end = &world.job.holders + 1, .relaxed = true};
  model_run(&test);
  test.name = "graph, defect: counted in two moves";
  test.defect = (model_defect){0};
  step_done = count_in_two_moves;
  model_run(&test);
  return check_result();
}
