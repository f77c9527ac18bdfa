#include "flow/ready.h"

#include <math.h>

#include "flow/registry.h"
#include "memory/allocator.h"
#include "platform/pages.h"

// Claims in one go are bounded by what is expected to run in this time, so that an urgent task waits no longer.
#define BATCH_NS 40000u

static const double targets_ms[CTZ_CLASSES] = {1, 10, 100, 1000};

bool ctz_ready_init(ctz_engine *engine) {
  uint32_t capacity = 2;
  while (capacity < ctz_table_size(&engine->table)) capacity *= 2;
  engine->returning_capacity = capacity;
  engine->returning_cells = ctz_pages_reserve(sizeof(ctz_mpmc_cell) * CTZ_CLASSES * capacity);
  if (engine->returning_cells == NULL) return false;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    ctz_mpmc_init(&engine->returning[c], engine->returning_cells + (size_t)c * capacity, capacity);
  }
  return true;
}

void ctz_ready_destroy(ctz_engine *engine) {
  ctz_pages_release(engine->returning_cells, sizeof(ctz_mpmc_cell) * CTZ_CLASSES * engine->returning_capacity);
}

static ctz_port_ring *ring_of(ctz_engine *engine, uint32_t priority) { return &engine->port.rings[priority]; }
static bool has_port(const ctz_engine *engine) { return engine->port.memory != NULL; }

void ctz_ready_push(ctz_engine *engine, uint32_t slot, uint32_t priority) {
  uint64_t contended = 0;
  // There is room for every slot once. Full means that a popping thread has not finished its cell yet.
  while (!ctz_mpmc_push(&engine->returning[priority], slot, &contended)) ctz_cpu_relax();
}

uint32_t ctz_ready_length(ctz_engine *engine, uint32_t priority) {
  uint32_t length = ctz_mpmc_length(&engine->returning[priority]);
  return has_port(engine) ? length + ctz_port_ring_length(ring_of(engine, priority)) : length;
}

bool ctz_ready_any(ctz_engine *engine) {
  // seq_cst: partner is a submitter that stored the tail and then looks whether a worker is awake
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    ctz_mpmc *queue = &engine->returning[c];
    if (atomic_load_explicit(&queue->tail, memory_order_seq_cst) !=
        atomic_load_explicit(&queue->head, memory_order_seq_cst))
      return true;
    if (!has_port(engine)) continue;
    ctz_port_ring *ring = ring_of(engine, c);
    if (atomic_load_explicit(ring->tail, memory_order_seq_cst) !=
        atomic_load_explicit(ring->head, memory_order_seq_cst))
      return true;
  }
  return false;
}

static double ready_at(ctz_engine *engine, uint32_t slot) {
  if (slot >= ctz_table_size(&engine->table)) return -INFINITY;  // not a slot: taken at once, and dropped
  return ctz_field_f64(&ctz_slot_at(&engine->table, slot)->ready_at);
}

// The next slot of a class, and whether the port's ring has it.
static bool peek(ctz_engine *engine, uint32_t priority, uint32_t *slot, bool *from_port) {
  uint32_t in_port, in_queue;
  bool port = has_port(engine) && ctz_port_ring_peek(ring_of(engine, priority), &in_port);
  bool queue = ctz_mpmc_peek(&engine->returning[priority], &in_queue);
  if (!port && !queue) return false;
  // both: who has waited longer goes first
  *from_port = port && (!queue || !(ready_at(engine, in_queue) < ready_at(engine, in_port)));
  *slot = *from_port ? in_port : in_queue;
  return true;
}

double ctz_ready_oldest(ctz_engine *engine, uint32_t priority) {
  uint32_t slot;
  bool from_port;
  return peek(engine, priority, &slot, &from_port) ? ready_at(engine, slot) : INFINITY;
}

static uint32_t mean_ns_of(ctz_engine *engine, uint32_t slot) {
  if (slot >= ctz_table_size(&engine->table)) return 1;
  ctz_plan_entry *entry = ctz_plan_at(engine, ctz_field_u32(&ctz_slot_at(&engine->table, slot)->plan));
  return entry == NULL ? 1 : atomic_load_explicit(&entry->mean_ns, memory_order_relaxed);
}

