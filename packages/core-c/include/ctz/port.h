// The port: memory that JavaScript and the C engine share, by which tasks are submitted and come back without a call
// per task. JavaScript writes task slots and pushes their indices into rings; workers claim them, write results into
// the slots and push the indices into the completion ring.
//
// JavaScript is not trusted: C copies what it uses once, checks every index against its own tables, and keeps its own
// account of which slot is in which phase. Whatever is written here can at worst lose or fail tasks of that port.
//
// Words are uint32_t, little endian. JavaScript sees the same memory as Int32Array and Float64Array.
#ifndef CTZ_PORT_H
#define CTZ_PORT_H

#include <stdint.h>

#define CTZ_PORT_MAGIC 0x50545A43u
#define CTZ_PORT_LAYOUT 1u
#define CTZ_CLASSES 4u
// Four class rings, and the ring of slots that wait for a moment.
#define CTZ_PORT_RINGS 5u
#define CTZ_PORT_TIMED_RING 4u
#define CTZ_SLOT_ARG_COUNT 4u
#define CTZ_SLOT_BYTES 96u
#define CTZ_PORT_MAX_SLOTS (1u << 24)

// X(name, index of the word in the header). One cache line per writer and ring.
#define CTZ_PORT_HEADER(X)                                                                   \
  X(MAGIC, 0)                                                                                \
  X(LAYOUT, 1)                                                                               \
  X(SLOTS, 2)            /* slots that JavaScript owns: indices 0 .. SLOTS-1 */              \
  X(RING_MASK, 3)        /* entries of each ring - 1; a ring holds all slots */              \
  X(COMPLETION_MASK, 4)  /* entries of the completion ring - 1 */                            \
  X(SLOTS_OFFSET, 5)     /* byte offsets from the start of the port */                       \
  X(RINGS_OFFSET, 6)     /* ring r begins at RINGS_OFFSET + r * 4 * (RING_MASK + 1) */       \
  X(COMPLETIONS_OFFSET, 7)                                                                   \
  X(TAIL, 16)            /* tail of ring r at TAIL + 16 * r: JavaScript writes */            \
  X(HEAD, 96)            /* head of ring r at HEAD + 16 * r: C writes */                     \
  X(PARKED_WORKERS, 176) /* C: workers asleep */                                             \
  X(SEARCHING, 177)      /* C: workers awake that will look at the rings soon. After a push  \
                            JavaScript calls ctz_port_run_or_wake when this is 0 and         \
                            PARKED_WORKERS is not */                                         \
  X(CLOCK, 178)          /* C: f64, ms; what a worker's clock showed when it claimed last */ \
  X(PARKED_TIMERS, 192)  /* C: 1 while the timer thread sleeps */                            \
  X(WAITING, 208)        /* JavaScript sets 1 to be woken by the next completion; C takes */ \
  X(COMPLETED_TAIL, 224) /* C: entries reserved in the completion ring */                    \
  X(COMPLETED_HEAD, 240) /* JavaScript: entries drained. By it C knows the room for notices  \
                            and whether the owner of the port is late */

#define CTZ_PORT_HEADER_WORDS 256u

// X(name, byte offset in the slot, type, who writes)
#define CTZ_SLOT_FIELDS(X)                                                                                            \
  X(PLAN, 0, u32)        /* JavaScript: index that define_plan gave */                                                \
  X(ATTACHED, 4, u32)    /* JavaScript: 1 when the arguments were attached by a call */                               \
  X(READY_AT, 8, f64)    /* JavaScript: ms; since when it waits. In the timed ring: when it is due */                 \
  X(ARGS, 16, f64)       /* JavaScript: CTZ_SLOT_ARG_COUNT doubles */                                                 \
  X(STATE, 48, u32)      /* a ctz_slot_state; PENDING before it is pushed, then C's */                                \
  X(CANCEL, 52, u32)     /* JavaScript: 1 asks to stop; 0 before pushing */                                           \
  X(STARTED_AT, 56, f64) /* C: ms, start of the latest attempt */                                                     \
  X(ENDED_AT, 64, f64)   /* C: ms, its end */                                                                         \
  X(RESULT_TYPE, 72, u32)/* C: a ctz_type; scalars are in RESULT, others are taken by a call */                       \
  X(WORKER, 76, u32)     /* C: number of the worker, from 1; 0: the owner of the port ran it */                       \
  X(RESULT, 80, f64)     /* C: a scalar; of a failed task 1 when another attempt is no use, else 0 */                 \
  X(MEMORY_KB, 88, u32)  /* C: memory the attempt took from its arena, KiB, rounded up */                             \
  X(ATTEMPT, 92, u32) /* C: starts so far; 0 before pushing, unless it is an attempt of a task that JavaScript counts \
                       */

#define CTZ_PORT_WORD(name, index) CTZ_WORD_##name = index,
enum { CTZ_PORT_HEADER(CTZ_PORT_WORD) CTZ_WORD_END };
#undef CTZ_PORT_WORD
#define CTZ_SLOT_OFFSET(name, offset, type) CTZ_SLOT_##name = offset,
enum { CTZ_SLOT_FIELDS(CTZ_SLOT_OFFSET) CTZ_SLOT_END };
#undef CTZ_SLOT_OFFSET

// Where a slot is. From COMPLETED on it is settled.
typedef enum ctz_slot_state {
  CTZ_SLOT_PENDING = 0,
  CTZ_SLOT_SCHEDULED = 1,
  CTZ_SLOT_RUNNING = 2,
  CTZ_SLOT_RETRYING = 3,
  CTZ_SLOT_COMPLETED = 4,
  CTZ_SLOT_FAILED = 5,  // the error is taken by a call
  CTZ_SLOT_CANCELLED = 6
} ctz_slot_state;

// An entry of the completion ring is two words: what, and the position + 1 (so that a zeroed ring holds no entry); the
// second is stored last. What: slot index | kind << 28.
typedef enum ctz_notice {
  CTZ_NOTICE_SETTLED = 0,  // never lost
  CTZ_NOTICE_STARTED = 1,  // for plans with CTZ_PLAN_TELL; dropped when the ring is short of room
  CTZ_NOTICE_RETRYING = 2  // likewise; while it waits the error of the attempt can be read by a call
} ctz_notice;
#define CTZ_NOTICE_SHIFT 28u

#endif
