// Looks whether the memory that threads share is as it can be: a body, or a native addon, may have written over it. Words that
// nobody writes have to be what was planted there; words of this thread what it wrote; those of threads within their bounds.
import { randomInt } from 'node:crypto'
import { DIRECTED, Head, IsolateWord, SLOTS, SlotState, SlotWord } from './lane-memory.ts'
import type { LaneMemory } from './lane-memory.ts'
import type { ThreadIsolate } from './thread-isolate.ts'
import type { ThreadPool } from './thread-pool.ts'

const CLASSES = 4
/** Looks in which every word and every slot had its turn. Between two looks their lines have left the caches of a busy machine. */
const LOOKS_FOR_ALL = 32
/** Looks in a row in which nothing moves before threads are woken once more, and before they are given up. */
const LOOKS_BEFORE_WAKING = 100
const LOOKS_BEFORE_GIVING_UP = 500

export class MemoryCheck {
  readonly #memory: LaneMemory
  /** What is planted in words that nobody writes. */
  readonly #canary: number = randomInt(1, 2 ** 31)
  readonly #unused: Int32Array
  #look = 0
  #stillFor = 0
  #seen = 0

  constructor(memory: LaneMemory) {
    this.#memory = memory
    this.#unused = Int32Array.from(memory.unusedWords())
    for (const word of this.#unused) memory.words[word] = this.#canary
  }

  /** What is wrong, in words; undefined when nothing is. To be asked again and again while tasks are on their way. */
  damageOf(pool: ThreadPool): string | undefined {
    this.#look++
    return this.#planted() ?? this.#rings(pool) ?? this.#isolates(pool) ?? this.#slots(pool) ?? this.#stillness(pool)
  }

  #planted(): string | undefined {
    const { words } = this.#memory
    const unused = this.#unused
    // not with Atomics, here and for slots, which would cost many times as much: what is wrong stays wrong
    for (let index = this.#look % LOOKS_FOR_ALL; index < unused.length; index += LOOKS_FOR_ALL) {
      if (words[unused[index] ?? 0] !== this.#canary) return 'it was written where nothing is kept'
    }
    return undefined
  }

  #rings(pool: ThreadPool): string | undefined {
    const memory = this.#memory
    const { words } = memory
    for (let priority = 0; priority < CLASSES; priority++) {
      const tail = pool.tailOf(priority)
      const waiting = (tail - Atomics.load(words, memory.classHead(priority))) | 0
      const isSound = Atomics.load(words, memory.classTail(priority)) === tail && waiting >= 0 && waiting <= SLOTS
      if (!isSound) return 'a queue does not end where it ended'
    }
    return Atomics.load(words, Head.PAUSED) === (pool.paused ? 1 : 0) ? undefined : 'the sign for a pause was changed'
  }

  #isolates({ threads }: ThreadPool): string | undefined {
    for (const isolate of threads) {
      const directed = (isolate.directedTail - isolate.word(IsolateWord.DIRECTED_HEAD)) | 0
      const done = (isolate.word(IsolateWord.DONE_TAIL) - isolate.doneHead) | 0
      const isSound =
        isolate.word(IsolateWord.DIRECTED_TAIL) === isolate.directedTail &&
        directed >= 0 &&
        directed <= DIRECTED &&
        done >= 0 &&
        done <= SLOTS &&
        (isolate.word(IsolateWord.ASLEEP) & ~1) === 0
      if (!isSound) return 'a thread seems to do what none does'
    }
    return undefined
  }

  #slots({ attempts }: ThreadPool): string | undefined {
    const memory = this.#memory
    const { words } = memory
    for (let slot = this.#look % LOOKS_FOR_ALL; slot < SLOTS; slot += LOOKS_FOR_ALL) {
      const attempt = attempts[slot]
      if (attempt === null || attempt === undefined) continue
      const state = words[memory.slotWord(slot, SlotWord.STATE)] ?? 0
      const isSound =
        words[memory.slotWord(slot, SlotWord.ATTEMPT)] === attempt.number &&
        state >= SlotState.PENDING &&
        state <= SlotState.WITHDRAWN
      if (!isSound) return 'a task in it is none that was written there'
    }
    return undefined
  }

  /** Threads that are there and run nothing, while there are tasks: what would tell them was lost, or their loop is blocked. */
  #stillness(pool: ThreadPool): string | undefined {
    const { threads } = pool
    const isStill =
      pool.inFlight > 0 && !pool.paused && threads.length > 0 && threads.every((each) => each.ready && each.current < 0)
    const seen = threads.reduce((sum, each) => sum + progressOf(each), pool.inFlight)
    this.#stillFor = isStill && seen === this.#seen ? this.#stillFor + 1 : 0
    this.#seen = seen
    if (this.#stillFor === LOOKS_BEFORE_WAKING) pool.wake()
    return this.#stillFor < LOOKS_BEFORE_GIVING_UP ? undefined : 'no thread takes the tasks that are there'
  }
}

/** Grows with what a thread does. */
function progressOf(isolate: ThreadIsolate): number {
  return isolate.id + isolate.word(IsolateWord.DONE_TAIL) + isolate.word(IsolateWord.DIRECTED_HEAD)
}
