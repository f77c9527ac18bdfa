// What an isolate of the thread lane does: takes tasks from the shared memory, one at a time, runs them, and says how they
// ended. It sleeps when there is none, gives its event loop its turns, and needs no message for a task of small payload.
// the global ones are getters, which cost more than what they give
import { performance } from 'node:perf_hooks'
import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { PayloadError, toError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import { isThenable } from '../../lanes/inline-lane.ts'
import { leaveTaskContext, runInTaskContext } from '../../lanes/task-context.ts'
import type { TaskCode } from '../code/task-code.ts'
import { Claims } from '../thread/claim.ts'
import {
  Duty,
  EndKind,
  Head,
  IsolateWord,
  LaneMemory,
  PAYLOAD_BYTES,
  PayloadKind,
  STOPPED,
  SlotDouble,
  SlotState,
  SlotWord,
} from '../thread/lane-memory.ts'
import { LaneDamage } from '../thread/memory-damage.ts'
import { clockOrigin } from '../thread/messages.ts'
import type { FromIsolate, ThreadStart, ToIsolate } from '../thread/messages.ts'
import { toMessage } from '../wire/message-values.ts'
import { SmallValues } from '../wire/small-values.ts'
import { packError, unpackError } from '../wire/wire-error.ts'
import { writeCrash } from './crash-words.ts'
import { heapInUseKb } from './heap-in-use.ts'
import type { BodyLoader } from './load-body.ts'
import { RunningInside } from './running.ts'
import { SentArguments } from './sent-arguments.ts'
import { Slice } from './slice.ts'
import { SlotFacts } from './slot-facts.ts'
import { ThreadBodies } from './thread-bodies.ts'
import { ThreadCompletions } from './thread-completions.ts'
import { IdleIsolate } from './thread-idle.ts'

/** Tasks between two looks at the time and at the heap. */
const LOOK_EVERY = 32
const BEAT_MS = 250
/** Longest time, in milliseconds, for which the loading of modules holds up the first task. */
const WARM_UP_MS = 2000

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The attempt that runs. */
interface Current {
  readonly slot: number
  readonly name: string
  readonly attempt: number
  readonly running: RunningInside
}

export class ThreadWorker {
  readonly #memory: LaneMemory
  readonly #words: Int32Array
  readonly #isolate: number
  readonly #port: MessagePort
  readonly #claims: Claims
  readonly #values: SmallValues
  readonly #bodies: ThreadBodies
  readonly #sent = new SentArguments()
  readonly #idPrefix: string
  readonly #warm: boolean
  readonly #offset: number
  readonly #idle: IdleIsolate
  #current: Current | null = null
  #done = 0
  readonly #slice = new Slice()
  readonly #completions: ThreadCompletions
  /** What made the isolate end, and whose doing it was. */
  #fatal: { readonly error: unknown; readonly culprit: RunningInside | undefined } | null = null

  constructor(start: ThreadStart, loader: BodyLoader) {
    this.#memory = new LaneMemory(start.isolates, start.memory)
    this.#words = this.#memory.words
    this.#isolate = start.isolate
    this.#port = start.port
    this.#claims = new Claims(this.#memory, start.isolate)
    this.#values = new SmallValues(start.memory)
    this.#bodies = new ThreadBodies(start.codes, loader)
    this.#warm = start.warm
    this.#idPrefix = start.idPrefix
    this.#completions = new ThreadCompletions(this.#memory, start.isolate, start.bell)
    this.#offset = clockOrigin() - start.originMs
    this.#idle = new IdleIsolate(this.#memory, start.isolate, () => this.#isWanted)
  }

  /** Works until it is told to end. */
  async run(): Promise<void> {
    this.#port.on('message', (message: ToIsolate) => this.#receive(message))
    setInterval(() => Atomics.add(this.#words, this.#own(IsolateWord.BEAT), 1), BEAT_MS).unref()
    const warm = this.#warm ? this.#bodies.warmUp() : undefined
    await Promise.race([warm, new Promise((resolve) => setTimeout(resolve, WARM_UP_MS).unref())])
    this.#post({ kind: 'ready' })
    this.#slice.begin()
    while (!this.#retires) {
      const pending = this.#workOff()
      // also when it is undefined: what bodies have left to do at once is done before the thread sleeps
      await pending
      if (pending !== undefined) continue
      const sleep = this.#retires ? undefined : this.#idle.sleep(!this.#completions.wokeSubmitter)
      // a thread that was woken runs the task at once
      if (sleep !== undefined) await sleep
      this.#slice.begin()
    }
    this.#port.close()
  }

  /** Runs what there is; a promise when something has to be waited for before the next one. */
  #workOff(): Promise<void> | undefined {
    for (let slot = this.#take(); slot >= 0; slot = this.#take()) {
      const pending = this.#runSlot(slot)
      const look = ++this.#done % LOOK_EVERY === 0
      if (look) Atomics.store(this.#words, this.#own(IsolateWord.HEAP_KB), heapInUseKb())
      if (pending !== undefined) return this.#breatheAfter(pending)
      if (look && this.#slice.isOver) return this.#breathe()
    }
    return undefined
  }

  #take(): number {
    return this.#duty === Duty.WORK ? this.#claims.take(this.#now()) : -1
  }

  get #isWanted(): boolean {
    const duty = this.#duty
    return duty === Duty.END || (duty === Duty.WORK && this.#claims.any)
  }

  get #retires(): boolean {
    return this.#duty === Duty.END
  }

  get #duty(): number {
    return Atomics.load(this.#words, this.#own(IsolateWord.DUTY))
  }

  async #breatheAfter(pending: Promise<void>): Promise<void> {
    await pending
    if (this.#slice.isOver) await this.#breathe()
  }

  /** Timers and I/O of the bodies get their turn. */
  async #breathe(): Promise<void> {
    Atomics.store(this.#words, this.#own(IsolateWord.HEAP_KB), heapInUseKb())
    await turn()
    this.#slice.begin()
  }

  #runSlot(slot: number): Promise<void> | undefined {
    const { words, doubles } = this.#memory
    const state = this.#memory.slotWord(slot, SlotWord.STATE)
    Atomics.store(words, this.#memory.slotWord(slot, SlotWord.ISOLATE), this.#isolate + 1)
    const found = Atomics.compareExchange(words, state, SlotState.PENDING, SlotState.RUNNING)
    if (found !== SlotState.PENDING) {
      if (found !== SlotState.WITHDRAWN) throw new LaneDamage('a task was taken twice')
      this.#completions.push(slot)
      return undefined
    }
    doubles[this.#memory.slotDouble(slot, SlotDouble.STARTED_AT)] = this.#now()
    Atomics.store(words, this.#own(IsolateWord.ABORTED), 0)
    Atomics.store(words, this.#own(IsolateWord.CURRENT), slot + 1)
    Atomics.add(words, Head.STARTS, 1)
    return this.#begin(slot)
  }

  #begin(slot: number): Promise<void> | undefined {
    const index = Atomics.load(this.#words, this.#memory.slotWord(slot, SlotWord.CODE))
    const code = this.#codeOf(slot, index)
    const current = this.#enter(slot, code)
    let answer: unknown
    try {
      const body = this.#bodies.bodyOf(index, code)
      if (typeof body !== 'function') return this.#loadThenRun(current, body)
      answer = runInTaskContext(current.running, body, this.#argumentsOf(slot))
      if (isThenable(answer)) return this.#follow(current, answer)
    } catch (thrown) {
      leaveTaskContext()
      this.#failed(current, thrown)
      return undefined
    }
    this.#succeeded(current, answer)
    return undefined
  }

  async #loadThenRun(current: Current, loading: Promise<TaskHandler>): Promise<void> {
    try {
      const body = await loading
      const value: unknown = await runInTaskContext(current.running, body, this.#argumentsOf(current.slot))
      this.#succeeded(current, value)
    } catch (thrown) {
      this.#failed(current, thrown)
    } finally {
      leaveTaskContext()
    }
  }

  async #follow(current: Current, answer: PromiseLike<unknown>): Promise<void> {
    leaveTaskContext()
    try {
      this.#succeeded(current, await answer)
    } catch (thrown) {
      this.#failed(current, thrown)
    }
  }

  #enter(slot: number, { name }: TaskCode): Current {
    const facts = new SlotFacts(this.#memory, slot, this.#idPrefix, name)
    const { attempt } = facts
    const running = new RunningInside(facts, (report) => {
      Atomics.add(this.#words, this.#memory.slotWord(slot, SlotWord.REPORTS), 1)
      this.#post({ kind: 'report', slot, attempt, report })
    })
    return (this.#current = { slot, name, attempt, running })
  }

  /** A number that the codes do not have yet has been sent before the task was: its message is here. */
  #codeOf(slot: number, index: number): TaskCode {
    while (this.#bodies.codeOf(index) === undefined && this.#receiveNext()) continue
    const code = this.#bodies.codeOf(index)
    if (code !== undefined) return code
    // it has not begun
    Atomics.store(this.#words, this.#memory.slotWord(slot, SlotWord.STATE), SlotState.PENDING)
    throw new LaneDamage(`the code of a task has the number ${index}, which none has`)
  }

  #argumentsOf(slot: number): readonly unknown[] {
    const { words } = this.#memory
    const kind = Atomics.load(words, this.#memory.slotWord(slot, SlotWord.ARGS_KIND))
    let args: unknown
    if (kind === PayloadKind.MESSAGE) {
      while (!this.#sent.has(slot) && this.#receiveNext()) continue
      args = this.#sent.take(slot)
    } else {
      const length = Atomics.load(words, this.#memory.slotWord(slot, SlotWord.ARGS_BYTES))
      args = this.#values.read(this.#memory.payloadAt(slot), length)
    }
    if (!Array.isArray(args)) throw new PayloadError('the arguments of the task did not arrive in its thread')
    return args
  }

  #succeeded(current: Current, value: unknown): void {
    const { name, slot, running } = current
    running.end()
    // what reading the result runs, such as its getters, is still the task's: it may take too long, or end the thread
    const length = this.#values.write(this.#memory.payloadAt(slot), PAYLOAD_BYTES, value)
    if (length >= 0) return this.#finish(current, EndKind.RESULT, length)
    try {
      const message = toMessage(value, false, `task '${name}': result`)
      this.#port.postMessage({ kind: 'end', slot, value: message.value }, message.transfer)
      this.#finish(current, EndKind.RESULT_MESSAGE, 0)
    } catch (thrown) {
      this.#failed(current, asPayloadError(thrown))
    }
  }

  #failed(current: Current, thrown: unknown): void {
    const { slot, running } = current
    running.end()
    const packed = packError(thrown)
    const length = this.#values.write(this.#memory.payloadAt(slot), PAYLOAD_BYTES, packed)
    if (length < 0) this.#post({ kind: 'end', slot, value: packed })
    this.#finish(current, length < 0 ? EndKind.ERROR_MESSAGE : EndKind.ERROR, Math.max(0, length))
  }

  #finish(current: Current, kind: number, length: number): void {
    if (this.#leave(current)) this.#complete(current.slot, kind, length)
  }

  /** The task has ended; false when the isolate is to end for it, and nobody wants to hear of it. */
  #leave({ slot }: Current): boolean {
    this.#current = null
    const word = this.#own(IsolateWord.CURRENT)
    const found = Atomics.compareExchange(this.#words, word, slot + 1, 0)
    if (found !== slot + 1 && found !== STOPPED) throw new LaneDamage('a thread seems to run what it does not')
    return found === slot + 1
  }

  #complete(slot: number, kind: number, length: number): void {
    const { words, doubles } = this.#memory
    doubles[this.#memory.slotDouble(slot, SlotDouble.ENDED_AT)] = this.#now()
    Atomics.store(words, this.#memory.slotWord(slot, SlotWord.END_KIND), kind)
    Atomics.store(words, this.#memory.slotWord(slot, SlotWord.END_BYTES), length)
    Atomics.store(words, this.#memory.slotWord(slot, SlotWord.STATE), SlotState.DONE)
    this.#completions.push(slot)
  }

  #receiveNext(): boolean {
    const next = receiveMessageOnPort(this.#port)
    if (next === undefined) return false
    this.#receive(next.message as ToIsolate)
    return true
  }

  #receive(message: ToIsolate): void {
    if (message.kind === 'code') this.#bodies.add(message.index, message.code)
    else if (message.kind === 'forget') this.#bodies.forget(message.indexes)
    else if (message.kind === 'payload') this.#sent.add(message)
    else this.#abort(message.slot, message.attempt, message.reason)
  }

  #abort(slot: number, attempt: number, reason: unknown): void {
    if (this.#current?.slot !== slot || this.#current.attempt !== attempt) return
    Atomics.store(this.#words, this.#own(IsolateWord.ABORTED), slot + 1)
    this.#current.running.abort(unpackError(reason))
  }

  /** An error that nobody caught ends the isolate. */
  fatal(error: unknown, culprit: RunningInside | undefined): void {
    this.#fatal = { error, culprit }
  }

  /** The isolate ends, whoever made it: says so of the task that it runs. */
  exit(code: number, caller: RunningInside | undefined): void {
    const current = this.#current
    if (current === null || !this.#leave(current)) return
    const { error, culprit } = this.#fatal ?? { error: undefined, culprit: caller }
    const kind = culprit !== undefined && culprit !== current.running ? EndKind.CRASH_OF_ANOTHER : EndKind.CRASH
    const about = this.#fatal === null ? { code } : { code, error: packError(error) }
    const length = writeCrash(this.#memory.buffer, this.#memory.payloadAt(current.slot), about)
    this.#complete(current.slot, kind, length)
  }

  #post(message: FromIsolate): void {
    this.#port.postMessage(message)
  }

  #own(word: number): number {
    return this.#memory.isolateWord(this.#isolate, word)
  }

  #now(): number {
    return performance.now() + this.#offset
  }
}

function asPayloadError(thrown: unknown): Error {
  const error = toError(thrown)
  return error instanceof PayloadError ? error : new PayloadError(error.message, [], { cause: error })
}
