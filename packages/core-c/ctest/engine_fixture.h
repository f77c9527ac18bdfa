// An engine under test: defaults that suit most tests, tasks in one line, and kernels that wait at gates which the test
// opens. Gates and notes are the test's own, one set a program.
#ifndef CTZ_ENGINE_FIXTURE_H
#define CTZ_ENGINE_FIXTURE_H

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "ctz/ctz.h"
#include "engine/engine_state.h"

#define LONG_MS 60000.0
#define GATES 64u
#define MOST_NOTES 65536u

typedef struct gate {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool open;
  uint32_t entered;  // kernels that have come to it
} gate;

static gate gates[GATES];
static _Atomic uint32_t note_count;
static double notes[MOST_NOTES];

static inline void gates_reset(void) {
  for (uint32_t i = 0; i < GATES; i++) {
    pthread_mutex_init(&gates[i].mutex, NULL);
    pthread_cond_init(&gates[i].changed, NULL);
    gates[i].open = false;
    gates[i].entered = 0;
  }
  atomic_store_explicit(&note_count, 0, memory_order_relaxed);
}

static inline void gate_open(uint32_t index) {
  pthread_mutex_lock(&gates[index].mutex);
  gates[index].open = true;
  pthread_cond_broadcast(&gates[index].changed);
  pthread_mutex_unlock(&gates[index].mutex);
}

// Waits until so many kernels have come to the gate.
static inline void gate_await(uint32_t index, uint32_t kernels) {
  pthread_mutex_lock(&gates[index].mutex);
  while (gates[index].entered < kernels) pthread_cond_wait(&gates[index].changed, &gates[index].mutex);
  pthread_mutex_unlock(&gates[index].mutex);
}

static inline void gate_enter(uint32_t index, bool wait) {
  pthread_mutex_lock(&gates[index].mutex);
  gates[index].entered++;
  pthread_cond_broadcast(&gates[index].changed);
  while (wait && !gates[index].open) pthread_cond_wait(&gates[index].changed, &gates[index].mutex);
  pthread_mutex_unlock(&gates[index].mutex);
}

static inline bool gate_is_open(uint32_t index) {
  pthread_mutex_lock(&gates[index].mutex);
  bool open = gates[index].open;
  pthread_mutex_unlock(&gates[index].mutex);
  return open;
}

// gate(i): waits at gate i and hears nothing.
static inline ctz_outcome_code gate_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  gate_enter((uint32_t)args[0].f64, true);
  result->f64 = args[0].f64;
  return CTZ_KERNEL_OK;
}

// listen(i): waits at gate i and stops when it is told to.
static inline ctz_outcome_code listen_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  uint32_t index = (uint32_t)args[0].f64;
  gate_enter(index, false);
  for (uint32_t i = 0;; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    if (i % 1024 == 0 && gate_is_open(index)) break;
  }
  result->f64 = args[0].f64;
  return CTZ_KERNEL_OK;
}

// note(value): writes the value down, in the order of the calls.
static inline ctz_outcome_code note_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  uint32_t index = atomic_fetch_add_explicit(&note_count, 1, memory_order_relaxed);
  if (index < MOST_NOTES) notes[index] = args[0].f64;
  result->f64 = args[0].f64;
  return CTZ_KERNEL_OK;
}

static const ctz_kernel fixture_kernels[] = {
  {.name = "gate", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = gate_run},
  {.name = "listen", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = listen_run},
  {.name = "note", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = note_run},
};

// Engines that are not freed yet: the last thread of one does it, maybe after its owner has gone on.
static pthread_mutex_t engines_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t engines_changed = PTHREAD_COND_INITIALIZER;
static uint32_t engines_alive;

static inline void count_engines(int more) {
  pthread_mutex_lock(&engines_mutex);
  engines_alive += (uint32_t)more;
  pthread_cond_broadcast(&engines_changed);
  pthread_mutex_unlock(&engines_mutex);
}

static inline void engine_is_gone(void *owner) {
  (void)owner;
  count_engines(-1);
}

