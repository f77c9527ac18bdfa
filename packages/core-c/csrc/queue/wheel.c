// A tick is 1 ms. `now` is the tick up to which everything has fired. An entry's level is the highest byte in which its
// tick differs from `now`, its slot there the byte itself: so all entries of a tick are always in one list, in the
// order of adding, and every occupied slot lies ahead of `now`. When `now` enters a slot of an upper level, its entries
// move down. Each slot remembers the earliest tick it was given, so that next() names a real moment rather than a
// cascade; only after the earliest was removed may it be too early.
#include "queue/wheel.h"

#include <stddef.h>

#include "memory/allocator.h"

#define LEVELS 4u
#define SLOT_BITS 8u
#define SLOTS (1u << SLOT_BITS)
#define WINDOW_BITS (LEVELS * SLOT_BITS)
#define LISTS (LEVELS * SLOTS + 1u)
#define FAR_LIST (LEVELS * SLOTS)  // ticks with other bits above the window than `now`
#define CHUNK_BITS 10u
#define CHUNK_ENTRIES (1u << CHUNK_BITS)
#define NONE UINT32_MAX
#define LAST_TICK ((uint64_t)1 << 53)
#define NEVER (UINT64_MAX - 1u)  // a tick for what never fires
#define ABSENT UINT64_MAX  // a tick for what is not in the wheel

typedef struct entry {
  uint64_t tick;
  uint32_t next, previous;
} entry;

typedef struct list {
  uint32_t first, last;
  uint64_t earliest;  // no entry is earlier
} list;

struct ctz_wheel {
  uint64_t now;
  uint64_t length;
  uint32_t capacity;
  entry **chunks;
  uint64_t occupied[LEVELS][SLOTS / 64u];  // a bit per slot
  list lists[LISTS];
};

static entry *entry_at(const ctz_wheel *wheel, uint32_t index) {
  return &wheel->chunks[index >> CHUNK_BITS][index & (CHUNK_ENTRIES - 1u)];
}

static bool is_in(const ctz_wheel *wheel, uint32_t index) {
  return index < wheel->capacity && wheel->chunks[index >> CHUNK_BITS] != NULL &&
         entry_at(wheel, index)->tick != ABSENT;
}

// The first tick not before the moment.
static uint64_t tick_of(double due_ms) {
  if (due_ms > (double)LAST_TICK) return NEVER;
  if (due_ms <= 0) return 0;
  uint64_t tick = (uint64_t)due_ms;
  return (double)tick < due_ms ? tick + 1u : tick;
}

// The last tick not after the moment.
static uint64_t tick_reached(double now_ms) {
  if (now_ms >= (double)LAST_TICK) return LAST_TICK;
  return now_ms > 0 ? (uint64_t)now_ms : 0;
}

static uint32_t list_of(const ctz_wheel *wheel, uint64_t tick) {
  uint64_t differs = tick ^ wheel->now;
  if (differs >> WINDOW_BITS != 0) return FAR_LIST;
  uint32_t level = differs < SLOTS ? 0u : (63u - (uint32_t)__builtin_clzll(differs)) / SLOT_BITS;
  return level * SLOTS + ((uint32_t)(tick >> (level * SLOT_BITS)) & (SLOTS - 1u));
}

static void mark(ctz_wheel *wheel, uint32_t list_index, bool occupied) {
  if (list_index == FAR_LIST) return;
  uint64_t *word = &wheel->occupied[list_index / SLOTS][list_index % SLOTS / 64u];
  uint64_t bit = (uint64_t)1 << (list_index % 64u);
  *word = occupied ? *word | bit : *word & ~bit;
}

static void append(ctz_wheel *wheel, uint32_t index) {
  entry *added = entry_at(wheel, index);
  uint32_t list_index = list_of(wheel, added->tick);
  list *into = &wheel->lists[list_index];
  added->next = NONE;
  added->previous = into->last;
  if (into->last == NONE) {
    into->first = index;
    into->earliest = added->tick;
    mark(wheel, list_index, true);
  } else {
    entry_at(wheel, into->last)->next = index;
    if (added->tick < into->earliest) into->earliest = added->tick;
  }
  into->last = index;
}

static void unlink_entry(ctz_wheel *wheel, uint32_t index) {
  entry *gone = entry_at(wheel, index);
  uint32_t list_index = list_of(wheel, gone->tick);
  list *from = &wheel->lists[list_index];
  uint32_t *forward = gone->previous == NONE ? &from->first : &entry_at(wheel, gone->previous)->next;
  uint32_t *backward = gone->next == NONE ? &from->last : &entry_at(wheel, gone->next)->previous;
  *forward = gone->next;
  *backward = gone->previous;
  if (from->first == NONE) mark(wheel, list_index, false);
  gone->tick = ABSENT;
  wheel->length--;
}

// The first occupied slot of a level, as all lie ahead; NONE when there is none.
static uint32_t first_occupied(const ctz_wheel *wheel, uint32_t level) {
  for (uint32_t word = 0; word < SLOTS / 64u; word++) {
    uint64_t bits = wheel->occupied[level][word];
    if (bits != 0) return word * 64u + (uint32_t)__builtin_ctzll(bits);
  }
  return NONE;
}

