// The port: what JavaScript writes and reads, and the calls beside it.
#define _POSIX_C_SOURCE 200809L
#if !defined(_WIN32)
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "engine_fixture.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "port_client.h"

static ctz_engine *engine;
static port_client client;

static void open_port(uint32_t workers, uint32_t slots) {
  engine = start_engine(workers, 4, slots);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  client = port_open(engine);
}

static void close_port(void) {
  end_engine(engine, 0);
  port_close(&client);
}

// The slot that settles next.
static uint32_t next_settled(void) {
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_SETTLED);
  return notice.slot;
}

static void test_layout(void) {
  open_port(1, 5);
  size_t bytes;
  const uint32_t *header = ctz_port_memory(engine, &bytes);
  CHECK_EQ_U64(header[CTZ_WORD_MAGIC], CTZ_PORT_MAGIC);
  CHECK_EQ_U64(header[CTZ_WORD_LAYOUT], CTZ_PORT_LAYOUT);
  CHECK_EQ_U64(header[CTZ_WORD_SLOTS], 5);
  CHECK_EQ_U64(header[CTZ_WORD_RING_MASK], 7);
  CHECK(header[CTZ_WORD_SLOTS_OFFSET] >= CTZ_PORT_HEADER_WORDS * 4 && header[CTZ_WORD_SLOTS_OFFSET] % 8 == 0);
  CHECK(header[CTZ_WORD_RINGS_OFFSET] >= header[CTZ_WORD_SLOTS_OFFSET] + 5 * CTZ_SLOT_BYTES);
  CHECK(header[CTZ_WORD_COMPLETIONS_OFFSET] >= header[CTZ_WORD_RINGS_OFFSET] + CTZ_PORT_RINGS * 8 * 4);
  CHECK(bytes >= header[CTZ_WORD_COMPLETIONS_OFFSET] + 8 * ((size_t)header[CTZ_WORD_COMPLETION_MASK] + 1));
  close_port();
  engine = start_engine(1, 1, 0);
  CHECK(ctz_port_memory(engine, &bytes) == NULL && bytes == 0);
  end_engine(engine, 0);
}

// More tasks than any ring holds, through ports of every small size.
static void test_many_tasks(void) {
  for (uint32_t slots = 1; slots <= 9; slots += slots < 5 ? 1 : 4) {
    open_port(1 + slots % 3, slots);
    uint32_t plan = define_simple(engine, "add", slots % 4), next = 0, settled = 0;
    while (settled < 3000) {
      while (next < 3000 && port_submit(&client, plan, slots % 4, next, 0.5) != NO_SLOT) next++;
      uint32_t slot = next_settled();
      ctz_slot *done = &client.slots[slot];
      CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_COMPLETED);
      CHECK_EQ_U64(ctz_field_u32(&done->result_type), CTZ_F64);
      CHECK(ctz_field_f64(&done->result) == ctz_field_f64(&done->args[0]) + 0.5);
      CHECK_EQ_U64(ctz_field_u32(&done->attempt), 1);
      CHECK(ctz_field_f64(&done->ended_at) >= ctz_field_f64(&done->started_at));
      uint32_t worker = ctz_field_u32(&done->worker);
      CHECK(worker <= 1 + slots % 3);
      port_give(&client, slot);
      settled++;
    }
    port_notice notice;
    CHECK(!port_next(&client, &notice));
    close_port();
  }
}

static ctz_outcome run_scalar(const char *kernel, double number) {
  uint32_t plan = define_simple(engine, kernel, 1);
  port_submit(&client, plan, 1, number, 0);
  uint32_t slot = next_settled();
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_OK);
  if (outcome.state == CTZ_SLOT_COMPLETED) outcome.value.f64 = ctz_field_f64(&client.slots[slot].result);
  CHECK(ctz_port_free(engine, slot));
  port_give(&client, slot);
  ctz_plan_release(engine, plan);
  return outcome;
}

static ctz_outcome_code same_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  (void)context;
  *result = args[0];
  return CTZ_KERNEL_OK;
}

