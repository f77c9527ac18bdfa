// Programs as kernels of an engine, submitted from C.
#include "engine_fixture.h"
#include "program_bytes.h"

static uint32_t add_program(ctz_engine *engine, uint32_t parameters, const uint8_t *types, uint32_t registers,
                            uint32_t result, const line *lines, uint32_t count) {
  static program_bytes bytes;
  char why[160] = "";
  ctz_math math = library_math();
  ctz_program *program = NULL;
  put_program(&bytes, parameters, types, registers, result, lines, count);
  if (!CHECK_EQ_U64(ctz_program_open(bytes.words, bytes.count * 4, &math, &program, why, sizeof why), CTZ_OK)) {
    printf("%s\n", why);
    exit(1);
  }
  uint32_t index = UINT32_MAX;
  CHECK_EQ_U64(ctz_program_add(engine, "any name", program, &index), CTZ_OK);
  return index;
}

static ctz_plan plan_for(uint32_t kernel) {
  return (ctz_plan){
    .kernel = kernel, .priority = 2, .retry_max_delay_ms = INFINITY, .timeout_ms = INFINITY, .memory_limit = 1 << 20};
}

static const uint8_t numbers[] = {CTZ_PROGRAM_N, CTZ_PROGRAM_N, CTZ_PROGRAM_N};
static const line adding[] = {{CTZ_OP_F64_ADD, 2, {0, 1}, 0}, {CTZ_OP_RETURN, 0, {2, 1}, 0}};

static int subtract(ctz_run *run, const ctz_register *args, ctz_register *results) {
  results[0].n = ctz_op_f64_sub(run, args[0].n, args[1].n);
  return 1;
}

static void test_swap(void) {
  ctz_engine *engine = start_engine(2, 16, 0);
  uint32_t kernel = add_program(engine, 2, numbers, 3, CTZ_PROGRAM_N, adding, 2);
  ctz_plan plan = plan_for(kernel);
  uint32_t index = define(engine, &plan);
  CHECK(end_of(engine, submit_numbers(engine, index, 2, 40, 2, 0)).value.f64 == 42);
  CHECK_EQ_U64(ctz_body_swap(engine, kernel, subtract), CTZ_OK);
  CHECK(end_of(engine, submit_numbers(engine, index, 2, 40, 2, 0)).value.f64 == 38);
  CHECK_EQ_U64(ctz_body_swap(engine, kernel, NULL), CTZ_OK);
  CHECK(end_of(engine, submit_numbers(engine, index, 2, 40, 2, 0)).value.f64 == 42);
  uint64_t calls = 0, bails = 9;
  CHECK_EQ_U64(ctz_program_figures(engine, kernel, &calls, &bails), CTZ_OK);
  CHECK(calls == 3 && bails == 0);
  CHECK_EQ_U64(ctz_body_swap(engine, 0, subtract), CTZ_NOT_FOUND);
  CHECK_EQ_U64(ctz_program_figures(engine, 9999, &calls, &bails), CTZ_NOT_FOUND);
  uint32_t found;
  CHECK_EQ_U64(ctz_kernel_find(engine, "any name", &found), CTZ_NOT_FOUND);
  end_engine(engine, 0);
}

static void test_giving_up(void) {
  static const uint8_t types[] = {CTZ_PROGRAM_S};
  static const line lines[] = {{CTZ_OP_BAIL, 0, {0}, 7}};
  ctz_engine *engine = start_engine(1, 16, 0);
  ctz_plan plan = plan_for(add_program(engine, 1, types, 1, CTZ_PROGRAM_NOTHING, lines, 1));
  plan.max_retries = 3;
  ctz_value text = {.slice = {"abc", 3}};
  ctz_task_id id = 0;
  CHECK_EQ_U64(ctz_submit(engine, define(engine, &plan), &text, 1, 0, &id), CTZ_OK);
  ctz_outcome outcome = end_of(engine, id);
  CHECK(outcome.state == CTZ_SLOT_FAILED && outcome.attempts == 1 && outcome.error.status == CTZ_BAILED);
  CHECK(strcmp(outcome.error.name, "THROWN") == 0 && strcmp(outcome.error.code, "0:0:7") == 0);
  ctz_stats *stats = malloc(sizeof *stats);
  stats_of(engine, stats);
  CHECK(stats->bailed == 1 && stats->failed == 0 && stats->retried == 0);
  free(stats);
  end_engine(engine, 0);
}

