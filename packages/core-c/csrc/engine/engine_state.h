// The one struct that holds everything of an engine. Parts of the walk get the whole of it and touch what is theirs:
// each member says by whom it is changed.
#ifndef CTZ_ENGINE_STATE_H
#define CTZ_ENGINE_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ctz/engine.h"
#include "engine/histogram.h"
#include "memory/arena.h"
#include "memory/budget.h"
#include "platform/clock.h"
#include "platform/park.h"
#include "platform/thread.h"
#include "queue/batch.h"
#include "queue/completions.h"
#include "queue/guard.h"
#include "queue/mpmc.h"
#include "queue/port_ring.h"
#include "queue/wheel.h"
#include "task/table.h"

// A kernel expected to run longer than this, or of unknown duration, counts as long: its worker is not expected to look
// at the queues soon.
#define CTZ_LONG_NS 50000u
// Settled tasks that a worker keeps to itself at most before it hands them back.
#define CTZ_SETTLED_MOST 4096u
// Of which so many are much.
#define CTZ_SETTLED_TOGETHER 256u
#define CTZ_MAX_KERNELS 4096u
#define CTZ_MAX_PLANS 65536u
#define CTZ_PLANS_PER_CHUNK 256u

// Waits and runs of attempts.
typedef struct ctz_series {
  ctz_recorder wait, run;
} ctz_series;

// Written by its worker only, read by whoever asks for statistics: relaxed atomics.
typedef struct ctz_worker_figures {
  _Atomic uint64_t completed, failed, cancelled, retried, timed_out, memory_limited, bailed;
  _Atomic uint64_t busy_ns;
  _Atomic uint64_t dequeued[CTZ_CLASSES], contended[CTZ_CLASSES], breaches[CTZ_CLASSES];
  ctz_series classes[CTZ_CLASSES];  // of tasks that have no series of their own
  _Atomic(ctz_series *) series[CTZ_MAX_SERIES];  // made when there is something to record: series.c
} ctz_worker_figures;

// The index of what stands for the owner of the port: one more is 0, which slots have for it.
#define CTZ_STAND_IN UINT32_MAX

// A worker thread, or the owner of the port in the place of one (worker/stand_in.h).
typedef struct ctz_worker {
  ctz_batch batch;  // what it has claimed; others steal from it
  ctz_engine *engine;
  uint32_t index;
  ctz_parker parker;
  ctz_arena *arena;
  ctz_worker_figures *figures;
  ctz_clock clock;
  uint64_t now_ns;  // its latest reading of the clock
  uint64_t told_ns;  // what was last asked for in milliseconds, and the answer: a division saved
  double told_ms;
  uint64_t random;  // state of its jitter
  uint32_t spins;   // rounds of looking before it sleeps
  uint64_t streak_ns;  // how long short tasks may follow each other without a look at anything else
  ctz_port_ring settled;  // settled port slots that are not yet in the completion ring: the worker pushes; it, another
                          // one that wakes the owner, or the lookout hands them back
  _Atomic uint32_t settled_words[2 + CTZ_SETTLED_MOST];
  uint64_t settled_until_ns;  // the worker's, as the next: when they have to be back, if there are any
  uint32_t drained;  // how far the completion ring was drained at its latest look
  uint64_t overdue_ns;  // from when on it steps aside for who drains it
  _Atomic uint64_t yields;  // how often it did
  _Atomic uint64_t calls;  // goes up when a kernel is called and when it returns: odd while in one; by two between
                           // short ones that follow each other
  uint64_t calls_seen;  // the lookout's: at its latest look
  bool alive;  // under pool_lock
} ctz_worker;

typedef struct ctz_plan_entry {
  ctz_plan plan;
  _Atomic(const ctz_kernel *) kernel;  // NULL: not defined
  _Atomic uint32_t mean_ns;  // of its runs, a moving average; 0: none yet. Workers race on it: a hint
} ctz_plan_entry;

// A thread's private half of the port: addresses and masks that JavaScript cannot change.
typedef struct ctz_port {
  void *memory;
  size_t bytes;
  ctz_port_ring rings[CTZ_PORT_RINGS];
  ctz_completions completions;
  _Atomic uint32_t *parked_workers, *searching, *parked_timers;
  _Atomic uint64_t *clock;  // bits of a double
} ctz_port;

typedef enum ctz_life { CTZ_LIFE_OPEN, CTZ_LIFE_CLOSING, CTZ_LIFE_STOPPED } ctz_life;

struct ctz_engine {
  ctz_config config;
  _Atomic uint32_t references;  // the owner and each thread
  _Atomic uint32_t life;  // a ctz_life
  _Atomic bool paused;
  uint64_t origin_ns;  // monotonic clock at config.now_ms
  bool forked;  // written by the one thread of a forked child, before it does anything else
  ctz_engine *next, **link;  // forked.c's: all engines of the process

  ctz_port port;
  ctz_table table;
  ctz_budget budget;

  // ready queues: those that come again, and own tasks; the port's rings are the other source
  ctz_mpmc returning[CTZ_CLASSES];
  ctz_mpmc_cell *returning_cells;
  uint32_t returning_capacity;
  _Alignas(64) _Atomic uint64_t guard;

  // timers
  ctz_mutex timer_lock;
  ctz_condition timer_condition;
  ctz_wheel *wheel;  // under timer_lock
  double timer_wakes_at;  // under timer_lock: when the timer thread will look next; -INFINITY while it is awake
  bool timer_alive;  // under timer_lock
  uint32_t timer_moving;  // under timer_lock: taken from the wheel, not yet in a ready queue
  uint64_t timer_moved;  // under timer_lock: all that were ever taken
  _Atomic uint64_t timer_wakes;
  _Atomic uint64_t retrying;