static void test_conversion(void) {
  static const ctz_kernel same = {
    .name = "same-u32", .arity = 1, .args = {CTZ_U32}, .result = CTZ_U32, .run = same_run};
  static const struct {
    const char *kernel;
    double number, result;
    bool fits;
  } rows[] = {
    {"example.negate", 5, -5, true},
    {"example.negate", -2147483647.0, 2147483647, true},
    {"example.negate", 2.5, 0, false},
    {"example.negate", 2147483648.0, 0, false},
    {"example.negate", -2147483649.0, 0, false},
    {"example.negate", NAN, 0, false},
    {"example.negate", INFINITY, 0, false},
    {"example.negate", -0.0, 0, true},
    {"same-u32", 4294967295.0, 4294967295.0, true},
    {"same-u32", 4294967296.0, 0, false},
    {"same-u32", -1, 0, false},
    {"same-u32", 0.5, 0, false},
    {"example.flip", 1, 0, true},
    {"example.flip", 0, 1, true},
    {"example.flip", 2, 0, false},
    {"example.upper", 3, 0, false},
  };
  open_port(1, 4);
  CHECK_EQ_U64(ctz_kernel_add(engine, &same, NULL), CTZ_OK);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ctz_outcome outcome = run_scalar(rows[i].kernel, rows[i].number);
    bool held = CHECK_EQ_U64(outcome.state, rows[i].fits ? CTZ_SLOT_COMPLETED : CTZ_SLOT_FAILED);
    if (held)
      held = rows[i].fits ? CHECK(outcome.value.f64 == rows[i].result)
                          : CHECK_EQ_U64(outcome.error.status, CTZ_BAD_ARGUMENT);
    if (!held) printf("row %zu\n", i);
  }
  close_port();
}

static void test_attached(void) {
  open_port(1, 4);
  uint32_t upper = define_simple(engine, "example.upper", 0), slot = port_take(&client);
  ctz_value text = {.slice = {.data = "quiet", .length = 5}};
  CHECK_EQ_U64(ctz_port_attach(engine, slot, upper, &text, 2), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach(engine, slot, 4711, &text, 1), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_port_attach(engine, 4, upper, &text, 1), CTZ_INVALID);  // an own slot
  CHECK_EQ_U64(ctz_port_attach(engine, UINT32_MAX, upper, &text, 1), CTZ_INVALID);
  for (uint32_t i = 0; i < 3; i++) {  // attached anew without being freed
    CHECK_EQ_U64(ctz_port_attach(engine, slot, upper, &text, 1), CTZ_OK);
    port_fill(&client, slot, UINT32_MAX, 0, 0);  // the plan that counts is the one of the arguments
    port_push(&client, slot, 0, 0);
    CHECK_EQ_U64(next_settled(), slot);
    ctz_outcome outcome;
    CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_OK);
    CHECK(outcome.type == CTZ_STRING && outcome.value.slice.length == 5);
    CHECK(memcmp(outcome.value.slice.data, "QUIET", 5) == 0);
    CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].result_type), CTZ_STRING);
  }
  CHECK(ctz_port_free(engine, slot));
  CHECK(!ctz_port_free(engine, 4));
  // what was freed is gone: the slot's own fields hold again
  port_fill(&client, slot, upper, 0, 0);
  port_push(&client, slot, 0, 0);
  next_settled();
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_FAILED);
  close_port();
}

// While a worker has the slot, nothing can be attached to it or freed.
static void test_held(void) {
  open_port(1, 2);
  uint32_t plan = define_simple(engine, "gate", 0);
  uint32_t slot = port_submit(&client, plan, 0, 3, 0);
  gate_await(3, 1);
  ctz_value number = {.f64 = 4};
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_attach(engine, slot, plan, &number, 1), CTZ_INVALID);
  CHECK_EQ_U64(ctz_port_outcome(engine, slot, &outcome), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_port_cancel_timed(engine, slot), CTZ_NOT_FOUND);
  CHECK(!ctz_port_free(engine, slot));
  CHECK(!ctz_port_returned(engine, slot, 0));
  gate_open(3);
  CHECK_EQ_U64(next_settled(), slot);
  CHECK(ctz_port_free(engine, slot));
  close_port();
}

#if !defined(_WIN32)

// The slot whose page may not be written, and the phase it had when its state was written all the same.
static ctz_cell *watched;
static void *page;
static size_t page_bytes;
static ctz_phase phase_at_write;

static void let_write(int signal_number) {
  (void)signal_number;
  phase_at_write = ctz_cell_phase(watched);
  if (mprotect(page, page_bytes, PROT_READ | PROT_WRITE) != 0) abort();
}

