// A model checker for the lock-free code: a test includes the production .c files with CTZ_MODEL defined, so that each
// atomic access comes here, and runs its threads as fibers. Explored are all interleavings of accesses and, for each
// load, all older values that it may read as well, in the view semantics of C11's orders: every store is kept, every
// thread has a view of how far it has seen each location; release sends the view with the store, acquire takes it over,
// sequentially consistent fences join views.
//
// Depth first by replay: an execution follows the choices of a prefix, then takes the first choice everywhere; the next
// one differs in the last choice that has an alternative. A state (shared memory, stores still readable, views, stacks
// of the fibers; known by a hash of 128 bits) that was met before is not explored again, which also ends loops that
// wait.
//
// Not explored: loads that read what is stored later (load buffering), stores that take effect in another order than
// they are executed, spurious wakes and time-outs. Accesses of order seq_cst are not modelled (use fences); plain
// memory shared between threads is not watched (ThreadSanitizer does that in the stress tests).
#ifndef CTZ_MODEL_CHECKER_H
#define CTZ_MODEL_CHECKER_H

#include "model/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define MODEL_FRESH(stack, bytes) ASAN_UNPOISON_MEMORY_REGION((stack), (bytes))
#else
#define MODEL_FRESH(stack, bytes) ((void)0)
#endif

// Fibers

static bool model_next(uint32_t *next);

// Hands over to whoever is next; to the explorer when the execution is over, or has just begun.
__attribute__((noinline)) static void model_switch(model_thread *thread) {
  thread->low = __builtin_frame_address(0);
  uint32_t next = 0;
  if (model.beginning || !model_next(&next)) {
    swapcontext(&thread->context, &model.explorer);
  } else if (thread != &model.threads[next]) {
    model.running = next;
    swapcontext(&thread->context, &model.threads[next].context);
  }
}

// Before each access. All registers that survive a call are put on the stack, where model_state finds them.
__attribute__((noinline)) static void model_yield(void) {
  __builtin_unwind_init();
  model_switch(&model.threads[model.running]);
  __asm__ __volatile__("" ::: "memory");
}

static void model_fiber(void) {
  model_thread *thread = &model.threads[model.running];
  model.test->run(model.running);
  thread->status = MODEL_ENDED;
  model_switch(thread);
}

static void model_resume(uint32_t thread) {
  model.running = thread;
  swapcontext(&model.explorer, &model.threads[thread].context);
}

// Accesses

__attribute__((noinline)) static uint64_t model_do_load(const volatile void *object, size_t size, memory_order order) {
  model_yield();
  uint32_t at = model_locate(object, size);
  uint32_t latest = model.locations[at].count - 1u;
  uint32_t back = model_choose(latest - model.threads[model.running].current.seen[at] + 1u);
  uint64_t value = model_read(at, latest - back, model_order(object, order));
  model_trace(back == 0 ? "loads" : "loads an older", object, value);
  return value;
}

__attribute__((noinline)) static void model_do_store(volatile void *object, size_t size, uint64_t value,
                                                     memory_order order) {
  model_yield();
  model_write(model_locate(object, size), size, value, model_order(object, order), NULL);
  model_trace("stores", object, value);
}

static uint64_t model_changed(uint64_t old, ctz_model_change change, uint64_t value) {
  switch (change) {
    case CTZ_MODEL_ADD:
      return old + value;
    case CTZ_MODEL_SUB:
      return old - value;
    case CTZ_MODEL_OR:
      return old | value;
    case CTZ_MODEL_AND:
      return old & value;
    default:
      return value;
  }
}

static void model_replace(uint32_t at, size_t size, uint64_t value, memory_order order) {
  uint32_t latest = model.locations[at].count - 1u;
  model_read(at, latest, order);
  model_write(at, size, value, order, &model.locations[at].views[latest]);
}

__attribute__((noinline)) static uint64_t
model_do_change_by(volatile void *object, size_t size, ctz_model_change change, uint64_t value, memory_order order) {
  model_yield();
  uint32_t at = model_locate(object, size);
  uint64_t old = model.locations[at].values[model.locations[at].count - 1u];
  model_replace(at, size, model_changed(old, change, value), model_order(object, order));
  model_trace("changes", object, old);
  return old;
}

