// The slots of a pool's memory: which attempt has which, what is written there for it, and what its end is.
import { performance } from 'node:perf_hooks'
import { PayloadError } from '../../contract/errors.ts'
import type { KeptArguments } from '../../typescript/kept-arguments.ts'
import { SmallValues } from '../wire/small-values.ts'
import { ArgumentBytes } from './argument-bytes.ts'
import { PAYLOAD_BYTES, PayloadKind, SLOTS, SlotDouble, SlotState, SlotWord } from './lane-memory.ts'
import type { LaneMemory } from './lane-memory.ts'
import { ThreadAttempt } from './thread-attempt.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { ThreadRecord } from './thread-record.ts'

export class TaskSlots {
  /** By slot. */
  readonly attempts: (ThreadAttempt | null)[] = Array.from<ThreadAttempt | null>({ length: SLOTS }).fill(null)
  /** Slots that are handed over. */
  inFlight = 0
  /** Since when none is. */
  idleSince: number = performance.now()
  readonly #memory: LaneMemory
  readonly #values: SmallValues
  readonly #free = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index)

  constructor(memory: LaneMemory) {
    this.#memory = memory
    this.#values = new SmallValues(memory.buffer, { copied: true })
  }

  get hasRoom(): boolean {
    return this.#free.length > 0
  }

  /** Writes a task into a slot, which is not handed over before `occupy`; null when there is no slot. */
  write(record: ThreadRecord, pool: ThreadPool, code: number, readyAt: number): ThreadAttempt | null {
    const slot = this.#free.pop()
    if (slot === undefined) return null
    const memory = this.#memory
    const { words, doubles } = memory
    const attempt = new ThreadAttempt(record, pool, slot, code, (record.run?.attempt ?? 0) + 1)
    const length = this.#writeArguments(slot, record.keptArgs)
    words[memory.slotWord(slot, SlotWord.CODE)] = code
    words[memory.slotWord(slot, SlotWord.ATTEMPT)] = attempt.number
    words[memory.slotWord(slot, SlotWord.ISOLATE)] = 0
    words[memory.slotWord(slot, SlotWord.REPORTS)] = 0
    words[memory.slotWord(slot, SlotWord.ARGS_KIND)] = length < 0 ? PayloadKind.MESSAGE : PayloadKind.BYTES
    words[memory.slotWord(slot, SlotWord.ARGS_BYTES)] = length
    doubles[memory.slotDouble(slot, SlotDouble.READY_AT)] = readyAt
    doubles[memory.slotDouble(slot, SlotDouble.SEQUENCE)] = record.sequence
    doubles[memory.slotDouble(slot, SlotDouble.ID_SLOT)] = record.slot
    // published by the store of the ring's end
    words[memory.slotWord(slot, SlotWord.STATE)] = SlotState.PENDING
    return attempt
  }

  /** Their number of bytes, or -1 when they have to be sent. */
  #writeArguments(slot: number, kept: KeptArguments): number {
    const at = this.#memory.payloadAt(slot)
    if (!(kept instanceof ArgumentBytes)) return this.#values.write(at, PAYLOAD_BYTES, kept)
    kept.writeTo(this.#memory.words, at >>> 2)
    return kept.bytes
  }

  /** Whether the arguments of an attempt are in its slot; else they have to be sent. */
  holdsArguments({ slot }: ThreadAttempt): boolean {
    return this.#memory.words[this.#memory.slotWord(slot, SlotWord.ARGS_KIND)] === PayloadKind.BYTES
  }

  /** The attempt is handed over. */
  occupy(attempt: ThreadAttempt): void {
    this.attempts[attempt.slot] = attempt
    this.inFlight++
  }

  /** The slot was written to and not handed over. */
  giveUp({ slot }: ThreadAttempt): void {
    this.#free.push(slot)
  }

  /** The slot of an attempt is free again. */
  free({ slot }: ThreadAttempt): void {
    this.attempts[slot] = null
    this.#free.push(slot)
    if (--this.inFlight === 0) this.idleSince = performance.now()
  }

  stateOf({ slot }: ThreadAttempt): number {
    return Atomics.load(this.#memory.words, this.#memory.slotWord(slot, SlotWord.STATE))
  }

  /** Takes back an attempt that has not started; false when it has. Its slot comes back by the ring. */
  withdraw({ slot }: ThreadAttempt): boolean {
    const word = this.#memory.slotWord(slot, SlotWord.STATE)
    const found = Atomics.compareExchange(this.#memory.words, word, SlotState.PENDING, SlotState.WITHDRAWN)
    return found === SlotState.PENDING
  }

  /** The result, or the packed error, in a slot. @throws PayloadError */
  endIn({ slot }: ThreadAttempt): unknown {
    const length = this.#memory.words[this.#memory.slotWord(slot, SlotWord.END_BYTES)] ?? 0
    if (length > PAYLOAD_BYTES) throw new PayloadError('a thread gave a result that does not fit its slot')
    return this.#values.read(this.#memory.payloadAt(slot), length)
  }
}
