// Threads that submit, cancel, wait and release at random, one that owns the port, and some that scale and pause: every
// task settles exactly once, and the figures add up.
#include "engine_fixture.h"
#include "port_client.h"

#define OUTSTANDING 48u
#define PLANS 8u
#define ROWS 500u
// Nothing here takes so long, on any machine: who has waited so long was not woken.
#define STALL_MS 25000.0

static _Atomic uint64_t kernel_calls;  // with one row

// Counts the call, then does what the first argument says: nothing, a little work, some memory, or failing n times.
static ctz_outcome_code mixed_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  atomic_fetch_add_explicit(&kernel_calls, 1, memory_order_relaxed);
  uint32_t kind = (uint32_t)args[0].f64, amount = (uint32_t)args[1].f64;
  if (kind == 1) {
    for (uint32_t i = 0; i < amount; i++) {
      if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
      ctz_cpu_relax();
    }
  }
  if (kind == 2) {
    char *memory = context->alloc(context, amount + 1, 8);
    if (memory == NULL) return CTZ_KERNEL_OUT_OF_MEMORY;
    memory[amount] = 1;
  }
  if (kind == 3 && context->attempt <= amount % 4) {
    context->fail(context, "Error", NULL, "once more");
    return CTZ_KERNEL_FAILED;
  }
  result->f64 = args[1].f64;
  return CTZ_KERNEL_OK;
}

static ctz_outcome_code mixed_columns(ctz_context *context, const double *const *columns, double *out, size_t begin,
                                      size_t end) {
  for (size_t i = begin; i < end; i++) {
    if (ctz_should_stop(context)) return CTZ_KERNEL_STOPPED;
    out[i] = columns[0][i] + columns[1][i];
  }
  return CTZ_KERNEL_OK;
}

// The same without the work: short enough for the owner of the port to run it itself.
static ctz_outcome_code short_run(ctz_context *context, const ctz_value *args, ctz_value *result) {
  ctz_value idle[2] = {{.f64 = args[0].f64 == 1 ? 0 : args[0].f64}, args[1]};
  return mixed_run(context, idle, result);
}

static const ctz_kernel mixed[] = {{.name = "mixed",
                                    .arity = 2,
                                    .args = {CTZ_F64, CTZ_F64},
                                    .result = CTZ_F64,
                                    .run = mixed_run,
                                    .columns = mixed_columns},
                                   {.name = "short",
                                    .arity = 2,
                                    .args = {CTZ_F64, CTZ_F64},
                                    .result = CTZ_F64,
                                    .run = short_run,
                                    .columns = mixed_columns,
                                    .flags = CTZ_KERNEL_BOUNDED}};

typedef struct totals {
  uint64_t submitted, completed, failed, cancelled, attempts;
} totals;

typedef struct actor {
  ctz_engine *engine;
  const uint32_t *plans;
  uint64_t seed;
  uint32_t operations;
  bool steers;  // it scales and pauses as well
  totals sum;
} actor;

static uint32_t below(uint64_t *seed, uint32_t limit) { return (uint32_t)((random_next(seed) >> 32) % limit); }

static void count_end(totals *sum, ctz_slot_state state, uint32_t attempts) {
  sum->completed += state == CTZ_SLOT_COMPLETED;
  sum->failed += state == CTZ_SLOT_FAILED;
  sum->cancelled += state == CTZ_SLOT_CANCELLED;
  sum->attempts += attempts;
  CHECK(state >= CTZ_SLOT_COMPLETED && state <= CTZ_SLOT_CANCELLED);
}

static double random_delay(uint64_t *seed) { return below(seed, 8) == 0 ? below(seed, 3000) / 1000.0 : 0; }

static void submit_one(actor *me, ctz_task_id *ids, uint32_t *count) {
  ctz_value args[2] = {{.f64 = below(&me->seed, 4)}, {.f64 = below(&me->seed, 3000)}};
  ctz_status status =
      ctz_submit(me->engine, me->plans[below(&me->seed, PLANS)], args, 2, random_delay(&me->seed), &ids[*count]);
  CHECK(status == CTZ_OK || status == CTZ_FULL);
  if (status == CTZ_OK) {
    ++*count;
    me->sum.submitted++;
  }
}

// True when the task had settled: then it is forgotten.
static bool finish_one(actor *me, ctz_task_id id, double timeout_ms) {
  ctz_outcome outcome;
  double begin = ctz_now(me->engine);
  ctz_status status = ctz_wait(me->engine, id, timeout_ms, &outcome);
  CHECK(ctz_now(me->engine) - begin < STALL_MS);
  CHECK(status == CTZ_OK || (timeout_ms < LONG_MS && status == CTZ_TIMED_OUT));
  if (status != CTZ_OK) return false;
  count_end(&me->sum, outcome.state, outcome.attempts);
  CHECK_EQ_U64(ctz_release(me->engine, id), CTZ_OK);
  CHECK_EQ_U64(ctz_release(me->engine, id), CTZ_NOT_FOUND);
  return true;
}

