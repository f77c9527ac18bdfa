// Threads, locks and the clock of the operating system.
#ifndef CTZ_PLATFORM_THREAD_H
#define CTZ_PLATFORM_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef pthread_mutex_t ctz_mutex;
typedef struct ctz_condition {
  pthread_cond_t condition;  // on the monotonic clock
} ctz_condition;

bool ctz_mutex_init(ctz_mutex *mutex);
void ctz_mutex_destroy(ctz_mutex *mutex);
void ctz_lock(ctz_mutex *mutex);
void ctz_unlock(ctz_mutex *mutex);
bool ctz_condition_init(ctz_condition *condition);
void ctz_condition_destroy(ctz_condition *condition);
void ctz_condition_signal(ctz_condition *condition);
void ctz_condition_broadcast(ctz_condition *condition);
// False when `deadline_ns` (of ctz_monotonic_ns) has passed; UINT64_MAX waits for ever. Wakes up for no reason at
// times.
bool ctz_condition_wait(ctz_condition *condition, ctz_mutex *mutex, uint64_t deadline_ns);

// Starts a detached thread with signals blocked (they belong to Node's threads) and a stack of 1 MiB. False: refused.
bool ctz_thread_start(void (*body)(void *), void *argument, const char *name);
// Nice value of the calling thread; 0 where threads have none of their own (they have one on Linux only).
int ctz_thread_nice(void);
// Sets it for the calling thread, where there is one. A courtesy: a sandbox may forbid it, and nobody has to know.
void ctz_thread_set_nice(int nice);
uint64_t ctz_monotonic_ns(void);
// Tells the CPU that this memory will be written soon. Not by __builtin_prefetch: gcc holds a function that does
// nothing else for one without effects, and leaves its calls out.
static inline void ctz_fetch_to_write(const void *memory) {
#if defined(__x86_64__) && defined(__GNUC__)
  __asm__ __volatile__("prefetchw %0" : : "m"(*(const char *)memory));
#elif defined(__aarch64__) && defined(__GNUC__)
  __asm__ __volatile__("prfm pstl1keep, %0" : : "Q"(*(const char *)memory));
#else
  (void)memory;
#endif
}
// Tells the CPU that this is a spin loop.
static inline void ctz_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

#endif