// How many of a class one worker should take: few enough to be fast, and to leave some for the others.
static uint32_t share(ctz_engine *engine, uint32_t priority, uint32_t length) {
  uint32_t slot;
  bool from_port;
  if (length <= 1 || !peek(engine, priority, &slot, &from_port)) return 1;
  uint32_t mean = mean_ns_of(engine, slot);
  if (mean == 0 || mean >= BATCH_NS) return 1;
  uint32_t wanted = BATCH_NS / mean;
  if (wanted > CTZ_BATCH_SIZE) wanted = CTZ_BATCH_SIZE;
  uint32_t workers = atomic_load_explicit(&engine->target, memory_order_relaxed);
  uint32_t fair = workers > 1 ? (length + 1) / 2 : length;
  return wanted < fair ? wanted : fair;
}

// Marks what JavaScript pushed; what is no slot of the port becomes no slot at all.
static uint32_t claim_of_port(ctz_engine *engine, uint32_t priority, uint32_t *out, uint32_t max, uint64_t *contended) {
  uint32_t count = ctz_port_ring_claim(ring_of(engine, priority), out, max, contended);
  for (uint32_t i = 0; i < count; i++) {
    out[i] = ctz_is_port_slot(&engine->table, out[i]) ? out[i] | CTZ_ENTRY_OF_PORT : UINT32_MAX;
  }
  return count;
}

static uint32_t take(ctz_engine *engine, ctz_worker *worker, uint32_t priority, uint32_t *out, uint32_t count) {
  uint64_t contended = 0;
  uint32_t taken = 0;
  while (taken < count) {
    uint32_t slot;
    bool from_port;
    if (!peek(engine, priority, &slot, &from_port)) break;
    bool alone = from_port && ctz_mpmc_length(&engine->returning[priority]) == 0;
    uint32_t more = from_port ? claim_of_port(engine, priority, out + taken, alone ? count - taken : 1, &contended)
                              : (uint32_t)ctz_mpmc_pop(&engine->returning[priority], out + taken, &contended);
    if (more == 0) break;
    taken += more;
  }
  if (worker != NULL) {
    ctz_count(&worker->figures->dequeued[priority], taken);
    if (contended > 0) ctz_count(&worker->figures->contended[priority], contended);
  }
  return taken;
}

static uint32_t overdue_classes(ctz_engine *engine, uint64_t now_ns, uint32_t waiting) {
  double now = ctz_ms_of(engine, now_ns);
  uint32_t overdue = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    if ((waiting & (1u << c)) != 0 && now - ctz_ready_oldest(engine, c) > targets_ms[c]) overdue |= 1u << c;
  }
  return overdue;
}

static uint32_t lowest_bit(uint32_t bits) {
  uint32_t index = 0;
  while ((bits & (1u << index)) == 0) index++;
  return index;
}

// Several classes wait: the guard says which is next, and counts its starts before they are taken, so that workers who
// decide at the same time cannot pass a class over together.
static ctz_grant grant_among(ctz_engine *engine, ctz_worker *worker, uint32_t waiting, const uint32_t *lengths) {
  uint32_t urgent = lowest_bit(waiting);
  uint32_t wanted = share(engine, urgent, lengths[urgent]);
  uint32_t overdue = overdue_classes(engine, worker->now_ns, waiting);
  // relaxed: the word carries nothing but itself
  uint64_t word = atomic_load_explicit(&engine->guard, memory_order_relaxed);
  ctz_grant grant;
  do grant = ctz_guard_choose(word, waiting, overdue, wanted);
  while (!atomic_compare_exchange_weak_explicit(&engine->guard, &word, grant.after, memory_order_relaxed,
                                                memory_order_relaxed));
  return grant;
}

uint32_t ctz_ready_claim(ctz_engine *engine, ctz_worker *worker, uint32_t *out) {
  uint32_t lengths[CTZ_CLASSES], waiting = 0;
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    lengths[c] = ctz_ready_length(engine, c);
    if (lengths[c] > 0) waiting |= 1u << c;
  }
  if (waiting == 0) return 0;
  if ((waiting & (waiting - 1)) == 0) {
    uint32_t only = lowest_bit(waiting);
    // nobody else waits, so nobody is passed over
    if (atomic_load_explicit(&engine->guard, memory_order_relaxed) != 0)
      atomic_store_explicit(&engine->guard, 0, memory_order_relaxed);
    return take(engine, worker, only, out, share(engine, only, lengths[only]));
  }
  ctz_grant grant = grant_among(engine, worker, waiting, lengths);
  return take(engine, worker, grant.class_index, out, grant.count);
}

bool ctz_ready_take_any(ctz_engine *engine, uint32_t *entry) {
  for (uint32_t c = 0; c < CTZ_CLASSES; c++) {
    if (take(engine, NULL, c, entry, 1) == 1) return true;
  }
  return false;
}
