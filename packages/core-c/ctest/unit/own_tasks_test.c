// Tasks that C submits: outcomes, errors, slices, cancelling, room.
#include "engine_fixture.h"

static ctz_value text(const char *characters) {
  return (ctz_value){.slice = {.data = characters, .length = strlen(characters)}};
}

static void load_examples(ctz_engine *engine) {
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
}

static void test_scalars(void) {
  ctz_engine *engine = start_engine(2, 4, 0);
  load_examples(engine);
  ctz_outcome sum = end_of(engine, submit_numbers(engine, define_simple(engine, "add", 0), 2, 0.1, 0.2, 0));
  CHECK(sum.state == CTZ_SLOT_COMPLETED && sum.type == CTZ_F64 && sum.value.f64 == 0.1 + 0.2);
  CHECK_EQ_U64(sum.attempts, 1);
  ctz_value number = {.i32 = 77};
  ctz_task_id id;
  CHECK_EQ_U64(ctz_submit(engine, define_simple(engine, "example.negate", 1), &number, 1, 0, &id), CTZ_OK);
  ctz_outcome negative = end_of(engine, id);
  CHECK(negative.type == CTZ_I32 && negative.value.i32 == -77);
  CHECK_EQ_U64(ctz_submit(engine, define_simple(engine, "noop", 3), NULL, 0, 0, &id), CTZ_OK);
  CHECK(end_of(engine, id).type == CTZ_VOID);
  CHECK_EQ_U64(ctz_submit(engine, define_simple(engine, "noop", 3), NULL, 0, 0, NULL), CTZ_OK);  // nobody asks for it
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  end_engine(engine, 0);
}

static void test_refused(void) {
  ctz_engine *engine = start_engine(1, 2, 0);
  uint32_t add = define_simple(engine, "add", 3);
  ctz_value args[3] = {{.f64 = 1}, {.f64 = 1}, {.f64 = 1}};
  ctz_task_id id = 99;
  CHECK_EQ_U64(ctz_submit(engine, add, args, 1, 0, &id), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_submit(engine, add, args, 3, 0, &id), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_submit(engine, add, args, 2, -1, &id), CTZ_BAD_ARGUMENT);
  CHECK_EQ_U64(ctz_submit(engine, add, args, 2, NAN, &id), CTZ_BAD_ARGUMENT);
  ctz_pause(engine, true);
  ctz_task_id first = submit_numbers(engine, add, 2, 1, 2, 0), second = submit_numbers(engine, add, 2, 3, 4, 0);
  CHECK_EQ_U64(ctz_submit(engine, add, args, 2, 0, &id), CTZ_FULL);
  ctz_pause(engine, false);
  CHECK(end_of(engine, first).value.f64 == 3);
  CHECK(end_of(engine, second).value.f64 == 7);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->queues[3].rejected, 1);
  ctz_engine_close(engine, 0, NULL);
  CHECK_EQ_U64(ctz_submit(engine, add, args, 2, 0, &id), CTZ_CLOSED);
  CHECK_EQ_U64(ctz_scale(engine, 1), CTZ_CLOSED);
  release_engine(engine);
}

static void check_error(ctz_outcome outcome, ctz_status status, const char *name, const char *code,
                        const char *message) {
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_FAILED);
  CHECK_EQ_U64(outcome.error.status, status);
  if (!CHECK(strcmp(outcome.error.name, name) == 0)) printf("%s\n", outcome.error.name);
  if (!CHECK(strcmp(outcome.error.code, code) == 0)) printf("%s\n", outcome.error.code);
  if (!CHECK(strcmp(outcome.error.message, message) == 0)) printf("%s\n", outcome.error.message);
}

static void test_errors(void) {
  ctz_engine *engine = start_engine(1, 4, 0);
  load_examples(engine);
  ctz_outcome failed = end_of(engine, submit_number(engine, define_simple(engine, "example.fail", 2), 7));
  check_error(failed, CTZ_FAILED, "RangeError", "E_EXAMPLE", "example.fail was given 7");
  ctz_task_id id;
  CHECK_EQ_U64(ctz_submit(engine, define_simple(engine, "example.silent", 2), NULL, 0, 0, &id), CTZ_OK);
  check_error(end_of(engine, id), CTZ_FAILED, "Error", "", ctz_status_text(CTZ_FAILED));
  CHECK_EQ_U64(ctz_submit(engine, define_simple(engine, "example.wordy", 2), NULL, 0, 0, &id), CTZ_OK);
  ctz_outcome wordy = end_of(engine, id);
  CHECK_EQ_U64(strlen(wordy.error.name), sizeof wordy.error.name - 1);
  CHECK_EQ_U64(strlen(wordy.error.code), sizeof wordy.error.code - 1);
  CHECK_EQ_U64(strlen(wordy.error.message), sizeof wordy.error.message - 1);
  end_engine(engine, 0);
}

