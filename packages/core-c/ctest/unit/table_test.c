// Phases of a task's slot, generations, and the list of free own slots.
#include "task/table.h"

#include <string.h>

#include "check.h"
#include "ctz/engine.h"
#include "engine_fixture.h"

// Every pair: what is not listed is forbidden.
static void test_moves(void) {
  static const struct {
    ctz_phase from, to;
  } allowed[] = {
    {CTZ_PHASE_FREE, CTZ_PHASE_HELD},      {CTZ_PHASE_FREE, CTZ_PHASE_RUNNING},    {CTZ_PHASE_FREE, CTZ_PHASE_TIMED},
    {CTZ_PHASE_HELD, CTZ_PHASE_FREE},      {CTZ_PHASE_HELD, CTZ_PHASE_READY},      {CTZ_PHASE_HELD, CTZ_PHASE_TIMED},
    {CTZ_PHASE_READY, CTZ_PHASE_RUNNING},  {CTZ_PHASE_READY, CTZ_PHASE_FREE},      {CTZ_PHASE_READY, CTZ_PHASE_SETTLED},
    {CTZ_PHASE_TIMED, CTZ_PHASE_READY},    {CTZ_PHASE_TIMED, CTZ_PHASE_FREE},      {CTZ_PHASE_TIMED, CTZ_PHASE_SETTLED},
    {CTZ_PHASE_RUNNING, CTZ_PHASE_FREE},   {CTZ_PHASE_RUNNING, CTZ_PHASE_SETTLED}, {CTZ_PHASE_RUNNING, CTZ_PHASE_READY},
    {CTZ_PHASE_RUNNING, CTZ_PHASE_TIMED},  {CTZ_PHASE_RUNNING, CTZ_PHASE_SHARED},  {CTZ_PHASE_SHARED, CTZ_PHASE_FREE},
    {CTZ_PHASE_SHARED, CTZ_PHASE_OFFERED}, {CTZ_PHASE_OFFERED, CTZ_PHASE_SHARED},  {CTZ_PHASE_SETTLED, CTZ_PHASE_FREE},
    {CTZ_PHASE_SETTLED, CTZ_PHASE_HELD},
  };
  for (uint32_t from = 0; from < CTZ_PHASE_COUNT; from++) {
    for (uint32_t to = 0; to < CTZ_PHASE_COUNT; to++) {
      bool listed = false;
      for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        listed = listed || (allowed[i].from == (ctz_phase)from && allowed[i].to == (ctz_phase)to);
      }
      if (!CHECK(ctz_phase_may_move((ctz_phase)from, (ctz_phase)to) == listed)) printf("%u -> %u\n", from, to);
    }
  }
}

static void test_only_one_moves(void) {
  ctz_cell cell = {.word = (uint64_t)7 << 32 | CTZ_PHASE_FREE};
  CHECK(!ctz_cell_move(&cell, CTZ_PHASE_READY, CTZ_PHASE_RUNNING));
  CHECK_EQ_U64(ctz_cell_phase(&cell), CTZ_PHASE_FREE);
  CHECK(ctz_cell_move(&cell, CTZ_PHASE_FREE, CTZ_PHASE_RUNNING));
  CHECK(!ctz_cell_move(&cell, CTZ_PHASE_FREE, CTZ_PHASE_RUNNING));
  CHECK_EQ_U64(ctz_cell_phase(&cell), CTZ_PHASE_RUNNING);
  CHECK_EQ_U64(ctz_cell_generation(&cell), 7);
}

static void test_own_slots(void) {
  ctz_slot port[3];
  memset(port, 0, sizeof port);
  ctz_table table;
  ctz_budget budget;
  ctz_budget_init(&budget, 1 << 20);
  if (!CHECK(ctz_table_init(&table, port, 3, 5))) return;
  CHECK_EQ_U64(ctz_table_size(&table), 8);
  bool taken[8] = {false};
  uint32_t index;
  for (uint32_t i = 0; i < 5; i++) {
    if (!CHECK(ctz_table_take_own(&table, &index)) || !CHECK(index >= 3 && index < 8)) return;
    CHECK(!taken[index]);
    taken[index] = true;
    CHECK_EQ_U64(ctz_cell_phase(&table.cells[index]), CTZ_PHASE_HELD);
    CHECK_EQ_U64(ctz_cell_generation(&table.cells[index]), 1);
    CHECK(ctz_slot_at(&table, index) == &table.own[index - 3]);
  }
  CHECK(!ctz_table_take_own(&table, &index));
  ctz_table_give_own(&table, 4, CTZ_PHASE_READY);  // it is HELD: nothing happens
  CHECK(!ctz_table_take_own(&table, &index));
  ctz_table_give_own(&table, 4, CTZ_PHASE_HELD);
  CHECK_EQ_U64(ctz_cell_phase(&table.cells[4]), CTZ_PHASE_FREE);
  CHECK(ctz_table_take_own(&table, &index));
  CHECK_EQ_U64(index, 4);
  CHECK_EQ_U64(ctz_cell_generation(&table.cells[4]), 2);
  CHECK(ctz_slot_at(&table, 2) == &port[2]);
  ctz_table_destroy(&table, &budget);
}

