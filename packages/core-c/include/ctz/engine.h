// The engine: queues, workers, timers and tasks in one struct; there are no globals. Functions may be called from any
// thread unless they say otherwise.
#ifndef CTZ_ENGINE_H
#define CTZ_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctz/kernel.h"
#include "ctz/port.h"
#include "ctz/programs.h"
#include "ctz/stats.h"
#include "ctz/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// In the child of a fork without exec an engine is closed: it has no threads there. Nothing waits for what will never
// happen, and its memory is not given back.
typedef struct ctz_engine ctz_engine;

// generation << 32 | slot. 0 is no task.
typedef uint64_t ctz_task_id;

typedef struct ctz_config {
  uint32_t port_slots;   // slots of the port, 0 .. CTZ_PORT_MAX_SLOTS; 0: no port
  uint32_t own_slots;    // slots for ctz_submit, 0 .. CTZ_PORT_MAX_SLOTS
  uint32_t workers;      // threads at the start, 1 .. max_workers
  uint32_t max_workers;  // 1 .. CTZ_MAX_WORKERS
  uint64_t memory_pool;  // bytes for arenas, results and attached arguments of all tasks together
  double now_ms;         // what the clock of the tasks shows at this moment; times of tasks count on from it
  uint64_t now_ns;       // when it showed that, by ctz_moment_ns; 0: now
  uint64_t seed;         // of the jitter
  bool statistics;       // record histograms
  uint32_t nice;  // 0 .. 19: how far workers give way to others, above the nice value of the thread that creates
                  // the engine. Linux; elsewhere threads have none of their own
  // Called by a worker when port WAITING was set and something completed; must not call the engine. May be NULL.
  // When the owner has not drained any of what came back 0.2 ms later, each worker yields its processor to it once,
  // between two tasks.
  void (*wake)(void *owner);
  // Called once, by the thread that frees the engine, after its last call of `wake`: `owner` may go. Not when create
  // fails. May be NULL.
  void (*gone)(void *owner);
  void *owner;
} ctz_config;

#define CTZ_MAX_WORKERS 256u
#define CTZ_MAX_NICE 19u

typedef enum ctz_backoff {
  CTZ_BACKOFF_NONE,
  CTZ_BACKOFF_FIXED,
  CTZ_BACKOFF_LINEAR,
  CTZ_BACKOFF_EXPONENTIAL
} ctz_backoff;

// What tasks of one call share. TELL: post notices of starts and retries.
enum { CTZ_PLAN_TELL = 1u };
typedef struct ctz_plan {
  uint32_t kernel;  // index that ctz_kernel_add or ctz_kernel_find gave
  uint32_t priority;  // 0 critical .. 3 low
  uint32_t flags;
  uint32_t max_retries;
  uint32_t backoff;  // a ctz_backoff
  double retry_delay_ms, retry_max_delay_ms, retry_jitter;
  double timeout_ms;  // of one attempt; INFINITY: none
  uint64_t memory_limit;  // bytes one attempt may take
  uint32_t series;  // under which waits and runs are measured, below CTZ_MAX_SERIES; less than 4: by class alone
} ctz_plan;

// A failure as the kernel, or the engine, named it.
typedef struct ctz_error {
  ctz_status status;  // FAILED, RAN_TOO_LONG, MEMORY_LIMIT, POOL_LIMIT, BAD_ARGUMENT, CANCELLED, BAILED
  char name[64];
  char code[64];
  char message[1024];
} ctz_error;

// One value of a result of type RECORD, whose slice has `length` of them; what they name lies in the same block.
typedef struct ctz_field {
  uint32_t type;  // a ctz_type
  ctz_value value;
} ctz_field;

// How a task ended. `value.slice.data` belongs to the task and lives until ctz_release (own tasks) or ctz_port_free
// (port tasks).
typedef struct ctz_outcome {
  ctz_slot_state state;
  ctz_type type;
  ctz_value value;
  const char *fields;  // as the kernel has them, for a result of type FIELDS; else NULL
  ctz_error error;
  uint32_t attempts;
} ctz_outcome;

typedef struct ctz_report {
  uint64_t completed;  // settled while closing, well or badly
  uint64_t cancelled;  // had not started and never will
  uint64_t abandoned;  // still running when the time was over
} ctz_report;

// The engine is started: its workers run. @return OUT_OF_MEMORY, INVALID, SYSTEM
ctz_status ctz_engine_create(const ctz_config *config, ctz_engine **out);
// Takes nothing more; waits up to `timeout_ms` for what is there (0: cancels it), stops the threads, reports.
// Idempotent.
void ctz_engine_close(ctz_engine *engine, double timeout_ms, ctz_report *report);
// Gives the engine back. Threads that still run a kernel keep it until they return. After close.
void ctz_engine_release(ctz_engine *engine);

