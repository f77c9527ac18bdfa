// How many workers there are, who sleeps and who is woken.
#include "engine_fixture.h"
#include "port_client.h"

static void test_scale(void) {
  ctz_engine *engine = start_engine(1, 64, 0);
  ctz_stats stats;
  CHECK_EQ_U64(ctz_scale(engine, 0), CTZ_INVALID);
  CHECK_EQ_U64(ctz_scale(engine, 17), CTZ_INVALID);
  uint32_t gate_plan = define_simple(engine, "gate", 2);
  for (uint32_t workers = 1; workers <= 16; workers++) {
    CHECK_EQ_U64(ctz_scale(engine, workers), CTZ_OK);
    ctz_task_id id = submit_number(engine, gate_plan, 0);  // each holds one up: so many workers there must be
    gate_await(0, workers);
    CHECK(id != 0);
    stats_of(engine, &stats);
    CHECK_EQ_U64(stats.workers, workers);
    CHECK_EQ_U64(stats.active_workers, workers);
  }
  CHECK_EQ_U64(ctz_scale(engine, 2), CTZ_OK);  // they end after the task they run
  gate_open(0);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  await_parked(engine, 2);
  CHECK_EQ_U64(stats_of(engine, &stats)->workers, 2);
  CHECK_EQ_U64(stats.completed, 16);
  CHECK_EQ_U64(stats.active_workers, 0);
  end_engine(engine, 0);
}

// Up and down under load: nothing is lost, and each task runs once.
static void test_scale_under_load(uint64_t seed) {
  ctz_engine *engine = start_engine(4, 4096, 0);
  uint32_t plan = define_simple(engine, "note", 2), submitted = 0;
  ctz_value number = {.f64 = 0};
  while (submitted < 20000) {
    for (uint32_t burst = (uint32_t)(random_next(&seed) % 200); burst > 0 && submitted < 20000; burst--) {
      ctz_task_id id;
      number.f64 = submitted;
      if (ctz_submit(engine, plan, &number, 1, 0, &id) != CTZ_OK) break;
      submitted++;
    }
    CHECK_EQ_U64(ctz_scale(engine, 1 + (uint32_t)(random_next(&seed) % 16)), CTZ_OK);
    for (uint32_t slot = 0; slot < 4096; slot++) {
      ctz_release(engine, (uint64_t)ctz_cell_generation(&engine->table.cells[slot]) << 32 | slot);
    }
  }
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 20000);
  static bool seen[20000];
  for (uint32_t i = 0; i < 20000; i++) {
    CHECK(!seen[(uint32_t)notes[i]]);
    seen[(uint32_t)notes[i]] = true;
  }
  end_engine(engine, 0);
}

