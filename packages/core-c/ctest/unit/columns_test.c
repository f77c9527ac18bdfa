// Jobs over columns: every row once, whatever the chunks and workers; failing rows, cancelling, closing in the middle.
#include "engine_fixture.h"
#include "flow/registry.h"
#include "port_client.h"

#define MOST_ROWS 100000u
#define JOBS 24u

static ctz_engine *engine;
static port_client client;

typedef struct job {
  double *a, *b, *out;
  size_t rows;
  uint32_t slot;
} job;

static _Atomic uint32_t touched[MOST_ROWS];

// once(row): counts how often each row is run; fails for the row -1 - n, and blocks at gate 0 on the row 1e6.
static ctz_outcome_code once_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  if (args[0].f64 < 0) {
    context->fail(context, "RowError", "E_ROW", "this row is bad");
    return CTZ_KERNEL_FAILED;
  }
  if (args[0].f64 >= 1e6)
    gate_enter(0, true);
  else
    atomic_fetch_add_explicit(&touched[(uint32_t)args[0].f64], 1, memory_order_relaxed);
  result->f64 = args[0].f64 * 2;
  return CTZ_KERNEL_OK;
}

// until-told(row): the body over columns comes to gate 1 with each chunk, and runs until it is told to stop.
static ctz_outcome_code until_told_columns(ctz_context *context, const double *const *columns, double *out,
                                           size_t begin, size_t end) {
  gate_enter(1, false);
  while (!ctz_should_stop(context)) continue;
  for (size_t i = begin; i < end; i++) out[i] = columns[0][i];
  return CTZ_KERNEL_STOPPED;
}

static const ctz_kernel once = {.name = "once", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = once_run};
static const ctz_kernel until_told = {.name = "until-told",
                                      .arity = 1,
                                      .args = {CTZ_F64},
                                      .result = CTZ_F64,
                                      .run = once_run,
                                      .columns = until_told_columns};

// slow(row): each row takes two milliseconds at least; the body over columns notes how many rows it is given.
static uint32_t given[32], times_given;

static ctz_outcome_code slow_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                     size_t end) {
  (void)context;
  given[times_given++] = (uint32_t)(end - begin);
  for (size_t i = begin; i < end; i++) {
    uint64_t until = ctz_monotonic_ns() + 2000000;
    while (ctz_monotonic_ns() < until) continue;
    out[i] = columns[0][i] * 2;
  }
  return CTZ_KERNEL_OK;
}

static const ctz_kernel slow = {
  .name = "slow", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = once_run, .columns = slow_columns};

static void open_engine(uint32_t workers) {
  engine = start_engine(workers, 64, 64);
  client = port_open(engine);
  CHECK_EQ_U64(ctz_kernel_add(engine, &once, NULL), CTZ_OK);
  CHECK_EQ_U64(ctz_kernel_add(engine, &until_told, NULL), CTZ_OK);
  CHECK_EQ_U64(ctz_kernel_add(engine, &slow, NULL), CTZ_OK);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  for (uint32_t i = 0; i < MOST_ROWS; i++) atomic_store_explicit(&touched[i], 0, memory_order_relaxed);
}

static void close_engine(void) {
  end_engine(engine, 0);
  port_close(&client);
}

static job make_job(size_t rows) {
  job made = {.rows = rows};
  size_t bytes = sizeof(double) * (rows + 1);  // exactly so many, and one that must not be touched
  made.a = malloc(bytes);
  made.b = malloc(bytes);
  made.out = malloc(bytes);
  for (size_t i = 0; i <= rows; i++) {
    made.a[i] = (double)i;
    made.b[i] = 0.25 * (double)i;
    made.out[i] = -1;
  }
  return made;
}

static void free_job(job *done) {
  free(done->a);
  free(done->b);
  free(done->out);
}

static void start_job(job *made, uint32_t plan, uint32_t columns, size_t chunk) {
  const double *in[2] = {made->a, made->b};
  made->slot = port_take(&client);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, made->slot, plan, in, columns, made->out, made->rows, chunk), CTZ_OK);
  port_fill(&client, made->slot, plan, 0, 0);
  CHECK(port_push(&client, made->slot, 2, ctz_now(engine)));
}