// `kernel` must live as long as the engine. @return INVALID (name, types, or a name that is taken)
ctz_status ctz_kernel_add(ctz_engine *engine, const ctz_kernel *kernel, uint32_t *index);
ctz_status ctz_kernel_find(ctz_engine *engine, const char *name, uint32_t *index);
const ctz_kernel *ctz_kernel_at(ctz_engine *engine, uint32_t index);
uint32_t ctz_kernel_count(ctz_engine *engine);
// Loads a library and adds its kernels, all or none. The library stays loaded for ever. `why` gets the reason, if any.
ctz_status ctz_library_load(ctz_engine *engine, const char *path, char *why, size_t why_size);
// Adds a program as a kernel; the engine closes it in the end, also when this fails. It goes by its index: any name of
// up to 255 bytes will do, and names need not differ. It is interpreted until a body in C takes its place. Its tasks
// that give up have failed with the status BAILED: `name` of the error is a name of CTZ_BAILS, `code` is
// "function:instruction:number". @return INVALID (a longer name, more parameters than a kernel takes, no room),
// OUT_OF_MEMORY
ctz_status ctz_program_add(ctz_engine *engine, const char *name, ctz_program *program, uint32_t *index);
// From the next call on the kernel runs this body; NULL: it is interpreted. @return NOT_FOUND (it is no program)
ctz_status ctz_body_swap(ctz_engine *engine, uint32_t kernel, ctz_body body);
// Likewise for tasks over columns; NULL: the body, or the interpreter, is called row by row. @return NOT_FOUND
ctz_status ctz_column_body_swap(ctz_engine *engine, uint32_t kernel, ctz_column_body body);
// How often a program was called, and gave up. @return NOT_FOUND (it is no program)
ctz_status ctz_program_figures(ctz_engine *engine, uint32_t kernel, uint64_t *calls, uint64_t *bails);
// The kernels that come with the engine (they are added by create).
const ctz_library *ctz_builtin_kernels(void);

ctz_status ctz_plan_define(ctz_engine *engine, const ctz_plan *plan, uint32_t *index);
// No task of the plan may be unsettled; its index is used again. What was attached for it fails, and meets no other
// kernel.
void ctz_plan_release(ctz_engine *engine, uint32_t index);
// The kernel of a plan; NULL when there is no such plan.
const ctz_kernel *ctz_plan_kernel(ctz_engine *engine, uint32_t index);

// Submits an own task; arguments are copied. @return FULL, CLOSED, NOT_FOUND (plan), BAD_ARGUMENT, POOL_LIMIT
ctz_status ctz_submit(ctz_engine *engine, uint32_t plan, const ctz_value *args, uint32_t count, double delay_ms,
                      ctz_task_id *id);
// Waits until an own task has settled. @return TIMED_OUT, NOT_FOUND
ctz_status ctz_wait(ctz_engine *engine, ctz_task_id id, double timeout_ms, ctz_outcome *outcome);
// Asks an own task to stop. A waiting one never runs. @return NOT_FOUND
ctz_status ctz_cancel(ctz_engine *engine, ctz_task_id id);
// Forgets a settled own task and frees its result. @return NOT_FOUND, INVALID (not settled)
ctz_status ctz_release(ctz_engine *engine, ctz_task_id id);
// Waits until nothing is unsettled. @return TIMED_OUT
ctz_status ctz_drain(ctz_engine *engine, double timeout_ms);
// Changes the number of workers; those too many end after the task they run.
ctz_status ctz_scale(ctz_engine *engine, uint32_t workers);
// Holds back starts; what runs goes on.
void ctz_pause(ctz_engine *engine, bool paused);
double ctz_now(ctz_engine *engine);
// Of the clock behind it, which needs no engine.
uint64_t ctz_moment_ns(void);
void ctz_stats_read(ctz_engine *engine, ctz_stats *stats);
// Adds what was measured of a series, or (numbers below 4) of a class' tasks without one.
void ctz_series_read(ctz_engine *engine, uint32_t series, ctz_histogram *wait, ctz_histogram *run);

