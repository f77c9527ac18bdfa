// A fork without exec: the child has the engine's memory and none of its threads.
#define _POSIX_C_SOURCE 200809L
#include <sys/wait.h>
#include <unistd.h>

#include "engine_fixture.h"
#include "port_client.h"

// A child that hangs is ended by its alarm.
#define CHILD_SECONDS 60u

static ctz_engine *engine;

static void expect_to_end_well(pid_t child) {
  int status = -1;
  CHECK(child > 0);
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// A child that ends well becomes another program: what the threads that are gone had is lost, and no leak.
static _Noreturn void end_child(void) {
  if (check_result() == 0) execlp("true", "true", (char *)NULL);
  _exit(1);
}

// Everything answers, and nothing waits.
static void use_in_child(uint32_t plan, const ctz_task_id *waiting, uint32_t count) {
  ctz_value number = {.f64 = 1};
  ctz_task_id id;
  ctz_stats stats;
  CHECK_EQ_U64(ctz_submit(engine, plan, &number, 1, 0, &id), CTZ_CLOSED);
  CHECK_EQ_U64(ctz_submit(engine, plan, &number, 1, 1000, &id), CTZ_CLOSED);
  CHECK_EQ_U64(ctz_scale(engine, 4), CTZ_CLOSED);
  for (uint32_t i = 0; i < count; i++) {
    CHECK_EQ_U64(ctz_wait(engine, waiting[i], INFINITY, NULL), CTZ_TIMED_OUT);
    CHECK_EQ_U64(ctz_cancel(engine, waiting[i]), CTZ_OK);
  }
  ctz_drain(engine, INFINITY);
  ctz_port_wake(engine, 4);
  ctz_port_wake_timers(engine);
  ctz_pause(engine, false);
  uint32_t index = 0;
  CHECK_EQ_U64(ctz_kernel_find(engine, "note", &index), CTZ_OK);
  CHECK(ctz_plan_kernel(engine, plan) == ctz_kernel_at(engine, index));
  ctz_plan_release(engine, plan);
  stats_of(engine, &stats);
  ctz_engine_close(engine, INFINITY, NULL);
  ctz_engine_release(engine);
}

// Some workers sleep, one is in a kernel, the thread of the timers waits.
static void test_child_is_closed(void) {
  engine = start_engine(4, 64, 8);
  port_client client = port_open(engine);
  uint32_t note = define_simple(engine, "note", 2), gate_plan = define_simple(engine, "gate", 2);
  uint32_t slot = port_submit(&client, gate_plan, 2, 0, 0);
  gate_await(0, 1);
  ctz_task_id waiting[2] = {submit_number(engine, gate_plan, 0), submit_numbers(engine, note, 1, 1, 0, 1e7)};
  gate_await(0, 2);
  await_parked(engine, 2);
  pid_t child = fork();
  if (child == 0) {
    alarm(CHILD_SECONDS);
    CHECK_EQ_U64(ctz_port_wait(engine, client.position, INFINITY), CTZ_TIMED_OUT);
    CHECK(!ctz_port_returned(engine, slot, INFINITY));
    use_in_child(note, waiting, 1);
    end_child();
  }
  expect_to_end_well(child);
  // the parent has lost nothing
  CHECK_EQ_U64(end_of(engine, submit_number(engine, note, 2)).state, CTZ_SLOT_COMPLETED);
  gate_open(0);
  CHECK_EQ_U64(end_of(engine, waiting[0]).state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(ctz_cancel(engine, waiting[1]), CTZ_OK);
  end_engine(engine, 0);
  port_close(&client);
}

static _Atomic bool enough;

// Takes every lock of the engine again and again.
static void *keep_busy(void *plan) {
  ctz_value number = {.f64 = 1};
  ctz_stats stats;
  for (uint32_t i = 0; !atomic_load_explicit(&enough, memory_order_relaxed); i++) {
    ctz_task_id id;
    if (ctz_submit(engine, *(uint32_t *)plan, &number, 1, i % 2 == 0 ? 1e6 : 0, &id) != CTZ_OK) continue;
    if (i % 2 == 0)
      ctz_cancel(engine, id);
    else
      ctz_wait(engine, id, LONG_MS, NULL);
    ctz_release(engine, id);
    stats_of(engine, &stats);
    ctz_scale(engine, 1 + i % 4);
  }
  return NULL;
}

// Wherever the other threads are when it forks.
static void test_while_locks_are_held(void) {
  engine = start_engine(2, 256, 0);
  uint32_t note = define_simple(engine, "note", 2), spare = define_simple(engine, "note", 2);
  pthread_t threads[2];
  atomic_store_explicit(&enough, false, memory_order_relaxed);
  for (uint32_t i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, keep_busy, &note) == 0);
  for (uint32_t i = 0; i < 40; i++) {
    pid_t child = fork();
    if (child == 0) {
      alarm(CHILD_SECONDS);
      use_in_child(spare, NULL, 0);
      end_child();
    }
    expect_to_end_well(child);
  }
  atomic_store_explicit(&enough, true, memory_order_relaxed);
  for (uint32_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  end_engine(engine, 0);
}

// A child may have engines of its own, beside the one that it closed and after it.
static void test_child_has_its_own(void) {
  engine = start_engine(2, 8, 0);
  pid_t child = fork();
  if (child == 0) {
    alarm(CHILD_SECONDS);
    ctz_engine_close(engine, 0, NULL);
    ctz_engine_release(engine);
    ctz_config config = config_of(1, 8, 0);
    engine = start_engine_as(&config);
    CHECK_EQ_U64(end_of(engine, submit_number(engine, define_simple(engine, "note", 2), 1)).state, CTZ_SLOT_COMPLETED);
    ctz_engine_close(engine, 0, NULL);
    ctz_engine_release(engine);
    end_child();
  }
  expect_to_end_well(child);
  end_engine(engine, 0);
}

// Sanitizers of threads end a child that starts some.
static bool threads_may_start_in_a_child(void) {
#if defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
#else
  return true;
#endif
}

int main(void) {
  test_child_is_closed();
  test_while_locks_are_held();
  if (threads_may_start_in_a_child()) test_child_has_its_own();
  return check_result();
}