// Stores that a swap may find: the latest, or an older one that lets it fail. Counts them, or gives number `wanted`.
static uint32_t model_findable(uint32_t at, uint64_t expected, uint32_t *wanted) {
  const model_location *location = &model.locations[at];
  uint32_t latest = location->count - 1u, count = 1;
  if (wanted != NULL && *wanted == 0) return latest;
  for (uint32_t i = latest; i-- > model.threads[model.running].current.seen[at];) {
    if (location->values[i] == expected) continue;
    if (wanted != NULL && *wanted == count) return i;
    count++;
  }
  return count;
}

__attribute__((noinline)) static bool model_do_cas(volatile void *object, size_t size, void *expected, uint64_t desired,
                                                   memory_order won, memory_order lost) {
  model_yield();
  uint32_t at = model_locate(object, size);
  uint64_t wanted = model_memory(expected, size);
  uint32_t number = model_choose(model_findable(at, wanted, NULL));
  uint32_t index = model_findable(at, wanted, &number);
  if (number == 0 && model.locations[at].values[index] == wanted) {
    model_replace(at, size, desired, model_order(object, won));
    model_trace("swaps in", object, desired);
    return true;
  }
  uint64_t found = model_read(at, index, model_order(object, lost));
  memcpy(expected, &found, size);
  model_trace(number == 0 ? "fails to swap, finds" : "fails to swap, finds an older", object, found);
  return false;
}

// A sequentially consistent fence; weaker ones are not used.
__attribute__((noinline)) static void model_do_fence(memory_order order) {
  model_yield();
  if (order != memory_order_seq_cst || !model.test->fences) model_give_up("a fence that is not expected");
  if (model.test->defect.no_fences) return;
  model_thread *thread = &model.threads[model.running];
  model_join(&thread->current, &thread->acquired);
  model_join(&thread->current, &model.fences);
  model.fences = thread->released = thread->current;
  model_trace("fences", NULL, 0);
}

__attribute__((noinline)) static bool model_do_sleep(volatile void *object, size_t size, uint64_t while_value) {
  model_yield();
  // The kernel compares with what memory holds.
  if (model_memory(object, size) != while_value && !model.test->defect.blind_sleep) return true;
  model_trace("sleeps on", object, while_value);
  model_thread *thread = &model.threads[model.running];
  thread->status = MODEL_ASLEEP;
  thread->sleeps_on = object;
  model_yield();
  return true;
}

__attribute__((noinline)) static void model_do_wake(volatile void *object) {
  model_yield();
  model_trace("wakes", object, 0);
  for (uint32_t i = 0; i < model.test->threads; i++) {
    model_thread *thread = &model.threads[i];
    if (thread->status == MODEL_ASLEEP && thread->sleeps_on == object) thread->status = MODEL_READY;
  }
}

// Hooks of base/atomics.h and platform/park.c. Before and after, the unused stack is wiped: what an access leaves there
// would make equal states look different.

__attribute__((noinline)) static void model_wipe(void) {
  uint8_t unused[1024];
  memset(unused, 0, sizeof unused);
  __asm__ __volatile__("" : : "r"(unused) : "memory");  // keeps it
}

#define MODEL_HOOK(type, name, parameters, arguments)          \
  type ctz_model_##name parameters;                            \
  __attribute__((noinline)) type ctz_model_##name parameters { \
    model_wipe();                                              \
    type result = model_do_##name arguments;                   \
    model_wipe();                                              \
    return result;                                             \
  }
#define MODEL_VOID_HOOK(name, parameters, arguments)           \
  void ctz_model_##name parameters;                            \
  __attribute__((noinline)) void ctz_model_##name parameters { \
    model_wipe();                                              \
    model_do_##name arguments;                                 \
    model_wipe();                                              \
  }

MODEL_HOOK(uint64_t, load, (const volatile void *object, size_t size, memory_order order), (object, size, order))
MODEL_VOID_HOOK(store, (volatile void *object, size_t size, uint64_t value, memory_order order),
                (object, size, value, order))
MODEL_HOOK(uint64_t, change_by,
           (volatile void *object, size_t size, ctz_model_change change, uint64_t value, memory_order order),
           (object, size, change, value, order))
MODEL_HOOK(bool, cas,
           (volatile void *object, size_t size, void *expected, uint64_t desired, memory_order won, memory_order lost),
           (object, size, expected, desired, won, lost))
