// A hostile owner of the port: it follows a script of bytes that writes over the shared memory, pushes nonsense, moves
// heads and tails and calls the port's functions out of turn, while another thread submits own tasks. Nothing may go
// wrong but the port's own tasks: own tasks run while it lasts and after it, and the engine closes. As a test it makes
// its scripts from a seed; with -DCTZ_LIBFUZZER and -fsanitize=fuzzer libFuzzer makes them.
#include "engine_fixture.h"
#include "port_client.h"

#define SLOTS 13u  // no power of two
#define PLANS 7u
#define ROWS 64u

typedef struct script {
  const uint8_t *bytes;
  size_t size, at;
} script;

typedef struct hostile {
  script script;
  port_client client;
  size_t words;  // of the port's memory
  uint32_t plans[PLANS];
  double column[ROWS], out[SLOTS][ROWS];
  _Atomic bool done;
} hostile;

static uint8_t next_byte(script *from) { return from->at < from->size ? from->bytes[from->at++] : 0; }
static uint32_t next_word(script *from) {
  uint32_t word = 0;
  for (uint32_t i = 0; i < 4; i++) word = word << 8 | next_byte(from);
  return word;
}
static bool has_more(const script *from) { return from->at < from->size; }

// A slot: mostly one that there is.
static uint32_t some_slot(hostile *me) {
  uint8_t choice = next_byte(&me->script);
  return choice < 240 ? choice % (SLOTS + 3) : next_word(&me->script);
}

// A value that is likely to be a special one.
static uint32_t some_value(hostile *me) {
  static const uint32_t special[] = {0,          1,          2,          7,          15,         16,
                                     0x7FFFFFFF, 0x80000000, 0x80000001, UINT32_MAX, 0x7FF80000, 0xFFF00000};
  uint8_t choice = next_byte(&me->script);
  return choice < 128 ? special[choice % 12] : next_word(&me->script);
}

static double some_moment(hostile *me) {
  static const double special[] = {0, -1, 1e300, -1e300, INFINITY, -INFINITY, NAN, 0x1p53};
  uint8_t choice = next_byte(&me->script);
  return choice < 64 ? special[choice % 8] : ctz_now(me->client.engine) + (choice - 128.0) / 16;
}

static void write_anywhere(hostile *me) {
  uint32_t at = next_word(&me->script) % (uint32_t)me->words;
  ctz_store(&me->client.words[at], some_value(me), memory_order_relaxed);
}

static void write_header(hostile *me) {
  ctz_store(&me->client.words[next_byte(&me->script)], some_value(me), memory_order_relaxed);
}

static void move_ends(hostile *me) {
  ctz_port_ring *ring = &me->client.rings[next_byte(&me->script) % CTZ_PORT_RINGS];
  static const uint32_t ahead[] = {1, 2, SLOTS, 16, 17, 32, 1000, 1u << 31, UINT32_MAX};
  uint32_t head = ctz_load(ring->head, memory_order_relaxed);
  ctz_store(ring->tail, head + ahead[next_byte(&me->script) % 9], memory_order_release);
}

static void push(hostile *me) {
  ctz_port_ring *ring = &me->client.rings[next_byte(&me->script) % CTZ_PORT_RINGS];
  ctz_port_ring_push(ring, some_slot(me));
}

// A task as it should be, mostly.
static void submit(hostile *me) {
  uint32_t index = some_slot(me) % SLOTS;
  uint8_t choice = next_byte(&me->script);
  uint32_t plan = choice % 16 < PLANS ? me->plans[choice % 16] : some_value(me);
  ctz_slot *slot = &me->client.slots[index];
  port_fill(&me->client, index, plan, some_moment(me), next_byte(&me->script));
  ctz_field_set_u32(&slot->attached, choice & 1);
  ctz_field_set_f64(&slot->ready_at, some_moment(me));
  ctz_field_set_u32(&slot->state, choice % 7);
  ctz_port_ring_push(&me->client.rings[next_byte(&me->script) % CTZ_PORT_RINGS], index);
}

static void attach(hostile *me) {
  static const char text[] = "what is attached stays until the end";
  uint32_t slot = some_slot(me);
  ctz_value args[2] = {{.slice = {.data = text, .length = next_byte(&me->script) % sizeof text}}, {.f64 = 1}};
  ctz_port_attach(me->client.engine, slot, me->plans[1], args, 1);
}

static void attach_columns(hostile *me) {
  uint32_t slot = some_slot(me);
  const double *columns[2] = {me->column, me->column};
  if (slot >= SLOTS) return;
  ctz_port_attach_columns(me->client.engine, slot, me->plans[0], columns, 2, me->out[slot],
                          next_byte(&me->script) % ROWS, 1 + next_byte(&me->script) % 9);
}

static void call(hostile *me) {
  ctz_engine *engine = me->client.engine;
  uint32_t slot = some_slot(me);
  ctz_outcome outcome;
  switch (next_byte(&me->script) % 6) {
    case 0:
      ctz_port_wake(engine, 1 + slot % 3);
      break;
    case 1:
      ctz_port_wake_timers(engine);
      break;
    case 2:
      if (ctz_port_outcome(engine, slot, &outcome) == CTZ_OK)
        CHECK(outcome.error.message[sizeof outcome.error.message - 1] == 0);
      break;
    case 3:
      ctz_port_free(engine, slot);
      break;
    case 4:
      ctz_port_cancel_timed(engine, slot);
      break;
    default:
      ctz_port_wait(engine, ctz_load(&me->client.words[CTZ_WORD_COMPLETED_TAIL], memory_order_relaxed), 0.05);
  }
}

