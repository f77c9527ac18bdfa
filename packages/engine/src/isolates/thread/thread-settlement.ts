// Where attempts that isolates run begin and end, as the walk sees them.
import { receiveMessageOnPort } from 'node:worker_threads'
import { MemoryLimitError, TaskCrashedError, toError } from '../../contract/errors.ts'
import { Deadlines } from '../../typescript/deadlines.ts'
import { beginAttempt, undoAttempt } from '../../typescript/start.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { WalkParts } from '../../typescript/walk-engine.ts'
import { Spared, tellLeftBehind } from '../spared.ts'
import { unpackError } from '../wire/wire-error.ts'
import type { CrashWords } from '../inside/crash-words.ts'
import { EndKind, SlotDouble, SlotState, SlotWord } from './lane-memory.ts'
import { isFromIsolate } from './messages.ts'
import type { FromIsolate } from './messages.ts'
import { damageError, damageSaid, tellDamage } from './memory-damage.ts'
import type { PoolReceiver } from './pool-setup.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import type { ThreadEnd, ThreadIsolate } from './thread-isolate.ts'
import type { ThreadLane } from './thread-lane.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { ThreadWatch } from './thread-watch.ts'

/** Threads that may end before they were ready, one after the other, before their tasks are given up. */
const MOST_FALSE_STARTS = 3

export class ThreadSettlement implements PoolReceiver {
  readonly #parts: WalkParts
  readonly #lane: ThreadLane
  readonly #watch: ThreadWatch
  readonly #deadlines: Deadlines
  /** Ends that came by message, by the thread that sent them. */
  readonly #ends = new WeakMap<ThreadIsolate, Map<number, unknown>>()
  #falseStarts = 0
  readonly #spared = new Spared()

  constructor(parts: WalkParts, lane: ThreadLane, watch: ThreadWatch) {
    this.#parts = parts
    this.#lane = lane
    this.#watch = watch
    const { settlement, walk } = parts
    this.#deadlines = new Deadlines(lane.running, walk.timers, (run, now) => settlement.timedOut(run.record, run, now))
    watch.damaged = (pool, how) => this.#replace(pool, how)
    watch.started = (pool, attempt) => this.#begin(pool, attempt, this.#startedAt(pool, attempt), true)
  }