MODEL_VOID_HOOK(fence, (memory_order order), (order))
MODEL_HOOK(bool, sleep, (volatile void *object, size_t size, uint64_t while_value), (object, size, while_value))
MODEL_VOID_HOOK(wake, (volatile void *object), (object))

// States

typedef struct model_hash {
  uint64_t a, b;
} model_hash;

static void model_mix(model_hash *hash, uint64_t value) {
  hash->a = (hash->a ^ value) * 0x9E3779B97F4A7C15u;
  hash->a ^= hash->a >> 29;
  hash->b = (hash->b + value) * 0xC2B2AE3D27D4EB4Fu;
  hash->b ^= hash->b >> 31;
}

// Reads what is poisoned as well: stacks.
__attribute__((no_sanitize("address"))) static void model_mix_bytes(model_hash *hash, const void *from, size_t size) {
  const uint8_t *bytes = from;
  for (size_t i = 0; i < size; i += 8u) {
    uint64_t word = 0;
    if (size - i >= 8u) {
      __builtin_memcpy(&word, bytes + i, 8u);
    } else {
      for (size_t k = i; k < size; k++) word = word << 8 | bytes[k];
    }
    model_mix(hash, word);
  }
}

// Stores that some thread may still read. Older ones do not matter any more.
static void model_mix_location(model_hash *hash, uint32_t at) {
  const model_location *location = &model.locations[at];
  if (location->count <= 1) return;
  uint32_t oldest = location->count - 1u;
  for (uint32_t i = 0; i < model.test->threads; i++) {
    if (model.threads[i].status == MODEL_ENDED) continue;
    if (model.threads[i].current.seen[at] < oldest) oldest = model.threads[i].current.seen[at];
  }
  model_mix(hash, (uint64_t)at << 32 | (uint64_t)location->count << 16 | oldest);
  for (uint32_t i = oldest; i < location->count; i++) {
    model_mix(hash, location->values[i]);
    model_mix_bytes(hash, &location->views[i], sizeof(model_view));
  }
}

static model_hash model_state(void) {
  model_hash hash = {model.running, model.preemptions};
  if (model.test->most_preemptions == 0) hash = (model_hash){1, 2};  // who ran last matters for the bound only
  model_mix_bytes(&hash, model.test->world, model.test->world_bytes);
  for (uint32_t i = 0; i < model.location_count; i++) model_mix_location(&hash, i);
  model_mix_bytes(&hash, &model.fences, sizeof model.fences);
  for (uint32_t i = 0; i < model.test->threads; i++) {
    model_thread *thread = &model.threads[i];
    model_mix(&hash, thread->status);
    if (thread->status == MODEL_ENDED) continue;
    model_mix_bytes(&hash, &thread->current, 3 * sizeof(model_view));
    model_mix_bytes(&hash, thread->low, (size_t)(thread->stack + MODEL_STACK - thread->low));
  }
  return hash;
}

// False when the state was there already.
static bool model_visit(void) {
  model_hash hash = model_state();
  uint64_t mask = ((uint64_t)1 << MODEL_SET_BITS) - 1u;
  uint64_t at = hash.a & mask;
  for (; model.visited[at][0] != 0 || model.visited[at][1] != 0; at = (at + 1u) & mask) {
    if (model.visited[at][0] == hash.a && model.visited[at][1] == hash.b) return false;
  }
  model.visited[at][0] = hash.a;
  model.visited[at][1] = hash.b;
  if (++model.states > mask / 4u * 3u) model_give_up("MODEL_SET_BITS");
  return true;
}

// Executions

static void model_begin(void) {
  const model_case *test = model.test;
  memset(test->world, 0, test->world_bytes);
  test->setup();
  for (uint32_t i = 0; i < model.location_count; i++) model.locations[i].count = 0;
  memset(&model.fences, 0, sizeof model.fences);
  model.path_at = 0;
  model.preemptions = 0;
  model.beginning = true;
  for (uint32_t i = 0; i < test->threads; i++) {
    model_thread *thread = &model.threads[i];
    uint8_t *stack = thread->stack;
    memset(thread, 0, sizeof *thread);
    thread->stack = stack;
    MODEL_FRESH(stack, MODEL_STACK);
    memset(stack + MODEL_STACK - 8192, 0, 8192);  // what the last execution left is no part of a state
    thread->context = model.fresh;
    thread->context.uc_stack.ss_sp = stack;
    thread->context.uc_stack.ss_size = MODEL_STACK;
    makecontext(&thread->context, model_fiber, 0);
    model_resume(i);  // up to its first access
  }
  model.running = 0;
  model.beginning = false;
}

