// Workers run a program while its body is swapped again and again: each task is run whole by one of the two bodies, and
// every call is counted.
#include "engine_fixture.h"
#include "program_bytes.h"

#define TASKS 20000u
#define IN_FLIGHT 64u

static const uint8_t types[] = {CTZ_PROGRAM_N, CTZ_PROGRAM_N};
static const line negating[] = {{CTZ_OP_F64_NEG, 1, {0}, 0}, {CTZ_OP_RETURN, 0, {1, 1}, 0}};

static int negate(ctz_run *run, const ctz_register *args, ctz_register *results) {
  results[0].n = ctz_op_f64_neg(run, args[0].n);
  return 1;
}

typedef struct swapper {
  ctz_engine *engine;
  uint32_t kernel;
  _Atomic bool done;
} swapper;

static void *swap(void *argument) {
  swapper *me = argument;
  for (bool own = true; !atomic_load_explicit(&me->done, memory_order_relaxed); own = !own) {
    ctz_body_swap(me->engine, me->kernel, own ? negate : NULL);
    sched_yield();
  }
  return NULL;
}

int main(void) {
  static program_bytes bytes;
  swapper me = {.engine = start_engine(4, IN_FLIGHT, 0)};
  ctz_math math = library_math();
  ctz_program *program = NULL;
  put_program(&bytes, 1, types, 2, CTZ_PROGRAM_N, negating, 2);
  CHECK_EQ_U64(ctz_program_open(bytes.words, bytes.count * 4, &math, &program, NULL, 0), CTZ_OK);
  CHECK_EQ_U64(ctz_program_add(me.engine, "negate", program, &me.kernel), CTZ_OK);
  ctz_plan plan = {.kernel = me.kernel,
                   .priority = 2,
                   .retry_max_delay_ms = INFINITY,
                   .timeout_ms = INFINITY,
                   .memory_limit = 1 << 20};
  uint32_t index = define(me.engine, &plan);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, swap, &me) == 0);
  ctz_task_id ids[IN_FLIGHT];
  for (uint32_t i = 0; i < TASKS; i++) {
    if (i >= IN_FLIGHT) CHECK(end_of(me.engine, ids[i % IN_FLIGHT]).value.f64 == -(double)(i - IN_FLIGHT));
    ids[i % IN_FLIGHT] = submit_number(me.engine, index, i);
  }
  for (uint32_t i = 0; i < IN_FLIGHT; i++) end_of(me.engine, ids[i]);
  atomic_store_explicit(&me.done, true, memory_order_relaxed);
  pthread_join(thread, NULL);
  uint64_t calls = 0, bails = 0;
  CHECK_EQ_U64(ctz_program_figures(me.engine, me.kernel, &calls, &bails), CTZ_OK);
  CHECK(calls == TASKS && bails == 0);
  end_engine(me.engine, 0);
  return check_result();
}
