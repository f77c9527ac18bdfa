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
  /** Something was given back of which the submitter, who sleeps, was not told. */
  #untold = false

  /** @param bell of the submitter, if it has one: the native core, which rings it, is loaded for that */
  constructor(memory: LaneMemory, isolate: number, bell: number) {
    this.#memory = memory
    this.#isolate = isolate
    this.#bell = bell
    this.#bells = bell === NO_BELL ? null : nativeBells()
  }

  /**
   * Gives the slot of a task back.
   * @param atOnce the submitter is told now, also where it would be content to be told when there is nothing more to do
   */
  push(slot: number, atOnce: boolean): void {
    const { words } = this.#memory
    Atomics.store(words, this.#memory.doneWord(this.#isolate, this.#tail), slot)
    this.#tail = (this.#tail + 1) | 0
    Atomics.store(words, this.#memory.isolateWord(this.#isolate, IsolateWord.DONE_TAIL), this.#tail)
    // looked at first: an exchange takes the line from who writes it
    const wanted = Atomics.load(words, Head.WAITING)
    this.#untold = (wanted & Wanted.ONCE_IDLE) !== 0 && !atOnce
    if (wanted === Wanted.NOT || this.#untold) this.wokeSubmitter = false
    else this.#tell()
  }

  /** There is nothing more to do: what has gathered is told of. */
  idle(): void {
    if (!this.#untold) return
    this.#untold = false
    this.#tell()
  }

  #tell(): void {
    const { words } = this.#memory
    const wanted = Atomics.exchange(words, Head.WAITING, Wanted.NOT)
    this.wokeSubmitter = wanted !== Wanted.NOT
    if (wanted === Wanted.NOT || ((wanted & Wanted.BY_BELL) !== 0 && this.#rings())) return
    Atomics.add(words, Head.COMPLETED, 1)
    Atomics.notify(words, Head.COMPLETED)
  }

  /** False when there is nothing to ring. */
  #rings(): boolean {
    return this.#bells?.ring(this.#bell) === true
  }
}
