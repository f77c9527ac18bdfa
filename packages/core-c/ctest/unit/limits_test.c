// What tasks may take: time and memory.
#include "engine_fixture.h"
#include "port_client.h"

static ctz_engine *engine;

static void open_engine(uint64_t pool, uint32_t workers) {
  ctz_config config = config_of(workers, 64, 8);
  config.memory_pool = pool;
  engine = start_engine_as(&config);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
}

static ctz_outcome run_with(ctz_plan plan, uint32_t count, double number) {
  uint32_t index = define(engine, &plan);
  ctz_outcome outcome = end_of(engine, submit_numbers(engine, index, count, number, 0, 0));
  ctz_plan_release(engine, index);
  return outcome;
}

static void check_refused(ctz_outcome outcome, ctz_status status, uint32_t attempts) {
  CHECK_EQ_U64(outcome.state, CTZ_SLOT_FAILED);
  CHECK_EQ_U64(outcome.error.status, status);
  CHECK(strcmp(outcome.error.message, ctz_status_text(status)) == 0);
  CHECK_EQ_U64(outcome.attempts, attempts);
}

static void test_timeouts(void) {
  open_engine(1 << 20, 2);
  ctz_plan forever = plan_of(engine, "example.forever"), deaf = plan_of(engine, "example.deaf");
  forever.timeout_ms = 5;
  uint64_t before = ctz_monotonic_ns();
  check_refused(run_with(forever, 0, 0), CTZ_RAN_TOO_LONG, 1);
  CHECK(ctz_monotonic_ns() - before >= 5000000);
  forever.max_retries = 2;
  check_refused(run_with(forever, 0, 0), CTZ_RAN_TOO_LONG, 3);
  forever.timeout_ms = 0;
  check_refused(run_with(forever, 0, 0), CTZ_RAN_TOO_LONG, 3);
  deaf.timeout_ms = 2;
  before = ctz_monotonic_ns();
  check_refused(run_with(deaf, 1, 12), CTZ_RAN_TOO_LONG, 1);  // when it returns
  CHECK(ctz_monotonic_ns() - before >= 12000000);
  deaf.timeout_ms = LONG_MS;
  CHECK_EQ_U64(run_with(deaf, 1, 1).state, CTZ_SLOT_COMPLETED);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->timed_out, 8);
  CHECK_EQ_U64(stats.failed, 4);
  CHECK_EQ_U64(stats.retried, 4);
  end_engine(engine, 0);
}

static void test_memory_limits(void) {
  open_engine(8 << 20, 1);
  ctz_plan hungry = plan_of(engine, "example.hungry");
  hungry.memory_limit = 1 << 20;
  CHECK_EQ_U64(run_with(hungry, 1, 1 << 20).state, CTZ_SLOT_COMPLETED);
  check_refused(run_with(hungry, 1, (1 << 20) + 1), CTZ_MEMORY_LIMIT, 1);
  hungry.max_retries = 1;
  check_refused(run_with(hungry, 1, 1e15), CTZ_MEMORY_LIMIT, 2);
  hungry.memory_limit = UINT64_MAX;
  check_refused(run_with(hungry, 1, 9 << 20), CTZ_POOL_LIMIT, 2);
  check_refused(run_with(hungry, 1, 1e15), CTZ_POOL_LIMIT, 2);
  hungry.memory_limit = 0;
  check_refused(run_with(hungry, 1, 1), CTZ_MEMORY_LIMIT, 2);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_limited, 9);
  CHECK(stats.memory_used <= (uint64_t)2 << 20);  // what the arena keeps
  CHECK_EQ_U64(stats.memory_pool, 8 << 20);
  CHECK(stats.memory_peak >= 1 << 20 && stats.memory_peak <= 8 << 20);
  end_engine(engine, 0);
}

