// The owner of a port, in C, doing what the JavaScript side does: takes free slots, fills them, pushes them into rings,
// calls C by the rules of port.h, and drains completions.
#ifndef CTZ_PORT_CLIENT_H
#define CTZ_PORT_CLIENT_H

#include <stdlib.h>

#include "base/atomics.h"
#include "ctz/ctz.h"
#include "platform/thread.h"
#include "queue/completions.h"
#include "queue/port_ring.h"
#include "task/slot.h"

#define NO_SLOT UINT32_MAX

typedef struct port_client {
  ctz_engine *engine;
  _Atomic uint32_t *words;
  ctz_slot *slots;
  uint32_t slot_count;
  ctz_port_ring rings[CTZ_PORT_RINGS];
  ctz_completions completions;
  uint32_t position;  // entries of the completion ring that were drained
  uint32_t *free_slots;
  uint32_t free_count;
} port_client;

// What came back.
typedef struct port_notice {
  ctz_notice kind;
  uint32_t slot;
} port_notice;

static inline port_client port_open(ctz_engine *engine) {
  size_t bytes;
  port_client client = {.engine = engine, .words = ctz_port_memory(engine, &bytes)};
  const uint32_t *header = (const uint32_t *)(const void *)client.words;
  uint32_t mask = header[CTZ_WORD_RING_MASK];
  client.slot_count = header[CTZ_WORD_SLOTS];
  client.slots = (ctz_slot *)(void *)((char *)(void *)client.words + header[CTZ_WORD_SLOTS_OFFSET]);
  for (uint32_t r = 0; r < CTZ_PORT_RINGS; r++) {
    client.rings[r] =
        (ctz_port_ring){.tail = &client.words[CTZ_WORD_TAIL + 16 * r],
                        .head = &client.words[CTZ_WORD_HEAD + 16 * r],
                        .entries = &client.words[header[CTZ_WORD_RINGS_OFFSET] / 4 + (size_t)r * ((size_t)mask + 1)],
                        .mask = mask};
  }
  client.completions = (ctz_completions){.entries = &client.words[header[CTZ_WORD_COMPLETIONS_OFFSET] / 4],
                                         .tail = &client.words[CTZ_WORD_COMPLETED_TAIL],
                                         .drained = &client.words[CTZ_WORD_COMPLETED_HEAD],
                                         .waiting = &client.words[CTZ_WORD_WAITING],
                                         .mask = header[CTZ_WORD_COMPLETION_MASK]};
  client.free_slots = malloc(sizeof(uint32_t) * client.slot_count);
  for (uint32_t i = client.slot_count; i-- > 0;) client.free_slots[client.free_count++] = i;
  return client;
}

static inline void port_close(port_client *client) { free(client->free_slots); }

static inline uint32_t port_take(port_client *client) {
  return client->free_count == 0 ? NO_SLOT : client->free_slots[--client->free_count];
}

static inline void port_give(port_client *client, uint32_t slot) { client->free_slots[client->free_count++] = slot; }

// A slot of the plan with two numbers. What is attached was attached before.
static inline void port_fill(port_client *client, uint32_t slot, uint32_t plan, double a, double b) {
  ctz_slot *to = &client->slots[slot];
  ctz_field_set_u32(&to->plan, plan);
  ctz_field_set_u32(&to->attached, 0);
  ctz_field_set_f64(&to->args[0], a);
  ctz_field_set_f64(&to->args[1], b);
  ctz_field_set_u32(&to->attempt, 0);
  ctz_field_set_u32(&to->cancel, 0);
}

// When something was pushed and no worker will look: it runs here, or one is woken.
static inline void port_wake_if_needed(port_client *client) {
  // partner: the worker that goes to sleep, which changes these words and then looks at the rings once more
  ctz_fence(memory_order_seq_cst);
  if (ctz_load(&client->words[CTZ_WORD_SEARCHING], memory_order_seq_cst) == 0 &&
      ctz_load(&client->words[CTZ_WORD_PARKED_WORKERS], memory_order_seq_cst) > 0)
    ctz_port_run_or_wake(client->engine);
}

// Pushes a filled slot without telling anybody. False when the ring is full, which it never is with honest clients.
static inline bool port_push_quietly(port_client *client, uint32_t slot, uint32_t priority, double ready_at) {
  ctz_field_set_f64(&client->slots[slot].ready_at, ready_at);
  ctz_field_set_u32(&client->slots[slot].state, CTZ_SLOT_PENDING);
  return ctz_port_ring_push(&client->rings[priority], slot);
}

static inline bool port_push(port_client *client, uint32_t slot, uint32_t priority, double ready_at) {
  bool pushed = port_push_quietly(client, slot, priority, ready_at);
  port_wake_if_needed(client);
  return pushed;
}

// Pushes a filled slot that waits for its moment.
static inline bool port_push_timed(port_client *client, uint32_t slot, double due_ms) {
  ctz_field_set_f64(&client->slots[slot].ready_at, due_ms);
  ctz_field_set_u32(&client->slots[slot].state, CTZ_SLOT_SCHEDULED);
  bool pushed = ctz_port_ring_push(&client->rings[CTZ_PORT_TIMED_RING], slot);
  ctz_fence(memory_order_seq_cst);  // partner: the timer thread, likewise
  if (ctz_load(&client->words[CTZ_WORD_PARKED_TIMERS], memory_order_seq_cst) != 0) ctz_port_wake_timers(client->engine);
  return pushed;
}

// Takes, fills and pushes; NO_SLOT when all are in use.
static inline uint32_t port_submit(port_client *client, uint32_t plan, uint32_t priority, double a, double b) {
  uint32_t slot = port_take(client);
  if (slot == NO_SLOT) return NO_SLOT;
  port_fill(client, slot, plan, a, b);
  port_push(client, slot, priority, ctz_now(client->engine));
  return slot;
}

// The next completion or notice, if there is one. A settled slot is the caller's, who gives it back.
static inline bool port_next(port_client *client, port_notice *notice) {
  uint32_t value;
  if (!ctz_completions_next(&client->completions, &client->position, &value)) return false;
  ctz_store(&client->words[CTZ_WORD_COMPLETED_HEAD], client->position, memory_order_release);  // partner: the notices
  notice->kind = (ctz_notice)(value >> CTZ_NOTICE_SHIFT);
  notice->slot = value & ((1u << CTZ_NOTICE_SHIFT) - 1u);
  return true;
}

// The same, waiting for it; false when the time is over.
static inline bool port_await(port_client *client, port_notice *notice, double timeout_ms) {
  double end = ctz_now(client->engine) + timeout_ms;
  while (!port_next(client, notice)) {
    bool waits = false;
    for (uint32_t c = 0; c < CTZ_CLASSES; c++) waits = waits || ctz_port_ring_length(&client->rings[c]) > 0;
    // before it sleeps while something waits: the worker that is awake may be in a long kernel
    if (waits && ctz_load(&client->words[CTZ_WORD_PARKED_WORKERS], memory_order_seq_cst) > 0)
      ctz_port_wake(client->engine, 1);
    double left = end - ctz_now(client->engine);
    if (left <= 0 || ctz_port_wait(client->engine, client->position, left) != CTZ_OK) return port_next(client, notice);
    ctz_cpu_relax();  // reserved, and about to be written
  }
  return true;
}

static inline ctz_slot_state port_state(port_client *client, uint32_t slot) {
  return (ctz_slot_state)atomic_load_explicit(&client->slots[slot].state, memory_order_acquire);
}

#endif