// A record of a text and an array, which the program makes out of its arguments.
static void test_record(void) {
  static const uint8_t types[] = {CTZ_PROGRAM_S, CTZ_PROGRAM_V + CTZ_VIEW_I16, CTZ_PROGRAM_N, CTZ_PROGRAM_S};
  static const line lines[] = {
    {CTZ_OP_STR_CONCAT, 3, {0, 0}, 0}, {CTZ_OP_VIEW_SET, 0, {1, 2, 2}, 0}, {CTZ_OP_RETURN, 0, {0, 4}, 0}};
  static const uint16_t units[] = {0x65E5, 0xD800};
  int16_t elements[] = {1, 2, 3};
  ctz_engine *engine = start_engine(1, 16, 0);
  ctz_plan plan = plan_for(add_program(engine, 3, types, 4, CTZ_PROGRAM_RECORD, lines, 3));
  ctz_value args[] = {{.slice = {units, 2 | CTZ_TEXT_WIDE}}, {.slice = {elements, 3}}, {.f64 = 2}};
  ctz_task_id id = 0;
  CHECK_EQ_U64(ctz_submit(engine, define(engine, &plan), args, 3, 0, &id), CTZ_OK);
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK);
  CHECK(outcome.state == CTZ_SLOT_COMPLETED && outcome.type == CTZ_RECORD);
  if (CHECK_EQ_U64(outcome.value.slice.length, 4)) {
    const ctz_field *fields = outcome.value.slice.data;
    CHECK(fields[0].type == CTZ_TEXT && fields[1].type == CTZ_I16_ARRAY && fields[2].type == CTZ_F64);
    CHECK_EQ_U64(fields[3].value.slice.length, 4 | CTZ_TEXT_WIDE);
    CHECK(((const uint16_t *)fields[3].value.slice.data)[3] == 0xD800 && fields[2].value.f64 == 2);
    CHECK(((const int16_t *)fields[1].value.slice.data)[2] == 2 && elements[2] == 3);
  }
  CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  end_engine(engine, 0);
}

static void test_limits(void) {
  static const uint8_t types[] = {CTZ_PROGRAM_N, CTZ_PROGRAM_V};
  static const line making[] = {{CTZ_OP_VIEW_NEW, 1, {0}, 0}, {CTZ_OP_RETURN, 0, {1, 1}, 0}};
  static const line endless[] = {{CTZ_OP_JUMP, 0, {0}, 0}};
  ctz_engine *engine = start_engine(1, 16, 0);
  ctz_plan small = plan_for(add_program(engine, 1, types, 2, CTZ_PROGRAM_V, making, 2));
  ctz_plan huge = small, slow = plan_for(add_program(engine, 1, types, 2, CTZ_PROGRAM_NOTHING, endless, 1));
  huge.memory_limit = UINT64_MAX;
  slow.timeout_ms = 2;
  CHECK_EQ_U64(end_of(engine, submit_number(engine, define(engine, &small), 1 << 21)).error.status, CTZ_MEMORY_LIMIT);
  CHECK_EQ_U64(end_of(engine, submit_number(engine, define(engine, &huge), 1 << 30)).error.status, CTZ_BAILED);
  CHECK_EQ_U64(end_of(engine, submit_number(engine, define(engine, &slow), 0)).error.status, CTZ_RAN_TOO_LONG);
  slow.timeout_ms = INFINITY;
  ctz_task_id id = submit_number(engine, define(engine, &slow), 0);
  CHECK_EQ_U64(ctz_cancel(engine, id), CTZ_OK);
  CHECK_EQ_U64(end_of(engine, id).state, CTZ_SLOT_CANCELLED);
  end_engine(engine, 0);
}

static void test_refused(void) {
  static program_bytes bytes;
  uint8_t types[CTZ_KERNEL_MAX_ARITY + 1];
  memset(types, CTZ_PROGRAM_N, sizeof types);
  static const line lines[] = {{CTZ_OP_RETURN, 0, {0, 0}, 0}};
  ctz_math none = {0};
  ctz_program *program = NULL;
  ctz_engine *engine = start_engine(1, 16, 0);
  put_program(&bytes, CTZ_KERNEL_MAX_ARITY + 1, types, CTZ_KERNEL_MAX_ARITY + 1, 0, lines, 1);
  CHECK_EQ_U64(ctz_program_open(bytes.words, bytes.count * 4, &none, &program, NULL, 0), CTZ_OK);
  CHECK_EQ_U64(ctz_program_add(engine, "too many", program, NULL), CTZ_INVALID);
  static const line sine[] = {{CTZ_OP_F64_SIN, 0, {0}, 0}, {CTZ_OP_RETURN, 0, {0, 1}, 0}};
  put_program(&bytes, 1, types, 1, CTZ_PROGRAM_N, sine, 2);
  char why[80];
  CHECK_EQ_U64(ctz_program_open(bytes.words, bytes.count * 4, &none, &program, why, sizeof why), CTZ_INVALID);
  CHECK(strstr(why, "Math.sin") != NULL && strcmp(ctz_program_lacks(bytes.words, bytes.count * 4, &none), "sin") == 0);
  end_engine(engine, 0);
}

int main(void) {
  test_swap();
  test_giving_up();
  test_record();
  test_limits();
  test_refused();
  return check_result();
}
