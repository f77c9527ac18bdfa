// The layout of the port, as packages/core-c/include/ctz/port.h has it: the same names, the same values. What the binary says
// of itself is compared with this before anything is written to its memory.
import { EngineUnavailableError } from '../contract/errors.ts'

export const portLayout = {
  PORT_MAGIC: 0x50_54_5a_43,
  PORT_LAYOUT: 1,
  PORT_RINGS: 5,
  PORT_HEADER_WORDS: 256,
  CLASSES: 4,
  TIMED_RING: 4,
  SLOT_ARG_COUNT: 4,
  SLOT_BYTES: 96,
  // words of the header
  WORD_MAGIC: 0,
  WORD_LAYOUT: 1,
  WORD_SLOTS: 2,
  WORD_RING_MASK: 3,
  WORD_COMPLETION_MASK: 4,
  WORD_SLOTS_OFFSET: 5,
  WORD_RINGS_OFFSET: 6,
  WORD_COMPLETIONS_OFFSET: 7,
  WORD_TAIL: 16,
  WORD_HEAD: 96,
  WORD_PARKED_WORKERS: 176,
  WORD_SEARCHING: 177,
  WORD_CLOCK: 178,
  WORD_PARKED_TIMERS: 192,
  WORD_WAITING: 208,
  WORD_COMPLETED_TAIL: 224,
  WORD_COMPLETED_HEAD: 240,
  // byte offsets in a slot
  SLOT_PLAN: 0,
  SLOT_ATTACHED: 4,
  SLOT_READY_AT: 8,
  SLOT_ARGS: 16,
  SLOT_STATE: 48,
  SLOT_CANCEL: 52,
  SLOT_STARTED_AT: 56,
  SLOT_ENDED_AT: 64,
  SLOT_RESULT_TYPE: 72,
  SLOT_WORKER: 76,
  SLOT_RESULT: 80,
  SLOT_MEMORY_KB: 88,
  SLOT_ATTEMPT: 92,
  // where a slot is
  SLOT_STATE_PENDING: 0,
  SLOT_STATE_SCHEDULED: 1,
  SLOT_STATE_RUNNING: 2,
  SLOT_STATE_RETRYING: 3,
  SLOT_STATE_COMPLETED: 4,
  SLOT_STATE_FAILED: 5,
  SLOT_STATE_CANCELLED: 6,
  // entries of the completion ring
  NOTICE_SETTLED: 0,
  NOTICE_STARTED: 1,
  NOTICE_RETRYING: 2,
  NOTICE_SHIFT: 28,
} as const

/** @throws EngineUnavailableError when the binary was built for another layout */
export function checkPortLayout(found: Readonly<Record<string, number>>, version: string): void {
  for (const [name, value] of Object.entries(portLayout)) {
    if (found[name] === value) continue
    throw new EngineUnavailableError(
      `the native engine needs a binary of @catzilla/core-c with ${name} = ${value}, the installed one (version ${version}) has ${found[name]}: install @catzilla/core-c and @catzilla/engine in the same version, or build the binary again`,
    )
  }
}
