#include "queue/wheel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "random.h"

#define HOUR 3600000.0
#define DAY (24.0 * HOUR)

static void check_fired(ctz_wheel *wheel, double now_ms, const uint32_t *expected, uint32_t count) {
  uint32_t out[64] = {0};
  if (!CHECK_EQ_U64(ctz_wheel_advance(wheel, now_ms, out, 64), count)) return;
  for (uint32_t i = 0; i < count; i++) CHECK_EQ_U64(out[i], expected[i]);
}

static void fires_in_order_and_never_early(void) {
  ctz_wheel *wheel = ctz_wheel_create(100, 1000.7);
  CHECK(isinf(ctz_wheel_next(wheel)));
  CHECK(ctz_wheel_add(wheel, 5, 1010.2));  // belongs to 1011
  CHECK(ctz_wheel_add(wheel, 6, 1010));
  CHECK(ctz_wheel_add(wheel, 7, 1011));
  CHECK(ctz_wheel_add(wheel, 8, 3));        // in the past
  CHECK(ctz_wheel_add(wheel, 9, -INFINITY));
  CHECK(!ctz_wheel_add(wheel, 9, 2000) && !ctz_wheel_add(wheel, 100, 2000) && !ctz_wheel_add(wheel, 10, NAN));
  CHECK(ctz_wheel_has(wheel, 5) && !ctz_wheel_has(wheel, 10) && !ctz_wheel_has(wheel, 100));
  CHECK_EQ_U64(ctz_wheel_length(wheel), 5);
  CHECK(ctz_wheel_next(wheel) == 1000);
  check_fired(wheel, 1000.7, (uint32_t[]){8, 9}, 2);
  CHECK(ctz_wheel_next(wheel) == 1010);
  check_fired(wheel, 1009.999, NULL, 0);
  check_fired(wheel, 1010.999, (uint32_t[]){6}, 1);
  CHECK(ctz_wheel_next(wheel) == 1011);
  check_fired(wheel, 500, NULL, 0);  // a clock that goes back
  check_fired(wheel, 1011, (uint32_t[]){5, 7}, 2);
  CHECK(!ctz_wheel_has(wheel, 5) && !ctz_wheel_remove(wheel, 5) && !ctz_wheel_remove(wheel, 100));
  CHECK(ctz_wheel_add(wheel, 5, 1011));  // due at this very tick
  check_fired(wheel, 1011, (uint32_t[]){5}, 1);
  CHECK_EQ_U64(ctz_wheel_length(wheel), 0);
  ctz_wheel_destroy(wheel);
}

static void what_never_fires_stays(void) {
  ctz_wheel *wheel = ctz_wheel_create(10, 0);
  CHECK(ctz_wheel_add(wheel, 0, INFINITY) && ctz_wheel_add(wheel, 1, 1e300));
  CHECK(isinf(ctz_wheel_next(wheel)));
  CHECK(ctz_wheel_add(wheel, 2, 9007199254740992.0));  // 2^53
  CHECK(ctz_wheel_next(wheel) == 9007199254740992.0);
  check_fired(wheel, 9007199254740991.0, NULL, 0);
  check_fired(wheel, INFINITY, (uint32_t[]){2}, 1);
  CHECK(isinf(ctz_wheel_next(wheel)) && ctz_wheel_length(wheel) == 2);
  CHECK(ctz_wheel_remove(wheel, 0) && ctz_wheel_remove(wheel, 1) && ctz_wheel_length(wheel) == 0);
  ctz_wheel_destroy(wheel);
}

// Entries of one tick that were added from far and from near, at all levels.
static void keeps_the_order_of_adding_within_a_tick(void) {
  const double due = 5.0 * 4294967296.0 + 123456789.0;
  const double far[] = {6e9, 5e9, 4e9, 2e9, 2e7, 1e7, 60000, 30000, 300, 200, 10, 1};
  enum { COUNT = sizeof far / sizeof far[0] };
  ctz_wheel *wheel = ctz_wheel_create(COUNT, 0);
  uint32_t expected[COUNT];
  for (uint32_t i = 0; i < COUNT; i++) {
    check_fired(wheel, due - far[i], NULL, 0);
    CHECK(ctz_wheel_add(wheel, i, due));
    CHECK(ctz_wheel_next(wheel) == due);
    expected[i] = i;
  }
  check_fired(wheel, due, expected, COUNT);
  ctz_wheel_destroy(wheel);
}