  #begin(pool: ThreadPool, attempt: ThreadAttempt, startedAt: number, goesOn: boolean): void {
    const { record } = attempt
    const { settlement, walk } = this.#parts
    this.#lane.handed.remove(record)
    attempt.run = beginAttempt(walk, settlement, record, startedAt)
    record.workerId = pool.isolateOf(attempt)?.id ?? null
    // its name got a gate while it was on its way
    if (record.plan.named.gate !== null && attempt.run.extras.entered === null) walk.gatekeeper.enterLate(record)
    if (goesOn) this.#deadlines.watch(attempt.run)
  }

  #startedAt(pool: ThreadPool, attempt: ThreadAttempt): number {
    return this.#timeIn(pool, attempt, SlotDouble.STARTED_AT)
  }

  /** A time that a thread has written; now, when it is none. */
  #timeIn({ memory }: ThreadPool, { slot }: ThreadAttempt, double: number): number {
    const at = memory.doubles[memory.slotDouble(slot, double)] ?? Number.NaN
    // the clock is not read for each task: that would cost as much as the rest
    return this.#lane.usesProcessTime && at >= 0 ? at : this.#parts.walk.clock.now()
  }

  returned(pool: ThreadPool, attempt: ThreadAttempt): void {
    const { memory } = pool
    const state = Atomics.load(memory.words, memory.slotWord(attempt.slot, SlotWord.STATE))
    // a body that got hold of the memory may have written anything there
    if (state !== SlotState.DONE && state !== SlotState.WITHDRAWN) return
    if (attempt.fate === 'dropped') this.#endDropped(pool, attempt)
    else if (state === SlotState.DONE) this.#end(pool, attempt)
    else this.#bringBack(attempt)
    this.#lane.release(attempt)
    pool.slots.free(attempt)
  }

  #end(pool: ThreadPool, attempt: ThreadAttempt): void {
    const { memory } = pool
    if ((memory.words[memory.slotWord(attempt.slot, SlotWord.REPORTS)] ?? 0) > 0)
      this.#hearAll(pool, pool.isolateOf(attempt))
    const kind = memory.words[memory.slotWord(attempt.slot, SlotWord.END_KIND)]
    if (kind === EndKind.CRASH_OF_ANOTHER && this.#spared.mayRunAgain(attempt.record)) {
      tellLeftBehind(attempt.record.name, 'a thread', leftBehind(pool, attempt))
      return this.#bringBack(attempt)
    }
    if (attempt.run === null) this.#begin(pool, attempt, this.#startedAt(pool, attempt), false)
    const { record, run } = attempt
    if (run === null) return
    const { settlement } = this.#parts
    const now = Math.max(this.#timeIn(pool, attempt, SlotDouble.ENDED_AT), run.startedAt)
    this.#lane.release(attempt)
    try {
      const end = this.#endOf(pool, attempt, kind)
      if (kind === EndKind.RESULT || kind === EndKind.RESULT_MESSAGE) settlement.succeeded(record, run, end, now)
      else if (kind === EndKind.CRASH || kind === EndKind.CRASH_OF_ANOTHER) {
        const error = crashError(record, end)
        this.#watch.gone(attempt, error)
        settlement.failed(record, run, error, now)
      } else settlement.failed(record, run, unpackError(end), now)
    } catch (thrown) {
      settlement.failed(record, run, toError(thrown), now)
    }
  }

  /** What the thread has said lies in the port, if it has not been heard yet. */
  #hearAll(pool: ThreadPool, isolate: ThreadIsolate | undefined): void {
    if (isolate === undefined) return
    for (let next = receiveMessageOnPort(isolate.port); next !== undefined; next = receiveMessageOnPort(isolate.port)) {
      this.heard(pool, isolate, next.message)
    }
  }

  #endOf(pool: ThreadPool, attempt: ThreadAttempt, kind: number | undefined): unknown {
    if (!isMessage(kind)) return pool.slots.endIn(attempt)
    const isolate = pool.isolateOf(attempt)
    if (isolate === undefined) throw new TaskCrashedError(`the thread ended before its result came`)
    return this.#messageFor(pool, isolate, attempt.slot)
  }

  /** The message was posted before the slot came back: it is here, or it lies in the port. */
  #messageFor(pool: ThreadPool, isolate: ThreadIsolate, slot: number): unknown {
    const ends = this.#endsOf(isolate)
    while (!ends.has(slot)) {
      const next = receiveMessageOnPort(isolate.port)
      if (next === undefined) throw new TaskCrashedError('the result of the task did not arrive')
      this.heard(pool, isolate, next.message)
    }
    const end = ends.get(slot)
    ends.delete(slot)
    return end
  }

  #endsOf(isolate: ThreadIsolate): Map<number, unknown> {
    const known = this.#ends.get(isolate) ?? new Map<number, unknown>()
    this.#ends.set(isolate, known)
    return known
  }

  heard(pool: ThreadPool, isolate: ThreadIsolate, message: unknown): void {
    // a body may have got hold of the port
    if (!isFromIsolate(message)) return
    if (message.kind === 'ready') {
      isolate.ready = true
      this.#falseStarts = 0
    } else if (message.kind === 'end') this.#endsOf(isolate).set(message.slot, message.value)
    else this.#report(pool, message)
  }

  #report(pool: ThreadPool, { slot, attempt: number, report }: FromIsolate & { readonly kind: 'report' }): void {
    const attempt = pool.attempts[slot]
    if (attempt === null || attempt === undefined || attempt.number !== number || attempt.fate !== 'wanted') return
    if (attempt.run === null) this.#begin(pool, attempt, this.#startedAt(pool, attempt), true)
    const { context } = attempt.run ?? {}
    if (context === undefined) return
    if (report.kind === 'progress') context.progress(report.ratio, report.message)
    else if (report.kind === 'log') context.log(report.message, report.fields)
    else context.heartbeat()
  }

  /** It was called back, or has to run again through no fault of its own: it waits again, for its turn as it was. */
  #bringBack(attempt: ThreadAttempt): void {
    const { record, run } = attempt
    this.#lane.handed.remove(record)
    undoAttempt(this.#parts.walk, record, run)
  }

  #endDropped(pool: ThreadPool, attempt: ThreadAttempt): void {
    const { memory } = pool
    const kind = memory.words[memory.slotWord(attempt.slot, SlotWord.END_KIND)]
    const state = memory.words[memory.slotWord(attempt.slot, SlotWord.STATE)]
    try {
      // nobody wants what came by message, and the next task in this slot must not find it
      if (state === SlotState.DONE && isMessage(kind)) this.#endOf(pool, attempt, kind)
    } catch {
      // it went with its thread
    }
    this.#endLate(attempt)
  }

  #endLate({ record, run }: ThreadAttempt): void {
    if (run !== null) this.#parts.settlement.succeeded(record, run, undefined, this.#parts.walk.clock.now())
  }

  /** Its arguments cannot travel. */
  refused(record: TaskRecord, error: Error): void {
    const { settlement, walk } = this.#parts
    const now = walk.clock.now()
    const run = beginAttempt(walk, settlement, record, now)
    settlement.failed(record, run, error, now, true)
  }

  notStarted(pool: ThreadPool, error: Error): void {
    if (++this.#falseStarts >= MOST_FALSE_STARTS) this.#giveUp(pool, { exitCode: 1, error })
  }

  get startsWell(): boolean {
    return this.#falseStarts === 0
  }

  ended(pool: ThreadPool, isolate: ThreadIsolate, end: ThreadEnd): void {
    // its end is heard of first where this thread was held up, and it may have been ready
    this.#hearAll(pool, isolate)
    if (!isolate.ready && isolate.stoppedFor < 0 && !isolate.retires) this.#falseStarts++
    const how = damageSaid(end)
    if (how !== undefined) this.#replace(pool, how)
    for (const attempt of attemptsOf(pool, isolate)) this.#endOfThread(pool, isolate, attempt, end)
    if (this.#falseStarts >= MOST_FALSE_STARTS) this.#giveUp(pool, end)
    this.endRound()
    this.#lane.shares.start()
  }

  #endOfThread(pool: ThreadPool, isolate: ThreadIsolate, attempt: ThreadAttempt, end: ThreadEnd): void {
    const state = pool.memory.words[pool.memory.slotWord(attempt.slot, SlotWord.STATE)]
    const ran = isolate.stoppedFor === attempt.slot || state === SlotState.RUNNING
    if (attempt.fate === 'dropped') this.#endLate(attempt)
    else if (ran) this.#crash(pool, attempt, end)
    else this.#bringBack(attempt)
    this.#lane.release(attempt)
    pool.slots.free(attempt)
  }

  /** Nothing in the memory of a pool can be relied on. What ran there has failed, what waited goes to the pool that is next. */
  #replace(pool: ThreadPool, how: string): void {
    if (pool.closed) return
    this.#lane.pools.giveUp(pool)
    const now = this.#parts.walk.clock.now()
    for (const attempt of pool.attempts) {
      if (attempt === null) continue
      const state = pool.slots.stateOf(attempt)
      if (attempt.fate === 'dropped') this.#endLate(attempt)
      else if (attempt.run !== null || state === SlotState.RUNNING)
        this.#fail(pool, attempt, damageError(attempt.record, how), now)
      else this.#bringBack(attempt)
      this.#lane.release(attempt)
      pool.slots.free(attempt)
    }
    tellDamage(how)
    this.#lane.startKept()
    this.endRound()
  }

  #crash(pool: ThreadPool, attempt: ThreadAttempt, end: ThreadEnd): void {
    const error = endError(attempt.record, end)
    if (attempt.run === null) this.#begin(pool, attempt, this.#startedAt(pool, attempt), false)
    this.#watch.gone(attempt, error)
    this.#fail(pool, attempt, error, this.#startedAt(pool, attempt))
  }

  /** @param startedAt when it began, if that is not known yet */
  #fail(pool: ThreadPool, attempt: ThreadAttempt, error: Error, startedAt: number): void {
    if (attempt.run === null) this.#begin(pool, attempt, startedAt, false)
    const { record, run } = attempt
    if (run !== null) this.#parts.settlement.failed(record, run, error, this.#parts.walk.clock.now())
  }

  /** Threads end before they are ready, again and again: nothing that waits for one will ever run. */
  #giveUp(pool: ThreadPool, end: ThreadEnd): void {
    this.#falseStarts = 0
    const why = end.error === undefined ? `exit code ${end.exitCode}` : end.error.message
    for (const attempt of pool.attempts) {
      if (attempt === null || !pool.slots.withdraw(attempt)) continue
      const { record } = attempt
      attempt.fate = 'dropped'
      this.#lane.handed.remove(record)
      this.#parts.walk.gatekeeper.leave(record, this.#parts.walk.clock.now())
      this.#lane.release(attempt)
      const error = new TaskCrashedError(
        `task '${record.name}': no thread could be started for it, ${MOST_FALSE_STARTS} ended before they were ready: ${why}`,
        { cause: end.error },
      )
      this.refused(record, error)
    }
    pool.reset()
  }

  endRound(): void {
    const { walk, keepAlive } = this.#parts
    this.#watch.recycle()
    this.#lane.wake()
    keepAlive.hold(walk.occupancy.unsettled > 0)
  }
}

