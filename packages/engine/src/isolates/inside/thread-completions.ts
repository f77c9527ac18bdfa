// How an isolate gives tasks back: by its own ring, and by waking the submitter, who says how it wants to be woken.
import type { NativeBells } from '@catzilla/core-c'
import { Head, IsolateWord, Wanted } from '../thread/lane-memory.ts'
import type { LaneMemory } from '../thread/lane-memory.ts'
import { NO_BELL, nativeBells } from '../thread/wake-bell.ts'

export class ThreadCompletions {
  /** The submitter slept when the latest task was given back. */
  wokeSubmitter = false
  readonly #memory: LaneMemory
  readonly #isolate: number
  readonly #bell: number
  readonly #bells: NativeBells | null
  #tail = 0

  /** @param bell of the submitter, if it has one: the native core, which rings it, is loaded for that */
  constructor(memory: LaneMemory, isolate: number, bell: number) {
    this.#memory = memory
    this.#isolate = isolate
    this.#bell = bell
    this.#bells = bell === NO_BELL ? null : nativeBells()
  }

  /** Gives the slot of a task back. */
  push(slot: number): void {
    const { words } = this.#memory
    Atomics.store(words, this.#memory.doneWord(this.#isolate, this.#tail), slot)
    this.#tail = (this.#tail + 1) | 0
    Atomics.store(words, this.#memory.isolateWord(this.#isolate, IsolateWord.DONE_TAIL), this.#tail)
    // looked at first: an exchange takes the line from who writes it
    const waits = Atomics.load(words, Head.WAITING) !== Wanted.NOT
    const wanted = waits ? Atomics.exchange(words, Head.WAITING, Wanted.NOT) : Wanted.NOT
    this.wokeSubmitter = wanted !== Wanted.NOT
    if (wanted === Wanted.NOT || (wanted === Wanted.BY_BELL && this.#rings())) return
    Atomics.add(words, Head.COMPLETED, 1)
    Atomics.notify(words, Head.COMPLETED)
  }

  /** False when there is nothing to ring. */
  #rings(): boolean {
    return this.#bells?.ring(this.#bell) === true
  }
}
