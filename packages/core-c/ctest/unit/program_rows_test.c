// Programs over columns: interpreted, by a body, by a body over columns; rows that give up are marked, and the others
// done.
#include "engine_fixture.h"
#include "port_client.h"
#include "program_bytes.h"

#include <math.h>

#define ROWS 5000u

static const uint8_t numbers[] = {CTZ_PROGRAM_N, CTZ_PROGRAM_N, CTZ_PROGRAM_N};
static const line adding[] = {{CTZ_OP_F64_ADD, 2, {0, 1}, 0}, {CTZ_OP_RETURN, 0, {2, 1}, 0}};

static ctz_engine *engine;
static port_client client;
static double a[ROWS], b[ROWS], out[ROWS];

static uint32_t add_program(uint32_t parameters, const uint8_t *types, uint32_t result, const line *lines) {
  static program_bytes bytes;
  char why[160] = "";
  ctz_math math = library_math();
  ctz_program *program = NULL;
  put_program(&bytes, parameters, types, 3, result, lines, 2);
  CHECK_EQ_U64(ctz_program_open(bytes.words, bytes.count * 4, &math, &program, why, sizeof why), CTZ_OK);
  uint32_t index = UINT32_MAX;
  CHECK_EQ_U64(ctz_program_add(engine, "rows", program, &index), CTZ_OK);
  return index;
}

static uint32_t plan_for(uint32_t kernel) {
  ctz_plan plan = {
    .kernel = kernel, .priority = 2, .retry_max_delay_ms = INFINITY, .timeout_ms = INFINITY, .memory_limit = 1 << 20};
  return define(engine, &plan);
}

static int subtract(ctz_run *run, const ctz_register *args, ctz_register *results) {
  if (args[0].n == 7) return ctz_give_up(run, CTZ_BAIL_THROWN, 1);
  results[0].n = args[0].n - args[1].n;
  return 1;
}

// Gives up the rows 10 and the last; never runs one twice.
static _Atomic uint32_t entered;
static size_t twice(ctz_run *run, const double *const *columns, double *result, size_t row, size_t end) {
  atomic_fetch_add_explicit(&entered, 1, memory_order_relaxed);
  for (; row < end; row++) {
    if (row == 10 || row == ROWS - 1) {
      ctz_give_up(run, CTZ_BAIL_DEPTH, 0);
      return row;
    }
    result[row] = ctz_column_value(columns[0][row] * 2);
  }
  return end;
}

// Runs the columns in chunks of 64; gives how many rows were given up.
static double map(uint32_t plan) {
  const double *in[2] = {a, b};
  uint32_t slot = port_take(&client);
  for (uint32_t i = 0; i < ROWS; i++) out[i] = -1;
  CHECK_EQ_U64(ctz_port_attach_columns(engine, slot, plan, in, 2, out, ROWS, 64), CTZ_OK);
  port_fill(&client, slot, plan, 0, 0);
  CHECK(port_push(&client, slot, 2, ctz_now(engine)));
  port_notice notice = {.slot = UINT32_MAX};
  CHECK(port_await(&client, &notice, LONG_MS) && notice.slot == slot);
  CHECK_EQ_U64(port_state(&client, slot), CTZ_SLOT_COMPLETED);
  double given_up = ctz_field_f64(&client.slots[slot].result);
  CHECK(ctz_port_free(engine, slot));
  port_give(&client, slot);
  return given_up;
}

static bool is_marked(uint32_t row) {
  uint64_t bits;
  memcpy(&bits, &out[row], sizeof bits);
  return bits == CTZ_ROW_GIVEN_UP;
}

static void open_engine(uint32_t workers) {
  engine = start_engine(workers, 16, 16);
  client = port_open(engine);
  for (uint32_t i = 0; i < ROWS; i++) {
    a[i] = i;
    b[i] = 0.5 * i;
  }
}

static void close_engine(void) {
  end_engine(engine, 0);
  port_close(&client);
}

static void test_ways(uint32_t workers) {
  open_engine(workers);
  uint32_t kernel = add_program(2, numbers, CTZ_PROGRAM_N, adding);
  uint32_t plan = plan_for(kernel), wrong = 0;
  CHECK(map(plan) == 0);
  for (uint32_t i = 0; i < ROWS; i++) wrong += out[i] != 1.5 * i;
  CHECK_EQ_U64(ctz_body_swap(engine, kernel, subtract), CTZ_OK);
  CHECK(map(plan) == 1);
  for (uint32_t i = 0; i < ROWS; i++) wrong += i == 7 ? !is_marked(i) : out[i] != 0.5 * i;
  CHECK_EQ_U64(ctz_column_body_swap(engine, kernel, twice), CTZ_OK);
  CHECK(map(plan) == 2);
  for (uint32_t i = 0; i < ROWS; i++) wrong += i == 10 || i == ROWS - 1 ? !is_marked(i) : out[i] != 2.0 * i;
  CHECK_EQ_U64(wrong, 0);
  // once a chunk, of 64 rows at most, and once more behind a row that gave up in the middle of one
  uint32_t times = atomic_exchange_explicit(&entered, 0, memory_order_relaxed);
  CHECK(times >= (ROWS + 63) / 64 + 1 && times <= ROWS + 1);
  uint64_t calls = 0, bails = 0;
  CHECK_EQ_U64(ctz_program_figures(engine, kernel, &calls, &bails), CTZ_OK);
  CHECK(calls == 3 * ROWS && bails == 3);
  CHECK_EQ_U64(ctz_column_body_swap(engine, 0, twice), CTZ_NOT_FOUND);
  close_engine();
}

// No NaN that a row gives is taken for the mark.
static void test_nan(void) {
  open_engine(1);
  uint64_t mark = CTZ_ROW_GIVEN_UP;
  memcpy(&a[3], &mark, sizeof mark);
  CHECK(map(plan_for(add_program(2, numbers, CTZ_PROGRAM_N, adding))) == 0);
  CHECK(isnan(out[3]) && !is_marked(3));
  close_engine();
}

// Programs of other values take no columns.
static void test_refused(void) {
  static const uint8_t flags[] = {CTZ_PROGRAM_N, CTZ_PROGRAM_N, CTZ_PROGRAM_B};
  static const line less[] = {{CTZ_OP_F64_LT, 2, {0, 1}, 0}, {CTZ_OP_RETURN, 0, {2, 1}, 0}};
  open_engine(1);
  const double *in[2] = {a, b};
  uint32_t slot = port_take(&client), adds = plan_for(add_program(2, numbers, CTZ_PROGRAM_N, adding));
  uint32_t compares = plan_for(add_program(2, flags, CTZ_PROGRAM_B, less));
  CHECK_EQ_U64(ctz_port_attach_columns(engine, slot, compares, in, 2, out, ROWS, 64), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_port_attach_columns(engine, slot, adds, in, 1, out, ROWS, 64), CTZ_BAD_ARGUMENT);
  port_give(&client, slot);
  close_engine();
}

int main(void) {
  test_ways(1);
  test_ways(3);
  test_nan();
  test_refused();
  return check_result();
}
