// Hierarchical timer wheel (Varghese and Lauck): four levels of 256 slots of 1, 256, 65536 and 16777216 ms, and a list
// for what lies beyond (re-examined when the last level turns). Adding and removing are O(1). Nothing fires early: a
// moment between two ticks belongs to the later one. Not thread-safe: its owner holds a lock. Entries are indices 0 ..
// capacity-1 (slots of the task table): links lie in arrays of the wheel, which grow by chunks, so that memory is used
// only for indices that were ever timed.
#ifndef CTZ_QUEUE_WHEEL_H
#define CTZ_QUEUE_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ctz_wheel ctz_wheel;

ctz_wheel *ctz_wheel_create(uint32_t capacity, double now_ms);  // NULL: no memory
void ctz_wheel_destroy(ctz_wheel *wheel);
// `due_ms` in the past fires with the next advance. False: no memory, index out of range, already in the wheel, or NaN.
// INFINITY and everything beyond 2^53 ms never fires.
bool ctz_wheel_add(ctz_wheel *wheel, uint32_t index, double due_ms);
bool ctz_wheel_remove(ctz_wheel *wheel, uint32_t index);  // false when it is not in
bool ctz_wheel_has(const ctz_wheel *wheel, uint32_t index);
uint64_t ctz_wheel_length(const ctz_wheel *wheel);
// Takes out what is due at `now_ms` (>= earlier calls), up to `max` indices, in order of their ticks (first added first
// within one). When it gives `max`, there may be more: call again.
uint32_t ctz_wheel_advance(ctz_wheel *wheel, double now_ms, uint32_t *out, uint32_t max);
// A moment at which advance should be called next; never later than the earliest due moment, seldom earlier (cascades).
// INFINITY when empty.
double ctz_wheel_next(const ctz_wheel *wheel);

#endif