// Whose step is next; false when nobody can go on.
static bool model_schedule(uint32_t *next) {
  uint32_t ready[MODEL_THREADS], count = 0;
  // The one that ran last comes first, so that the first choice is no preemption.
  bool goes_on = model.threads[model.running].status == MODEL_READY;
  if (goes_on) ready[count++] = model.running;
  bool bound = goes_on && model.test->most_preemptions != 0 && model.preemptions == model.test->most_preemptions;
  for (uint32_t i = 0; i < model.test->threads && !bound; i++) {
    if (model.threads[i].status == MODEL_READY && !(goes_on && i == model.running)) ready[count++] = i;
  }
  if (count == 0) return false;
  *next = ready[model_choose(count)];
  if (goes_on && *next != model.running) model.preemptions++;
  return true;
}

static void model_end(void) {
  model.complete++;
  for (uint32_t i = 0; i < model.test->threads; i++) {
    if (model.threads[i].status == MODEL_ASLEEP) model_violated("a thread sleeps for ever");
  }
  if (model.violation == NULL) model.test->verify();
}

// False when the execution is over: violated, on known ground, or ended.
static bool model_next(uint32_t *next) {
  if (model.violation != NULL) return false;
  // What is met on the way of a prefix is known.
  if (model.path_at == model.path_length && !model.tracing && !model_visit()) return false;
  if (model_schedule(next)) {
    model.steps++;
    return true;
  }
  model_end();
  return false;
}

static void model_execute(void) {
  model_begin();
  model.executions++;
  uint32_t next = 0;
  if (model_next(&next)) model_resume(next);
}

// To the last choice that has an alternative; false when all have been taken.
static bool model_backtrack(void) {
  while (model.path_length > 0) {
    model_choice *last = &model.path[model.path_length - 1u];
    if (last->taken + 1u < last->options) {
      last->taken++;
      return true;
    }
    model.path_length--;
  }
  return false;
}

static void model_print_violation(void) {
  fprintf(stderr, "%s: %s\n", model.test->name, model.violation);
  model.tracing = true;
  model.violation = NULL;
  model_execute();
  model.tracing = false;
}

// Sanitizers that do not follow fibers, or keep locals elsewhere than on the stack, are no place for this.
static inline bool model_can_run(void) {
#if defined(__SANITIZE_THREAD__)
  bool can = false;
#elif defined(__SANITIZE_ADDRESS__)
  bool can = __asan_get_current_fake_stack() == NULL;
#else
  bool can = true;
#endif
  if (!can) printf("skipped: fibers do not go with this sanitizer\n");
  return can;
}

// What main returns when they cannot: skipped.
#define MODEL_SKIPPED 77

// Explores a case and checks that it holds, or that its defect is found.
static inline void model_run(const model_case *test) {
  memset(&model, 0, sizeof model);
  model.test = test;
  model.visited = calloc((size_t)1 << MODEL_SET_BITS, sizeof *model.visited);
  for (uint32_t i = 0; i < test->threads; i++) model.threads[i].stack = aligned_alloc(64, MODEL_STACK);
  getcontext(&model.fresh);
  do {
    model_execute();
  } while (model.violation == NULL && model_backtrack());
  char bound[48] = "all interleavings";
  if (test->most_preemptions != 0) snprintf(bound, sizeof bound, "at most %u preemptions", test->most_preemptions);
  printf("%s: %s, %" PRIu64 " states, %" PRIu64 " schedules (%" PRIu64 " to the end), %" PRIu64 " steps: %s\n",
         test->name, bound, model.states, model.executions, model.complete, model.steps,
         model.violation != NULL ? model.violation : "holds");
  fflush(stdout);
  CHECK((model.violation != NULL) == test->expect_violation);
  if (model.violation != NULL && !test->expect_violation) model_print_violation();
  for (uint32_t i = 0; i < test->threads; i++) free(model.threads[i].stack);
  free(model.visited);
}

#endif