  // pool
  ctz_mutex pool_lock;
  ctz_condition pool_condition;  // a thread ended
  int worker_nice;  // nice value of the workers, where config.nice is not 0
  ctz_worker **workers;  // max_workers; filled under pool_lock, read by all
  _Atomic(ctz_worker *) stand_in;  // the owner's; NULL until it has run something
  _Atomic uint64_t owner_runs;
  bool stood_in;  // the owner's latest call ran what waited; this and the next: the owner's thread only
  uint32_t sits_out;  // so many calls more, the owner wakes a worker whatever waits
  _Atomic uint32_t started;  // workers[0 .. started-1] are there
  _Atomic uint32_t target;  // workers wanted
  uint32_t threads;  // under pool_lock: alive ones, the timer thread included
  _Atomic uint64_t parked_bits[CTZ_MAX_WORKERS / 64];
  _Atomic uint32_t awake;  // workers that are not parked
  _Atomic uint32_t parked;  // workers that are
  _Atomic uint32_t searching;  // workers awake that will look at the queues soon; both are told to JavaScript as well
  _Atomic bool lookout;  // a worker sleeps with a time limit, to look after the others
  _Atomic bool doubted;  // by the lookout: one that counts as searching may not be
  _Atomic uint64_t worker_wakes, owner_wakes;
  _Atomic uint64_t own_clock;
  _Atomic uint32_t own_words[3];  // stand for the port's words when there is no port

  // own tasks
  ctz_mutex own_lock;
  ctz_condition own_condition;  // an own task settled, or nothing is unsettled
  _Atomic uint32_t idle_waiters;
  _Atomic uint32_t own_waiters;  // threads in ctz_wait
  _Atomic uint32_t port_waiters;  // owners of the port that block in ctz_port_wait
  _Atomic uint64_t rejected[CTZ_CLASSES];
  _Atomic uint64_t outside_cancelled;  // settled by other threads than workers

  // kernels and plans: changed under registry_lock, read without
  ctz_mutex registry_lock;
  const ctz_kernel *kernels[CTZ_MAX_KERNELS];
  _Atomic uint32_t kernel_count;
  _Atomic(ctz_plan_entry *) plans[CTZ_MAX_PLANS / CTZ_PLANS_PER_CHUNK];
  _Atomic uint32_t plan_count;
  uint32_t *free_plans;
  uint32_t free_plan_count, free_plan_capacity;
  _Atomic uint32_t series_classes[CTZ_MAX_SERIES];  // the class that plans with this series have
  _Atomic uint32_t series_count;  // the greatest number of a series, and one
};

static inline bool ctz_is_in_kernel(uint64_t calls) { return (calls & 1u) != 0; }
// Milliseconds of the tasks' clock. A product, as each task ends at another moment and waits for the quotient: in a
// year it is off by some nanoseconds, at all places by the same.
static inline double ctz_ms_of(const ctz_engine *engine, uint64_t ns) {
  return engine->config.now_ms + (double)(int64_t)(ns - engine->origin_ns) * 1e-6;
}
// The worker's latest reading of the clock.
static inline double ctz_worker_ms(ctz_worker *worker) {
  if (worker->told_ns != worker->now_ns) {
    worker->told_ns = worker->now_ns;
    worker->told_ms = ctz_ms_of(worker->engine, worker->now_ns);
  }
  return worker->told_ms;
}
static inline bool ctz_is_open(ctz_engine *engine) {
  // acquire: pairs with the release in close; a thread that sees it closed sees why
  return atomic_load_explicit(&engine->life, memory_order_acquire) == CTZ_LIFE_OPEN;
}
static inline bool ctz_is_stopped(ctz_engine *engine) {
  // acquire: pairs with the release in close
  return atomic_load_explicit(&engine->life, memory_order_acquire) == CTZ_LIFE_STOPPED;
}
// Reads a word that other threads change, after everything this thread has published: a full barrier, unlike a load.
static inline uint32_t ctz_read_after_publishing(_Atomic uint32_t *word) {
  // seq_cst: partner is the parking worker, which changes the word and then looks at the queues once more
  return atomic_fetch_add_explicit(word, 0, memory_order_seq_cst);
}
// Those who may have run tasks: the stand-in, which may be NULL, and the workers.
static inline uint32_t ctz_runner_count(const ctz_engine *engine) {
  // acquire: pairs with the release in start_worker
  return 1 + atomic_load_explicit(&engine->started, memory_order_acquire);
}
static inline const ctz_worker *ctz_runner_at(const ctz_engine *engine, uint32_t index) {
  // acquire: pairs with the release in record_of
  return index > 0 ? engine->workers[index - 1] : atomic_load_explicit(&engine->stand_in, memory_order_acquire);
}
// A counter with one writer: no read-modify-write is needed.
static inline void ctz_count(_Atomic uint64_t *counter, uint64_t more) {
  uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
  atomic_store_explicit(counter, value + more, memory_order_relaxed);
}

// Threads keep the engine; the last one frees it. engine.c
void ctz_engine_keep(ctz_engine *engine);
void ctz_engine_drop(ctz_engine *engine);
bool ctz_engine_init_locks(ctz_engine *engine);
// When so many milliseconds are over; UINT64_MAX: never. At once in a forked child, where nothing happens any more.
uint64_t ctz_patience_of(const ctz_engine *engine, double timeout_ms);

#endif