static void gives_no_more_than_asked_for(void) {
  ctz_wheel *wheel = ctz_wheel_create(10, 0);
  uint32_t out[10];
  for (uint32_t i = 0; i < 6; i++) CHECK(ctz_wheel_add(wheel, i, i < 3 ? 70000 : 80000));
  CHECK_EQ_U64(ctz_wheel_advance(wheel, 1e6, out, 2), 2);
  CHECK(out[0] == 0 && out[1] == 1 && ctz_wheel_next(wheel) == 70000);
  CHECK(ctz_wheel_add(wheel, 6, 75000) && ctz_wheel_add(wheel, 7, 100));
  CHECK_EQ_U64(ctz_wheel_advance(wheel, 1e6, out, 3), 3);
  CHECK(out[0] == 2 && out[1] == 7 && out[2] == 6);
  CHECK_EQ_U64(ctz_wheel_advance(wheel, 1e6, out, 3), 3);
  CHECK(out[0] == 3 && out[1] == 4 && out[2] == 5);
  CHECK_EQ_U64(ctz_wheel_advance(wheel, 1e6, out, 3), 0);
  ctz_wheel_destroy(wheel);
}

// The sorted model: what is in, by tick and order of adding.

#define INDICES 3000u

typedef struct timed {
  uint64_t tick, turn;
  uint32_t index;
} timed;

typedef struct model {
  timed entries[INDICES];
  uint32_t count;
  uint64_t turn, now;
  bool removed;  // next() may be early then
} model;

