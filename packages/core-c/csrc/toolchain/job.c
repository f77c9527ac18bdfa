// One job: the program is waited for in slices, because its end cannot be polled for everywhere, and the end of its
// output says little: what it started may hold the pipe for longer, and it may close it long before.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/thread.h"
#include "toolchain/process.h"

#define SLICE_MS 20
#define SLICE_AFTER_OUTPUT_MS 1

// Reads what there is. False when there will be no more.
static bool keep_output(ctz_job *job, int output) {
  char dropped[1024];
  for (;;) {
    size_t room = CTZ_JOB_OUTPUT_BYTES - job->output_length;
    ssize_t got =
        room > 0 ? read(output, job->output + job->output_length, room) : read(output, dropped, sizeof dropped);
    if (got == 0) return false;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (room > 0) job->output_length += (uint32_t)got;
  }
}

// Whether it has ended; it stays a child, so that its number names nobody else. LOST when it is no child any more.
static bool has_ended(ctz_job *job, pid_t id) {
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)id, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return info.si_pid == id;
  if (errno == EINTR) return false;
  job->end = CTZ_JOB_LOST;
  return true;
}

// Until it has ended, with `end` other than EXITED when that was not its own doing.
static void await_end(ctz_job *job, const ctz_process *process, int stop, uint64_t deadline_ns) {
  bool writes = true;
  while (!has_ended(job, process->id)) {
    // those that are less than 0 are passed over
    struct pollfd files[2] = {{.fd = stop, .events = POLLIN}, {.fd = writes ? process->output : -1, .events = POLLIN}};
    poll(files, 2, writes ? SLICE_MS : SLICE_AFTER_OUTPUT_MS);
    if (writes && files[1].revents != 0) writes = keep_output(job, process->output);
    if (files[0].revents != 0)
      job->end = CTZ_JOB_STOPPED;
    else if (ctz_monotonic_ns() >= deadline_ns)
      job->end = CTZ_JOB_TIMED_OUT;
    if (job->end != CTZ_JOB_EXITED) return;
  }
  if (writes) keep_output(job, process->output);
}

static void collect(ctz_job *job, pid_t id) {
  int status = 0;
  pid_t collected;
  // what it has started goes with it: nothing of a job is left
  kill(-id, SIGKILL);
  do collected = waitpid(id, &status, 0);
  while (collected < 0 && errno == EINTR);
  if (job->end != CTZ_JOB_EXITED) return;
  if (collected != id)
    job->end = CTZ_JOB_LOST;
  else if (WIFSIGNALED(status))
    job->end = CTZ_JOB_SIGNALLED;
  if (collected == id) job->number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

void ctz_job_run(ctz_job *job, int stop) {
  uint64_t began_ns = ctz_monotonic_ns();
  ctz_process process;
  job->end = CTZ_JOB_EXITED;
  job->number = ctz_process_start(job, &process);
  if (job->number != 0) {
    job->end = CTZ_JOB_NOT_STARTED;
  } else {
    await_end(job, &process, stop, began_ns + (uint64_t)job->timeout_ms * 1000000u);
    if (job->end != CTZ_JOB_LOST) collect(job, process.id);
    close(process.output);
  }
  job->milliseconds = (double)(ctz_monotonic_ns() - began_ns) / 1e6;
}