// give(bytes): a result of so many bytes of static memory, which the engine has to copy.
static ctz_outcome_code give_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  static const char foreign[65536];
  (void)context;
  result->slice = (ctz_slice){.data = foreign, .length = (uint64_t)args[0].f64};
  return CTZ_KERNEL_OK;
}

static const ctz_kernel give = {.name = "give", .arity = 1, .args = {CTZ_F64}, .result = CTZ_BYTES, .run = give_run};

static void test_results_are_limited(void) {
  open_engine(32768, 1);
  CHECK_EQ_U64(ctz_kernel_add(engine, &give, NULL), CTZ_OK);
  ctz_plan plan = plan_of(engine, "give");
  plan.memory_limit = 10000;
  CHECK_EQ_U64(run_with(plan, 1, 10000).state, CTZ_SLOT_COMPLETED);
  check_refused(run_with(plan, 1, 10001), CTZ_MEMORY_LIMIT, 1);
  plan.memory_limit = 65536;
  check_refused(run_with(plan, 1, 32769), CTZ_POOL_LIMIT, 1);
  CHECK_EQ_U64(run_with(plan, 1, 32768).state, CTZ_SLOT_COMPLETED);
  ctz_stats stats;
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  CHECK_EQ_U64(stats.memory_peak, 32768);
  end_engine(engine, 0);
}

// Arguments and results are counted while tasks have them, and everything is given back.
static void test_accounting(uint64_t seed) {
  open_engine(64 << 10, 2);
  uint32_t reverse = define_simple(engine, "example.reverse", 2);
  static uint8_t bytes[64 << 10];
  ctz_stats stats;
  ctz_task_id ids[8];
  for (uint32_t round = 0; round < 50; round++) {
    uint64_t length = random_next(&seed) % 3000;
    ctz_value arg = {.slice = {.data = bytes, .length = length}};
    for (uint32_t i = 0; i < 8; i++) CHECK_EQ_U64(ctz_submit(engine, reverse, &arg, 1, 0, &ids[i]), CTZ_OK);
    CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
    CHECK(stats_of(engine, &stats)->memory_used >= 2 * 8 * length);
    for (uint32_t i = 0; i < 8; i++) CHECK_EQ_U64(end_of(engine, ids[i]).state, CTZ_SLOT_COMPLETED);
    CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  }
  ctz_value too_much = {.slice = {.data = bytes, .length = sizeof bytes}};
  too_much.slice.length++;
  CHECK_EQ_U64(ctz_submit(engine, reverse, &too_much, 1, 0, &ids[0]), CTZ_POOL_LIMIT);
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  for (uint32_t i = 0; i < 64; i++)
    submit_numbers(engine, define_simple(engine, "note", 3), 1, 0, 0, 0);  // no slot lost
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  end_engine(engine, 0);
}

// A slot of the port that is used again without ctz_port_free drops its old result, also from the accounts.
static void test_port_reuse(void) {
  open_engine(32768, 1);
  CHECK_EQ_U64(ctz_kernel_add(engine, &give, NULL), CTZ_OK);
  port_client client = port_open(engine);
  uint32_t plan = define_simple(engine, "give", 2), slot = port_take(&client);
  ctz_stats stats;
  for (uint32_t i = 0; i < 20; i++) {
    port_notice notice;
    port_fill(&client, slot, plan, 20000, 0);
    CHECK(port_push(&client, slot, 2, 0));
    CHECK(port_await(&client, &notice, LONG_MS) && port_state(&client, slot) == CTZ_SLOT_COMPLETED);
    CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 20000);
    CHECK_EQ_U64(ctz_field_u32(&client.slots[slot].memory_kb), 20);
  }
  CHECK(ctz_port_free(engine, slot));
  CHECK_EQ_U64(stats_of(engine, &stats)->memory_used, 0);
  end_engine(engine, 0);
  port_close(&client);
}

int main(void) {
  test_timeouts();
  test_memory_limits();
  test_results_are_limited();
  test_accounting(seed_of("limits", 5));
  test_port_reuse();
  return check_result();
}