static uint32_t await_settled(void) {
  port_notice notice = {.slot = NO_SLOT};
  CHECK(port_await(&client, &notice, LONG_MS) && notice.kind == CTZ_NOTICE_SETTLED);
  return notice.slot;
}

static void end_job(job *done) {
  CHECK(ctz_port_free(engine, done->slot));
  port_give(&client, done->slot);
  free_job(done);
}

static void check_rows(const job *done, double per_row) {
  size_t wrong = 0;
  for (size_t i = 0; i < done->rows; i++) wrong += done->out[i] != per_row * (double)i;
  CHECK_EQ_U64(wrong, 0);
  CHECK(done->out[done->rows] == -1);
}

// With a body for columns and without, for numbers of rows that chunks do not divide.
static void test_exact(uint32_t workers) {
  static const size_t rows[] = {0, 1, 2, 3, 7, 64, 1000, 4095, 4096, 4097, MOST_ROWS - 1};
  static const size_t chunks[] = {1, 3, 64, 4096, 1000000};
  open_engine(workers);
  uint32_t add = define_simple(engine, "add", 2), single = define_simple(engine, "once", 2);
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    for (size_t c = rows[r] > 5000 ? 2 : 0; c < sizeof chunks / sizeof *chunks; c++) {
      job sum = make_job(rows[r]), doubled = make_job(rows[r]);
      start_job(&sum, add, 2, chunks[c]);
      CHECK_EQ_U64(await_settled(), sum.slot);
      CHECK_EQ_U64(port_state(&client, sum.slot), CTZ_SLOT_COMPLETED);
      check_rows(&sum, 1.25);
      end_job(&sum);
      start_job(&doubled, single, 1, chunks[c]);
      CHECK_EQ_U64(await_settled(), doubled.slot);
      check_rows(&doubled, 2);
      size_t wrong = 0;
      for (size_t i = 0; i < rows[r]; i++) {
        wrong += atomic_exchange_explicit(&touched[i], 0, memory_order_relaxed) != 1;
      }
      CHECK_EQ_U64(wrong, 0);
      end_job(&doubled);
    }
  }
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 2 * (10 * 5 + 3));
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  close_engine();
}

static void test_refused(void) {
  open_engine(1);
  job made = make_job(10);
  const double *in[2] = {made.a, made.b};
  uint32_t add = define_simple(engine, "add", 2), noop = define_simple(engine, "noop", 2);
  uint32_t negate = define_simple(engine, "example.negate", 2), fail = define_simple(engine, "example.fail", 2);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, add, in, 1, made.out, 10, 4), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, add, in, 2, made.out, 10, 0), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, noop, in, 0, made.out, 10, 4), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, negate, in, 1, made.out, 10, 4), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, fail, in, 1, made.out, 10, 4), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 0, 999, in, 2, made.out, 10, 4), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, 64, add, in, 2, made.out, 10, 4), CTZ_INVALID);
  free_job(&made);
  close_engine();
}

static void test_bad_row(uint32_t workers) {
  open_engine(workers);
  ctz_plan plan = plan_of(engine, "once");
  plan.max_retries = 5;  // jobs over columns are not tried again
  uint32_t index = define(engine, &plan);
  static const size_t bad[] = {0, 1, 500, 998, 999};
  for (uint32_t i = 0; i < 5; i++) {
    job made = make_job(1000);
    made.a[bad[i]] = -1;
    start_job(&made, index, 1, 10);
    CHECK_EQ_U64(await_settled(), made.slot);
    CHECK_EQ_U64(port_state(&client, made.slot), CTZ_SLOT_FAILED);
    ctz_outcome outcome;
    CHECK_EQ_U64(ctz_port_outcome(engine, made.slot, &outcome), CTZ_OK);
    CHECK(strcmp(outcome.error.name, "RowError") == 0 && strcmp(outcome.error.message, "this row is bad") == 0);
    // one after the other, those before it were done; several workers may give up what was taken before as well
    for (size_t row = 0; workers == 1 && row < bad[i] / 10 * 10; row++) CHECK(made.out[row] == 2 * (double)row);
    end_job(&made);
  }
  close_engine();
}

