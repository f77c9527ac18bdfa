// The kernel ABI: what a task body in C looks like. It stands alone: a user's library includes this header only and
// links nothing of ours. Everything is reached through the context, whose layout does not change within one
// CTZ_KERNEL_ABI.
#ifndef CTZ_KERNEL_H
#define CTZ_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define CTZ_KERNEL_ABI 3u
// Most arguments a kernel takes.
#define CTZ_KERNEL_MAX_ARITY 16u

#ifdef __cplusplus
extern "C" {
#endif

// Types of arguments and results. Numbers of JavaScript arrive as given by the type; one that does not fit exactly (2.5
// as I32) fails the task with BAD_ARGUMENT before the kernel runs.
typedef enum ctz_type {
  CTZ_VOID = 0,       // results only: undefined
  CTZ_F64 = 1,        // number
  CTZ_I32 = 2,        // number, a whole one in -2^31 .. 2^31-1
  CTZ_U32 = 3,        // number, a whole one in 0 .. 2^32-1
  CTZ_BOOL = 4,       // boolean, in u32 as 0 or 1
  CTZ_BYTES = 5,      // Uint8Array
  CTZ_STRING = 6,     // string, as UTF-8 without a closing 0
  CTZ_F64_ARRAY = 7,  // Float64Array
  CTZ_F32_ARRAY = 8,  // Float32Array
  CTZ_I32_ARRAY = 9,  // Int32Array
  CTZ_U32_ARRAY = 10, // Uint32Array
  CTZ_FIELDS = 11,    // results only: an object of numbers; an array of doubles, named by the kernel's `fields`
  CTZ_TEXT = 12,      // string, as it is: code units, lone surrogates too; see CTZ_TEXT_WIDE
  CTZ_I8_ARRAY = 13,  // Int8Array
  CTZ_U8C_ARRAY = 14, // Uint8ClampedArray
  CTZ_I16_ARRAY = 15, // Int16Array
  CTZ_U16_ARRAY = 16, // Uint16Array
  CTZ_RECORD = 17,    // results of programs only: several values, each a ctz_field
  CTZ_TYPE_COUNT = 18
} ctz_type;

// In the length of a slice of type TEXT: its code units have 16 bits each; without it they are bytes, Latin-1.
#define CTZ_TEXT_WIDE ((uint64_t)1 << 63)

// `length` counts elements. An empty slice may have data == NULL.
typedef struct ctz_slice {
  const void *data;
  uint64_t length;
} ctz_slice;

// One argument or result; the signature says which member holds.
typedef union ctz_value {
  double f64;
  int32_t i32;
  uint32_t u32;
  ctz_slice slice;
} ctz_value;

// What a kernel answers. On CTZ_KERNEL_FAILED it has called `fail` before; without that the message is a general one.
typedef enum ctz_outcome_code {
  CTZ_KERNEL_OK = 0,
  CTZ_KERNEL_FAILED = 1,        // retried as the task's options say
  CTZ_KERNEL_FAILED_FINAL = 2,  // not retried
  CTZ_KERNEL_STOPPED = 3,       // ctz_should_stop said so
  CTZ_KERNEL_OUT_OF_MEMORY = 4, // alloc or alloc_result gave NULL
  CTZ_KERNEL_BAILED = 5         // programs only: JavaScript has to run the call
} ctz_outcome_code;

typedef struct ctz_context ctz_context;

// Belongs to the thread that runs the kernel and to one call of it.
struct ctz_context {
  uint32_t abi;         // CTZ_KERNEL_ABI of the engine
  uint32_t attempt;     // 1 on the first run
  uint32_t polls_left;  // used by ctz_should_stop
  uint32_t reserved;
  // Temporary memory, gone when the kernel returns; NULL past the task's limit. `align` is a power of two up to 64.
  void *(*alloc)(ctz_context *context, size_t bytes, size_t align);
  // Memory for a result that is a slice; the engine owns it afterwards. May be called
  // again; the block that the result names is kept, the others go when the kernel returns.
  void *(*alloc_result)(ctz_context *context, size_t bytes);
  // Names the error: `name` such as "RangeError", `code` or NULL, `message`; all are copied (and cut at 1 KiB).
  void (*fail)(ctz_context *context, const char *name, const char *code, const char *message);
  // The slow half of ctz_should_stop.
  int (*poll)(ctz_context *context);
};

// To be asked in every loop: non-zero when the task was cancelled or its time is over. The kernel then returns
// CTZ_KERNEL_STOPPED soon. Costs a decrement; the engine sets `polls_left` so that it looks about every 100 µs.
static inline int ctz_should_stop(ctz_context *context) {
  if (--context->polls_left != 0) return 0;
  return context->poll(context);
}

// The body. `args` has as many values as the signature says, already checked. `result` is zeroed.
typedef ctz_outcome_code (*ctz_kernel_run)(ctz_context *context, const ctz_value *args, ctz_value *result);

// The body over columns, optional, for kernels of F64 arguments with an F64 result: out[i] for begin <= i < end from
// columns[k][i]. Called for one chunk at a time, on several threads at once. Without it the engine calls `run` per row.
typedef ctz_outcome_code (*ctz_kernel_columns)(ctz_context *context, const double *const *columns, double *out,
                                               size_t begin, size_t end);

// What a kernel may say of itself. BOUNDED: `run` takes some microseconds at most, whatever its arguments: no loop
// whose length they decide, no waiting, no lock that another thread may hold. Where waking a worker would take longer
// than the call, the engine makes it on the thread that submitted the task, which in Node is the event loop's: one that
// is not bounded would hold up everything there. Only tasks whose arguments are a few numbers and booleans run like
// that.
enum { CTZ_KERNEL_BOUNDED = 1u };

typedef struct ctz_kernel {
  const char *name;          // unique in the engine; [A-Za-z0-9._-]{1,63}
  uint32_t arity;            // 0 .. CTZ_KERNEL_MAX_ARITY
  uint32_t result;           // a ctz_type
  uint8_t args[16];          // ctz_types
  const char *fields;        // for CTZ_FIELDS: names with commas between, such as "count,sum"; else NULL
  ctz_kernel_run run;
  ctz_kernel_columns columns;  // or NULL
  uint32_t flags;              // CTZ_KERNEL_BOUNDED, or 0
} ctz_kernel;

// What a library exports: `const ctz_library *ctz_library_entry(void);`
typedef struct ctz_library {
  uint32_t abi;    // CTZ_KERNEL_ABI it was compiled with
  uint32_t count;  // kernels
  const ctz_kernel *kernels;
} ctz_library;

typedef const ctz_library *(*ctz_library_entry_fn)(void);
#define CTZ_LIBRARY_ENTRY "ctz_library_entry"

#ifdef __cplusplus
}
#endif
#endif
