// One thread of the thread lane, as the engine sees it: started, watched, asked to end, or ended.
import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort, Transferable } from 'node:worker_threads'
import { toError } from '../../contract/errors.ts'
import { entryFile } from '../entry-file.ts'
import { DIRECTED, Duty, IsolateWord, STOPPED } from './lane-memory.ts'
import type { LaneMemory } from './lane-memory.ts'
import { clockOrigin } from './messages.ts'
import type { ThreadCodes } from './thread-codes.ts'
import type { ThreadStart, ToIsolate } from './messages.ts'

/** Heap, in MiB, that Node itself has in a thread, beside what tasks may use. */
const OWN_HEAP_MB = 8
/**
 * Memory, in MiB, for what was made lately, as threads have it in Node 20 and 22. When a thread is at its limit all of that may
 * have to move at once, for which V8 leaves 16 MiB: with the 192 of Node 24 it ended the whole program instead of the thread.
 */
const YOUNG_HEAP_MB = 48

/** Why a thread has ended. */
export interface ThreadEnd {
  readonly exitCode: number
  /** What it threw and nobody caught. */
  readonly error: Error | undefined
}

export interface ThreadListener {
  heard(isolate: ThreadIsolate, message: unknown): void
  ended(isolate: ThreadIsolate, end: ThreadEnd): void
}

interface ThreadSetup {
  readonly memory: LaneMemory
  readonly codes: Pick<ThreadCodes, 'all' | 'next'>
  readonly idPrefix: string
  readonly bell: number
  readonly warm: boolean
  readonly memoryLimitMb: number
  readonly nice: number
  /** Whether it waits until it is to take tasks. */
  readonly spare: boolean
  readonly listener: ThreadListener
}

export class ThreadIsolate {
  readonly index: number
  /** Number for people, never used again. */
  readonly id: number
  readonly port: MessagePort
  ready = false
  /** How far its ring of completions is drained. */
  doneHead = 0
  /** Tasks that it has given back. */
  done = 0
  /** It takes one of the places that there are for threads: not while it is being ended. */
  counted: boolean
  /** It takes the place of one that is about to be ended, and waits for that. */
  spare: boolean
  /** Slot of the attempt for whose sake it is ended; -1: none. */
  stoppedFor = -1
  /** It was sent all codes with smaller numbers that there were. */
  codes: number
  /** Its beat at the latest look, and when it was seen to change, in watched time. */
  beat = 0
  beatAt = 0
  #directedTail = 0
  /** Slots of the tasks that it alone can run and has not given back. */
  readonly #unreturned = new Set<number>()
  #retires = false
  readonly #memory: LaneMemory
  readonly #worker: Worker
  readonly #exited: Promise<void>