// The list which comes next after the one of `now`: lower levels lie before upper ones. NONE when nothing will fire.
static uint32_t next_list(const ctz_wheel *wheel) {
  for (uint32_t level = 0; level < LEVELS; level++) {
    uint32_t slot = first_occupied(wheel, level);
    if (slot != NONE) return level * SLOTS + slot;
  }
  const list *far = &wheel->lists[FAR_LIST];
  return far->first != NONE && far->earliest < NEVER ? FAR_LIST : NONE;
}

// The tick at which the span of a list begins.
static uint64_t begin_of(const ctz_wheel *wheel, uint32_t list_index) {
  if (list_index == FAR_LIST) return wheel->lists[FAR_LIST].earliest >> WINDOW_BITS << WINDOW_BITS;
  uint32_t shift = list_index / SLOTS * SLOT_BITS;
  uint64_t above = wheel->now >> shift >> SLOT_BITS << SLOT_BITS << shift;
  return above | (uint64_t)(list_index % SLOTS) << shift;
}

// `now` has entered the span of a list: each entry goes to where it belongs from here.
static void cascade(ctz_wheel *wheel, uint32_t list_index) {
  list *from = &wheel->lists[list_index];
  uint32_t index = from->first;
  from->first = from->last = NONE;
  mark(wheel, list_index, false);
  while (index != NONE) {
    uint32_t next = entry_at(wheel, index)->next;
    append(wheel, index);
    index = next;
  }
}

static bool provide_chunk(ctz_wheel *wheel, uint32_t index) {
  entry **chunk = &wheel->chunks[index >> CHUNK_BITS];
  if (*chunk != NULL) return true;
  *chunk = ctz_alloc(CHUNK_ENTRIES * sizeof(entry));
  if (*chunk == NULL) return false;
  for (uint32_t i = 0; i < CHUNK_ENTRIES; i++) (*chunk)[i].tick = ABSENT;
  return true;
}

static uint32_t chunk_count(uint32_t capacity) {
  return (uint32_t)(((uint64_t)capacity + CHUNK_ENTRIES - 1u) >> CHUNK_BITS);
}

ctz_wheel *ctz_wheel_create(uint32_t capacity, double now_ms) {
  ctz_wheel *wheel = ctz_alloc_zeroed(sizeof *wheel);
  if (wheel == NULL) return NULL;
  wheel->chunks = ctz_alloc_zeroed(((size_t)chunk_count(capacity) + 1u) * sizeof *wheel->chunks);
  if (wheel->chunks == NULL) {
    ctz_free(wheel);
    return NULL;
  }
  wheel->capacity = capacity;
  wheel->now = tick_reached(now_ms);
  for (uint32_t i = 0; i < LISTS; i++) wheel->lists[i].first = wheel->lists[i].last = NONE;
  return wheel;
}

void ctz_wheel_destroy(ctz_wheel *wheel) {
  if (wheel == NULL) return;
  for (uint32_t i = 0; i < chunk_count(wheel->capacity); i++) ctz_free(wheel->chunks[i]);
  ctz_free(wheel->chunks);
  ctz_free(wheel);
}

bool ctz_wheel_add(ctz_wheel *wheel, uint32_t index, double due_ms) {
  if (index >= wheel->capacity || due_ms != due_ms || is_in(wheel, index)) return false;
  if (!provide_chunk(wheel, index)) return false;
  uint64_t tick = tick_of(due_ms);
  entry_at(wheel, index)->tick = tick > wheel->now ? tick : wheel->now;
  append(wheel, index);
  wheel->length++;
  return true;
}

bool ctz_wheel_remove(ctz_wheel *wheel, uint32_t index) {
  if (!is_in(wheel, index)) return false;
  unlink_entry(wheel, index);
  return true;
}

bool ctz_wheel_has(const ctz_wheel *wheel, uint32_t index) { return is_in(wheel, index); }
uint64_t ctz_wheel_length(const ctz_wheel *wheel) { return wheel->length; }

uint32_t ctz_wheel_advance(ctz_wheel *wheel, double now_ms, uint32_t *out, uint32_t max) {
  uint64_t target = tick_reached(now_ms);
  if (target < wheel->now) target = wheel->now;
  uint32_t count = 0;
  for (;;) {
    list *due = &wheel->lists[wheel->now & (SLOTS - 1u)];
    while (due->first != NONE) {
      if (count == max) return count;
      out[count++] = due->first;
      unlink_entry(wheel, due->first);
    }
    uint32_t next = next_list(wheel);
    uint64_t begin = next == NONE ? UINT64_MAX : begin_of(wheel, next);
    // No list begins up to the target, so none holds it, and everything stays where it is.
    if (begin > target) break;
    wheel->now = begin;
    if (next >= SLOTS) cascade(wheel, next);
  }
  wheel->now = target;
  return count;
}

double ctz_wheel_next(const ctz_wheel *wheel) {
  uint32_t next = next_list(wheel);
  return next == NONE ? __builtin_inf() : (double)wheel->lists[next].earliest;
}