typedef struct giver {
  ctz_table *table;
  uint32_t index;
  _Atomic bool given;
} giver;

static void *give(void *argument) {
  giver *me = argument;
  ctz_table_give_own(me->table, me->index, CTZ_PHASE_HELD);
  atomic_store_explicit(&me->given, true, memory_order_release);
  return NULL;
}

// A thread that takes a slot may be held up before it has finished with the cell of the queue that another slot goes
// to.
static void test_given_while_one_is_taken(void) {
  ctz_table table;
  ctz_budget budget;
  uint32_t taken[2], index;
  ctz_budget_init(&budget, 1 << 20);
  if (!CHECK(ctz_table_init(&table, NULL, 0, 2))) return;
  for (uint32_t i = 0; i < 2; i++) CHECK(ctz_table_take_own(&table, &taken[i]));
  // as if the first had not been read yet: its turn is that of a full cell
  uint32_t turn = atomic_exchange_explicit(&table.free_cells[0].turn, 1, memory_order_relaxed);
  giver me = {.table = &table, .index = taken[0]};
  atomic_init(&me.given, false);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, give, &me) == 0);
  while (ctz_cell_phase(&table.cells[taken[0]]) != CTZ_PHASE_FREE) sched_yield();
  for (uint32_t i = 0; i < 1000; i++) sched_yield();
  CHECK(!atomic_load_explicit(&me.given, memory_order_acquire));
  atomic_store_explicit(&table.free_cells[0].turn, turn, memory_order_release);
  pthread_join(thread, NULL);
  CHECK(ctz_table_take_own(&table, &index));
  CHECK_EQ_U64(index, taken[0]);
  ctz_table_destroy(&table, &budget);
}

// 0 is no task: a generation that comes round skips it.
static void test_generation_wraps(void) {
  ctz_table table;
  ctz_budget budget;
  ctz_budget_init(&budget, 1 << 20);
  if (!CHECK(ctz_table_init(&table, NULL, 0, 1))) return;
  atomic_store_explicit(&table.cells[0].word, (uint64_t)UINT32_MAX << 32 | CTZ_PHASE_FREE, memory_order_relaxed);
  uint32_t index;
  CHECK(ctz_table_take_own(&table, &index));
  CHECK_EQ_U64(ctz_cell_generation(&table.cells[0]), 1);
  ctz_table_destroy(&table, &budget);
}

// An id that was released never finds the task that has its slot now.
static void test_stale_ids(void) {
  ctz_engine *engine = start_engine(1, 1, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  ctz_task_id first = submit_number(engine, plan, 1);
  end_of(engine, first);
  uint32_t held = define_simple(engine, "gate", 2);
  ctz_task_id second = submit_number(engine, held, 0);
  gate_await(0, 1);
  CHECK(first != second && (uint32_t)first == (uint32_t)second);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_wait(engine, first, 0, &outcome), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_cancel(engine, first), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_release(engine, first), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_release(engine, second), CTZ_INVALID);
  CHECK_EQ_U64(ctz_wait(engine, second, 0, &outcome), CTZ_TIMED_OUT);
  gate_open(0);
  CHECK_EQ_U64(end_of(engine, second).state, CTZ_SLOT_COMPLETED);
  static const ctz_task_id never[] = {0, 1, UINT64_MAX, (uint64_t)1 << 32 | 1, UINT32_MAX};
  for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
    CHECK_EQ_U64(ctz_wait(engine, never[i], 0, NULL), CTZ_NOT_FOUND);
    CHECK_EQ_U64(ctz_cancel(engine, never[i]), CTZ_NOT_FOUND);
    CHECK_EQ_U64(ctz_release(engine, never[i]), CTZ_NOT_FOUND);
  }
  end_engine(engine, 0);
}

int main(void) {
  test_moves();
  test_only_one_moves();
  test_own_slots();
  test_given_while_one_is_taken();
  test_generation_wraps();
  test_stale_ids();
  return check_result();
}
