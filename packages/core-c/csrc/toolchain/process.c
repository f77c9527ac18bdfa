#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // pipe2, RTLD_DEFAULT
#endif
#include "toolchain/process.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ctz_pipe_open(int ends[2]) {
#if defined(__linux__)
  return pipe2(ends, O_CLOEXEC) == 0;
#else
  if (pipe(ends) != 0) return false;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return true;
#endif
}

#if !defined(__APPLE__)
// glibc has a call for it since 2.34; asked for by name, it does not make the addon need that version.
static bool close_from(posix_spawn_file_actions_t *actions, int first) {
  void *found = dlsym(RTLD_DEFAULT, "posix_spawn_file_actions_addclosefrom_np");
  int (*add)(posix_spawn_file_actions_t *, int);
  if (found == NULL) return false;
  memcpy(&add, &found, sizeof add);  // C has no cast between the two
  return add(actions, first) == 0;
}

// Those that are open now; what another thread opens in this moment is opened with O_CLOEXEC by everybody.
static void close_listed(posix_spawn_file_actions_t *actions, int first) {
  DIR *list = opendir("/proc/self/fd");
  if (list == NULL) return;
  for (const struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
    int descriptor = atoi(entry->d_name);
    if (descriptor >= first && descriptor != dirfd(list)) posix_spawn_file_actions_addclose(actions, descriptor);
  }
  closedir(list);
}
#endif

static int describe_files(posix_spawn_file_actions_t *actions, int output) {
  int failed = posix_spawn_file_actions_adddup2(actions, output, 1);
  if (failed == 0) failed = posix_spawn_file_actions_adddup2(actions, output, 2);
  // last: `output` is 0 in a process that has closed its own
  if (failed == 0) failed = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
#if !defined(__APPLE__)
  if (failed == 0 && !close_from(actions, 3)) close_listed(actions, 3);
#endif
  return failed;
}

static int describe_rest(posix_spawnattr_t *attributes) {
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#if defined(__APPLE__)
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  sigset_t all, none;
  sigfillset(&all);  // Node ignores SIGPIPE, which a compiler must not
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  sigemptyset(&none);
  int failed = posix_spawnattr_setpgroup(attributes, 0);
  if (failed == 0) failed = posix_spawnattr_setsigdefault(attributes, &all);
  if (failed == 0) failed = posix_spawnattr_setsigmask(attributes, &none);
  return failed != 0 ? failed : posix_spawnattr_setflags(attributes, flags);
}

static int spawn(const ctz_job *job, int output, pid_t *id) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failed = posix_spawn_file_actions_init(&actions);
  if (failed != 0) return failed;
  failed = posix_spawnattr_init(&attributes);
  if (failed == 0) {
    failed = describe_files(&actions, output);
    if (failed == 0) failed = describe_rest(&attributes);
    // it changes neither, although its type does not say so
    if (failed == 0)
      failed = posix_spawn(id, job->file, &actions, &attributes, (char *const *)(uintptr_t)job->arguments,
                           (char *const *)(uintptr_t)job->environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

int ctz_process_start(const ctz_job *job, ctz_process *process) {
  int ends[2];
  if (!ctz_pipe_open(ends)) return errno;
  int failed = spawn(job, ends[1], &process->id);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return failed;
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  process->output = ends[0];
  return 0;
}