static void drain_a_little(hostile *me) {
  port_notice notice;
  for (uint32_t i = 0; i < 8 && port_next(&me->client, &notice); i++) continue;
}

static void *follow(void *argument) {
  hostile *me = argument;
  static void (*const steps[])(hostile *) = {write_anywhere, write_header,   move_ends, push,
                                             submit,         submit,         submit,    attach,
                                             call,           attach_columns, call,      drain_a_little};
  while (has_more(&me->script)) steps[next_byte(&me->script) % (sizeof steps / sizeof *steps)](me);
  atomic_store_explicit(&me->done, true, memory_order_release);
  return NULL;
}

// Writes over the whole memory, as fast as it can, while the script is followed.
static void *scribble(void *argument) {
  hostile *me = argument;
  uint64_t seed = 88172645463325252u;
  while (!atomic_load_explicit(&me->done, memory_order_acquire)) {
    uint64_t random = random_next(&seed);
    // the header and the slots more often than the rings
    size_t words = random % 3 == 0 ? me->words : CTZ_PORT_HEADER_WORDS + SLOTS * CTZ_SLOT_BYTES / 4;
    ctz_store(&me->client.words[(random >> 8) % words], (uint32_t)(random >> 32) >> random % 32, memory_order_relaxed);
  }
  return NULL;
}

static void define_plans(hostile *me, ctz_engine *engine) {
  static const char *const kernels[PLANS] = {"add",           "example.upper", "example.flaky", "example.hungry",
                                             "example.final", "noop",          "example.negate"};
  for (uint32_t i = 0; i < PLANS; i++) {
    ctz_plan plan = plan_of(engine, kernels[i]);
    plan.priority = i % CTZ_CLASSES;
    plan.flags = i % 2;
    plan.max_retries = 2;
    plan.backoff = i % 4;
    plan.retry_delay_ms = 0.2;
    plan.memory_limit = 1 << 16;
    me->plans[i] = define(engine, &plan);
  }
}

static bool own_tasks_work(ctz_engine *engine, uint32_t plan, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    ctz_task_id id = submit_numbers(engine, plan, 1, i, 0, i % 5 == 4 ? 0.3 : 0);
    ctz_outcome outcome;
    if (!CHECK_EQ_U64(ctz_wait(engine, id, LONG_MS, &outcome), CTZ_OK)) return false;
    CHECK(outcome.state == CTZ_SLOT_COMPLETED && outcome.value.f64 == i && outcome.attempts == 1);
    CHECK_EQ_U64(ctz_release(engine, id), CTZ_OK);
  }
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static hostile me;
  ctz_config config = config_of(1 + (size > 0 ? bytes[0] % 3u : 0), 8, SLOTS);
  config.memory_pool = 1 << 20;
  ctz_engine *engine = start_engine_as(&config);
  CHECK_EQ_U64(ctz_library_load(engine, CTZ_EXAMPLE_LIBRARY, NULL, 0), CTZ_OK);
  memset(&me, 0, sizeof me);
  me.script = (script){.bytes = bytes, .size = size};
  me.client = port_open(engine);
  size_t memory;
  ctz_port_memory(engine, &memory);
  me.words = memory / 4;
  define_plans(&me, engine);
  uint32_t note[CTZ_CLASSES];
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) note[c] = define_simple(engine, "note", c);
  bool scribbles = size > 2 && bytes[2] % 2 == 0;
  pthread_t thread, scribbler;
  CHECK(pthread_create(&thread, NULL, follow, &me) == 0);
  if (scribbles) CHECK(pthread_create(&scribbler, NULL, scribble, &me) == 0);
  bool works = true;
  uint32_t round = 0;
  while (works && !atomic_load_explicit(&me.done, memory_order_acquire))
    works = own_tasks_work(engine, note[round++ % 4], 3);
  pthread_join(thread, NULL);
  if (scribbles) pthread_join(scribbler, NULL);
  for (uint32_t c = 0; works && c < CTZ_CLASSES; c++) works = own_tasks_work(engine, note[c], 5);
  end_engine(engine, size > 1 && bytes[1] % 2 == 0 ? 0 : 2);
  port_close(&me.client);
  return works ? 0 : -1;
}

#if !defined(CTZ_LIBFUZZER)
int main(void) {
  uint64_t seed = seed_of("port_fuzz", (uint64_t)time(NULL));
  const char *asked = getenv("CTZ_FUZZ_RUNS");
  uint32_t runs = asked != NULL ? (uint32_t)strtoul(asked, NULL, 10) : 150;
  static uint8_t bytes[1 << 16];
  for (uint32_t run = 0; run < runs; run++) {
    size_t size = random_next(&seed) % sizeof bytes;
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(random_next(&seed) >> 56);
    if (LLVMFuzzerTestOneInput(bytes, size) != 0) break;
  }
  return check_result();
}
#endif