  constructor(index: number, id: number, setup: ThreadSetup) {
    const { memory, codes, idPrefix, bell, warm, memoryLimitMb, nice, spare, listener } = setup
    this.index = index
    this.id = id
    this.spare = spare
    this.counted = !spare
    this.#memory = memory
    this.codes = codes.next
    this.#clearWords()
    if (spare) this.#order(Duty.WAIT)
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    const start: ThreadStart = {
      memory: memory.buffer,
      isolates: memory.isolates,
      isolate: index,
      port: port2,
      codes: codes.all,
      idPrefix,
      bell,
      warm,
      nice,
      originMs: clockOrigin(),
    }
    this.#worker = new Worker(entryFile('thread-entry'), {
      name: `catzilla-thread-${id}`,
      workerData: start,
      transferList: [port2],
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(memoryLimitMb) + OWN_HEAP_MB,
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
      },
    })
    this.#worker.unref()
    this.port.on('message', (message: unknown) => listener.heard(this, message))
    this.port.unref()
    let error: Error | undefined
    this.#worker.on('error', (thrown: unknown) => (error = toError(thrown)))
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (exitCode) => {
        listener.ended(this, { exitCode, error })
        this.port.close()
        resolve()
      })
    })
  }

  #clearWords(): void {
    const { words } = this.#memory
    for (const word of Object.values(IsolateWord)) Atomics.store(words, this.#at(word), 0)
  }

  word(word: number): number {
    return Atomics.load(this.#memory.words, this.#at(word))
  }

  /** Slot of the task it runs; -1 when it runs none, or is ended. */
  get current(): number {
    return Math.max(-1, this.word(IsolateWord.CURRENT) - 1)
  }

  get retires(): boolean {
    return this.#retires || this.word(IsolateWord.DUTY) === Duty.END
  }

  /** Where its ring of tasks directed to it ends, by what was pushed. */
  get directedTail(): number {
    return this.#directedTail
  }

  /** Whether it has nothing to do, and would have to be woken. */
  get sleeps(): boolean {
    return this.word(IsolateWord.ASLEEP) === 1
  }

  /** Wakes it. Until it says otherwise it is awake. */
  wake(): void {
    const { words } = this.#memory
    Atomics.store(words, this.#at(IsolateWord.ASLEEP), 0)
    Atomics.add(words, this.#at(IsolateWord.BELL), 1)
    Atomics.notify(words, this.#at(IsolateWord.BELL))
  }

  post(message: ToIsolate, transfer: readonly Transferable[] = []): void {
    this.port.postMessage(message, transfer)
  }

  /** Tasks that wait for it alone. */
  get directed(): number {
    // a body that got hold of the memory may have written anything there
    return Math.min(DIRECTED, Math.max(0, this.#directedTail - this.word(IsolateWord.DIRECTED_HEAD)))
  }

  /** Whether one more task may wait for it alone. */
  get takesDirected(): boolean {
    return !this.retires && this.directed < DIRECTED
  }

  /** Slots of the tasks that wait for it alone. */
  *directedSlots(): Generator<number> {
    for (let at = this.#directedTail - this.directed; at < this.#directedTail; at++) {
      yield Atomics.load(this.#memory.words, this.#memory.directedWord(this.index, at)) & 0xffff
    }
  }

  /** Puts a task in front of it that nobody else can take. */
  direct(slot: number, priority: number): void {
    const { words } = this.#memory
    Atomics.store(words, this.#memory.directedWord(this.index, this.#directedTail), (priority << 16) | slot)
    Atomics.store(words, this.#at(IsolateWord.DIRECTED_TAIL), ++this.#directedTail)
    this.#unreturned.add(slot)
  }

  /** It has given the task in a slot back. */
  returned(slot: number): void {
    this.done++
    this.#unreturned.delete(slot)
  }

  /** It has nothing to do. By what was given back: between taking a task and saying so it seems to have none. */
  get isIdle(): boolean {
    return this.current < 0 && this.#unreturned.size === 0
  }

  /** A spare one takes tasks from now on. */
  beginWork(): void {
    this.spare = false
    this.counted = true
    this.#order(Duty.WORK)
    this.wake()
  }

  /** Asks it to take nothing more, and to end when it runs nothing. It has to be woken if it sleeps. */
  retire(): void {
    this.#retires = true
    this.#order(Duty.END)
  }

  /** Ends it in the middle of the task in `slot`; false when it has done with that task. */
  stopDuring(slot: number): boolean {
    this.retire()
    const found = Atomics.compareExchange(this.#memory.words, this.#at(IsolateWord.CURRENT), slot + 1, STOPPED)
    if (found !== slot + 1) return false
    this.stoppedFor = slot
    void this.#worker.terminate()
    return true
  }

  /** Ends it, whatever it does. */
  async terminate(): Promise<void> {
    this.retire()
    await this.#worker.terminate()
    await this.#exited
  }

  #order(duty: number): void {
    Atomics.store(this.#memory.words, this.#at(IsolateWord.DUTY), duty)
  }

  #at(word: number): number {
    return this.#memory.isolateWord(this.index, word)
  }
}
