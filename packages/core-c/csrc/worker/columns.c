#include "worker/columns.h"

#include "flow/ready.h"
#include "flow/registry.h"
#include "flow/settlement.h"
#include "worker/call.h"
#include "worker/pool.h"
#include "worker/program_rows.h"
#include "worker/recording.h"
#include "worker/run.h"

// Chunks that must be left for another worker to be woken.
#define WORTH_A_WAKE 3u
// A chunk takes as long at most, as far as its rows take as long as those before: long ones are shared among the
// workers as well, and each of them looks up between two chunks. The rows of the first chunk are a sample.
#define CHUNK_NS 500000u
#define SAMPLE 16u

typedef struct ctz_chunk {
  size_t begin, end;
} ctz_chunk;

static size_t at_most(size_t rows, size_t most) { return rows < most ? rows : most; }

// Rows of the next chunk, as far as there are so many. relaxed, as where it is learned: a hint.
static size_t chunk_rows(const ctz_columns_job *job) {
  size_t brief = atomic_load_explicit(&job->brief, memory_order_relaxed);
  return at_most(brief == 0 ? SAMPLE : brief, job->rows_per_chunk);
}

// The rows that are next; all that are left when the job was stopped. The worker has the slot SHARED.
static ctz_chunk take_chunk(ctz_engine *engine, uint32_t index, ctz_columns_job *job, uint32_t priority) {
  bool stopped = atomic_load_explicit(&job->stopped, memory_order_relaxed) != 0;
  size_t begin = job->next;
  size_t left = job->rows - begin;
  size_t end = begin + (stopped ? left : at_most(chunk_rows(job), left));
  job->next = end;
  // before the work: so that others can take the next chunk meanwhile
  if (end < job->rows && ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_SHARED, CTZ_PHASE_OFFERED)) {
    ctz_ready_push(engine, index, priority);
  }
  return (ctz_chunk){.begin = begin, .end = end};
}

// Without a body for columns: one call a row.
static ctz_outcome_code row_by_row(ctz_call *call, const ctz_kernel *kernel, const ctz_columns_job *job,
                                   ctz_chunk chunk) {
  for (size_t row = chunk.begin; row < chunk.end; row++) {
    ctz_value args[CTZ_KERNEL_MAX_ARITY], result = {.slice = {NULL, 0}};
    for (uint32_t c = 0; c < job->count; c++) args[c].f64 = job->columns[c][row];
    ctz_outcome_code code = kernel->run(&call->context, args, &result);
    if (code == CTZ_KERNEL_BAILED) return CTZ_KERNEL_FAILED;  // for programs only
    if (code != CTZ_KERNEL_OK) return code;
    job->out[row] = result.f64;
  }
  return CTZ_KERNEL_OK;
}

static ctz_status run_rows(ctz_call *call, const ctz_plan_entry *entry, const ctz_kernel *kernel, ctz_columns_job *job,
                           ctz_chunk chunk) {
  if (ctz_field_u32(&call->slot->cancel) != 0) return CTZ_CANCELLED;
  ctz_call_prepare(call, entry);
  ctz_call_enter(call);
  ctz_program_kernel *program = ctz_program_of(kernel);
  ctz_outcome_code code = program != NULL ? ctz_call_program_rows(call, program, job, chunk.begin, chunk.end)
                          : kernel->columns == NULL
                              ? row_by_row(call, kernel, job, chunk)
                              : kernel->columns(&call->context, job->columns, job->out, chunk.begin, chunk.end);
  ctz_call_leave(call);
  return ctz_call_status(call, code);
}

static void learn_chunk(ctz_plan_entry *entry, ctz_columns_job *job, size_t rows, uint64_t ns) {
  uint32_t run = ns == 0 ? 1 : ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
  atomic_store_explicit(&entry->mean_ns, run, memory_order_relaxed);
  // a chunk has far fewer rows than could overflow
  size_t brief = rows * CHUNK_NS / run;
  atomic_store_explicit(&job->brief, brief == 0 ? 1 : brief, memory_order_relaxed);
}

// Whether what is left after a chunk is worth another worker: as many chunks as a wake costs.
static bool is_worth_a_wake(const ctz_columns_job *job, size_t left) {
  bool sampled = atomic_load_explicit(&job->brief, memory_order_relaxed) > 0;
  return left > WORTH_A_WAKE * (sampled ? chunk_rows(job) : job->rows_per_chunk);
}

static void stop_job(ctz_call *call, ctz_columns_job *job, ctz_status status) {
  uint32_t none = 0;
  // relaxed: who settles reads it after the last `done`, which orders it
  if (!atomic_compare_exchange_strong_explicit(&job->stopped, &none, (uint32_t)status + 1, memory_order_relaxed,
                                               memory_order_relaxed))
    return;
  // the first one only: other chunks that fail meanwhile keep what they have to say to themselves
  ctz_call_explain(call, status);
  ctz_call_hand_over_error(call);
}

static void finish(ctz_worker *worker, uint32_t index, ctz_columns_job *job, const ctz_plan *plan) {
  uint32_t stopped = atomic_load_explicit(&job->stopped, memory_order_relaxed);
  ctz_slot *slot = ctz_slot_at(&worker->engine->table, index);
  ctz_field_set_u32(&slot->result_type, CTZ_VOID);
  // relaxed: the last `done` orders it
  ctz_field_set_f64(&slot->result, (double)atomic_load_explicit(&job->given_up, memory_order_relaxed));
  ctz_field_set_f64(&slot->ended_at, ctz_worker_ms(worker));
  ctz_record_shared_end(worker, slot, plan);
  ctz_status status = stopped == 0 ? CTZ_OK : (ctz_status)(stopped - 1);
  ctz_attempt_ended(worker, index, CTZ_PHASE_SHARED, NULL, status, true);
}

