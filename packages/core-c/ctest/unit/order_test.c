// In which order tasks start: by class, first in first out inside one, and no class starves. One worker, and nothing
// starts before everything is submitted.
#include "engine_fixture.h"
#include "port_client.h"

#define NEVER_OVERDUE 1e9

typedef struct line {
  ctz_engine *engine;
  port_client client;
  uint32_t plans[CTZ_CLASSES];
} line;

static line open_line(void) {
  line made = {.engine = start_engine(1, 1024, 1024)};
  made.client = port_open(made.engine);
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) made.plans[c] = define_simple(made.engine, "note", c);
  await_parked(made.engine, 1);
  ctz_pause(made.engine, true);
  return made;
}

static void enqueue(line *in, uint32_t priority, double value, double ready_at) {
  uint32_t slot = port_take(&in->client);
  port_fill(&in->client, slot, in->plans[priority], value, 0);
  CHECK(port_push_quietly(&in->client, slot, priority, ready_at));
}

static uint32_t run_line(line *in) {
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 0);
  ctz_pause(in->engine, false);
  CHECK_EQ_U64(ctz_drain(in->engine, LONG_MS), CTZ_OK);
  return atomic_load_explicit(&note_count, memory_order_relaxed);
}

static void close_line(line *in) {
  end_engine(in->engine, 0);
  port_close(&in->client);
}

static void test_strict_priority(uint64_t seed) {
  line in = open_line();
  uint32_t next[CTZ_CLASSES] = {0}, wanted[CTZ_CLASSES] = {0};
  for (uint32_t i = 0; i < 800; i++) {
    uint32_t c = (uint32_t)(random_next(&seed) >> 62);
    enqueue(&in, c, c * 10000 + next[c]++, NEVER_OVERDUE);
  }
  CHECK_EQ_U64(run_line(&in), 800);
  double before = -1;
  for (uint32_t i = 0; i < 800; i++) {
    uint32_t c = (uint32_t)notes[i] / 10000;
    CHECK(notes[i] > before);  // classes in their order, and inside each the order of submission
    CHECK_EQ_U64((uint32_t)notes[i] % 10000, wanted[c]++);
    before = notes[i];
  }
  close_line(&in);
}

// Own tasks and the port's stand in one line.
static void test_two_sources(uint64_t seed) {
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    line in = open_line();
    for (uint32_t i = 0; i < 700; i++) {
      if (random_next(&seed) >> 63 != 0)
        enqueue(&in, c, i, ctz_now(in.engine));
      else
        submit_number(in.engine, in.plans[c], i);
      double now = ctz_now(in.engine);
      while (ctz_now(in.engine) <= now) continue;  // the next is later by the clock
    }
    CHECK_EQ_U64(run_line(&in), 700);
    for (uint32_t i = 0; i < 700; i++) CHECK(notes[i] == i);
    close_line(&in);
  }
}

static uint32_t class_of(double note) { return (uint32_t)note / 10000; }

// While both wait, 16 starts in a row have at least one of the class.
static void check_guarded(uint32_t guarded, uint32_t total, uint32_t of_class) {
  uint32_t since = 0, seen = 0;
  for (uint32_t i = 0; i < total && seen < of_class; i++) {
    since++;
    if (class_of(notes[i]) != guarded) continue;
    CHECK(since <= 16);
    CHECK_EQ_U64((uint32_t)notes[i] % 10000, seen);
    since = 0;
    seen++;
  }
  CHECK_EQ_U64(seen, of_class);
}

static void test_one_overdue(uint32_t guarded) {
  line in = open_line();
  for (uint32_t i = 0; i < 600; i++) enqueue(&in, 0, i, NEVER_OVERDUE);
  for (uint32_t i = 0; i < 30; i++) enqueue(&in, guarded, guarded * 10000 + i, -1e6);
  CHECK_EQ_U64(run_line(&in), 630);
  CHECK_EQ_U64(class_of(notes[0]), 0);
  check_guarded(guarded, 630, 30);
  uint32_t others = 0;  // and it gets no more than that
  for (uint32_t i = 0; i < 160; i++) others += class_of(notes[i]) == guarded;
  CHECK(others >= 10 && others <= 16);
  close_line(&in);
}

static void test_three_overdue(void) {
  line in = open_line();
  for (uint32_t i = 0; i < 700; i++) enqueue(&in, 0, i, -1e6);
  for (uint32_t i = 0; i < 25; i++) {
    for (uint32_t c = 1; c < CTZ_CLASSES; c++) enqueue(&in, c, c * 10000 + i, -1e6);
  }
  CHECK_EQ_U64(run_line(&in), 775);
  for (uint32_t c = 1; c < CTZ_CLASSES; c++) check_guarded(c, 775, 25);
  close_line(&in);
}

// A class that is not past its target waits until the urgent ones are empty.
static void test_not_overdue(void) {
  line in = open_line();
  for (uint32_t i = 0; i < 300; i++) enqueue(&in, 3, 30000 + i, NEVER_OVERDUE);
  for (uint32_t i = 0; i < 300; i++) enqueue(&in, 1, 10000 + i, -1e6);
  CHECK_EQ_U64(run_line(&in), 600);
  for (uint32_t i = 0; i < 600; i++) CHECK_EQ_U64(class_of(notes[i]), i < 300 ? 1 : 3);
  close_line(&in);
}

int main(void) {
  uint64_t seed = seed_of("order", 1);
  test_strict_priority(seed);
  test_two_sources(seed);
  for (uint32_t c = 1; c < CTZ_CLASSES; c++) test_one_overdue(c);
  test_three_overdue();
  test_not_overdue();
  return check_result();
}
