// The threads that share one memory: tasks with the same memory limit run in them. Hands tasks over, wakes and starts threads
// for them, and takes back what they have done.
import { performance } from 'node:perf_hooks'
import { toError } from '../../contract/errors.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { isLastUse } from '../../typescript/memory-terms.ts'
import { toMessage } from '../wire/message-values.ts'
import { CompletionPump } from './completion-pump.ts'
import { Head, IsolateWord, LaneMemory, SLOTS, SlotWord } from './lane-memory.ts'
import { MemoryCheck } from './memory-check.ts'
import type { PoolSetup } from './pool-setup.ts'
import { TaskSlots } from './task-slots.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import { ThreadIsolate } from './thread-isolate.ts'
import type { ThreadEnd, ThreadListener } from './thread-isolate.ts'
import type { ThreadRecord } from './thread-record.ts'

const CLASSES = 4
/** Longest time, in milliseconds, for which taking tasks back may hold up the event loop. */
const SLICE_MS = 4
const LOOK_EVERY = 64
/** Tasks for which threads that sleep are woken together: being woken costs as much as many small tasks. */
const WAKE_EVERY = 32

export class ThreadPool implements ThreadListener {
  readonly memory: LaneMemory
  readonly memoryLimitMb: number
  readonly slots: TaskSlots
  readonly pump: CompletionPump
  /** By index; null: there is none. */
  readonly isolates: (ThreadIsolate | null)[]
  readonly check: MemoryCheck
  /** It was given up. */
  closed = false
  /** When its latest thread was started. */
  startedAt: number = -Infinity
  readonly #setup: PoolSetup
  readonly #tails = new Int32Array(CLASSES)
  #paused = false
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
    this.slots = new TaskSlots(this.memory)
    this.check = new MemoryCheck(this.memory)
    this.isolates = Array.from<ThreadIsolate | null>({ length: places }).fill(null)
    this.pump = new CompletionPump(this.memory.words, this, setup.bell)
    setup.bell.listeners.add(this.pump.wake)
  }

  /** Threads that were started before a task was defined are sent its code. */
  tellCodes(): void {
    const { codes } = this.#setup
    if (this.#codesTold === codes.next) return
    this.#codesTold = codes.next
    for (const isolate of this.everyone) {
      for (; isolate.codes < codes.next; isolate.codes++) {
        const code = codes.all.get(isolate.codes)
        if (code !== undefined) isolate.post({ kind: 'code', index: isolate.codes, code })
      }
    }
  }

  /** Threads let go what no task needs any more. */
  forgetCodes(indexes: readonly number[]): void {
    for (const isolate of this.everyone) isolate.post({ kind: 'forget', indexes })
  }

  /** Threads that take tasks, or end. */
  get threads(): ThreadIsolate[] {
    return this.everyone.filter((each) => !each.spare)
  }

  /** Threads that wait for the place of another one. */
  get spares(): ThreadIsolate[] {
    return this.everyone.filter((each) => each.spare && !each.retires)
  }

  get everyone(): ThreadIsolate[] {
    return this.isolates.filter((each) => each !== null)
  }

  /** By slot. */
  get attempts(): readonly (ThreadAttempt | null)[] {
    return this.slots.attempts
  }

  /** Tasks that are handed over. */
  get inFlight(): number {
    return this.slots.inFlight
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Where the ring of a class ends, by what was pushed. */
  tailOf(priority: number): number {
    return this.#tails[priority] ?? 0
  }

  /**
   * Hands a task over; null when there is no slot, or no thread that could be sent its arguments now.
   * @throws PayloadError when the arguments cannot travel
   */
  hand(record: ThreadRecord, code: number, readyAt: number): ThreadAttempt | null {
    const attempt = this.slots.write(record, this, code, readyAt)
    if (attempt === null) return null
    if (this.slots.holdsArguments(attempt)) this.#push(record.plan.options.priority, attempt.slot)
    else if (!this.#send(record, attempt)) {
      this.slots.giveUp(attempt)
      return null
    }
    this.slots.occupy(attempt)
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
  #send(record: ThreadRecord, attempt: ThreadAttempt): boolean {
    const { options } = record.plan
    const { slot, number } = attempt
    const owned = isLastUse(options, number)
    const isolate = this.#leastLoaded()
    // they would go with a thread that ends before it runs the task: only one that is free gets them
    if (isolate === undefined || (owned && !isolate.isIdle)) return false
    let message
    try {
      message = toMessage(record.args, owned, `task '${record.name}': args`)
    } catch (thrown) {
      this.slots.giveUp(attempt)
      throw thrown
    }
    const { value, snapshots, transfer } = message
    isolate.post({ kind: 'payload', slot, value, snapshots }, transfer)
    isolate.direct(slot, options.priority)
    isolate.wake()
    this.#unattended++
    return true
  }

  #leastLoaded(): ThreadIsolate | undefined {
    const able = this.threads.filter((each) => each.takesDirected)
    const idle = able.find((each) => each.isIdle)
    if (idle !== undefined) return idle
    return this.start() ?? able.toSorted((a, b) => a.directed - b.directed)[0]
  }

  /** Sees to it that somebody runs what was handed over: wakes threads, and starts some for what nobody is free for. */
  attend(): void {
    const handed = this.#unattended
    if (handed === 0) return
    this.#unattended = 0
    // first, so that nothing but sleep follows where a thread is woken for a single task
    this.pump.start()
    if (this.#wakeSleepers(handed) < handed) this.startForBacklog()
  }

  /** Wakes those that sleep, `most` of them: always the same first, which then has in its caches what it needs. */
  #wakeSleepers(most: number): number {
    let woken = 0
    for (const isolate of this.isolates) {
      if (isolate === null || !sleeps(isolate)) continue
      isolate.wake()
      if (++woken === most) break
    }
    return woken
  }

  /** Whether a thread should be woken for it now: while there are few tasks for each of them, else for some at a time. */
  get isDue(): boolean {
    if (this.#unattended < WAKE_EVERY && this.inFlight > this.isolates.length) return false
    return this.#unattended === this.inFlight || this.isolates.some(sleeps)
  }

  /** Wakes all threads. */
  wake(): void {
    for (const isolate of this.isolates) isolate?.wake()
  }

  /** Starts as many threads as there are tasks that nobody is free for. */
  startForBacklog(): void {
    const threads = this.threads
    const free = threads.filter((each) => each.current < 0 && !each.retires).length
    const busy = threads.length - free
    for (let missing = this.inFlight - busy - free; missing > 0; missing--) if (this.start() === undefined) return
  }

  /** Starts a thread, if there may be one more: the spare one when there is one. */
  start(): ThreadIsolate | undefined {
    const { budget, maxThreads } = this.#setup
    if (budget.threads >= maxThreads) return undefined
    const spare = this.spares[0]
    const isolate = spare ?? this.#launch(false)
    if (isolate === undefined) return undefined
    budget.threads++
    this.startedAt = performance.now()
    spare?.beginWork()
    return isolate
  }

  /** Starts threads ahead, as many as are about to be ended: each begins when its predecessor has been. */
  startSpares(most: number): void {
    for (let missing = most - this.spares.length; missing > 0; missing--) if (this.#launch(true) === undefined) return
  }

  #launch(spare: boolean): ThreadIsolate | undefined {
    const { budget, codes, idPrefix, nice, receiver } = this.#setup
    const index = this.isolates.indexOf(null)
    if (index < 0) return undefined
    const { memory, memoryLimitMb } = this
    const bell = this.#setup.bell.hang()
    const warm = receiver.startsWell
    const setup = { memory, codes, idPrefix, bell, memoryLimitMb, nice, warm, spare, listener: this }
    try {
      runOutsideContexts(() => (this.isolates[index] = new ThreadIsolate(index, ++budget.started, setup)))
      return this.isolates[index] ?? undefined
    } catch (thrown) {
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
    // no thread has ever that many: the memory is damaged, which is looked for elsewhere
    if (waiting < 0 || waiting > SLOTS) return 0
    while (isolate.doneHead !== tail) {
      const slot = Atomics.load(memory.words, memory.doneWord(isolate.index, isolate.doneHead))
      isolate.doneHead = (isolate.doneHead + 1) | 0
      isolate.returned(slot)
      const attempt = this.attempts[slot]
      if (attempt !== null && attempt !== undefined) this.#setup.receiver.returned(this, attempt)
      if (++count % LOOK_EVERY === 0 && performance.now() > endsAt) break
    }
    return count
  }

  get hasNext(): boolean {
    return this.isolates.some((each) => each !== null && each.word(IsolateWord.DONE_TAIL) !== each.doneHead)
  }

  /** Without a thread nobody empties the rings: what was withdrawn leaves them here. */
  reset(): void {
    if (this.everyone.length > 0) return
    for (const attempt of this.attempts) if (attempt !== null) this.slots.free(attempt)
    for (let priority = 0; priority < CLASSES; priority++) {
      Atomics.store(this.memory.words, this.memory.classHead(priority), this.#tails[priority] ?? 0)
    }
  }

  /** The thread that has taken an attempt. */
  isolateOf({ slot }: ThreadAttempt): ThreadIsolate | undefined {
    return this.isolates[(this.memory.words[this.memory.slotWord(slot, SlotWord.ISOLATE)] ?? 0) - 1] ?? undefined
  }

  heard(isolate: ThreadIsolate, message: unknown): void {
    this.#setup.receiver.heard(this, isolate, message)
  }

  /** Ends a thread in the middle of an attempt. It is not counted any more, though it takes a moment. */
  stop(isolate: ThreadIsolate, { slot }: ThreadAttempt): void {
    if (isolate.stopDuring(slot)) this.#discount(isolate)
  }

  #discount(isolate: ThreadIsolate): void {
    if (isolate.counted) this.#setup.budget.threads--
    isolate.counted = false
  }

  /** Nothing runs here any more. What its threads still do is of no interest; resolves when they have ended. */
  async close(): Promise<void> {
    const { everyone } = this
    this.closed = true
    for (const isolate of everyone) this.#discount(isolate)
    this.pump.close()
    this.#setup.bell.listeners.delete(this.pump.wake)
    await Promise.all(everyone.map((isolate) => isolate.terminate()))
  }

  ended(isolate: ThreadIsolate, end: ThreadEnd): void {
    this.#discount(isolate)
    this.drain(Infinity)
    this.isolates[isolate.index] = null
    this.#setup.receiver.ended(this, isolate, end)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    Atomics.store(this.memory.words, Head.PAUSED, paused ? 1 : 0)
    if (!paused) this.wake()
  }
}

function sleeps(isolate: ThreadIsolate | null): boolean {
  return isolate?.sleeps === true && !isolate.spare
}