// Scaled down just when a task comes: whoever is left runs it.
static void test_retire_races(void) {
  ctz_engine *engine = start_engine(2, 16, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  for (uint32_t i = 0; i < 2000; i++) {
    CHECK_EQ_U64(ctz_scale(engine, 2 + i % 2), CTZ_OK);
    ctz_task_id first = submit_number(engine, plan, i);
    CHECK_EQ_U64(ctz_scale(engine, 1 + i % 2), CTZ_OK);
    for (uint32_t spins = 0; spins < i % 64 * 4; spins++) ctz_cpu_relax();
    ctz_task_id second = submit_number(engine, plan, i);
    if (!CHECK_EQ_U64(ctz_wait(engine, first, 10000, NULL), CTZ_OK)) break;
    if (!CHECK_EQ_U64(ctz_wait(engine, second, 10000, NULL), CTZ_OK)) break;
    ctz_release(engine, first);
    ctz_release(engine, second);
  }
  end_engine(engine, 0);
}

// Everybody is told once: who goes back to sleep meanwhile is not woken again, or telling would never end.
static void test_all_are_woken_once(void) {
  ctz_engine *engine = start_engine(4, 16, 0);
  ctz_stats before, after;
  for (uint32_t round = 0; round < 500; round++) {
    await_parked(engine, 4);
    stats_of(engine, &before);
    CHECK_EQ_U64(ctz_scale(engine, 4), CTZ_OK);
    stats_of(engine, &after);
    if (!CHECK_EQ_U64(after.worker_wakes - before.worker_wakes, 4)) break;
  }
  end_engine(engine, 0);
}

static bool is_alive(ctz_engine *engine, uint32_t worker) {
  ctz_lock(&engine->pool_lock);
  bool alive = engine->workers[worker]->alive;
  ctz_unlock(&engine->pool_lock);
  return alive;
}

// A worker too many ends after the task it runs, also while more waits, and what it settled comes back.
static void test_surplus(void) {
  ctz_engine *engine = start_engine(2, 64, 8);
  port_client client = port_open(engine);
  uint32_t blocked = define_simple(engine, "gate", 3), note = define_simple(engine, "note", 2);
  uint32_t slots[2];
  for (uint32_t i = 0; i < 2; i++) {
    slots[i] = port_submit(&client, blocked, 3, i, 0);
    gate_await(i, 1);
  }
  CHECK_EQ_U64(ctz_scale(engine, 1), CTZ_OK);
  ctz_task_id ids[40];
  for (uint32_t i = 0; i < 40; i++) ids[i] = submit_number(engine, note, i);
  uint32_t surplus = ctz_field_u32(&client.slots[slots[0]].worker) == 2 ? 0 : 1;
  CHECK_EQ_U64(ctz_field_u32(&client.slots[slots[surplus]].worker), 2);
  gate_open(surplus);
  while (is_alive(engine, 1)) sched_yield();
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_next(&client, &notice));
  CHECK_EQ_U64(notice.slot, slots[surplus]);
  gate_open(1 - surplus);
  for (uint32_t i = 0; i < 40; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
  end_engine(engine, 0);
  port_close(&client);
}

// Nobody is woken while there is nothing to do.
static void test_idle(void) {
  ctz_engine *engine = start_engine(4, 16, 16);
  ctz_stats before, after;
  end_of(engine, submit_number(engine, define_simple(engine, "note", 2), 1));
  await_parked(engine, 4);
  while (atomic_load_explicit(&engine->lookout, memory_order_relaxed)) sched_yield();  // looks on for a while
  stats_of(engine, &before);
  CHECK_EQ_U64(ctz_port_wait(engine, 0, 300), CTZ_TIMED_OUT);
  stats_of(engine, &after);
  CHECK_EQ_U64(after.worker_wakes, before.worker_wakes);
  CHECK_EQ_U64(after.timer_wakes, before.timer_wakes);
  CHECK_EQ_U64(after.parked_workers, 4);
  end_engine(engine, 0);
}

static void test_pause(void) {
  ctz_engine *engine = start_engine(3, 64, 0);
  uint32_t plan = define_simple(engine, "note", 2);
  ctz_pause(engine, true);
  ctz_task_id ids[32];
  for (uint32_t i = 0; i < 32; i++) ids[i] = submit_number(engine, plan, i);
  await_parked(engine, 3);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  CHECK_EQ_U64(ctz_drain(engine, 5), CTZ_TIMED_OUT);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->queues[2].queued, 32);
  CHECK(stats.queues[2].oldest_ready_at <= ctz_now(engine) && stats.queues[2].oldest_ready_at >= 1000);
  ctz_pause(engine, false);
  for (uint32_t i = 0; i < 32; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
  CHECK(isinf(stats_of(engine, &stats)->queues[2].oldest_ready_at));
  end_engine(engine, 0);
}

// short-then-long(i): returns at once, or waits at gate i when that is not 0; hearing whether to stop, or deaf.
static ctz_outcome_code surprise_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  if (args[0].f64 == 0) return CTZ_KERNEL_OK;
  return listen_run(context, args, result);
}

static ctz_outcome_code deaf_surprise_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  if (args[0].f64 == 0) return CTZ_KERNEL_OK;
  return gate_run(context, args, result);
}