// Counts rows as done, or given up. For all but the last who does so the job may be gone at once.
static bool is_last(ctz_columns_job *job, size_t rows) {
  size_t all = job->rows;
  // acq_rel: the last one sees what all others wrote, and settles
  return atomic_fetch_add_explicit(&job->done, rows, memory_order_acq_rel) + rows == all;
}

static void work_on(ctz_worker *worker, uint32_t index, ctz_columns_job *job, ctz_plan_entry *entry,
                    const ctz_kernel *kernel, ctz_chunk chunk) {
  ctz_engine *engine = worker->engine;
  ctz_plan plan = entry->plan;
  ctz_call call;
  ctz_call_init(&call, worker, index, &plan, 1);
  call.latest_ns = job->deadline_ns;
  ctz_arena_begin(worker->arena, plan.memory_limit);
  if (is_worth_a_wake(job, job->rows - chunk.end)) ctz_pool_wake_one(engine);
  if (atomic_load_explicit(&job->stopped, memory_order_relaxed) == 0) {
    ctz_status status = run_rows(&call, entry, kernel, job, chunk);
    if (status != CTZ_OK) stop_job(&call, job, status);
    uint64_t ran = worker->now_ns - call.started_ns;
    if (call.entered) learn_chunk(entry, job, chunk.end - chunk.begin, ran);
    ctz_count(&worker->figures->busy_ns, ran);
  }
  ctz_call_clean_up(&call);
  if (is_last(job, chunk.end - chunk.begin)) finish(worker, index, job, &plan);
}

static void run_next_chunk(ctz_worker *worker, uint32_t index, ctz_plan_entry *entry) {
  ctz_columns_job *job = worker->engine->table.cells[index].extra->job;
  const ctz_kernel *kernel = worker->engine->table.cells[index].extra->kernel;
  ctz_chunk chunk = take_chunk(worker->engine, index, job, entry->plan.priority & (CTZ_CLASSES - 1));
  work_on(worker, index, job, entry, kernel, chunk);
}

void ctz_start_columns(ctz_worker *worker, uint32_t index) {
  ctz_engine *engine = worker->engine;
  ctz_cell *cell = &engine->table.cells[index];
  ctz_slot *slot = ctz_slot_at(&engine->table, index);
  ctz_columns_job *job = cell->extra->job;
  ctz_plan_entry *entry = ctz_plan_of(engine, cell->extra);
  if (job->next > 0) {
    // a job that was run already: JavaScript pushed it again
    ctz_cell_move(cell, CTZ_PHASE_RUNNING, CTZ_PHASE_FREE);
    return;
  }
  if (entry == NULL) {
    ctz_call_without_plan(worker, index);
    return;
  }
  ctz_field_set_u32(&slot->attempt, 1);
  ctz_field_set_u32(&slot->worker, worker->index + 1);
  ctz_field_set_f64(&slot->started_at, ctz_worker_ms(worker));
  atomic_store_explicit(&slot->state, CTZ_SLOT_RUNNING, memory_order_release);
  if ((entry->plan.flags & CTZ_PLAN_TELL) != 0) ctz_tell(engine, index, CTZ_NOTICE_STARTED);
  ctz_record_start(worker, slot, &entry->plan);
  job->deadline_ns = ctz_deadline_of(worker->now_ns, entry->plan.timeout_ms);
  ctz_cell_move(cell, CTZ_PHASE_RUNNING, CTZ_PHASE_SHARED);
  if (job->rows == 0)
    finish(worker, index, job, &entry->plan);
  else
    run_next_chunk(worker, index, entry);
}

// The slot is SHARED, and its next chunk the caller's. True when no other chunk runs: then the job has ended here.
static bool give_up(ctz_engine *engine, uint32_t index) {
  ctz_columns_job *job = engine->table.cells[index].extra->job;
  uint32_t none = 0;
  atomic_compare_exchange_strong_explicit(&job->stopped, &none, (uint32_t)CTZ_CANCELLED + 1, memory_order_relaxed,
                                          memory_order_relaxed);
  size_t rest = job->rows - job->next;
  job->next = job->rows;
  if (!is_last(job, rest)) return false;
  ctz_settle(engine, NULL, index, CTZ_PHASE_SHARED, CTZ_SLOT_CANCELLED);
  return true;
}

void ctz_run_chunk(ctz_worker *worker, uint32_t index) {
  ctz_cell *cell = &worker->engine->table.cells[index];
  if (!ctz_cell_move(cell, CTZ_PHASE_OFFERED, CTZ_PHASE_SHARED)) return;
  ctz_plan_entry *entry = ctz_plan_of(worker->engine, cell->extra);
  if (entry != NULL)
    run_next_chunk(worker, index, entry);
  else if (give_up(worker->engine, index))
    ctz_count(&worker->figures->cancelled, 1);  // released in the middle
}

bool ctz_give_up_columns(ctz_engine *engine, uint32_t index) {
  if (!ctz_cell_move(&engine->table.cells[index], CTZ_PHASE_OFFERED, CTZ_PHASE_SHARED)) return false;
  return give_up(engine, index);
}