static void steer(actor *me) {
  ctz_stats stats;
  switch (below(&me->seed, 4)) {
    case 0:
      CHECK_EQ_U64(ctz_scale(me->engine, 1 + below(&me->seed, 16)), CTZ_OK);
      break;
    case 1:
      ctz_pause(me->engine, true);
      ctz_stats_read(me->engine, &stats);
      ctz_pause(me->engine, false);
      break;
    default:
      ctz_stats_read(me->engine, &stats);
  }
}

static void *act(void *argument) {
  actor *me = argument;
  ctz_task_id ids[OUTSTANDING];
  uint32_t count = 0;
  for (uint32_t i = 0; i < me->operations; i++) {
    uint32_t choice = below(&me->seed, 100), one = count == 0 ? 0 : below(&me->seed, count);
    if (choice < 55 && count < OUTSTANDING)
      submit_one(me, ids, &count);
    else if (choice < 65 && count > 0)
      CHECK_EQ_U64(ctz_cancel(me->engine, ids[one]), CTZ_OK);
    else if (choice < 98 && count > 0 && finish_one(me, ids[one], choice % 2))
      ids[one] = ids[--count];
    else if (me->steers && choice >= 98)
      steer(me);
  }
  while (count > 0) finish_one(me, ids[--count], LONG_MS);
  return NULL;
}

typedef struct port_actor {
  actor base;
  port_client client;
  bool *in_flight;
  uint32_t in_flight_count;
  double *a, *b, *out;  // of each slot
} port_actor;

static void port_submit_one(port_actor *me) {
  actor *base = &me->base;
  uint32_t slot = port_take(&me->client), plan = base->plans[below(&base->seed, PLANS)];
  if (slot == NO_SLOT) return;
  CHECK(!me->in_flight[slot]);
  me->in_flight[slot] = true;
  me->in_flight_count++;
  base->sum.submitted++;
  port_fill(&me->client, slot, plan, below(&base->seed, 4), below(&base->seed, 3000));
  if (below(&base->seed, 8) == 0) {
    const double *columns[2] = {me->a + (size_t)slot * ROWS, me->b + (size_t)slot * ROWS};
    CHECK_EQ_U64(ctz_port_attach_columns(base->engine, slot, plan, columns, 2, me->out + (size_t)slot * ROWS,
                                         below(&base->seed, ROWS), 1 + below(&base->seed, 100)),
                 CTZ_OK);
  }
  double delay = random_delay(&base->seed), now = ctz_now(base->engine);
  if (delay > 0)
    CHECK(port_push_timed(&me->client, slot, now + delay));
  else
    CHECK(port_push(&me->client, slot, below(&base->seed, CTZ_CLASSES), now));
}

static void port_drain(port_actor *me, double timeout_ms) {
  port_notice notice;
  while (timeout_ms > 0 ? port_await(&me->client, &notice, timeout_ms) : port_next(&me->client, &notice)) {
    if (notice.kind != CTZ_NOTICE_SETTLED) continue;
    if (!CHECK(notice.slot < me->client.slot_count) || !CHECK(me->in_flight[notice.slot])) return;
    me->in_flight[notice.slot] = false;
    me->in_flight_count--;
    count_end(&me->base.sum, port_state(&me->client, notice.slot),
              ctz_field_u32(&me->client.slots[notice.slot].attempt));
    CHECK(ctz_port_free(me->base.engine, notice.slot));
    port_give(&me->client, notice.slot);
    timeout_ms = 0;
  }
}

static void port_cancel(port_actor *me, uint32_t slot) {
  if (!me->in_flight[slot]) return;
  ctz_store(&me->client.slots[slot].cancel, 1u, memory_order_seq_cst);
  ctz_slot_state state = (ctz_slot_state)ctz_load(&me->client.slots[slot].state, memory_order_seq_cst);
  if (state == CTZ_SLOT_SCHEDULED || state == CTZ_SLOT_RETRYING) ctz_port_cancel_timed(me->base.engine, slot);
}

static void *act_on_port(void *argument) {
  port_actor *me = argument;
  for (uint32_t i = 0; i < me->base.operations; i++) {
    uint32_t choice = below(&me->base.seed, 100);
    if (choice < 60)
      port_submit_one(me);
    else if (choice < 70)
      port_cancel(me, below(&me->base.seed, me->client.slot_count));
    else
      port_drain(me, choice < 75 ? 0.05 : 0);
  }
  while (me->in_flight_count > 0) {
    uint32_t before = me->in_flight_count;
    double begin = ctz_now(me->base.engine);
    port_drain(me, LONG_MS);
    if (!CHECK(me->in_flight_count < before)) break;
    CHECK(ctz_now(me->base.engine) - begin < STALL_MS);
  }
  return NULL;
}