// Cancelled while a chunk runs: no further chunk begins, and the job settles when the chunk has ended.
static void test_cancel(uint32_t workers) {
  open_engine(workers);
  uint32_t index = define_simple(engine, "once", 2);
  job made = make_job(10000);
  made.a[100] = 1e6;
  start_job(&made, index, 1, 10);
  gate_await(0, 1);
  ctz_field_set_u32(&client.slots[made.slot].cancel, 1);
  port_notice notice;
  CHECK(!port_next(&client, &notice));
  CHECK(!ctz_port_free(engine, made.slot));
  gate_open(0);
  CHECK_EQ_U64(await_settled(), made.slot);
  ctz_slot_state state = port_state(&client, made.slot);
  // with several workers the others may have taken the rest before it was cancelled
  CHECK(state == CTZ_SLOT_CANCELLED || (workers > 1 && state == CTZ_SLOT_COMPLETED));
  end_job(&made);
  job told = make_job(100);
  start_job(&told, define_simple(engine, "until-told", 2), 1, 50);
  gate_await(1, 1);
  ctz_field_set_u32(&client.slots[told.slot].cancel, 1);
  CHECK_EQ_U64(await_settled(), told.slot);
  CHECK_EQ_U64(port_state(&client, told.slot), CTZ_SLOT_CANCELLED);
  end_job(&told);
  close_engine();
}

#define JOB_MS 40.0

static double row_ms;

// lasting(row): runs for row_ms.
static ctz_outcome_code lasting_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  double end = ctz_now(engine) + row_ms;
  while (ctz_now(engine) < end) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
  }
  result->f64 = args[0].f64;
  return CTZ_KERNEL_OK;
}

// The time limit is that of the whole job: chunks that keep to it one by one do not make it longer, be they short or
// long.
static void test_time_limit(uint32_t rows, double each_ms) {
  static const ctz_kernel lasting = {
    .name = "lasting", .arity = 1, .args = {CTZ_F64}, .result = CTZ_F64, .run = lasting_run};
  open_engine(1);
  CHECK_EQ_U64(ctz_kernel_add(engine, &lasting, NULL), CTZ_OK);
  row_ms = each_ms;
  ctz_plan plan = plan_of(engine, "lasting");
  plan.timeout_ms = JOB_MS;
  uint32_t index = define(engine, &plan);
  // what is expected to be short is not looked after one by one
  atomic_store_explicit(&ctz_plan_at(engine, index)->mean_ns, (uint32_t)(each_ms * 1e6), memory_order_relaxed);
  job made = make_job(rows);
  start_job(&made, index, 1, 1);
  CHECK_EQ_U64(await_settled(), made.slot);
  CHECK_EQ_U64(port_state(&client, made.slot), CTZ_SLOT_FAILED);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_port_outcome(engine, made.slot, &outcome), CTZ_OK);
  CHECK_EQ_U64(outcome.error.status, CTZ_RAN_TOO_LONG);
  end_job(&made);
  close_engine();
}

// A job that was cancelled before its kernel was called says nothing about how long that runs.
static void test_learns_from_calls_only(void) {
  open_engine(1);
  uint32_t add = define_simple(engine, "add", 2);
  job made = make_job(100);
  const double *in[2] = {made.a, made.b};
  made.slot = port_take(&client);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, made.slot, add, in, 2, made.out, made.rows, 10), CTZ_OK);
  port_fill(&client, made.slot, add, 0, 0);
  ctz_field_set_u32(&client.slots[made.slot].cancel, 1);
  CHECK(port_push(&client, made.slot, 2, ctz_now(engine)));
  CHECK_EQ_U64(await_settled(), made.slot);
  CHECK_EQ_U64(port_state(&client, made.slot), CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(atomic_load_explicit(&ctz_plan_at(engine, add)->mean_ns, memory_order_relaxed), 0);
  end_job(&made);
  close_engine();
}