// A graph: steps that call kernels of numbers (and booleans), and take numbers or results of steps before them. What a
// caller gives is copied, but for the two lists that are filled: they are the caller's until the slot has settled.
#define CTZ_GRAPH_NUMBER UINT32_MAX
#define CTZ_GRAPH_MAX_STEPS (1u << 24)
#define CTZ_GRAPH_MAX_ARGS (1u << 26)
#define CTZ_GRAPH_MAX_PLANS (1u << 16)
// STOPPED: its time was over. FAILED: it failed, gave up, or its arguments did not fit. WAITING: it was never called,
// since others did not end well.
typedef enum ctz_step_state { CTZ_STEP_WAITING, CTZ_STEP_DONE, CTZ_STEP_FAILED, CTZ_STEP_STOPPED } ctz_step_state;
typedef struct ctz_graph {
  uint32_t count;               // of steps, 1 or more
  uint32_t plan_count;
  uint32_t arg_count;           // of all steps together
  const uint32_t *plans;        // plan_count: plans that steps have
  const uint32_t *step_plans;   // by step: which of `plans`
  const uint32_t *arg_ends;     // by step: where its arguments end in the next two
  const uint32_t *arg_steps;    // by argument: the step whose result it is, or CTZ_GRAPH_NUMBER
  const double *arg_numbers;    // by argument: the number, where it is none
  double *results;              // by step, written by the engine
  uint8_t *states;              // by step, likewise: a ctz_step_state
} ctz_graph;

// The port; NULL without one. Calls below are made by the one thread that owns the port.
void *ctz_port_memory(ctz_engine *engine, size_t *bytes);
// After a push that nobody may see: runs what was pushed on this thread where that is sure to take less than waking a
// worker, that is when everybody sleeps and nothing waits but a few tasks of bounded kernels (ctz/kernel.h) that have
// shown to be short; else wakes a worker. True: they ran here. The owner then looks at the completion ring by itself:
// WAITING is taken, and nobody calls `wake` for them.
bool ctz_port_run_or_wake(ctz_engine *engine);
// Wakes up to `count` sleeping workers, resp. the timer thread, after a push.
void ctz_port_wake(ctz_engine *engine, uint32_t count);
void ctz_port_wake_timers(ctz_engine *engine);
// Gives a free slot arguments by value: slices are borrowed until the slot has settled. @return BAD_ARGUMENT, INVALID
ctz_status ctz_port_attach(ctz_engine *engine, uint32_t slot, uint32_t plan, const ctz_value *args, uint32_t count);
// Gives a free slot columns of `rows` doubles, borrowed likewise; results go to `out`. @return INVALID, BAD_ARGUMENT
ctz_status ctz_port_attach_columns(ctz_engine *engine, uint32_t slot, uint32_t plan, const double *const *columns,
                                   uint32_t count, double *out, size_t rows, size_t rows_per_chunk);
// Gives a free slot a graph. It completes when every step has ended or cannot begin; the result is how many are DONE.
// @return INVALID, BAD_ARGUMENT (does not fit the kernels, or no graph), NOT_FOUND (plan), POOL_LIMIT, OUT_OF_MEMORY
ctz_status ctz_port_attach_graph(ctz_engine *engine, uint32_t slot, const ctz_graph *graph);
// The result or error of a settled slot (or the error of a retrying one); a slice stays valid until ctz_port_free.
ctz_status ctz_port_outcome(ctz_engine *engine, uint32_t slot, ctz_outcome *outcome);
// As ctz_port_outcome of a settled slot, but the result is handed over: `*block` is the memory a slice lies in (or
// NULL), to be given to ctz_block_free. The slot has no result any more. @return NOT_FOUND (not settled), INVALID
ctz_status ctz_port_take(ctz_engine *engine, uint32_t slot, ctz_outcome *outcome, void **block);
void ctz_block_free(void *block);
// Frees what C keeps for a settled slot: attached arguments, result, error. Needed only when there is any. False when a
// thread has the slot: nothing was freed, and what is attached is still read.
bool ctz_port_free(ctz_engine *engine, uint32_t slot);
// Takes a slot that waits for its moment out of the timers: it settles as cancelled. @return NOT_FOUND
ctz_status ctz_port_cancel_timed(ctz_engine *engine, uint32_t slot);
// Blocks until the completion ring has passed `position`. @return TIMED_OUT
ctz_status ctz_port_wait(ctz_engine *engine, uint32_t position, double timeout_ms);
// Has the next completion call `wake`, as JavaScript does by WAITING. A slot that settled before is seen as returned.
void ctz_port_ask_wake(ctz_engine *engine);
// After close only: waits until no thread reads what was attached to a slot, since a kernel that runs still does (its
// worker's thread ends after it). False: the time was over.
bool ctz_port_returned(ctz_engine *engine, uint32_t slot, double timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
