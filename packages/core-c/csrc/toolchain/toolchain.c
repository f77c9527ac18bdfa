// The queue of jobs and the thread that empties it.
#define _POSIX_C_SOURCE 200809L
#include <sys/types.h>
#include <unistd.h>

#include "memory/allocator.h"
#include "platform/thread.h"
#include "toolchain/process.h"

#define COMPILER_NICE 10

struct ctz_toolchain {
  ctz_mutex lock;       // for what is below, but `stop`
  ctz_condition idle;   // the thread is gone
  bool running;         // there is a thread
  bool closed;
  uint32_t count;       // of jobs that have not ended
  ctz_job *first, **last;
  int stop[2];          // a pipe; a byte in it ends the job that runs
};

// Under the lock. NULL: there is none.
static ctz_job *take_job(ctz_toolchain *toolchain) {
  ctz_job *job = toolchain->first;
  if (job == NULL) return NULL;
  toolchain->first = job->next;
  if (toolchain->first == NULL) toolchain->last = &toolchain->first;
  return job;
}

// It no longer counts when its owner hears of it, and may bring the next.
static void end_job(ctz_toolchain *toolchain, ctz_job *job) {
  ctz_lock(&toolchain->lock);
  toolchain->count--;
  ctz_unlock(&toolchain->lock);
  job->ended(job);
}

static void run_jobs(void *argument) {
  ctz_toolchain *toolchain = argument;
  // for the compiler, which inherits it: what it makes is wanted soon, but never instead of anything else
  ctz_thread_set_nice(ctz_thread_nice() + COMPILER_NICE);
  ctz_lock(&toolchain->lock);
  for (ctz_job *job = take_job(toolchain); job != NULL; job = take_job(toolchain)) {
    bool closed = toolchain->closed;
    ctz_unlock(&toolchain->lock);
    if (closed)
      job->end = CTZ_JOB_STOPPED;
    else
      ctz_job_run(job, toolchain->stop[0]);
    end_job(toolchain, job);
    ctz_lock(&toolchain->lock);
  }
  toolchain->running = false;
  // under the lock: who waits frees the toolchain as soon as it has it
  ctz_condition_signal(&toolchain->idle);
  ctz_unlock(&toolchain->lock);
}

const char *ctz_toolchain_missing(void) { return NULL; }

ctz_toolchain *ctz_toolchain_create(void) {
  ctz_toolchain *toolchain = ctz_alloc_zeroed(sizeof *toolchain);
  if (toolchain == NULL) return NULL;
  toolchain->last = &toolchain->first;
  if (ctz_pipe_open(toolchain->stop)) {
    if (ctz_mutex_init(&toolchain->lock)) {
      if (ctz_condition_init(&toolchain->idle)) return toolchain;
      ctz_mutex_destroy(&toolchain->lock);
    }
    close(toolchain->stop[0]);
    close(toolchain->stop[1]);
  }
  ctz_free(toolchain);
  return NULL;
}

void ctz_toolchain_close(ctz_toolchain *toolchain) {
  if (toolchain == NULL) return;
  ctz_lock(&toolchain->lock);
  toolchain->closed = true;
  ssize_t written = write(toolchain->stop[1], "", 1);
  (void)written;  // the pipe is empty: it has room
  while (toolchain->running) ctz_condition_wait(&toolchain->idle, &toolchain->lock, UINT64_MAX);
  ctz_unlock(&toolchain->lock);
  ctz_condition_destroy(&toolchain->idle);
  ctz_mutex_destroy(&toolchain->lock);
  close(toolchain->stop[0]);
  close(toolchain->stop[1]);
  ctz_free(toolchain);
}

ctz_status ctz_toolchain_run(ctz_toolchain *toolchain, ctz_job *job) {
  job->output_length = 0;
  job->milliseconds = 0;
  job->number = 0;
  job->next = NULL;
  ctz_lock(&toolchain->lock);
  ctz_status status = toolchain->count < CTZ_TOOLCHAIN_MAX_JOBS ? CTZ_OK : CTZ_FULL;
  if (status == CTZ_OK && !toolchain->running) {
    toolchain->running = ctz_thread_start(run_jobs, toolchain, "catzilla-cc");
    if (!toolchain->running) status = CTZ_SYSTEM;
  }
  if (status == CTZ_OK) {
    *toolchain->last = job;
    toolchain->last = &job->next;
    toolchain->count++;
  }
  ctz_unlock(&toolchain->lock);
  return status;
}
