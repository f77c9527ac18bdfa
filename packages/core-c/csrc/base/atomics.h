// The layer through which all lock-free code reaches atomics: each access names its memory order, and in a build with
// CTZ_MODEL each access is a step of the model checker (ctest/model/checker.h), so that what is checked is what ships.
#ifndef CTZ_BASE_ATOMICS_H
#define CTZ_BASE_ATOMICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(CTZ_MODEL)

#define ctz_load(object, order) atomic_load_explicit((object), (order))
#define ctz_store(object, value, order) atomic_store_explicit((object), (value), (order))
#define ctz_exchange(object, value, order) atomic_exchange_explicit((object), (value), (order))
#define ctz_fetch_add(object, value, order) atomic_fetch_add_explicit((object), (value), (order))
#define ctz_fetch_sub(object, value, order) atomic_fetch_sub_explicit((object), (value), (order))
#define ctz_fetch_or(object, value, order) atomic_fetch_or_explicit((object), (value), (order))
#define ctz_fetch_and(object, value, order) atomic_fetch_and_explicit((object), (value), (order))
// Strong: fails only when the value differs, which lets callers count lost races. `*expected` is then what was found.
#define ctz_cas(object, expected, desired, won, lost) \
  atomic_compare_exchange_strong_explicit((object), (expected), (desired), (won), (lost))

// ThreadSanitizer does not follow fences and GCC warns of it; what is proved by it here does not depend on them.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
static inline void ctz_fence(memory_order order) { atomic_thread_fence(order); }
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#pragma GCC diagnostic pop
#endif

#else

uint64_t ctz_model_load(const volatile void *object, size_t size, memory_order order);
void ctz_model_store(volatile void *object, size_t size, uint64_t value, memory_order order);
// Which arithmetic a read-modify-write does.
typedef enum ctz_model_change {
  CTZ_MODEL_SET,
  CTZ_MODEL_ADD,
  CTZ_MODEL_SUB,
  CTZ_MODEL_OR,
  CTZ_MODEL_AND
} ctz_model_change;
uint64_t ctz_model_change_by(volatile void *object, size_t size, ctz_model_change change, uint64_t value,
                             memory_order order);
bool ctz_model_cas(volatile void *object, size_t size, void *expected, uint64_t desired, memory_order won,
                   memory_order lost);
void ctz_model_fence(memory_order order);

#define CTZ_MODEL_TYPE(object) __typeof__(atomic_load_explicit((object), memory_order_relaxed))
#define CTZ_MODEL_CHANGE(object, change, value, order) \
  ((CTZ_MODEL_TYPE(object))ctz_model_change_by((object), sizeof *(object), (change), (uint64_t)(value), (order)))
#define ctz_load(object, order) ((CTZ_MODEL_TYPE(object))ctz_model_load((object), sizeof *(object), (order)))
#define ctz_store(object, value, order) ctz_model_store((object), sizeof *(object), (uint64_t)(value), (order))
#define ctz_exchange(object, value, order) CTZ_MODEL_CHANGE(object, CTZ_MODEL_SET, value, order)
#define ctz_fetch_add(object, value, order) CTZ_MODEL_CHANGE(object, CTZ_MODEL_ADD, value, order)
#define ctz_fetch_sub(object, value, order) CTZ_MODEL_CHANGE(object, CTZ_MODEL_SUB, value, order)
#define ctz_fetch_or(object, value, order) CTZ_MODEL_CHANGE(object, CTZ_MODEL_OR, value, order)
#define ctz_fetch_and(object, value, order) CTZ_MODEL_CHANGE(object, CTZ_MODEL_AND, value, order)
#define ctz_cas(object, expected, desired, won, lost) \
  ctz_model_cas((object), sizeof *(object), (expected), (uint64_t)(desired), (won), (lost))
#define ctz_fence(order) ctz_model_fence(order)

#endif
#endif