static void check_text(ctz_engine *engine, uint32_t plan, const char *given, const char *wanted) {
  char copy[64];
  snprintf(copy, sizeof copy, "%s", given);
  ctz_value arg = text(copy);
  ctz_task_id id;
  ctz_outcome outcome;
  CHECK_EQ_U64(ctz_submit(engine, plan, &arg, 1, 0, &id), CTZ_OK);
  memset(copy, '!', sizeof copy);  // arguments were copied
  CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK);
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(outcome.value.slice.length, strlen(wanted));
  CHECK((outcome.value.slice.data == NULL) == (wanted[0] == 0));
  if (wanted[0] != 0) CHECK(memcmp(outcome.value.slice.data, wanted, strlen(wanted)) == 0);
  CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
}

// Results that are slices: one of the engine's memory, one that begins inside it, one of the kernel's own, an empty
// one.
static ctz_outcome_code slice_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  static const char foreign[] = "foreign memory";
  int kind = (int)args[0].f64;
  if (kind == 0) {
    result->slice = (ctz_slice){.data = foreign, .length = sizeof foreign - 1};
    return CTZ_KERNEL_OK;
  }
  char *dropped = context->alloc_result(context, 1000);
  char *block = context->alloc_result(context, 16);
  char *scratch = context->alloc(context, 32, 8);
  if (dropped == NULL || block == NULL || scratch == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
  memcpy(block, "0123456789abcdef", 16);
  memcpy(scratch, "temporary memory", 16);
  if (kind == 1) result->slice = (ctz_slice){.data = block, .length = 16};
  if (kind == 2) result->slice = (ctz_slice){.data = block + 10, .length = 6};
  if (kind == 3) result->slice = (ctz_slice){.data = block + 16, .length = 0};
  if (kind == 4) result->slice = (ctz_slice){.data = scratch, .length = 16};
  return CTZ_KERNEL_OK;
}

#define BLOCKS 100u
#define BLOCK_BYTES 65536u

// blocks(n): takes many blocks, each a copy of the one before with a letter more, and names number n.
static ctz_outcome_code blocks_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  char *blocks[BLOCKS];
  for (uint32_t i = 0; i < BLOCKS; i++) {
    blocks[i] = context->alloc_result(context, BLOCK_BYTES);
    if (blocks[i] == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
    memset(blocks[i], 0, BLOCK_BYTES);
    if (i > 0) memcpy(blocks[i], blocks[i - 1], BLOCK_BYTES);
    blocks[i][i] = (char)('A' + i % 26);
  }
  result->slice = (ctz_slice){.data = blocks[(uint32_t)args[0].f64], .length = BLOCK_BYTES};
  return CTZ_KERNEL_OK;
}

// All that a kernel took for results lives until it returns; then the one that it names stays, and the others go.
static void test_many_blocks(void) {
  static const ctz_kernel kernel = {
    .name = "blocks", .arity = 1, .args = {CTZ_F64}, .result = CTZ_BYTES, .run = blocks_run};
  static const uint32_t named[] = {0, 1, 50, BLOCKS - 1};
  ctz_engine *engine = start_engine(1, 8, 0);
  CHECK_EQ_U64(ctz_kernel_add(engine, &kernel, NULL), CTZ_OK);
  uint32_t plan = define_simple(engine, "blocks", 2);
  ctz_stats stats;
  for (uint32_t i = 0; i < sizeof named / sizeof *named; i++) {
    ctz_outcome outcome;
    ctz_task_id id = submit_number(engine, plan, named[i]);
    CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK);
    if (!CHECK_EQ_U64(outcome.state, CTZ_SLOT_COMPLETED)) break;
    CHECK_EQ_U64(outcome.value.slice.length, BLOCK_BYTES);
    const char *letters = outcome.value.slice.data;
    for (uint32_t at = 0; at < BLOCKS; at++) CHECK_EQ_U64((uint8_t)letters[at], at <= named[i] ? 'A' + at % 26 : 0);
    CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, BLOCK_BYTES);
    CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  }
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  CHECK_EQ_U64(stats.memory_peak, (uint64_t)BLOCKS * BLOCK_BYTES);
  end_engine(engine, 0);
}

