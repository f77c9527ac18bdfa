// The threads that share one memory: tasks with the same memory limit run in them. Writes tasks into slots, wakes and starts
// threads for them, and takes back what they have done.
import { PayloadError, toError } from '../../contract/errors.ts'
import type { TaskCode } from '../code/task-code.ts'
import { toMessage } from '../wire/message-values.ts'
import { SmallValues } from '../wire/small-values.ts'
import { CompletionPump } from './completion-pump.ts'
import {
  Head,
  IsolateWord,
  LaneMemory,
  PAYLOAD_BYTES,
  PayloadKind,
  SLOTS,
  SlotDouble,
  SlotState,
  SlotWord,
} from './lane-memory.ts'
import { ThreadAttempt } from './thread-attempt.ts'
import { ThreadIsolate } from './thread-isolate.ts'
import type { ThreadEnd, ThreadListener } from './thread-isolate.ts'
import type { ThreadRecord } from './thread-record.ts'

const CLASSES = 4
/** Longest time, in milliseconds, for which taking tasks back may hold up the event loop. */
const SLICE_MS = 4
const LOOK_EVERY = 64
/** Tasks for which threads that sleep are woken together: being woken costs as much as many small tasks. */
const WAKE_EVERY = 32

/** What pools of one lane share. */
export interface PoolSetup {
  readonly maxThreads: number
  readonly idPrefix: string
  /** How far threads give way to others. */
  readonly nice: number
  readonly codes: readonly TaskCode[]
  /** Threads of all pools, at most `maxThreads`. */
  readonly budget: ThreadBudget
  readonly receiver: PoolReceiver
}

/** Threads there are, of all pools together. */
export interface ThreadBudget {
  threads: number
  /** Grows with each thread that is started. */
  started: number
}

export interface PoolReceiver {
  /** An isolate has given the slot of an attempt back. */
  returned(pool: ThreadPool, attempt: ThreadAttempt): void
  heard(pool: ThreadPool, isolate: ThreadIsolate, message: unknown): void
  /** A thread could not even be made. */
  notStarted(pool: ThreadPool, error: Error): void
  /** Threads become ready, as far as is known. */
  readonly startsWell: boolean
  /** A thread has ended; its attempts are to be seen to. */
  ended(pool: ThreadPool, isolate: ThreadIsolate, end: ThreadEnd): void
  endRound(): void
}

export class ThreadPool implements ThreadListener {
  readonly memory: LaneMemory
  readonly memoryLimitMb: number
  readonly values: SmallValues
  readonly pump: CompletionPump
  /** By index; null: there is none. */
  readonly isolates: (ThreadIsolate | null)[]
  readonly attempts: (ThreadAttempt | null)[] = Array.from<ThreadAttempt | null>({ length: SLOTS }).fill(null)
  /** Slots that are handed over. */
  inFlight = 0
  /** When its latest thread was started. */
  startedAt: number = -Infinity
  readonly #setup: PoolSetup
  readonly #free = Array.from({ length: SLOTS }, (_, index) => SLOTS - 1 - index)
  readonly #tails = new Int32Array(CLASSES)
  #unattended = 0
  /** Codes that all threads know. */
  #codesTold = 0
  #draining = false

  constructor(memoryLimitMb: number, setup: PoolSetup) {
    this.memoryLimitMb = memoryLimitMb
    this.#setup = setup
    // one that is being ended keeps its place until it is gone, and another one starts meanwhile
    const places = 2 * setup.maxThreads
    this.memory = new LaneMemory(places)
    this.values = new SmallValues(this.memory.buffer, { copied: true })
    this.isolates = Array.from<ThreadIsolate | null>({ length: places }).fill(null)
    this.pump = new CompletionPump(this.memory.words, this)
  }

