#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // pthread_setname_np
#endif
#include "platform/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#if defined(__linux__)
#include <sys/resource.h>
#endif

#include "memory/allocator.h"

#define STACK_BYTES ((size_t)1 << 20)
#define NAME_BYTES 16  // what Linux takes, with the closing 0

typedef struct thread_start {
  void (*body)(void *);
  void *argument;
  char name[NAME_BYTES];
} thread_start;

bool ctz_mutex_init(ctz_mutex *mutex) { return pthread_mutex_init(mutex, NULL) == 0; }
void ctz_mutex_destroy(ctz_mutex *mutex) { pthread_mutex_destroy(mutex); }
void ctz_lock(ctz_mutex *mutex) { pthread_mutex_lock(mutex); }
void ctz_unlock(ctz_mutex *mutex) { pthread_mutex_unlock(mutex); }

bool ctz_condition_init(ctz_condition *condition) {
#if defined(__APPLE__)
  return pthread_cond_init(&condition->condition, NULL) == 0;  // waits are relative there
#else
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0) return false;
  bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&condition->condition, &attributes) == 0;
  pthread_condattr_destroy(&attributes);
  return made;
#endif
}

void ctz_condition_destroy(ctz_condition *condition) { pthread_cond_destroy(&condition->condition); }
void ctz_condition_signal(ctz_condition *condition) { pthread_cond_signal(&condition->condition); }
void ctz_condition_broadcast(ctz_condition *condition) { pthread_cond_broadcast(&condition->condition); }

static struct timespec timespec_of(uint64_t ns) {
  return (struct timespec){.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
}

bool ctz_condition_wait(ctz_condition *condition, ctz_mutex *mutex, uint64_t deadline_ns) {
  if (deadline_ns == UINT64_MAX) {
    pthread_cond_wait(&condition->condition, mutex);
    return true;
  }
#if defined(__APPLE__)
  uint64_t now = ctz_monotonic_ns();
  if (now >= deadline_ns) return false;
  struct timespec left = timespec_of(deadline_ns - now);
  return pthread_cond_timedwait_relative_np(&condition->condition, mutex, &left) != ETIMEDOUT;
#else
  struct timespec deadline = timespec_of(deadline_ns);
  return pthread_cond_timedwait(&condition->condition, mutex, &deadline) != ETIMEDOUT;
#endif
}

static void name_this_thread(const char *name) {
#if defined(__APPLE__)
  pthread_setname_np(name);
#elif defined(__linux__)
  pthread_setname_np(pthread_self(), name);
#else
  (void)name;
#endif
}

static void *run_thread(void *start_pointer) {
  thread_start start = *(thread_start *)start_pointer;
  ctz_free(start_pointer);
  name_this_thread(start.name);
  start.body(start.argument);
  return NULL;
}

// Faults are raised by the thread itself and stay open: blocked ones would kill the process past any handler.
static void signals_to_block(sigset_t *set) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
  sigfillset(set);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) sigdelset(set, faults[i]);
}

static bool create_detached(thread_start *start) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread;
  bool created = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                 pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                 pthread_create(&thread, &attributes, run_thread, start) == 0;
  pthread_attr_destroy(&attributes);
  return created;
}

bool ctz_thread_start(void (*body)(void *), void *argument, const char *name) {
  thread_start *start = ctz_alloc_zeroed(sizeof *start);
  if (start == NULL) return false;
  start->body = body;
  start->argument = argument;
  for (size_t i = 0; i + 1 < NAME_BYTES && name[i] != '\0'; i++) start->name[i] = name[i];
  // The new thread inherits the mask of this moment.
  sigset_t blocked, before;
  signals_to_block(&blocked);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  bool created = create_detached(start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!created) ctz_free(start);
  return created;
}

#if defined(__linux__)
#define NICEST 19

// 0 is the calling thread on Linux, against POSIX, where it is the process
int ctz_thread_nice(void) { return getpriority(PRIO_PROCESS, 0); }

void ctz_thread_set_nice(int nice) {
  if (setpriority(PRIO_PROCESS, 0, nice < NICEST ? nice : NICEST) != 0) return;
}
#else
int ctz_thread_nice(void) { return 0; }
void ctz_thread_set_nice(int nice) { (void)nice; }
#endif

void ctz_thread_yield(void) { sched_yield(); }

uint64_t ctz_monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t ctz_wall_ns(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void ctz_sleep_ns(uint64_t ns) {
  struct timespec time = timespec_of(ns);
  nanosleep(&time, NULL);
}
