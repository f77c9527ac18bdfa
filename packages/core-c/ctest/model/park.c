// Parking: a permit is never lost, nor what was written before it; and the protocol by which a producer wakes a worker
// that announced its sleep and looked at the queue once more.
#define _GNU_SOURCE
#define CTZ_MODEL 1

#include "model/checker.h"

#include "../../csrc/platform/park.c"

static uint32_t wakers;

static struct {
  ctz_parker parker;
  _Atomic uint32_t work[MODEL_THREADS];
  _Atomic uint32_t parked;  // of the protocol: workers asleep
  uint32_t done;
} world;

static void setup(void) { ctz_parker_init(&world.parker); }

// Relaxed: the permit alone carries what was written.
static bool all_work_seen(void) {
  for (uint32_t i = 1; i <= wakers; i++) {
    if (ctz_load(&world.work[i], memory_order_relaxed) == 0) return false;
  }
  return true;
}

static void sleep_until_woken(uint32_t thread) {
  if (thread == 0) {
    while (!all_work_seen()) ctz_park(&world.parker, UINT64_MAX);
    world.done = 1;
  } else {
    ctz_store(&world.work[thread], 1u, memory_order_relaxed);
    ctz_unpark(&world.parker);
  }
}

// A defect: the permit is wiped out by a store when it was seen already.
static void park_with_store(ctz_parker *parker) {
  uint32_t found = EMPTY;
  if (!ctz_cas(&parker->permit, &found, ASLEEP, memory_order_acquire, memory_order_acquire)) {
    ctz_store(&parker->permit, EMPTY, memory_order_relaxed);
    return;
  }
  while (ctz_load(&parker->permit, memory_order_acquire) == ASLEEP) sleep_while_asleep(parker, UINT64_MAX);
  (void)ctz_exchange(&parker->permit, EMPTY, memory_order_acquire);
}

static void sleep_with_store(uint32_t thread) {
  if (thread != 0)
    sleep_until_woken(thread);
  else
    while (!all_work_seen()) park_with_store(&world.parker);
  if (thread == 0) world.done = 1;
}

static void announce_and_sleep(void) {
  while (!all_work_seen()) {
    ctz_store(&world.parked, 1u, memory_order_relaxed);
    ctz_fence(memory_order_seq_cst);
    if (!all_work_seen()) ctz_park(&world.parker, UINT64_MAX);
    ctz_store(&world.parked, 0u, memory_order_relaxed);
  }
  world.done = 1;
}

static void push_and_wake(uint32_t thread) {
  ctz_store(&world.work[thread], 1u, memory_order_release);
  ctz_fence(memory_order_seq_cst);
  if (ctz_load(&world.parked, memory_order_relaxed) != 0) ctz_unpark(&world.parker);
}

static void follow_protocol(uint32_t thread) {
  if (thread == 0)
    announce_and_sleep();
  else
    push_and_wake(thread);
}

static void verify(void) { MODEL_CHECK(world.done == 1); }

static model_case explore(const char *name, void (*body)(uint32_t thread), uint32_t count) {
  wakers = count;
  return (model_case){.name = name,
                      .world = &world,
                      .world_bytes = sizeof world,
                      .threads = 1u + count,
                      .setup = setup,
                      .fences = true,
                      .run = body,
                      .verify = verify};
}

int main(void) {
  if (!model_can_run()) return MODEL_SKIPPED;
  model_case test = explore("park, 2 wakers", sleep_until_woken, 2);
  model_run(&test);
  test = explore("park, 3 wakers", sleep_until_woken, 3);
  model_run(&test);
  test = explore("park, announced sleep, 2 wakers", follow_protocol, 2);
  model_run(&test);

  test = explore("park, defect: permit without acquire and release", sleep_until_woken, 2);
  test.defect = (model_defect){.begin = &world.parker, .end = &world.parker + 1, .relaxed = true};
  test.expect_violation = true;
  model_run(&test);
  test = explore("park, defect: a sleeper does not compare", sleep_until_woken, 2);
  test.defect = (model_defect){.blind_sleep = true};
  test.expect_violation = true;
  model_run(&test);
  test = explore("park, defect: the permit is taken by a store", sleep_with_store, 2);
  test.expect_violation = true;
  model_run(&test);
  test = explore("park, defect: announced sleep without fences", follow_protocol, 1);
  test.defect = (model_defect){.no_fences = true};
  test.expect_violation = true;
  model_run(&test);
  return check_result();
}