  /** Threads that were started before a task was defined are sent its code. */
  tellCodes(): void {
    const { codes } = this.#setup
    if (this.#codesTold === codes.length) return
    this.#codesTold = codes.length
    for (const isolate of this.threads) {
      for (; isolate.codes < codes.length; isolate.codes++) {
        const code = codes[isolate.codes]
        if (code !== undefined) isolate.post({ kind: 'code', index: isolate.codes, code })
      }
    }
  }

  get threads(): ThreadIsolate[] {
    return this.isolates.filter((each) => each !== null)
  }

  get hasSlot(): boolean {
    return this.#free.length > 0
  }

  /**
   * Writes a task into a slot; null when there is no slot, or no thread that could be sent its arguments now.
   * @throws PayloadError when the arguments cannot travel
   */
  hand(record: ThreadRecord, code: number, readyAt: number): ThreadAttempt | null {
    const slot = this.#free.pop()
    if (slot === undefined) return null
    const { memory } = this
    const { words, doubles } = memory
    const attempt = new ThreadAttempt(record, this, slot, (record.run?.attempt ?? 0) + 1)
    const length = this.values.write(memory.payloadAt(slot), PAYLOAD_BYTES, record.args)
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
    if (length >= 0) this.#push(record.plan.options.priority, slot)
    else if (!this.#send(record, attempt)) {
      this.#free.push(slot)
      return null
    }
    this.attempts[slot] = attempt
    this.inFlight++
    return attempt
  }

  #push(priority: number, slot: number): void {
    const tail = this.#tails[priority] ?? 0
    this.memory.words[this.memory.ringWord(priority, tail)] = slot
    this.#tails[priority] = (tail + 1) | 0
    // what was written before is seen by whoever sees this; it costs little beside the rest of a submission
    Atomics.store(this.memory.words, this.memory.classTail(priority), (tail + 1) | 0)
    this.#unattended++
  }

