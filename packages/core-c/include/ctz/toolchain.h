// From C text to bodies that run: a helper thread that runs other programs (the C compiler), and libraries of bodies,
// which are opened from bytes.
#ifndef CTZ_TOOLCHAIN_H
#define CTZ_TOOLCHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "ctz/program.h"
#include "ctz/status.h"

// Jobs that may wait, with the one that runs.
#define CTZ_TOOLCHAIN_MAX_JOBS 64u
// What is kept of the output of a program; what it writes after that is read and dropped.
#define CTZ_JOB_OUTPUT_BYTES 4096u

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ctz_job_end {
  CTZ_JOB_EXITED,      // number: its exit code
  CTZ_JOB_SIGNALLED,   // number: the signal that ended it
  CTZ_JOB_TIMED_OUT,   // it was killed, with its process group
  CTZ_JOB_STOPPED,     // the toolchain ended: it was killed, or never started
  CTZ_JOB_NOT_STARTED, // number: errno
  CTZ_JOB_LOST         // it ended, but the process ignores its children (SIGCHLD)
} ctz_job_end;

// One run of a program. It has nothing of this process but what stands here: no descriptors, no signals that are
// ignored, its own process group. It reads nothing, and what it writes goes to `output`.
typedef struct ctz_job {
  const char *file;                // absolute path
  const char *const *arguments;    // the first names the program; NULL closes
  const char *const *environment;  // NULL closes
  uint32_t timeout_ms;
  // Called on the helper thread; what `job` names lives till then. It must not close the toolchain.
  void (*ended)(struct ctz_job *job);
  // when it has ended
  ctz_job_end end;
  int32_t number;
  double milliseconds;
  uint32_t output_length;
  char output[CTZ_JOB_OUTPUT_BYTES];
  struct ctz_job *next;  // the toolchain's
} ctz_job;

// Runs jobs one after the other. Its thread is there only while there are jobs.
typedef struct ctz_toolchain ctz_toolchain;

// Why nothing here can be done on this system, which then always refuses; NULL: it can be.
const char *ctz_toolchain_missing(void);

ctz_toolchain *ctz_toolchain_create(void);  // NULL: no memory, or no descriptors
// Kills what runs; when it returns every job has ended, and the helper thread is gone. NULL is fine.
void ctz_toolchain_close(ctz_toolchain *toolchain);
// Unless OK the job was not taken. Any thread. @return FULL, SYSTEM (no thread)
ctz_status ctz_toolchain_run(ctz_toolchain *toolchain, ctz_job *job);

// A shared object that exports `ctz_body_abi` and bodies; it stays loaded for ever. Opening runs code in it: the caller
// has made sure where the bytes come from.
typedef struct ctz_bodies ctz_bodies;

// `why` gets the reason, if any. @return SYSTEM (it does not load), INVALID (it has no bodies), ABI_MISMATCH
ctz_status ctz_bodies_load(const char *path, const ctz_bodies **bodies, char *why, size_t why_size);
// The same of bytes, which no file names afterwards, so that nobody can change what was checked.
ctz_status ctz_bodies_open(const void *bytes, size_t size, const ctz_bodies **bodies, char *why, size_t why_size);
ctz_body ctz_bodies_find(const ctz_bodies *bodies, const char *symbol);  // NULL: it has none of that name
// The one over columns that belongs to a body. NULL: it has none.
ctz_column_body ctz_bodies_find_columns(const ctz_bodies *bodies, const char *symbol);

// The C library of this process, such as "glibc 2.36".
const char *ctz_libc_name(char *buffer, size_t size);

#ifdef __cplusplus
}
#endif
#endif