static inline ctz_engine *start_engine_as(const ctz_config *config) {
  ctz_engine *engine = NULL;
  ctz_config counted = *config;
  gates_reset();
  if (counted.gone == NULL) {
    counted.gone = engine_is_gone;
    count_engines(1);
  }
  if (!CHECK_EQ_U64(ctz_engine_create(&counted, &engine), CTZ_OK)) exit(1);
  for (size_t i = 0; i < sizeof fixture_kernels / sizeof *fixture_kernels; i++) {
    CHECK_EQ_U64(ctz_kernel_add(engine, &fixture_kernels[i], NULL), CTZ_OK);
  }
  return engine;
}

static inline ctz_config config_of(uint32_t workers, uint32_t own_slots, uint32_t port_slots) {
  return (ctz_config){.port_slots = port_slots,
                      .own_slots = own_slots,
                      .workers = workers,
                      .max_workers = workers < 16 ? 16 : workers,
                      .memory_pool = (uint64_t)256 << 20,
                      .now_ms = 1000,
                      .seed = 42,
                      .statistics = true};
}

static inline ctz_engine *start_engine(uint32_t workers, uint32_t own_slots, uint32_t port_slots) {
  ctz_config config = config_of(workers, own_slots, port_slots);
  return start_engine_as(&config);
}

// A plan without limits and retries.
static inline ctz_plan plan_of(ctz_engine *engine, const char *kernel) {
  ctz_plan plan = {.priority = 2, .retry_max_delay_ms = INFINITY, .timeout_ms = INFINITY, .memory_limit = UINT64_MAX};
  CHECK_EQ_U64(ctz_kernel_find(engine, kernel, &plan.kernel), CTZ_OK);
  return plan;
}

static inline uint32_t define(ctz_engine *engine, const ctz_plan *plan) {
  uint32_t index = UINT32_MAX;
  CHECK_EQ_U64(ctz_plan_define(engine, plan, &index), CTZ_OK);
  return index;
}

static inline uint32_t define_simple(ctz_engine *engine, const char *kernel, uint32_t priority) {
  ctz_plan plan = plan_of(engine, kernel);
  plan.priority = priority;
  return define(engine, &plan);
}

static inline ctz_task_id submit_numbers(ctz_engine *engine, uint32_t plan, uint32_t count, double a, double b,
                                         double delay_ms) {
  ctz_value args[2] = {{.f64 = a}, {.f64 = b}};
  ctz_task_id id = 0;
  CHECK_EQ_U64(ctz_submit(engine, plan, args, count, delay_ms, &id), CTZ_OK);
  return id;
}

static inline ctz_task_id submit_number(ctz_engine *engine, uint32_t plan, double number) {
  return submit_numbers(engine, plan, 1, number, 0, 0);
}

// Waits for a task, says how it ended, and forgets it. A slice in the outcome is gone then.
static inline ctz_outcome end_of(ctz_engine *engine, ctz_task_id id) {
  ctz_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK);
  CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  return outcome;
}

// Gives a closed engine back, and waits until everything of it is freed.
static inline void release_engine(ctz_engine *engine) {
  ctz_engine_release(engine);
  pthread_mutex_lock(&engines_mutex);
  while (engines_alive > 0) pthread_cond_wait(&engines_changed, &engines_mutex);
  pthread_mutex_unlock(&engines_mutex);
}

static inline ctz_report end_engine(ctz_engine *engine, double timeout_ms) {
  ctz_report report;
  ctz_engine_close(engine, timeout_ms, &report);
  release_engine(engine);
  return report;
}

static inline ctz_stats *stats_of(ctz_engine *engine, ctz_stats *stats) {
  ctz_stats_read(engine, stats);
  return stats;
}

// Waits until so many workers sleep: a moment that workers make by themselves, soon after they have nothing to do.
static inline void await_parked(ctz_engine *engine, uint32_t workers) {
  ctz_stats *stats = malloc(sizeof *stats);
  do sched_yield();
  while (stats != NULL && stats_of(engine, stats)->parked_workers != workers);
  free(stats);
}

// xorshift64*: random numbers of a seed that is printed.
static inline uint64_t random_next(uint64_t *state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545F4914F6CDD1Du;
}

// The seed of this run: from the environment, or of the test.
static inline uint64_t seed_of(const char *name, uint64_t given) {
  const char *asked = getenv("CTZ_TEST_SEED");
  uint64_t seed = asked != NULL ? strtoull(asked, NULL, 0) : given;
  printf("%s: CTZ_TEST_SEED=%" PRIu64 "\n", name, seed);
  return seed | 1u;
}

#endif
