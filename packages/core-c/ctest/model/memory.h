// The memory of the model checker (checker.h): all stores to a location, how far each thread has seen them, and what an
// access of a given order may read and takes over. And the one struct in which the checker keeps everything.
#ifndef CTZ_MODEL_MEMORY_H
#define CTZ_MODEL_MEMORY_H

#if !defined(_GNU_SOURCE) || !defined(CTZ_MODEL)
#error "define _GNU_SOURCE and CTZ_MODEL at the top of the test"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "base/atomics.h"
#include "check.h"

#define MODEL_THREADS 4u
#define MODEL_LOCATIONS 32u
#define MODEL_STORES 32u
#define MODEL_DEPTH 4096u
#define MODEL_STACK ((size_t)64 << 10)
#define MODEL_SET_BITS 22u

// A defect to be found: a memory order or a value spoilt where the production code touches the range begin .. end-1.
typedef struct model_defect {
  const volatile void *begin, *end;
  bool relaxed;  // every access to the range is relaxed
  uint64_t keep_bits;  // stored values lose the other bits; 0: all kept
  bool no_fences;
  bool blind_sleep;  // a sleeper does not compare once more
} model_defect;

typedef struct model_case {
  const char *name;
  void *world;  // all that the threads share, results included
  size_t world_bytes;
  uint32_t threads;
  void (*setup)(void);  // fills the zeroed world
  void (*run)(uint32_t thread);
  void (*verify)(void);  // when all have ended
  uint32_t most_preemptions;  // 0: no bound
  bool fences;  // the code under test has some; without them states need less
  model_defect defect;
  bool expect_violation;
} model_case;

typedef struct model_view {
  uint8_t seen[MODEL_LOCATIONS];  // index of the store of each location
} model_view;

typedef struct model_location {
  volatile void *object;
  uint32_t count;
  uint64_t values[MODEL_STORES];
  model_view views[MODEL_STORES];  // what comes with an acquire of the store
} model_location;

typedef enum model_status { MODEL_READY, MODEL_ASLEEP, MODEL_ENDED } model_status;

typedef struct model_thread {
  ucontext_t context;
  uint8_t *stack;
  uint8_t *low;  // end of the part in use
  model_status status;
  const volatile void *sleeps_on;
  model_view current, acquired, released;  // the last two for fences
} model_thread;

typedef struct model_choice {
  uint8_t taken, options;
} model_choice;

static struct {
  const model_case *test;
  ucontext_t explorer;
  ucontext_t fresh;  // for new fibers: always the same registers, as they are part of a state
  model_thread threads[MODEL_THREADS];
  uint32_t running;
  model_location locations[MODEL_LOCATIONS];
  uint32_t location_count;
  model_view fences;
  model_choice path[MODEL_DEPTH];
  uint32_t path_length, path_at;
  uint32_t preemptions;
  uint64_t (*visited)[2];
  uint64_t states, executions, complete, steps;
  const char *violation;
  bool beginning, tracing;
} model;

// In setup and verify: what memory holds, as their accesses are no steps.
#define MODEL_SET(object, value) atomic_init(&(object), (value))
#define MODEL_GET(object) atomic_load_explicit(&(object), memory_order_relaxed)
#define MODEL_CHECK(cond) ((cond) ? (void)0 : model_violated(#cond))

static void model_violated(const char *text) {
  if (model.violation == NULL) model.violation = text;
}

// The case is too big for the tables, or does what is not modelled.
static void model_give_up(const char *why) {
  fprintf(stderr, "%s: cannot be explored: %s\n", model.test->name, why);
  exit(1);
}

static uint32_t model_choose(uint32_t options) {
  if (options == 1) return 0;
  if (model.path_at == model.path_length) {
    if (model.path_length == MODEL_DEPTH) model_give_up("MODEL_DEPTH");
    model.path[model.path_length++] = (model_choice){0, (uint8_t)options};
  }
  return model.path[model.path_at++].taken;
}

// Views

static void model_join(model_view *into, const model_view *from) {
  for (uint32_t i = 0; i < MODEL_LOCATIONS; i++) {
    if (from->seen[i] > into->seen[i]) into->seen[i] = from->seen[i];
  }
}

static uint64_t model_memory(const volatile void *object, size_t size) {
  uint64_t value = 0;
  memcpy(&value, (const void *)(uintptr_t)object, size);  // little endian
  return value;
}

// Locations keep their numbers over executions, so that equal states look equal.
static uint32_t model_locate(const volatile void *object, size_t size) {
  uint32_t i = 0;
  while (i < model.location_count && model.locations[i].object != object) i++;
  if (i == MODEL_LOCATIONS) model_give_up("MODEL_LOCATIONS");
  model_location *location = &model.locations[i];
  if (i == model.location_count) {
    location->object = (volatile void *)(uintptr_t)object;
    location->count = 0;
    model.location_count++;
  }
  if (location->count == 0) {
    location->count = 1;
    location->values[0] = model_memory(object, size);
    memset(&location->views[0], 0, sizeof location->views[0]);
  }
  return i;
}

static bool model_is_spoilt(const volatile void *object) {
  const model_defect *defect = &model.test->defect;
  return (uintptr_t)object >= (uintptr_t)defect->begin && (uintptr_t)object < (uintptr_t)defect->end;
}

static memory_order model_order(const volatile void *object, memory_order order) {
  if (order == memory_order_seq_cst) model_give_up("an access that is sequentially consistent");
  return model.test->defect.relaxed && model_is_spoilt(object) ? memory_order_relaxed : order;
}

static bool model_acquires(memory_order order) {
  return order == memory_order_acquire || order == memory_order_acq_rel;
}
static bool model_releases(memory_order order) {
  return order == memory_order_release || order == memory_order_acq_rel;
}

// The thread reads store `index` of a location.
static uint64_t model_read(uint32_t at, uint32_t index, memory_order order) {
  model_thread *thread = &model.threads[model.running];
  model_location *location = &model.locations[at];
  thread->current.seen[at] = (uint8_t)index;
  if (model_acquires(order))
    model_join(&thread->current, &location->views[index]);
  else if (model.test->fences)
    model_join(&thread->acquired, &location->views[index]);
  return location->values[index];
}

// The thread appends a store; `carried` is the view of the store that a read-modify-write replaces.
static void model_write(uint32_t at, size_t size, uint64_t value, memory_order order, const model_view *carried) {
  model_thread *thread = &model.threads[model.running];
  model_location *location = &model.locations[at];
  if (location->count == MODEL_STORES) model_give_up("MODEL_STORES");
  uint32_t index = location->count++;
  if (model.test->defect.keep_bits != 0 && model_is_spoilt(location->object)) value &= model.test->defect.keep_bits;
  if (size < sizeof value) value &= ((uint64_t)1 << (size * 8u)) - 1u;
  thread->current.seen[at] = (uint8_t)index;
  location->values[index] = value;
  location->views[index] = model_releases(order) ? thread->current : thread->released;
  location->views[index].seen[at] = (uint8_t)index;
  if (carried != NULL) model_join(&location->views[index], carried);
  memcpy((void *)(uintptr_t)location->object, &value, size);
}

static void model_trace(const char *what, const volatile void *object, uint64_t value) {
  if (!model.tracing) return;
  fprintf(stderr, "  thread %u %s +%td: %" PRIu64 "\n", model.running, what,
          object == NULL ? 0 : (const volatile uint8_t *)object - (uint8_t *)model.test->world, value);
}

#endif
