// Status codes of the C engine, in one table: enum, name and text are made from it.
#ifndef CTZ_STATUS_H
#define CTZ_STATUS_H

// X(name, text). The order is part of the binding's seam: new codes go to the end.
#define CTZ_STATUS_TABLE(X)                                          \
  X(OK, "ok")                                                        \
  X(OUT_OF_MEMORY, "the allocator gave no memory")                   \
  X(INVALID, "an argument is out of range")                          \
  X(FULL, "the queue is full")                                       \
  X(CLOSED, "the engine is closed")                                  \
  X(NOT_FOUND, "there is no such task, plan or kernel")              \
  X(TIMED_OUT, "the time was over before it happened")               \
  X(CANCELLED, "the task was cancelled")                             \
  X(FAILED, "the kernel failed")                                     \
  X(RAN_TOO_LONG, "the kernel ran longer than its time limit")       \
  X(MEMORY_LIMIT, "the task wanted more memory than its limit")      \
  X(POOL_LIMIT, "the memory pool of the engine is used up")          \
  X(BAD_ARGUMENT, "an argument does not fit the kernel's signature") \
  X(ABI_MISMATCH, "the library was built for another kernel ABI")    \
  X(SYSTEM, "the operating system refused a thread or a library")    \
  X(BAILED, "the program gave up: JavaScript has to run the call")

typedef enum ctz_status {
#define CTZ_STATUS_ENUM(name, text) CTZ_##name,
  CTZ_STATUS_TABLE(CTZ_STATUS_ENUM)
#undef CTZ_STATUS_ENUM
      CTZ_STATUS_COUNT
} ctz_status;

#ifdef __cplusplus
extern "C" {
#endif

// The text of a status; never NULL, also for values that are none.
const char *ctz_status_text(ctz_status status);
// The name of a status without its prefix, such as "FULL".
const char *ctz_status_name(ctz_status status);

#ifdef __cplusplus
}
#endif
#endif
