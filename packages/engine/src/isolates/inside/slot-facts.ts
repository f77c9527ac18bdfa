// What a thread knows of the attempt in a slot. Its id is made when somebody asks: that costs as much as a small task.
import { taskIdOf } from '../../typescript/task-table.ts'
import { SlotDouble, SlotWord } from '../thread/lane-memory.ts'
import type { LaneMemory } from '../thread/lane-memory.ts'
import type { AttemptFacts } from './running.ts'

export class SlotFacts implements AttemptFacts {
  readonly name: string
  readonly attempt: number
  readonly #idPrefix: string
  readonly #sequence: number
  readonly #idSlot: number

  /** Reads the slot now: another task may be in it when somebody asks. */
  constructor(memory: LaneMemory, slot: number, idPrefix: string, name: string) {
    this.name = name
    this.attempt = Atomics.load(memory.words, memory.slotWord(slot, SlotWord.ATTEMPT))
    this.#idPrefix = idPrefix
    this.#sequence = memory.doubles[memory.slotDouble(slot, SlotDouble.SEQUENCE)] ?? 0
    this.#idSlot = memory.doubles[memory.slotDouble(slot, SlotDouble.ID_SLOT)] ?? 0
  }

  get taskId(): string {
    return taskIdOf(this.#idPrefix, { sequence: this.#sequence, slot: this.#idSlot })
  }
}