static void test_slices(void) {
  static const ctz_kernel slices = {
    .name = "slices", .arity = 1, .args = {CTZ_F64}, .result = CTZ_STRING, .run = slice_run};
  static const char *const wanted[] = {"foreign memory", "0123456789abcdef", "abcdef", "", "temporary memory", ""};
  ctz_engine *engine = start_engine(1, 8, 0);
  load_examples(engine);
  CHECK_EQ_U64(ctz_kernel_add(engine, &slices, NULL), CTZ_OK);
  uint32_t plan = define_simple(engine, "slices", 2);
  for (uint32_t kind = 0; kind < 6; kind++) {
    ctz_outcome outcome;
    ctz_task_id id = submit_number(engine, plan, kind);
    CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK);
    CHECK_EQ_U64(outcome.type, CTZ_STRING);
    CHECK_EQ_U64(outcome.value.slice.length, strlen(wanted[kind]));
    CHECK(memcmp(outcome.value.slice.length == 0 ? "" : outcome.value.slice.data, wanted[kind], strlen(wanted[kind])) ==
          0);
    CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  }
  uint32_t upper = define_simple(engine, "example.upper", 2);
  check_text(engine, upper, "gr\xC3\xBC\xC3\x9F dich", "GR\xC3\xBC\xC3\x9F DICH");
  check_text(engine, upper, "", "");
  end_engine(engine, 0);
}

static void test_cancel(void) {
  ctz_engine *engine = start_engine(1, 8, 0);
  uint32_t listen = define_simple(engine, "listen", 2), note = define_simple(engine, "note", 2);
  ctz_task_id running = submit_number(engine, listen, 0);
  gate_await(0, 1);
  ctz_task_id waiting = submit_number(engine, note, 1), timed = submit_numbers(engine, note, 1, 2, 0, 1e9);
  ctz_task_id left = submit_number(engine, note, 3);
  CHECK_EQ_U64(ctz_cancel(engine, waiting), CTZ_OK);
  CHECK_EQ_U64(ctz_cancel(engine, timed), CTZ_OK);
  CHECK_EQ_U64(end_of(engine, timed).state, CTZ_SLOT_CANCELLED);  // at once
  CHECK_EQ_U64(ctz_cancel(engine, running), CTZ_OK);
  CHECK_EQ_U64(end_of(engine, running).state, CTZ_SLOT_CANCELLED);
  ctz_outcome outcome = end_of(engine, waiting);
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_CANCELLED);
  CHECK_EQ_U64(outcome.attempts, 0);
  CHECK_EQ_U64(end_of(engine, left).state, CTZ_SLOT_COMPLETED);
  CHECK_EQ_U64(atomic_load_explicit(&note_count, memory_order_relaxed), 1);  // none of the cancelled ran
  ctz_task_id settled = submit_number(engine, note, 4);
  CHECK_EQ_U64(ctz_wait(engine, settled, LONG_MS, NULL), CTZ_OK);
  CHECK_EQ_U64(ctz_cancel(engine, settled), CTZ_OK);  // too late: it stays as it is
  CHECK_EQ_U64(end_of(engine, settled).state, CTZ_SLOT_COMPLETED);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->cancelled, 3);
  end_engine(engine, 0);
}

typedef struct waiter {
  ctz_engine *engine;
  ctz_task_id id;
  ctz_outcome outcome;
} waiter;

static void *wait_for_it(void *argument) {
  waiter *me = argument;
  CHECK_EQ_U64(ctz_wait(me->engine, me->id, LONG_MS, &me->outcome), CTZ_OK);
  return NULL;
}

// Several threads wait for one task.
static void test_many_wait(void) {
  ctz_engine *engine = start_engine(2, 4, 0);
  ctz_task_id id = submit_number(engine, define_simple(engine, "gate", 2), 5);
  pthread_t threads[4];
  waiter waiters[4];
  for (uint32_t i = 0; i < 4; i++) {
    waiters[i] = (waiter){.engine = engine, .id = id};
    CHECK(pthread_create(&threads[i], NULL, wait_for_it, &waiters[i]) == 0);
  }
  gate_await(5, 1);
  gate_open(5);
  for (uint32_t i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    CHECK(waiters[i].outcome.value.f64 == 5);
  }
  CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  CHECK_EQ_U64(ctz_release(engine, id), CTZ_NOT_FOUND);
  end_engine(engine, 0);
}

int main(void) {
  test_scalars();
  test_refused();
  test_errors();
  test_slices();
  test_many_blocks();
  test_cancel();
  test_many_wait();
  return check_result();
}
