// Which task an isolate takes next: the most urgent class, first in first out inside of it, and a share for classes whose
// oldest task is past its target. Isolates compete with one compare-and-swap for each task.
import { classTargetsMs } from '../../contract/task.ts'
import { Head, IsolateWord, SLOTS, SlotDouble } from './lane-memory.ts'
import type { LaneMemory } from './lane-memory.ts'
import { LaneDamage } from './memory-damage.ts'

const CLASSES = 4
/** Every so many starts a class that is past its target gets one; each class has its own turn among them. */
const TURNS = 16

const NONE = -1

export class Claims {
  readonly #memory: LaneMemory
  readonly #words: Int32Array
  readonly #isolate: number

  constructor(memory: LaneMemory, isolate: number) {
    this.#memory = memory
    this.#words = memory.words
    this.#isolate = isolate
  }

  /** Whether anything waits that this isolate may take. */
  get any(): boolean {
    if (Atomics.load(this.#words, Head.PAUSED) === 1) return false
    if (this.#directedWaits) return true
    for (let priority = 0; priority < CLASSES; priority++) if (this.#waits(priority)) return true
    return false
  }

  /** The slot of the next task, taken; -1 when there is none. */
  take(now: number): number {
    const words = this.#words
    if (Atomics.load(words, Head.PAUSED) === 1) return NONE
    const turn = Atomics.load(words, Head.STARTS) & (TURNS - 1)
    if (turn < CLASSES && this.#isOverdue(turn, now)) {
      const slot = this.#takeFrom(turn)
      if (slot >= 0) return slot
    }
    for (let priority = 0; priority < CLASSES; priority++) {
      if (this.#directedGoesFirst(priority)) return this.#takeDirected()
      const slot = this.#takeFrom(priority)
      if (slot >= 0) return slot
    }
    return NONE
  }

  #waits(priority: number): boolean {
    const memory = this.#memory
    return (
      Atomics.load(this.#words, memory.classHead(priority)) !== Atomics.load(this.#words, memory.classTail(priority))
    )
  }

  #isOverdue(priority: number, now: number): boolean {
    if (!this.#waits(priority)) return false
    const memory = this.#memory
    const head = Atomics.load(this.#words, memory.classHead(priority))
    const slot = Atomics.load(this.#words, memory.ringWord(priority, head))
    const readyAt = memory.doubles[memory.slotDouble(slot, SlotDouble.READY_AT)] ?? now
    return now - readyAt > (classTargetsMs[priority] ?? 0)
  }

  #takeFrom(priority: number): number {
    const memory = this.#memory
    const words = this.#words
    const headWord = memory.classHead(priority)
    for (;;) {
      const head = Atomics.load(words, headWord)
      if (head === Atomics.load(words, memory.classTail(priority))) return NONE
      // read before it is taken: afterwards the place may be used again
      const slot = Atomics.load(words, memory.ringWord(priority, head))
      if (Atomics.compareExchange(words, headWord, head, (head + 1) | 0) === head) return requireSlot(slot)
    }
  }

  get #directedWaits(): boolean {
    const memory = this.#memory
    const isolate = this.#isolate
    const head = Atomics.load(this.#words, memory.isolateWord(isolate, IsolateWord.DIRECTED_HEAD))
    return head !== Atomics.load(this.#words, memory.isolateWord(isolate, IsolateWord.DIRECTED_TAIL))
  }

  /** The next directed task is of this class or a more urgent one. */
  #directedGoesFirst(priority: number): boolean {
    if (!this.#directedWaits) return false
    const entry = this.#nextDirected()
    return entry >>> 16 <= priority
  }

  #nextDirected(): number {
    const memory = this.#memory
    const head = Atomics.load(this.#words, memory.isolateWord(this.#isolate, IsolateWord.DIRECTED_HEAD))
    return Atomics.load(this.#words, memory.directedWord(this.#isolate, head))
  }

  #takeDirected(): number {
    const entry = this.#nextDirected()
    Atomics.add(this.#words, this.#memory.isolateWord(this.#isolate, IsolateWord.DIRECTED_HEAD), 1)
    return requireSlot(entry & 0xffff)
  }
}

function requireSlot(slot: number): number {
  if (slot >= 0 && slot < SLOTS) return slot
  throw new LaneDamage(`a queue holds the number ${slot}, which no task has`)
}
