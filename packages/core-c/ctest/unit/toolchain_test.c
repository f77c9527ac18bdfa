// Jobs of the toolchain: how they end, what they inherit, what is left of them. Programs are scripts of /bin/sh.
#define _XOPEN_SOURCE 700
#include "ctz/toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "platform/thread.h"

#define LONG_MS 60000u

static ctz_mutex lock;
static ctz_condition changed;
static uint32_t ended_count;

static const char *const environment[] = {"PATH=/usr/bin:/bin", "WORD=kept", NULL};

typedef struct script {
  ctz_job job;
  const char *arguments[4];
  uint32_t place;  // 1: ended first
} script;

static void note_end(ctz_job *job) {
  ctz_lock(&lock);
  ((script *)job)->place = ++ended_count;
  ctz_condition_broadcast(&changed);
  ctz_unlock(&lock);
}

static void write_script(script *made, const char *text, uint32_t timeout_ms) {
  *made = (script){.job = {.file = "/bin/sh", .environment = environment, .timeout_ms = timeout_ms, .ended = note_end},
                   .arguments = {"sh", "-c", text, NULL}};
  made->job.arguments = made->arguments;
}

static void await_script(const script *one) {
  ctz_lock(&lock);
  while (one->place == 0) ctz_condition_wait(&changed, &lock, UINT64_MAX);
  ctz_unlock(&lock);
}

static void run_script(ctz_toolchain *toolchain, script *one, const char *text, uint32_t timeout_ms) {
  write_script(one, text, timeout_ms);
  if (CHECK_EQ_U64(ctz_toolchain_run(toolchain, &one->job), CTZ_OK)) await_script(one);
}

static bool wrote(const script *one, const char *text) {
  bool same = one->job.output_length == strlen(text) && memcmp(one->job.output, text, strlen(text)) == 0;
  if (!same) fprintf(stderr, "it wrote: %.*s\n", (int)one->job.output_length, one->job.output);
  return same;
}

static pid_t number_written(const script *one) {
  char text[32] = "";
  memcpy(text, one->job.output, one->job.output_length < 31 ? one->job.output_length : 31);
  return (pid_t)atoi(text);
}

// No process has this number, or one that has ended and whose parent is not this process.
static bool is_gone(pid_t id) {
  for (uint32_t i = 0; i < 2000; i++) {
    char path[64], state[512] = "";
    if (kill(id, 0) != 0 && errno == ESRCH) return true;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)id);
    FILE *file = fopen(path, "r");
    if (file != NULL) {
      state[fread(state, 1, sizeof state - 1, file)] = '\0';
      fclose(file);
    }
    const char *after = strrchr(state, ')');
    if (after != NULL && strncmp(after, ") Z", 3) == 0) return true;  // whoever inherited it has not collected it yet
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return false;
}

static void test_ends(ctz_toolchain *toolchain) {
  script one;
  run_script(toolchain, &one, "echo out; echo err >&2; exit 3", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_EXITED);
  CHECK_EQ_U64(one.job.number, 3);
  CHECK(wrote(&one, "out\nerr\n"));
  CHECK(one.job.milliseconds > 0);
  run_script(toolchain, &one, "kill -TERM $$", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_SIGNALLED);
  CHECK_EQ_U64(one.job.number, SIGTERM);
  // its output has ended long before it does
  run_script(toolchain, &one, "exec >&- 2>&-; sleep 0.05; exit 4", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_EXITED);
  CHECK_EQ_U64(one.job.number, 4);
  // what it started still holds its output
  run_script(toolchain, &one, "sleep 60 & echo $!", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_EXITED);
  CHECK(is_gone(number_written(&one)));
}

static void test_refusals(ctz_toolchain *toolchain) {
  script one;
  write_script(&one, "", LONG_MS);
  one.job.file = "/nowhere/at-all";
  CHECK_EQ_U64(ctz_toolchain_run(toolchain, &one.job), CTZ_OK);
  await_script(&one);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_NOT_STARTED);
  CHECK_EQ_U64(one.job.number, ENOENT);
}

static void test_output_is_cut(ctz_toolchain *toolchain) {
  script one;
  run_script(toolchain, &one, "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; exit 5", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_EXITED);
  CHECK_EQ_U64(one.job.number, 5);
  CHECK_EQ_U64(one.job.output_length, CTZ_JOB_OUTPUT_BYTES);
  CHECK(memcmp(one.job.output, "0123456789\n0", 12) == 0);
}

static void test_time_is_limited(ctz_toolchain *toolchain) {
  script one;
  run_script(toolchain, &one, "trap '' TERM INT HUP; sleep 60 & echo $!; wait; sleep 60", 200);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_TIMED_OUT);
  CHECK(one.job.milliseconds >= 200);
  CHECK(is_gone(number_written(&one)));
}

