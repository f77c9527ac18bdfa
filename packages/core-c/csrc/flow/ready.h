// The ready queues: four classes, each with two sources: the port's ring, and the queue of tasks that come again
// (retries, delays that are over, chunks of columns) or were submitted by C.
#ifndef CTZ_FLOW_READY_H
#define CTZ_FLOW_READY_H

#include "engine/engine_state.h"

// What a claim gives: a slot, and whether the port's ring had it. Then it must be FREE to be run, as JavaScript may
// push anything; out of the other queue it must be READY or OFFERED. So each slot is in that queue once at most, and
// there is room.
#define CTZ_ENTRY_OF_PORT (1u << 31)
static inline uint32_t ctz_entry_slot(uint32_t entry) { return entry & ~CTZ_ENTRY_OF_PORT; }
static inline bool ctz_entry_is_of_port(uint32_t entry) { return (entry & CTZ_ENTRY_OF_PORT) != 0; }

bool ctz_ready_init(ctz_engine *engine);
void ctz_ready_destroy(ctz_engine *engine);
// A slot that was made READY (or OFFERED) joins the queue of `priority`. Wakes nobody.
void ctz_ready_push(ctz_engine *engine, uint32_t slot, uint32_t priority);
// Takes the entries that start next, by class and turn: up to CTZ_BATCH_SIZE when they are expected to be short. 0:
// none.
uint32_t ctz_ready_claim(ctz_engine *engine, ctz_worker *worker, uint32_t *out);
// Takes any entry, for the end of the engine.
bool ctz_ready_take_any(ctz_engine *engine, uint32_t *entry);
// Tasks that wait in a class, and the ready-at of its oldest (INFINITY when none).
uint32_t ctz_ready_length(ctz_engine *engine, uint32_t priority);
double ctz_ready_oldest(ctz_engine *engine, uint32_t priority);
// Whether anything waits; seq_cst: to be asked after a worker said that it goes to sleep.
bool ctz_ready_any(ctz_engine *engine);

#endif