function isMessage(kind: number | undefined): boolean {
  return kind === EndKind.RESULT_MESSAGE || kind === EndKind.ERROR_MESSAGE
}

/** What a thread that has ended had in hand: what it ran, and what only it could have run. */
function attemptsOf(pool: ThreadPool, isolate: ThreadIsolate): ThreadAttempt[] {
  const slots = new Set([isolate.stoppedFor, isolate.current, ...isolate.directedSlots()])
  const { memory } = pool
  const taken = pool.attempts.filter((attempt): attempt is ThreadAttempt => {
    if (attempt === null) return false
    const owner = memory.words[memory.slotWord(attempt.slot, SlotWord.ISOLATE)]
    const state = memory.words[memory.slotWord(attempt.slot, SlotWord.STATE)]
    return slots.has(attempt.slot) || (owner === isolate.index + 1 && state !== SlotState.DONE)
  })
  return taken
}

function endError({ name, plan }: TaskRecord, { error, exitCode }: ThreadEnd): Error {
  if (error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const { memoryLimitMb } = plan.options
    return new MemoryLimitError(
      `task '${name}' used more heap than its memoryLimitMb of ${memoryLimitMb} MiB; its thread was ended`,
      { cause: error },
    )
  }
  const why = error === undefined ? `with exit code ${exitCode}` : `by an error that nobody caught: ${error.message}`
  return new TaskCrashedError(`task '${name}': its thread was ended ${why}`, { cause: error })
}

/** What is known of the code that ended a thread in which another task ran by then. */
function leftBehind(pool: ThreadPool, attempt: ThreadAttempt): string {
  try {
    const { code, error } = pool.slots.endIn(attempt) as CrashWords
    return error === undefined ? `process.exit(${code})` : `an error that nobody caught: ${unpackError(error).message}`
  } catch {
    // the words have been written over
    return 'something'
  }
}

/** Of a thread that could say so itself. */
function crashError({ name }: TaskRecord, about: unknown): Error {
  const { code, error } = about as { readonly code?: unknown; readonly error?: unknown }
  if (error === undefined) return new TaskCrashedError(`task '${name}' called process.exit(${String(code)})`)
  const cause = unpackError(error)
  return new TaskCrashedError(
    `task '${name}' ended its thread by an error that nobody caught: ${cause.name}: ${cause.message}`,
    { cause },
  )
}
