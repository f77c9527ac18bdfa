#include "worker/stand_in.h"

#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/pool.h"
#include "worker/run.h"
#include "worker/worker.h"

// Most tasks at a time, and how long they may be expected to take together: as long as it takes the event loop alone to
// be woken. A kernel of nothing takes some 100 ns warm, and up to 10 us where nothing of it is near, as after a pause.
#define MOST_TASKS 4u
#define MOST_NS 20000u
// Calls in which it does not stand in after it has run the first of many: a worker that is woken for the first runs it
// while JavaScript still submits the others, which saves a seventh of the time that 32 submitted together take.
#define SIT_OUT 16u

// What may still be run.
typedef struct room {
  uint32_t tasks;
  uint32_t ns;
} room;

// Whether nothing hangs off a slot of the port: no arrays, columns or graph, and nothing of a run before. Nobody else
// may have it meanwhile, as JavaScript may have pushed it twice.
static bool is_bare(ctz_cell *cell) {
  if (!ctz_cell_move(cell, CTZ_PHASE_FREE, CTZ_PHASE_HELD)) return false;
  bool bare = cell->extra == NULL;
  ctz_cell_move(cell, CTZ_PHASE_HELD, CTZ_PHASE_FREE);
  return bare;
}

// Whether the task in a slot of the port is bound to be short, and there is room for it, which it then takes.
static bool suits(ctz_engine *engine, uint32_t index, room *left) {
  if (left->tasks == 0 || !ctz_is_port_slot(&engine->table, index)) return false;
  ctz_plan_entry *entry = ctz_plan_at(engine, ctz_field_u32(&ctz_slot_at(&engine->table, index)->plan));
  if (entry == NULL) return false;
  // acquire: pairs with the release in ctz_plan_define
  const ctz_kernel *kernel = atomic_load_explicit(&entry->kernel, memory_order_acquire);
  if (kernel == NULL || (kernel->flags & CTZ_KERNEL_BOUNDED) == 0) return false;
  uint32_t mean = atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
  if (mean == 0 || mean > left->ns || !is_bare(&engine->table.cells[index])) return false;
  left->tasks--;
  left->ns -= mean;
  return true;
}

static bool is_at_rest(ctz_engine *engine) {
  // relaxed, all of them: whatever has changed since, tasks are claimed as they are by any worker
  return atomic_load_explicit(&engine->awake, memory_order_relaxed) == 0 &&
         !atomic_load_explicit(&engine->paused, memory_order_relaxed) && !ctz_is_stopped(engine);
}

// Whether each task that waits suits; `left` is the room for more.
static bool all_suit(ctz_engine *engine, room *left) {
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    uint32_t index;
    if (ctz_mpmc_length(&engine->returning[c]) > 0) return false;
    for (uint32_t place = 0; ctz_port_ring_peek_at(&engine->port.rings[c], place, &index); place++) {
      if (!suits(engine, index, left)) return false;
    }
  }
  return left->tasks < MOST_TASKS;
}

static ctz_worker *record_of(ctz_engine *engine) {
  // relaxed: this thread alone stores it
  ctz_worker *worker = atomic_load_explicit(&engine->stand_in, memory_order_relaxed);
  if (worker != NULL) return worker;
  worker = ctz_worker_create(engine, CTZ_STAND_IN);
  // release: pairs with the acquire in ctz_runner_at
  atomic_store_explicit(&engine->stand_in, worker, memory_order_release);
  return worker;
}

// It has come again since it was looked: it was due, or is to be tried again. That is for the workers.
static void leave_to_workers(ctz_engine *engine, uint32_t index) {
  ctz_plan_entry *entry = ctz_plan_at(engine, ctz_field_u32(&ctz_slot_at(&engine->table, index)->plan));
  ctz_ready_push(engine, index, entry == NULL ? CTZ_CLASSES - 1 : entry->plan.priority & (CTZ_CLASSES - 1));
}

// In the order in which workers would. What the rings of the port have is what was looked at: this thread alone pushes
// there.
static void run_all(ctz_engine *engine, ctz_worker *worker) {
  bool alone = true;
  while (alone) {
    uint32_t claimed[CTZ_BATCH_SIZE];
    uint32_t count = ctz_ready_claim(engine, worker, claimed);
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++) {
      if (ctz_entry_is_of_port(claimed[i])) {
        ctz_count(&engine->owner_runs, 1);
        ctz_run_slot(worker, claimed[i]);
      } else {
        leave_to_workers(engine, claimed[i]);
        alone = false;
      }
    }
  }
}

// Whether what waits is for the owner. Where its latest call ran a task and more than it may run came behind that one,
// JavaScript submits many at a time.
static bool is_for_owner(ctz_engine *engine) {
  if (engine->sits_out > 0) {
    engine->sits_out--;
    return false;
  }
  room left = {MOST_TASKS, MOST_NS};
  if (all_suit(engine, &left)) return true;
  if (engine->stood_in && left.tasks == 0) engine->sits_out = SIT_OUT;
  return false;
}

bool ctz_stand_in(ctz_engine *engine) {
  engine->stood_in = engine->port.memory != NULL && is_at_rest(engine) && is_for_owner(engine);
  if (!engine->stood_in) return false;
  ctz_worker *worker = record_of(engine);
  if (worker == NULL) return false;
  // the owner looks by itself when this is over
  ctz_completions_take_waiting(&engine->port.completions);
  ctz_pool_step_in(engine);
  worker->now_ns = ctz_clock_read(&worker->clock);
  // what JavaScript submits next takes its time from here, as from the claims of workers
  ctz_field_set_f64(engine->port.clock, ctz_worker_ms(worker));
  run_all(engine, worker);
  ctz_hand_back(worker);
  ctz_pool_step_out(engine);
  return true;
}