static const ctz_kernel surprises[] = {
  {.name = "surprise", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = surprise_run},
  {.name = "deaf-surprise", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = deaf_surprise_run},
};

// A plan of such a kernel.
static uint32_t plan_of_surprise(ctz_engine *engine, uint32_t which) {
  CHECK_EQ_U64(ctz_kernel_add(engine, &surprises[which], NULL), CTZ_OK);
  return define_simple(engine, surprises[which].name, 2);
}

// The same, which is known to be short.
static uint32_t plan_that_was_short(ctz_engine *engine, uint32_t which) {
  uint32_t plan = plan_of_surprise(engine, which);
  for (uint32_t i = 0; i < 1000; i++) end_of(engine, submit_number(engine, plan, 0));
  return plan;
}

// Runs so many that are short, one after the other.
static void run_short(port_client *client, uint32_t plan, uint32_t tasks) {
  port_notice notice = {.slot = NO_SLOT};
  for (uint32_t i = 0; i < tasks; i++) {
    port_submit(client, plan, 2, 0, 0);
    if (!CHECK(port_await(client, &notice, 10000))) break;
    port_give(client, notice.slot);
  }
}

// A kernel that was short a thousand times blocks. What was claimed with it, what comes after it, and what it had
// settled before must not wait for it.
static void test_surprise_own(uint32_t which, uint32_t workers) {
  ctz_engine *engine = start_engine(workers, 4096, 0);
  uint32_t plan = plan_that_was_short(engine, which), note = define_simple(engine, "note", 2);
  ctz_pause(engine, true);
  ctz_task_id ids[100], blocked = 0;
  for (uint32_t i = 0; i < 100; i++) {
    ids[i] = submit_number(engine, i % 2 == 0 ? plan : note, 0);
    if (i == 5) blocked = submit_number(engine, plan, 7);
  }
  ctz_pause(engine, false);
  gate_await(7, 1);
  for (uint32_t i = 0; i < 100; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
  for (uint32_t i = 0; i < 100; i++)
    CHECK_EQ_U64(end_of(engine, submit_number(engine, note, 0)).state, CTZ_SLOT_COMPLETED);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_wait(engine, blocked, 0, &outcome), CTZ_TIMED_OUT);
  gate_open(7);
  CHECK_EQ_U64(end_of(engine, blocked).state, CTZ_SLOT_COMPLETED);
  end_engine(engine, 0);
}