// Who polls the state of a slot has its result as soon as the state says that there is one: the slot is free by then.
static void test_free_before_the_state(void) {
  const uint32_t slot = 2000;
  open_port(1, 4096);
  ctz_pause(engine, true);
  await_parked(engine, 1);
  page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  page = (void *)((uintptr_t)&client.slots[slot] / page_bytes * page_bytes);
  watched = &engine->table.cells[slot];
  phase_at_write = CTZ_PHASE_COUNT;
  CHECK(ctz_cell_move(watched, CTZ_PHASE_FREE, CTZ_PHASE_RUNNING));
  struct sigaction action = {.sa_handler = let_write}, before[2];
  CHECK(sigaction(SIGSEGV, &action, &before[0]) == 0 && sigaction(SIGBUS, &action, &before[1]) == 0);
  CHECK(mprotect(page, page_bytes, PROT_READ) == 0);
  ctz_settle(engine, NULL, slot, CTZ_PHASE_RUNNING, CTZ_SLOT_COMPLETED);
  CHECK(sigaction(SIGSEGV, &before[0], NULL) == 0 && sigaction(SIGBUS, &before[1], NULL) == 0);
  CHECK_EQ_U64(phase_at_write, CTZ_PHASE_FREE);
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(next_settled(), slot);
  close_port();
}

#endif

// What was refused before its kernel was called says nothing about how long that runs.
static void test_learns_from_calls_only(void) {
  open_port(1, 4);
  uint32_t negate = define_simple(engine, "example.negate", 2), note = define_simple(engine, "note", 2);
  port_submit(&client, negate, 2, 2.5, 0);
  CHECK_EQ_U64(port_state(&client, next_settled()), CTZ_SLOT_FAILED);
  CHECK_EQ_U64(atomic_load_explicit(&ctz_plan_at(engine, negate)->mean_ns, memory_order_relaxed), 0);
  port_submit(&client, note, 2, 1, 0);
  CHECK_EQ_U64(port_state(&client, next_settled()), CTZ_SLOT_COMPLETED);
  CHECK(atomic_load_explicit(&ctz_plan_at(engine, note)->mean_ns, memory_order_relaxed) > 0);
  close_port();
}