static void test_many_jobs(uint64_t seed) {
  open_engine(4);
  uint32_t add = define_simple(engine, "add", 2), note = define_simple(engine, "note", 0);
  for (uint32_t round = 0; round < 6; round++) {
    job jobs[JOBS];
    for (uint32_t i = 0; i < JOBS; i++) {
      jobs[i] = make_job(random_next(&seed) % 20000);
      start_job(&jobs[i], add, 2, 1 + random_next(&seed) % 500);
    }
    for (uint32_t i = 0; i < 20; i++) submit_number(engine, note, 1);  // others pass between the chunks
    for (uint32_t i = 0; i < JOBS; i++) await_settled();
    CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
    for (uint32_t i = 0; i < JOBS; i++) {
      check_rows(&jobs[i], 1.25);
      end_job(&jobs[i]);
    }
    for (uint32_t slot = 64; slot < 128; slot++) {
      ctz_release(engine, (uint64_t)ctz_cell_generation(&engine->table.cells[slot]) << 32 | slot);
    }
  }
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->completed, 6 * (JOBS + 20));
  CHECK_EQ_U64(stats.memory_used, 0);
  close_engine();
}

// An urgent task does not wait for the job, only for a chunk of it.
static void test_others_pass(void) {
  open_engine(1);
  job made = make_job(1000);
  for (uint32_t i = 0; i < 1000; i++) made.a[i] = i;
  made.a[0] = 1e6;
  start_job(&made, define_simple(engine, "once", 3), 1, 10);
  gate_await(0, 1);
  ctz_task_id urgent = submit_number(engine, define_simple(engine, "note", 0), 1);
  gate_open(0);
  CHECK_EQ_U64(end_of(engine, urgent).state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(await_settled(), made.slot);
  CHECK(made.out[999] == 1998);
  end_job(&made);
  close_engine();
}

// Closed in the middle: what waits is given up, and the arrays are read until the chunks that run have ended.
static void test_close(uint32_t workers) {
  open_engine(workers);
  job made = make_job(10000), behind = make_job(100);
  for (uint32_t i = 0; i < 10000; i++) made.a[i] = 1e6;
  start_job(&made, define_simple(engine, "once", 1), 1, 10);
  gate_await(0, workers);
  start_job(&behind, define_simple(engine, "add", 3), 2, 10);
  ctz_report report;
  uint64_t before = ctz_monotonic_ns();
  ctz_engine_close(engine, 0, &report);
  CHECK(ctz_monotonic_ns() - before < 1500000000u);  // nobody is waited for in vain
  CHECK_EQ_U64(report.completed, 0);
  CHECK_EQ_U64(report.cancelled, 1);
  CHECK_EQ_U64(report.abandoned, workers);
  CHECK_EQ_U64(await_settled(), behind.slot);
  CHECK_EQ_U64(port_state(&client, behind.slot), CTZ_SLOT_CANCELLED);
  CHECK(!ctz_port_returned(engine, made.slot, 0));
  gate_open(0);
  CHECK(ctz_port_returned(engine, made.slot, LONG_MS));
  CHECK_EQ_U64(await_settled(), made.slot);
  CHECK_EQ_U64(port_state(&client, made.slot), CTZ_SLOT_CANCELLED);
  release_engine(engine);
  free_job(&made);
  free_job(&behind);
  port_close(&client);
}

// A chunk of long rows has few of them, but for the first one.
static void test_chunks_of_long_rows(void) {
  open_engine(1);
  job made = make_job(20);
  start_job(&made, define_simple(engine, "slow", 2), 1, 1024);
  CHECK_EQ_U64(await_settled(), made.slot);
  check_rows(&made, 2);
  CHECK_EQ_U64(times_given, 5);
  CHECK_EQ_U64(given[0], 16);
  for (uint32_t i = 1; i < times_given; i++) CHECK_EQ_U64(given[i], 1);
  end_job(&made);
  close_engine();
}

int main(void) {
  test_chunks_of_long_rows();
  uint64_t seed = seed_of("columns", 11);
  test_exact(1);
  test_exact(4);
  test_refused();
  test_bad_row(1);
  test_bad_row(4);
  test_cancel(1);
  test_cancel(4);
  test_time_limit(6, JOB_MS / 2);
  test_time_limit(20000, 0.01);
  test_learns_from_calls_only();
  test_many_jobs(seed);
  test_others_pass();
  test_close(1);
  test_close(4);
  return check_result();
}
