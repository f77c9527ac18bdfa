// Threads, locks and the clock of the operating system.
#ifndef CTZ_PLATFORM_THREAD_H
#define CTZ_PLATFORM_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
// SRWLOCK and CONDITION_VARIABLE, without all of windows.h
typedef struct ctz_mutex {
  void *lock;
} ctz_mutex;
typedef struct ctz_condition {
  void *condition;
} ctz_condition;
#else
#include <pthread.h>

typedef pthread_mutex_t ctz_mutex;
typedef struct ctz_condition {
  pthread_cond_t condition;  // on the monotonic clock
} ctz_condition;
#endif

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
// Lets another thread that is ready have this core, if there is one.
void ctz_thread_yield(void);
uint64_t ctz_monotonic_ns(void);
// Since 1970, by the clock that people set.
uint64_t ctz_wall_ns(void);
// At least so long, or a little less when a signal comes.
void ctz_sleep_ns(uint64_t ns);
#if defined(_WIN32)
// As its waits are told: at least 1 until the deadline has come, at most 0xFFFFFFFF, which is for ever. Windows counts
// them in ticks of up to 16 ms, so that it wakes later than other systems.
uint32_t ctz_ms_until(uint64_t deadline_ns);
#endif
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
