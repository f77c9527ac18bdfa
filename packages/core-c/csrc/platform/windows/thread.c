#include "platform/thread.h"

#include <process.h>
#include <stddef.h>
#include <string.h>

#include "memory/allocator.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define STACK_BYTES (1u << 20)
#define NAME_BYTES 32
#define NS_PER_S 1000000000u
#define NS_PER_MS 1000000u
// What FILETIME counts: 100 ns since 1601.
#define NS_PER_TICK 100u
#define TICKS_TILL_1970 116444736000000000u

typedef struct thread_start {
  void (*body)(void *);
  void *argument;
  wchar_t name[NAME_BYTES];
} thread_start;

_Static_assert(sizeof(ctz_mutex) == sizeof(SRWLOCK), "ctz_mutex is no SRWLOCK");
_Static_assert(sizeof(ctz_condition) == sizeof(CONDITION_VARIABLE), "ctz_condition is no CONDITION_VARIABLE");

static PSRWLOCK lock_of(ctz_mutex *mutex) { return (PSRWLOCK)(void *)mutex; }
static PCONDITION_VARIABLE variable_of(ctz_condition *condition) { return (PCONDITION_VARIABLE)(void *)condition; }

bool ctz_mutex_init(ctz_mutex *mutex) {
  InitializeSRWLock(lock_of(mutex));
  return true;
}
void ctz_mutex_destroy(ctz_mutex *mutex) { (void)mutex; }  // it holds nothing
void ctz_lock(ctz_mutex *mutex) { AcquireSRWLockExclusive(lock_of(mutex)); }
void ctz_unlock(ctz_mutex *mutex) { ReleaseSRWLockExclusive(lock_of(mutex)); }

bool ctz_condition_init(ctz_condition *condition) {
  InitializeConditionVariable(variable_of(condition));
  return true;
}
void ctz_condition_destroy(ctz_condition *condition) { (void)condition; }
void ctz_condition_signal(ctz_condition *condition) { WakeConditionVariable(variable_of(condition)); }
void ctz_condition_broadcast(ctz_condition *condition) { WakeAllConditionVariable(variable_of(condition)); }

uint32_t ctz_ms_until(uint64_t deadline_ns) {
  if (deadline_ns == UINT64_MAX) return INFINITE;
  uint64_t now = ctz_monotonic_ns();
  uint64_t left = now < deadline_ns ? (deadline_ns - now - 1) / NS_PER_MS + 1 : 0;
  return left < INFINITE ? (uint32_t)left : INFINITE - 1;
}

bool ctz_condition_wait(ctz_condition *condition, ctz_mutex *mutex, uint64_t deadline_ns) {
  if (SleepConditionVariableSRW(variable_of(condition), lock_of(mutex), ctz_ms_until(deadline_ns), 0)) return true;
  // it counts in ticks of its own, and may be early by one
  return ctz_monotonic_ns() < deadline_ns;
}

// There since Windows 10, and on its first versions not where the import library says.
static void name_this_thread(const wchar_t *name) {
  HRESULT(WINAPI * set)(HANDLE, PCWSTR) = NULL;
  FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "SetThreadDescription");
  memcpy(&set, &found, sizeof set);  // C has no cast between the two
  if (set != NULL) set(GetCurrentThread(), name);
}

static unsigned __stdcall run_thread(void *start_pointer) {
  thread_start start = *(thread_start *)start_pointer;
  ctz_free(start_pointer);
  name_this_thread(start.name);
  start.body(start.argument);
  return 0;
}

bool ctz_thread_start(void (*body)(void *), void *argument, const char *name) {
  thread_start *start = ctz_alloc_zeroed(sizeof *start);
  if (start == NULL) return false;
  start->body = body;
  start->argument = argument;
  for (size_t i = 0; i + 1 < NAME_BYTES && name[i] != '\0'; i++) start->name[i] = (wchar_t)name[i];
  uintptr_t thread = _beginthreadex(NULL, STACK_BYTES, run_thread, start, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (thread == 0) {
    ctz_free(start);
    return false;
  }
  CloseHandle((HANDLE)thread);
  return true;
}

int ctz_thread_nice(void) { return 0; }
void ctz_thread_set_nice(int nice) { (void)nice; }

void ctz_thread_yield(void) { SwitchToThread(); }

uint64_t ctz_monotonic_ns(void) {
  LARGE_INTEGER ticks, per_second;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&per_second);
  uint64_t count = (uint64_t)ticks.QuadPart, rate = (uint64_t)per_second.QuadPart;
  return count / rate * NS_PER_S + count % rate * NS_PER_S / rate;
}

uint64_t ctz_wall_ns(void) {
  FILETIME time;
  GetSystemTimePreciseAsFileTime(&time);
  uint64_t ticks = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
  return (ticks - TICKS_TILL_1970) * NS_PER_TICK;
}

void ctz_sleep_ns(uint64_t ns) { Sleep((DWORD)((ns + NS_PER_MS - 1) / NS_PER_MS)); }