static void test_cancel(void) {
  open_port(1, 4);
  uint32_t note = define_simple(engine, "note", 2), listen = define_simple(engine, "listen", 2);
  uint32_t running = port_submit(&client, listen, 2, 0, 0);
  gate_await(0, 1);
  uint32_t waiting = port_submit(&client, note, 2, 1, 0);
  ctz_field_set_u32(&client.slots[waiting].cancel, 1);
  ctz_field_set_u32(&client.slots[running].cancel, 1);
  CHECK_EQ_U64(next_settled(), running);
  CHECK_EQ_U64(port_state(&client, running), CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(next_settled(), waiting);
  CHECK_EQ_U64(port_state(&client, waiting), CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  close_port();
}

static _Atomic uint32_t wakes;
static _Atomic uint32_t gone;

static void count_wake(void *owner) { atomic_fetch_add_explicit((_Atomic uint32_t *)owner, 1, memory_order_relaxed); }
static void count_gone(void *owner) {
  (void)owner;
  atomic_fetch_add_explicit(&gone, 1, memory_order_relaxed);
}

// Who waits is woken once, and who does not is left alone.
static void test_wakes_the_owner(void) {
  ctz_config config = config_of(2, 1, 64);
  config.wake = count_wake;
  config.gone = count_gone;
  config.owner = &wakes;
  engine = start_engine_as(&config);
  client = port_open(engine);
  uint32_t plan = define_simple(engine, "note", 0);  // the owner runs none of these itself
  for (uint32_t round = 0; round < 100; round++) {
    bool waits = round % 2 == 0;
    uint32_t before = atomic_load_explicit(&wakes, memory_order_relaxed);
    ctz_store(&client.words[CTZ_WORD_WAITING], waits, memory_order_seq_cst);
    for (uint32_t i = 0; i < 64; i++) port_submit(&client, plan, 0, 0, 0);
    for (uint32_t i = 0; i < 64; i++) port_give(&client, next_settled());
    CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
    CHECK_EQ_U64(atomic_load_explicit(&wakes, memory_order_relaxed) - before, waits);
    CHECK_EQ_U64(ctz_load(&client.words[CTZ_WORD_WAITING], memory_order_seq_cst), 0);
  }
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->owner_wakes, 50);
  CHECK_EQ_U64(atomic_load_explicit(&gone, memory_order_relaxed), 0);
  close_port();
  while (atomic_load_explicit(&gone, memory_order_relaxed) == 0) sched_yield();  // its last thread says it
}

// Notices are dropped when the ring is short of room, settled slots never are.
static void test_notices(void) {
  open_port(1, 8);
  ctz_plan plan = plan_of(engine, "note");
  plan.flags = CTZ_PLAN_TELL;
  uint32_t index = define(engine, &plan);
  uint32_t started = 0, settled = 0;
  for (uint32_t round = 0; round < 6000; round++) {
    // drained for all but the count that C sees: as if JavaScript had not come to it
    ctz_store(&client.words[CTZ_WORD_COMPLETED_HEAD], 0, memory_order_relaxed);
    uint32_t slot = port_take(&client);
    port_fill(&client, slot, index, round, 0);
    port_push(&client, slot, 2, 0);
    for (bool done = false; !done;) {
      uint32_t value;
      if (!ctz_completions_next(&client.completions, &client.position, &value)) {
        CHECK_EQ_U64(ctz_port_wait(engine, client.position, LONG_MS), CTZ_OK);
        continue;
      }
      done = value >> CTZ_NOTICE_SHIFT == CTZ_NOTICE_SETTLED;
      started += !done;
      settled += done;
    }
    port_give(&client, slot);
  }
  CHECK_EQ_U64(settled, 6000);
  CHECK(started >= 2000 && started < 6000);
  close_port();
}

// Entries that are no slots of the port, or slots that are pushed twice, harm nobody else.
static void test_nonsense(void) {
  open_port(2, 8);
  uint32_t note = define_simple(engine, "note", 1);
  ctz_pause(engine, true);
  ctz_task_id own = submit_number(engine, note, 77);  // its slot has number 8
  static const uint32_t nonsense[] = {8, 9, 12, 1000, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
  uint32_t slot = port_take(&client);
  port_fill(&client, slot, note, 1, 0);
  port_push_quietly(&client, slot, 1, 0);
  for (uint32_t i = 0; i < 7; i++) CHECK(ctz_port_ring_push(&client.rings[i % 4], nonsense[i]));
  for (uint32_t i = 0; i < 4; i++) CHECK(ctz_port_ring_push(&client.rings[CTZ_PORT_TIMED_RING], nonsense[i]));
  ctz_port_wake_timers(engine);
  ctz_pause(engine, false);
  ctz_outcome outcome = end_of(engine, own);
  CHECK(outcome.state == CTZ_SLOT_COMPLETED && outcome.value.f64 == 77 && outcome.attempts == 1);
  CHECK_EQ_U64(next_settled(), slot);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 2);
  close_port();
}

// Whatever the words say, own tasks are woken for.
static void test_overwritten_words(void) {
  static const uint32_t lies[] = {0, 1, 1000, UINT32_MAX};
  open_port(2, 8);
  uint32_t note = define_simple(engine, "note", 1);
  for (uint32_t i = 0; i < 16; i++) {
    await_parked(engine, 2);
    ctz_store(&client.words[CTZ_WORD_SEARCHING], lies[i % 4], memory_order_seq_cst);
    ctz_store(&client.words[CTZ_WORD_PARKED_WORKERS], lies[i / 4], memory_order_seq_cst);
    CHECK_EQ_U64(end_of(engine, submit_number(engine, note, i)).state, CTZ_SLOT_COMPLETED);
  }
  close_port();
}

static uint64_t yields(void) { return atomic_load_explicit(&engine->workers[0]->yields, memory_order_relaxed); }

// The worker has own tasks, one after the other, for so long or until it has stepped aside so many times.
static void keep_busy(uint32_t plan, double ms, uint64_t until) {
  for (double end = ctz_now(engine) + ms; ctz_now(engine) < end && yields() < until;)
    CHECK_EQ_U64(end_of(engine, submit_number(engine, plan, 0)).state, CTZ_SLOT_COMPLETED);
}

// A worker lets the owner of the port have its core once when what came back lies there, and never while nothing does.
static void test_steps_aside(void) {
  open_port(1, 8);
  uint32_t note = define_simple(engine, "note", 0);
  for (uint32_t times = 0; times < 3; times++) {
    keep_busy(note, 2, UINT64_MAX);
    CHECK_EQ_U64(yields(), times);
    uint32_t slot = port_submit(&client, note, 0, 1, 0);
    keep_busy(note, LONG_MS, times + 1);
    keep_busy(note, 2, UINT64_MAX);
    CHECK_EQ_U64(yields(), times + 1);
    CHECK_EQ_U64(next_settled(), slot);
    port_give(&client, slot);
  }
  close_port();
}

int main(void) {
  test_layout();
  test_many_tasks();
  test_conversion();
  test_attached();
  test_held();
#if !defined(_WIN32)
  test_free_before_the_state();
#endif
  test_learns_from_calls_only();
  test_cancel();
  test_wakes_the_owner();
  test_notices();
  test_nonsense();
  test_overwritten_words();
  test_steps_aside();
  return check_result();
}