  /** Sends the arguments to one thread, which alone can then run the task. */
  #send(record: ThreadRecord, { slot, number }: ThreadAttempt): boolean {
    const { options } = record.plan
    // buffers that the caller gave away, and that no later attempt needs, go on without a copy
    const owned = options.transfer && number > options.maxRetries
    const isolate = this.#leastLoaded()
    // they would go with a thread that ends before it runs the task: only one that is free gets them
    if (isolate === undefined || (owned && !isIdle(isolate))) return false
    let message
    try {
      message = toMessage(record.args, owned, `task '${record.name}': args`)
    } catch (thrown) {
      this.#free.push(slot)
      throw thrown
    }
    isolate.post({ kind: 'payload', slot, value: message.value }, message.transfer)
    isolate.direct(slot, options.priority)
    // which of the sleepers a notification wakes cannot be chosen: all are woken, so that this one is
    this.#unattended += this.threads.length
    return true
  }

  #leastLoaded(): ThreadIsolate | undefined {
    const able = this.threads.filter((each) => each.takesDirected)
    const idle = able.find(isIdle)
    if (idle !== undefined) return idle
    return this.start() ?? able.toSorted((a, b) => a.directed - b.directed)[0]
  }

  /** Sees to it that somebody runs what was handed over: wakes threads, and starts some for what nobody is free for. */
  attend(): void {
    if (this.#unattended === 0) return
    // first, so that nothing but sleep follows where a thread is woken for a single task
    this.pump.start()
    this.wake(this.#unattended)
    this.#unattended = 0
    this.startForBacklog()
  }

  /** Whether a thread should be woken for it now: while there are few tasks for each of them, else for some at a time. */
  get isDue(): boolean {
    if (this.#unattended < WAKE_EVERY && this.inFlight > this.isolates.length) return false
    return Atomics.load(this.memory.words, Head.SLEEPERS) > 0 || this.#unattended === this.inFlight
  }

  /** Wakes threads that sleep. */
  wake(most: number = Infinity): void {
    const { words } = this.memory
    // stored before the sleepers are counted: whoever goes to sleep meanwhile sees that it has changed
    Atomics.add(words, Head.SUBMITTED, 1)
    if (Atomics.load(words, Head.SLEEPERS) > 0) Atomics.notify(words, Head.SUBMITTED, most)
  }

  /** Starts as many threads as there are tasks that nobody is free for. */
  startForBacklog(): void {
    const threads = this.threads
    const free = threads.filter((each) => each.current < 0 && !each.retires).length
    const busy = threads.length - free
    for (let missing = this.inFlight - busy - free; missing > 0; missing--) if (this.start() === undefined) return
  }

  /** Starts a thread, if there may be one more. */
  start(): ThreadIsolate | undefined {
    const { budget, codes, idPrefix, maxThreads, nice, receiver } = this.#setup
    const index = this.isolates.indexOf(null)
    if (index < 0 || budget.threads >= maxThreads) return undefined
    budget.threads++
    this.startedAt = performance.now()
    const { memory, memoryLimitMb } = this
    const setup = { memory, codes, idPrefix, memoryLimitMb, nice, warm: receiver.startsWell, listener: this }
    try {
      return (this.isolates[index] = new ThreadIsolate(index, ++budget.started, setup))
    } catch (thrown) {
      budget.threads--
      receiver.notStarted(this, toError(thrown))
      return undefined
    }
  }

  /** What threads have done is being taken in: a call for it from within gives nothing. */
  get isDraining(): boolean {
    return this.#draining
  }

  /** Takes in what threads have done; tells how many tasks came back. */
  drain(sliceMs: number = SLICE_MS): number {
    if (this.#draining) return 0
    this.#draining = true
    try {
      const endsAt = performance.now() + sliceMs
      let count = 0
      for (const isolate of this.isolates) if (isolate !== null) count += this.#drainOne(isolate, endsAt)
      if (count > 0) this.#setup.receiver.endRound()
      return count
    } finally {
      this.#draining = false
    }
  }

  #drainOne(isolate: ThreadIsolate, endsAt: number): number {
    const { memory } = this
    const tail = isolate.word(IsolateWord.DONE_TAIL)
    const waiting = (tail - isolate.doneHead) | 0
    let count = 0
    // no thread has ever that many: a body of it has written into the memory
    if (waiting < 0 || waiting > SLOTS) {
      isolate.doneHead = tail
      void isolate.terminate()
      return 0
    }
    while (isolate.doneHead !== tail) {
      const slot = Atomics.load(memory.words, memory.doneWord(isolate.index, isolate.doneHead))
      isolate.doneHead = (isolate.doneHead + 1) | 0
      isolate.done++
      const attempt = this.attempts[slot]
      if (attempt !== null && attempt !== undefined) this.#setup.receiver.returned(this, attempt)
      if (++count % LOOK_EVERY === 0 && performance.now() > endsAt) break
    }
    return count
  }

  get hasNext(): boolean {
    return this.isolates.some((each) => each !== null && each.word(IsolateWord.DONE_TAIL) !== each.doneHead)
  }

  /** The slot of an attempt is free again. */
  free({ slot }: ThreadAttempt): void {
    this.attempts[slot] = null
    this.#free.push(slot)
    this.inFlight--
  }

  /** Without a thread nobody empties the rings: what was withdrawn leaves them here. */
  reset(): void {
    if (this.threads.length > 0) return
    for (const attempt of this.attempts) if (attempt !== null) this.free(attempt)
    for (let priority = 0; priority < CLASSES; priority++) {
      Atomics.store(this.memory.words, this.memory.classHead(priority), this.#tails[priority] ?? 0)
    }
  }

  /** The thread that has taken an attempt. */
  isolateOf({ slot }: ThreadAttempt): ThreadIsolate | undefined {
    return this.isolates[(this.memory.words[this.memory.slotWord(slot, SlotWord.ISOLATE)] ?? 0) - 1] ?? undefined
  }

  /** Takes back an attempt that has not started; false when it has. Its slot comes back by the ring. */
  withdraw({ slot }: ThreadAttempt): boolean {
    const { words } = this.memory
    const word = this.memory.slotWord(slot, SlotWord.STATE)
    return Atomics.compareExchange(words, word, SlotState.PENDING, SlotState.WITHDRAWN) === SlotState.PENDING
  }

  heard(isolate: ThreadIsolate, message: unknown): void {
    this.#setup.receiver.heard(this, isolate, message)
  }

  /** Ends a thread in the middle of an attempt. It is not counted any more, though it takes a moment. */
  stop(isolate: ThreadIsolate, { slot }: ThreadAttempt): void {
    if (isolate.stopDuring(slot)) this.#setup.budget.threads--
  }

  ended(isolate: ThreadIsolate, end: ThreadEnd): void {
    if (isolate.stoppedFor < 0) this.#setup.budget.threads--
    this.drain(Infinity)
    this.isolates[isolate.index] = null
    this.#setup.receiver.ended(this, isolate, end)
  }

  pause(paused: boolean): void {
    Atomics.store(this.memory.words, Head.PAUSED, paused ? 1 : 0)
    if (!paused) this.wake()
  }

  /** The result, or the packed error, in a slot. @throws PayloadError */
  endIn({ slot }: ThreadAttempt): unknown {
    const { words } = this.memory
    const length = words[this.memory.slotWord(slot, SlotWord.END_BYTES)] ?? 0
    if (length > PAYLOAD_BYTES) throw new PayloadError('a thread gave a result that does not fit its slot')
    return this.values.read(this.memory.payloadAt(slot), length)
  }
}

function isIdle(isolate: ThreadIsolate): boolean {
  return isolate.current < 0 && isolate.directed === 0
}