static void test_surroundings(ctz_toolchain *toolchain) {
  script one;
  // open in this process, and not closed by exec
  int left_open = open("/dev/null", O_RDONLY);
  CHECK(left_open >= 3);
  fcntl(left_open, F_SETFD, 0);
  setenv("LD_PRELOAD_OF_TEST", "1", 1);
  signal(SIGPIPE, SIG_IGN);
  run_script(toolchain, &one, "exec ls /proc/self/fd", LONG_MS);
  // 3 is the folder that is listed
  if (access("/proc/self/fd", R_OK) == 0) CHECK(left_open > 3 && wrote(&one, "0\n1\n2\n3\n"));
  run_script(toolchain, &one, "echo $WORD; env | grep -c TEST; kill -PIPE $$", LONG_MS);
  CHECK(wrote(&one, "kept\n0\n"));
  CHECK_EQ_U64(one.job.number, SIGPIPE);
  run_script(toolchain, &one, "read word; echo \"$?$word\"; ps -o pgid= -p $$ | tr -d ' ' | grep -c \"^$$\\$\"",
             LONG_MS);
  CHECK(wrote(&one, "1\n1\n") || wrote(&one, "1\n0\n"));  // 0: there is no ps
  close(left_open);
}

static void test_queue_is_bounded(ctz_toolchain *toolchain) {
  static script all[CTZ_TOOLCHAIN_MAX_JOBS + 1];
  uint32_t before = ended_count;
  write_script(&all[0], "sleep 0.2", LONG_MS);
  for (uint32_t i = 1; i <= CTZ_TOOLCHAIN_MAX_JOBS; i++) write_script(&all[i], "exit 0", LONG_MS);
  for (uint32_t i = 0; i < CTZ_TOOLCHAIN_MAX_JOBS; i++)
    if (!CHECK_EQ_U64(ctz_toolchain_run(toolchain, &all[i].job), CTZ_OK)) exit(check_result());
  CHECK_EQ_U64(ctz_toolchain_run(toolchain, &all[CTZ_TOOLCHAIN_MAX_JOBS].job), CTZ_FULL);
  for (uint32_t i = 0; i < CTZ_TOOLCHAIN_MAX_JOBS; i++) {
    await_script(&all[i]);
    CHECK_EQ_U64(all[i].place, before + i + 1);
  }
}

// What runs is killed, and what waits never starts.
static void test_close(void) {
  ctz_toolchain *toolchain = ctz_toolchain_create();
  script runs, waits;
  char folder[] = "/tmp/catzilla-test-XXXXXX", path[64], text[128], byte;
  if (!CHECK(mkdtemp(folder) != NULL)) return;
  snprintf(path, sizeof path, "%s/begun", folder);
  CHECK(mkfifo(path, 0600) == 0);
  int begun = open(path, O_RDWR);
  snprintf(text, sizeof text, "sleep 60 & echo $!; echo > %s; wait", path);
  write_script(&runs, text, LONG_MS);
  write_script(&waits, "exit 0", LONG_MS);
  CHECK_EQ_U64(ctz_toolchain_run(toolchain, &runs.job), CTZ_OK);
  CHECK_EQ_U64(ctz_toolchain_run(toolchain, &waits.job), CTZ_OK);
  CHECK(read(begun, &byte, 1) == 1);
  ctz_toolchain_close(toolchain);
  CHECK_EQ_U64(runs.job.end, CTZ_JOB_STOPPED);
  CHECK_EQ_U64(waits.job.end, CTZ_JOB_STOPPED);
  CHECK(runs.place > 0 && waits.place == runs.place + 1);
  CHECK(is_gone(number_written(&runs)));
  close(begun);
  unlink(path);
  rmdir(folder);
}

// A process that ignores its children is not told how they end.
static void test_ignored_children(ctz_toolchain *toolchain) {
  script one;
  signal(SIGCHLD, SIG_IGN);
  run_script(toolchain, &one, "exit 0", LONG_MS);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_LOST);
  run_script(toolchain, &one, "sleep 60", 100);
  CHECK_EQ_U64(one.job.end, CTZ_JOB_TIMED_OUT);
  signal(SIGCHLD, SIG_DFL);
}

// Valgrind makes a fork of vfork, so that posix_spawn cannot say why a program was not started.
static bool is_under_valgrind(void) {
  const char *preloaded = getenv("LD_PRELOAD");
  return preloaded != NULL && strstr(preloaded, "vgpreload") != NULL;
}

int main(void) {
  if (is_under_valgrind()) {
    puts("SKIPPED under valgrind, where processes are not started as elsewhere");
    return 77;
  }
  if (!ctz_mutex_init(&lock) || !ctz_condition_init(&changed)) return 1;
  ctz_toolchain *toolchain = ctz_toolchain_create();
  if (!CHECK(toolchain != NULL)) return check_result();
  test_ends(toolchain);
  test_refusals(toolchain);
  test_output_is_cut(toolchain);
  test_time_is_limited(toolchain);
  test_surroundings(toolchain);
  test_queue_is_bounded(toolchain);
  test_ignored_children(toolchain);
  test_close();
  ctz_toolchain_close(toolchain);
  ctz_toolchain_close(NULL);
  // nothing is left to be collected
  CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
  return check_result();
}