static int by_tick_and_turn(const void *a_pointer, const void *b_pointer) {
  const timed *a = a_pointer, *b = b_pointer;
  if (a->tick != b->tick) return a->tick < b->tick ? -1 : 1;
  return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static double random_distance(uint64_t *random) {
  static const double scales[] = {3, 300, 70000, 2e7, 5e9, 2e11};
  double part = (double)(random_next(random) >> 11) / 9007199254740992.0;
  return part * scales[random_below(random, 6)] - 2;
}

static void add_both(ctz_wheel *wheel, model *expected, uint64_t *random) {
  uint32_t index = random_below(random, INDICES);
  double due = (double)expected->now + random_distance(random);
  bool was_in = ctz_wheel_has(wheel, index);
  CHECK(ctz_wheel_add(wheel, index, due) == !was_in);
  if (was_in) return;
  uint64_t tick = due > 0 ? (uint64_t)ceil(due) : 0;
  if (tick < expected->now) tick = expected->now;
  expected->entries[expected->count++] = (timed){tick, expected->turn++, index};
}

static void remove_both(ctz_wheel *wheel, model *expected, uint64_t *random) {
  if (expected->count == 0) return;
  uint32_t at = random_below(random, expected->count);
  CHECK(ctz_wheel_remove(wheel, expected->entries[at].index));
  CHECK(!ctz_wheel_has(wheel, expected->entries[at].index));
  expected->entries[at] = expected->entries[--expected->count];
  expected->removed = true;
}

static void advance_both(ctz_wheel *wheel, model *expected, double now_ms, uint64_t *random) {
  qsort(expected->entries, expected->count, sizeof(timed), by_tick_and_turn);
  uint64_t now = (uint64_t)now_ms;
  uint32_t due = 0, fired = 0, out[64], max = 1u + random_below(random, 64), count = max;
  while (due < expected->count && expected->entries[due].tick <= now) due++;
  while (count == max) {
    count = ctz_wheel_advance(wheel, now_ms, out, max);
    for (uint32_t i = 0; i < count; i++, fired++) {
      if (CHECK(fired < due)) CHECK_EQ_U64(out[i], expected->entries[fired].index);
    }
  }
  CHECK_EQ_U64(fired, due);
  memmove(expected->entries, expected->entries + due, (expected->count - due) * sizeof(timed));
  expected->count -= due;
  if (now > expected->now) expected->now = now;
}

static void compare_next(const ctz_wheel *wheel, const model *expected) {
  uint64_t earliest = UINT64_MAX;
  for (uint32_t i = 0; i < expected->count; i++) {
    if (expected->entries[i].tick < earliest) earliest = expected->entries[i].tick;
  }
  double next = ctz_wheel_next(wheel);
  CHECK_EQ_U64(ctz_wheel_length(wheel), expected->count);
  if (expected->count == 0)
    CHECK(isinf(next));
  else
    CHECK(next >= (double)expected->now && (expected->removed ? next <= (double)earliest : next == (double)earliest));
}

static void agrees_with_a_sorted_model(uint64_t seed) {
  model *expected = malloc(sizeof *expected);
  for (uint32_t run = 0; run < 60; run++) {
    uint64_t random = seed + run;
    memset(expected, 0, sizeof *expected);
    double start = run % 3 == 0 ? 0 : run % 3 == 1 ? 4294967296.0 - 500 : 1.7e12 + 0.3;
    bool removes = run % 2 == 0;
    ctz_wheel *wheel = ctz_wheel_create(INDICES, start);
    expected->now = (uint64_t)start;
    for (uint32_t i = 0; i < 3000; i++) {
      uint32_t what = random_below(&random, 20);
      if (what < 12)
        add_both(wheel, expected, &random);
      else if (what < 16 && removes)
        remove_both(wheel, expected, &random);
      else if (what < 18)
        advance_both(wheel, expected, (double)expected->now + random_below(&random, 40) / 8.0, &random);
      else if (what < 19)
        advance_both(wheel, expected, fmin(ctz_wheel_next(wheel), 9e15), &random);
      else
        advance_both(wheel, expected, (double)expected->now + fmax(0, random_distance(&random)), &random);
      if (i % 8 == 0) compare_next(wheel, expected);
      if (expected->now > (uint64_t)1 << 52) break;
    }
    ctz_wheel_destroy(wheel);
  }
  free(expected);
}

// Who sleeps until next() each time wakes about once per timer, and mostly sleeps long.
static void wakes_seldom_for_far_timers(uint64_t seed, uint32_t every_nth_removed) {
  enum { TIMERS = 10000 };
  uint64_t random = seed;
  ctz_wheel *wheel = ctz_wheel_create(TIMERS, 0);
  for (uint32_t i = 0; i < TIMERS; i++) CHECK(ctz_wheel_add(wheel, i, (double)random_below(&random, (uint32_t)DAY)));
  for (uint32_t i = 0; every_nth_removed > 0 && i < TIMERS; i += every_nth_removed) CHECK(ctz_wheel_remove(wheel, i));
  uint32_t wakes = 0, long_sleeps = 0, out[64];
  double now = 0;
  while (ctz_wheel_length(wheel) > 0) {
    double next = ctz_wheel_next(wheel);
    long_sleeps += next - now >= 1000;
    wakes++;
    now = next;
    while (ctz_wheel_advance(wheel, now, out, 64) == 64) continue;
  }
  printf("%d timers over a day, %s removed: %u wakes, %u of them after 1 s or more\n", TIMERS,
         every_nth_removed > 0 ? "some" : "none", wakes, long_sleeps);
  CHECK(wakes <= TIMERS && long_sleeps > wakes / 2);
  ctz_wheel_destroy(wheel);
}

int main(void) {
  fires_in_order_and_never_early();
  what_never_fires_stays();
  keeps_the_order_of_adding_within_a_tick();
  gives_no_more_than_asked_for();
  uint64_t seed = random_seed("wheel");
  agrees_with_a_sorted_model(seed);
  wakes_seldom_for_far_timers(seed, 0);
  wakes_seldom_for_far_timers(seed, 3);
  return check_result();
}
