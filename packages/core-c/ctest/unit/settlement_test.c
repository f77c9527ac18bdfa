// The way back: how much a worker keeps to itself, and for whom.
#include "engine_fixture.h"
#include "flow/settlement.h"
#include "port_client.h"
#include "worker/worker.h"

#define SLOTS 8192u

static ctz_engine *engine;
static port_client client;

// So many wait, and nobody takes them: the engine is paused.
static void let_wait(uint32_t plan, uint32_t count) {
  while (ctz_port_ring_length(&client.rings[2]) < count) {
    uint32_t slot = port_take(&client);
    port_fill(&client, slot, plan, 0, 0);
    CHECK(port_push_quietly(&client, slot, 2, ctz_now(engine)));
  }
}

static uint32_t drain_all(void) {
  uint32_t count = 0, value;
  while (ctz_completions_next(&client.completions, &client.position, &value)) CHECK_EQ_U64(value, count++);
  return count;
}

// As if the worker had settled so many slots from `first` on.
static void settle(ctz_worker *worker, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) CHECK(ctz_port_ring_push(&worker->settled, first + i));
}

// An owner that is awake gets them as soon as they are many; one that sleeps is woken when they are many beside what
// still waits.
static void test_how_much_is_kept(void) {
  engine = start_engine(1, 1, SLOTS);
  client = port_open(engine);
  ctz_pause(engine, true);
  ctz_worker *worker = ctz_worker_create(engine, 1);
  uint32_t plan = define_simple(engine, "noop", 2);
  static const struct {
    uint32_t left, sleeps, settled, back;
  } cases[] = {
    {0, 0, CTZ_SETTLED_TOGETHER - 1, 0},
    {0, 0, CTZ_SETTLED_TOGETHER, CTZ_SETTLED_TOGETHER},
    {0, 1, CTZ_SETTLED_TOGETHER - 1, 0},
    {0, 1, CTZ_SETTLED_TOGETHER, CTZ_SETTLED_TOGETHER},
    {4000, 0, CTZ_SETTLED_TOGETHER - 1, 0},
    {4000, 0, CTZ_SETTLED_TOGETHER, CTZ_SETTLED_TOGETHER},
    {4000, 1, CTZ_SETTLED_TOGETHER, 0},
    {4000, 1, 999, 0},
    {4000, 1, 1000, 1000},
    {4000, 1, CTZ_SETTLED_MOST, CTZ_SETTLED_MOST},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    let_wait(plan, cases[i].left);
    settle(worker, 0, cases[i].settled);
    ctz_store(&client.words[CTZ_WORD_WAITING], cases[i].sleeps, memory_order_relaxed);
    ctz_hand_back_if_worth_it(worker);
    CHECK_EQ_U64(drain_all(), cases[i].back);
    CHECK_EQ_U64(ctz_port_ring_length(&worker->settled), cases[i].settled - cases[i].back);
    ctz_hand_back(worker);
    drain_all();
  }
  ctz_worker_destroy(worker);
  ctz_store(&client.words[CTZ_WORD_WAITING], 0, memory_order_relaxed);
  ctz_pause(engine, false);
  ctz_port_wake(engine, 1);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  end_engine(engine, 0);
  port_close(&client);
}

// One wake of an owner that sleeps is for what all have settled; one that is awake is no reason to touch what others
// hold.
static void test_who_hands_back_with_whom(void) {
  engine = start_engine(1, 1, SLOTS);
  client = port_open(engine);
  ctz_pause(engine, true);
  ctz_worker *worker = ctz_worker_create(engine, 1), *other = engine->workers[0];
  for (uint32_t sleeps = 0; sleeps < 2; sleeps++) {
    settle(worker, 0, 5);
    settle(other, 5, 3);
    ctz_store(&client.words[CTZ_WORD_WAITING], sleeps, memory_order_relaxed);
    ctz_hand_back(worker);
    CHECK_EQ_U64(drain_all(), sleeps ? 8 : 5);
    CHECK_EQ_U64(ctz_port_ring_length(&other->settled), sleeps ? 0 : 3);
    uint32_t slot;
    while (ctz_port_ring_claim(&other->settled, &slot, 1, &(uint64_t){0}) > 0) CHECK(slot >= 5);
  }
  ctz_worker_destroy(worker);
  ctz_pause(engine, false);
  end_engine(engine, 0);
  port_close(&client);
}

int main(void) {
  test_how_much_is_kept();
  test_who_hands_back_with_whom();
  return check_result();
}
