// Other programs, started without fork: the thread that starts one waits until it runs, no other thread does.
#ifndef CTZ_TOOLCHAIN_PROCESS_H
#define CTZ_TOOLCHAIN_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "ctz/toolchain.h"

typedef struct ctz_process {
  pid_t id;    // and its process group
  int output;  // reads, without waiting, what it writes
} ctz_process;

// A pipe that children do not inherit. False: there are no descriptors.
bool ctz_pipe_open(int ends[2]);
// @return errno, or 0
int ctz_process_start(const ctz_job *job, ctz_process *process);
// Runs the job until it has ended, or `stop` can be read; fills in how it ended.
void ctz_job_run(ctz_job *job, int stop);

#endif