static port_actor make_port_actor(ctz_engine *engine, const uint32_t *plans, uint64_t seed, uint32_t operations) {
  port_actor made = {.base = {.engine = engine, .plans = plans, .seed = seed, .operations = operations}};
  made.client = port_open(engine);
  made.in_flight = calloc(made.client.slot_count, sizeof(bool));
  size_t numbers = (size_t)made.client.slot_count * ROWS;
  made.a = calloc(numbers, sizeof(double));
  made.b = calloc(numbers, sizeof(double));
  made.out = calloc(numbers, sizeof(double));
  return made;
}

static void free_port_actor(port_actor *done) {
  port_close(&done->client);
  free(done->in_flight);
  free(done->a);
  free(done->b);
  free(done->out);
}

static void define_plans(ctz_engine *engine, uint32_t *plans) {
  for (uint32_t i = 0; i < PLANS; i++) {
    ctz_plan plan = plan_of(engine, mixed[i % 4 / 2].name);
    plan.priority = i % 4;
    plan.flags = i / 4 == 0 ? 0 : CTZ_PLAN_TELL;
    plan.max_retries = i % 4;
    plan.backoff = i % 4;
    plan.retry_delay_ms = 0.3;
    plan.retry_jitter = 0.5;
    plan.memory_limit = 2000;  // some want more
    plan.timeout_ms = i % 2 == 0 ? 1000 : INFINITY;
    plans[i] = define(engine, &plan);
  }
}

static void check_figures(ctz_engine *engine, const totals *sum) {
  static ctz_stats stats;
  stats_of(engine, &stats);
  CHECK_EQ_U64(sum->completed + sum->failed + sum->cancelled, sum->submitted);
  CHECK_EQ_U64(stats.completed, sum->completed);
  CHECK_EQ_U64(stats.failed, sum->failed);
  CHECK_EQ_U64(stats.cancelled, sum->cancelled);
  CHECK_EQ_U64(stats.scheduled + stats.retrying, 0);
  uint64_t waits = 0, runs = 0, queued = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    waits += stats.wait[c].count;
    runs += stats.run[c].count;
    queued += stats.queues[c].queued;
  }
  CHECK_EQ_U64(waits, sum->attempts);
  // a task over columns is one run, and none when it was cancelled at once
  CHECK(runs >= atomic_load_explicit(&kernel_calls, memory_order_relaxed) && runs <= waits);
  CHECK_EQ_U64(queued, 0);
  CHECK_EQ_U64(stats.active_workers, 0);
}

static void run(uint32_t threads, uint32_t workers, uint64_t seed) {
  ctz_engine *engine = start_engine(workers, 256, 64);
  uint32_t plans[PLANS], operations = 8000 / (threads + 1);
  atomic_store_explicit(&kernel_calls, 0, memory_order_relaxed);
  for (uint32_t i = 0; i < 2; i++) CHECK_EQ_U64(ctz_kernel_add(engine, &mixed[i], NULL), CTZ_OK);
  define_plans(engine, plans);
  pthread_t handles[17];
  actor actors[16];
  port_actor port = make_port_actor(engine, plans, random_next(&seed), operations);
  CHECK(pthread_create(&handles[threads], NULL, act_on_port, &port) == 0);
  for (uint32_t i = 0; i < threads; i++) {
    actors[i] = (actor){
      .engine = engine, .plans = plans, .seed = random_next(&seed), .operations = operations, .steers = i % 4 == 0};
    CHECK(pthread_create(&handles[i], NULL, act, &actors[i]) == 0);
  }
  for (uint32_t i = 0; i <= threads; i++) pthread_join(handles[i], NULL);
  double begin = ctz_now(engine);
  CHECK_EQ_U64(ctz_drain(engine, LONG_MS), CTZ_OK);
  CHECK(ctz_now(engine) - begin < STALL_MS);
  totals sum = port.base.sum;
  for (uint32_t i = 0; i < threads; i++) {
    sum.submitted += actors[i].sum.submitted;
    sum.completed += actors[i].sum.completed;
    sum.failed += actors[i].sum.failed;
    sum.cancelled += actors[i].sum.cancelled;
    sum.attempts += actors[i].sum.attempts;
  }
  check_figures(engine, &sum);
  ctz_report report = end_engine(engine, 0);
  CHECK_EQ_U64(report.completed + report.cancelled + report.abandoned, 0);
  free_port_actor(&port);
}

int main(void) {
  uint64_t seed = seed_of("engine_mix", (uint64_t)time(NULL));
  static const uint32_t sizes[] = {1, 2, 4, 8, 16};
  for (uint32_t t = 0; t < 5; t++) {
    for (uint32_t w = 0; w < 5; w++) run(sizes[t], sizes[w], random_next(&seed));
  }
  return check_result();
}