// Paused while a worker has claimed more than it runs: what it has not started waits.
static void test_pause_holds_claimed(void) {
  ctz_engine *engine = start_engine(1, 256, 0);
  uint32_t plan = plan_that_was_short(engine, 1), note = define_simple(engine, "note", 2);
  ctz_pause(engine, true);
  ctz_task_id blocked = submit_number(engine, plan, 7), ids[40];
  for (uint32_t i = 0; i < 40; i++) ids[i] = submit_number(engine, note, i);
  ctz_pause(engine, false);
  gate_await(7, 1);
  ctz_pause(engine, true);
  gate_open(7);
  CHECK_EQ_U64(end_of(engine, blocked).state, CTZ_SLOT_COMPLETED);
  await_parked(engine, 1);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  CHECK_EQ_U64(ctz_drain(engine, 1), CTZ_TIMED_OUT);
  ctz_pause(engine, false);
  for (uint32_t i = 0; i < 40; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
  end_engine(engine, 0);
}

// The lookout that gets up to work is surprised as well: another one that sleeps has taken its post.
static void test_post_is_handed_on(void) {
  ctz_engine *engine = start_engine(4, 4096, 0);
  uint32_t plan = plan_that_was_short(engine, 1), note = define_simple(engine, "note", 2);
  ctz_task_id ids[3] = {submit_number(engine, define_simple(engine, "gate", 2), 6)};
  gate_await(6, 1);
  // one is awake for as long as this takes: of the others, who all go to sleep once more, one is the lookout
  CHECK_EQ_U64(ctz_scale(engine, 4), CTZ_OK);
  await_parked(engine, 3);
  while (!atomic_load_explicit(&engine->lookout, memory_order_relaxed)) sched_yield();
  for (uint32_t i = 1; i <= 2; i++) {
    ids[i] = submit_number(engine, plan, 6 + i);
    gate_await(6 + i, 1);
  }
  ctz_task_id last = submit_number(engine, note, 9);
  CHECK_EQ_U64(ctz_wait(engine, last, 10000, NULL), CTZ_OK);
  for (uint32_t i = 0; i < 3; i++) {
    gate_open(6 + i);
    CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
  }
  end_engine(engine, 0);
}

static void test_surprise_port(uint32_t which) {
  ctz_engine *engine = start_engine(2, 1, 256);
  port_client client = port_open(engine);
  uint32_t plan = plan_of_surprise(engine, which);
  port_notice notice;
  run_short(&client, plan, 1000);
  ctz_pause(engine, true);
  for (uint32_t i = 0; i < 100; i++) port_submit(&client, plan, 2, i == 30 ? 7 : 0, 0);
  ctz_pause(engine, false);
  gate_await(7, 1);
  for (uint32_t i = 0; i < 99; i++) {
    if (!CHECK(port_await(&client, &notice, 10000))) break;
    port_give(&client, notice.slot);
  }
  CHECK(!port_next(&client, &notice));
  run_short(&client, plan, 100);
  gate_open(7);
  CHECK(port_await(&client, &notice, LONG_MS));
  end_engine(engine, 0);
  port_close(&client);
}

static void count_at_gate(void *owner) {
  (void)owner;
  gate_enter(9, false);
}

// Whether the owner of the port was woken so many times within ten seconds.
static bool await_wakes(ctz_engine *engine, uint32_t wakes) {
  for (double end = ctz_now(engine) + 10000; ctz_now(engine) < end; sched_yield()) {
    pthread_mutex_lock(&gates[9].mutex);
    bool woken = gates[9].entered >= wakes;
    pthread_mutex_unlock(&gates[9].mutex);
    if (woken) return true;
  }
  return false;
}

// What a worker has settled before it is surprised comes back by the lookout, which wakes the owner of the port for it.
static void test_lookout_wakes_the_owner(void) {
  ctz_config config = config_of(2, 1, 64);
  config.wake = count_at_gate;
  ctz_engine *engine = start_engine_as(&config);
  port_client client = port_open(engine);
  uint32_t plan = plan_of_surprise(engine, 1);
  port_notice notice = {.slot = NO_SLOT};
  run_short(&client, plan, 1000);
  ctz_pause(engine, true);
  for (uint32_t i = 0; i < 40; i++) port_submit(&client, plan, 2, i == 5 ? 7 : 0, 0);
  ctz_pause(engine, false);
  gate_await(7, 1);
  for (uint32_t settled = 0, wakes = 0; settled < 39;) {
    ctz_store(&client.words[CTZ_WORD_WAITING], 1, memory_order_seq_cst);
    ctz_fence(memory_order_seq_cst);  // partner: who appends, and then looks whether somebody waits
    bool any = false;
    for (; port_next(&client, &notice); any = true) settled++;
    if (any) continue;
    if (!CHECK(await_wakes(engine, ++wakes))) break;
  }
  gate_open(7);
  end_engine(engine, 0);
  port_close(&client);
}

int main(void) {
  uint64_t seed = seed_of("pool", 13);
  test_scale();
  test_scale_under_load(seed);
  test_retire_races();
  test_all_are_woken_once();
  test_surplus();
  test_idle();
  test_pause();
  test_pause_holds_claimed();
  test_post_is_handed_on();
  test_lookout_wakes_the_owner();
  for (uint32_t which = 0; which < 2; which++) {
    test_surprise_own(which, 2);
    test_surprise_own(which, 4);
    test_surprise_port(which);
  }
  return check_result();
}
