// A task slot as C sees it: the layout of port.h with every field atomic, since JavaScript may write it at any time.
// Own slots (of ctz_submit) have the same shape in memory of their own.
#ifndef CTZ_TASK_SLOT_H
#define CTZ_TASK_SLOT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ctz/port.h"

typedef struct ctz_slot {
  _Atomic uint32_t plan;
  _Atomic uint32_t attached;
  _Atomic uint64_t ready_at;  // bits of a double, as are all 64-bit fields here
  _Atomic uint64_t args[CTZ_SLOT_ARG_COUNT];
  _Atomic uint32_t state;
  _Atomic uint32_t cancel;
  _Atomic uint64_t started_at;
  _Atomic uint64_t ended_at;
  _Atomic uint32_t result_type;
  _Atomic uint32_t worker;
  _Atomic uint64_t result;
  _Atomic uint32_t memory_kb;
  _Atomic uint32_t attempt;
} ctz_slot;

_Static_assert(sizeof(ctz_slot) == CTZ_SLOT_BYTES, "a slot is as large as port.h says");
_Static_assert(offsetof(ctz_slot, plan) == CTZ_SLOT_PLAN, "layout");
_Static_assert(offsetof(ctz_slot, attached) == CTZ_SLOT_ATTACHED, "layout");
_Static_assert(offsetof(ctz_slot, ready_at) == CTZ_SLOT_READY_AT, "layout");
_Static_assert(offsetof(ctz_slot, args) == CTZ_SLOT_ARGS, "layout");
_Static_assert(offsetof(ctz_slot, state) == CTZ_SLOT_STATE, "layout");
_Static_assert(offsetof(ctz_slot, attempt) == CTZ_SLOT_ATTEMPT, "layout");
_Static_assert(offsetof(ctz_slot, started_at) == CTZ_SLOT_STARTED_AT, "layout");
_Static_assert(offsetof(ctz_slot, ended_at) == CTZ_SLOT_ENDED_AT, "layout");
_Static_assert(offsetof(ctz_slot, result_type) == CTZ_SLOT_RESULT_TYPE, "layout");
_Static_assert(offsetof(ctz_slot, worker) == CTZ_SLOT_WORKER, "layout");
_Static_assert(offsetof(ctz_slot, result) == CTZ_SLOT_RESULT, "layout");
_Static_assert(offsetof(ctz_slot, cancel) == CTZ_SLOT_CANCEL, "layout");
_Static_assert(offsetof(ctz_slot, memory_kb) == CTZ_SLOT_MEMORY_KB, "layout");

// Fields of a slot carry no order of their own: they travel with the release of a ring entry and its acquire.
static inline uint32_t ctz_field_u32(const _Atomic uint32_t *field) {
  return atomic_load_explicit(field, memory_order_relaxed);
}
static inline void ctz_field_set_u32(_Atomic uint32_t *field, uint32_t value) {
  atomic_store_explicit(field, value, memory_order_relaxed);
}
static inline double ctz_field_f64(const _Atomic uint64_t *field) {
  uint64_t bits = atomic_load_explicit(field, memory_order_relaxed);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
static inline void ctz_field_set_f64(_Atomic uint64_t *field, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  atomic_store_explicit(field, bits, memory_order_relaxed);
}

#endif
