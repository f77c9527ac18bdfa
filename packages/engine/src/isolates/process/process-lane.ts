// The process lane of the walk: takes tasks from its ready queue while a child process is idle, one task for each, and
// settles them by what the children say, by what they do not say in time, and by how they end.
import { TaskCancelledError, toError } from '../../contract/errors.ts'
import type { LaneStatistics } from '../../contract/statistics.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import type { ResolvedEngineOptions } from '../../options/engine-options.ts'
import { systemClock } from '../../support/clock.ts'
import { Deadlines } from '../../typescript/deadlines.ts'
import { IntrusiveList } from '../../typescript/intrusive-list.ts'
import type { Lane } from '../../typescript/lane.ts'
import type { LaneTerms } from '../../typescript/plans.ts'
import { ReadyQueue } from '../../typescript/ready-queue.ts'
import type { SideLane } from '../../typescript/side-lane.ts'
import { beginAttempt, isGated, isOverdue, undoAttempt } from '../../typescript/start.ts'
import type { RunState } from '../../typescript/run-state.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { WalkParts } from '../../typescript/walk-engine.ts'
import { Spared, tellLeftBehind } from '../spared.ts'
import { packError } from '../wire/wire-error.ts'
import { acceptCall } from './accept-call.ts'
import { AttemptEnds } from './attempt-ends.ts'
import { AttemptWatch } from './attempt-watch.ts'
import { CodeNumbers } from './code-numbers.ts'
import { DirectBuffers } from './direct-buffers.ts'
import { ProcessAttempt } from './process-attempt.ts'
import { cannotBeSentError, howItEnded, neverBeginsError, noProcessError } from './process-end.ts'
import type { ProcessEnd } from './process-end.ts'
import { ProcessPool } from './process-pool.ts'
import type { PoolListener } from './process-pool.ts'
import type { FromChild, RunMessage } from './protocol.ts'
import { defaultSettings } from './settings.ts'
import type { ProcessSettings } from './settings.ts'
import { countStartable } from './startable.ts'
import type { TaskProcess } from './task-process.ts'

const soon = Promise.resolve()

export class ProcessLane implements Lane, SideLane, PoolListener {
  readonly name = 'process'
  readonly keepsTime = false
  readonly ready: ReadyQueue = new ReadyQueue()
  readonly running: IntrusiveList = new IntrusiveList()
  /** Sent to a child that has not said that it begins. */
  readonly handed: IntrusiveList = new IntrusiveList()
  readonly terms: LaneTerms
  readonly #parts: WalkParts
  readonly #settings: ProcessSettings
  readonly #pool: ProcessPool
  readonly #attempts = new Map<TaskRecord, ProcessAttempt>()
  readonly #codes = new CodeNumbers()
  readonly #direct: DirectBuffers
  readonly #ends: AttemptEnds
  readonly #watch: AttemptWatch
  readonly #deadlines: Deadlines
  /** Processes that ended when a task was handed to them, by the task. */
  readonly #refusals = new WeakMap<TaskRecord, number>()
  readonly #spared = new Spared()
  #serial = 0
  #woken = false

  /** @param settings what tests set otherwise */
  constructor(parts: WalkParts, options: ResolvedEngineOptions, settings: Partial<ProcessSettings> = {}) {
    this.#parts = parts
    this.#settings = { ...defaultSettings, ...settings }
    this.#pool = new ProcessPool(options, this.#settings, systemClock, this)
    this.#direct = new DirectBuffers(this.#settings.memory)
    this.#ends = new AttemptEnds(parts, this.#direct, (attempt) => this.#forget(attempt))
    this.#watch = new AttemptWatch(parts.walk, this.#attempts, this.#ends, this.#settings, systemClock)
    this.#deadlines = new Deadlines(this.running, parts.walk.timers, ({ record }) => this.#outOfTime(record))
    this.terms = { lane: this, accept: (call, named) => acceptCall(call, named, this.#codes, this.#pool) }
  }

  open(): void {
    runOutsideContexts(() => this.#pool.open())
  }

  /** What was sent to a child begins in the moment in which it arrives: there is nothing in between to hold back. */
  pause(): void {}

  recall(): void {}

  figures(): Omit<LaneStatistics, 'queued'> {
    return { slots: this.#pool.size, active: this.#pool.busy }
  }

  memoryBytes(): number {
    return this.#pool.residentBytes
  }

  close(): Promise<void> {
    this.#watch.stop()
    return this.#pool.close()
  }

  wake(): void {
    if (this.#woken) return
    this.#woken = true
    void soon.then(this.#drain)
  }

  takeBack(record: TaskRecord): boolean {
    if (record.list !== this.handed) return false
    this.handed.remove(record)
    this.#giveUp(record)?.abortWith(
      packError(new TaskCancelledError(`task '${record.name}' was withdrawn before it began`)),
    )
    return true
  }

  /** The child gets the reason as soon as the walk has said it. */
  abandon(record: TaskRecord): void {
    const attempt = this.#giveUp(record)
    const signal = attempt?.run?.signal
    signal?.addEventListener('abort', () => attempt?.abortWith(packError(signal.reason)), { once: true })
  }

  #giveUp(record: TaskRecord): ProcessAttempt | undefined {
    const attempt = this.#attempts.get(record)
    if (attempt === undefined) return undefined
    this.#attempts.delete(record)
    attempt.dropped = true
    // a child that answers has longer; one that does not is blocked
    attempt.child.killAfter(this.#settings.ackMs)
    return attempt
  }

  readonly #drain = (): void => {
    this.#woken = false
    runOutsideContexts(this.#startTasks)
    const { walk, keepAlive } = this.#parts
    keepAlive.hold(walk.occupancy.unsettled > 0)
  }

  readonly #startTasks = (): void => {
    const { walk, settlement } = this.#parts
    const now = walk.clock.now()
    if (walk.paused || this.#pool.closing) return
    while (this.#pool.idle > 0) {
      const record = this.ready.take(now)
      if (record === null) return
      if (isOverdue(record, now)) settlement.expire(record, now)
      else if (!this.#pool.canTake(this.#heapFor(record))) {
        // before its gates are asked: a place in a rate limit is not given back
        this.ready.putBack(record)
        break
      } else if (!isGated(record) || walk.gatekeeper.admit(record, now)) this.#hand(record, now)
    }
    this.#grow(now)
  }

  #heapFor({ plan }: TaskRecord): number {
    return this.#pool.heapFor(plan.options.memoryLimitMb)
  }

  #grow(now: number): void {
    if (this.ready.length === 0) return
    try {
      this.#pool.grow(countStartable(this.ready, 256, now))
    } catch (thrown) {
      // such as a system that has no room for another process
      this.#failAllWaiting(() => toError(thrown))
    }
  }

  #hand(record: TaskRecord, now: number): void {
    const child = this.#pool.take(this.#heapFor(record))
    if (child === undefined) return this.#putBack(record, now)
    const attempt = new ProcessAttempt(record, child, ++this.#serial)
    this.ready.countStart(record.plan.options.priority)
    try {
      child.send(this.#messageFor(attempt))
    } catch (thrown) {
      // which codes it has is not known any more
      child.leave(this.#settings.leaveMs)
      return this.#failNow(record, cannotBeSentError(record.name, thrown))
    }
    child.state = 'busy'
    child.attempt = attempt
    // one that is stopped, or blocked by what an earlier task left behind, never takes it: another one will
    child.killAfter(this.#settings.takeMs)
    this.#attempts.set(record, attempt)
    this.handed.push(record)
    attempt.handedAt = now
  }

  /** @throws what its arguments or its code have against travelling */
  #messageFor(attempt: ProcessAttempt): RunMessage {
    const { record, child, serial } = attempt
    const { plan, args, taskId, name } = record
    const source = this.#codes.codeOf(plan.call, plan.handler)
    const code = this.#codes.numberOf(source)
    const facts = { taskId, name, attempt: (record.run?.attempt ?? 0) + 1 }
    const message: RunMessage = { kind: 'run', serial, code, facts, ...this.#direct.pack(attempt, args) }
    const forget = child.codes.outdated(this.#codes.generation)
    if (child.codes.has(code)) return message
    child.codes.add(code)
    attempt.loading = source.kind === 'module'
    return { ...message, source, ...(forget ? { forget: true } : {}) }
  }

  #putBack(record: TaskRecord, now: number): void {
    this.ready.putBack(record)
    this.#parts.walk.gatekeeper.leave(record, now)
  }

  heard(child: TaskProcess, message: FromChild): void {
    if (!('serial' in message)) return
    const { attempt } = child
    // of an attempt that is over, or none of ours
    if ('rss' in message) child.residentBytes = message.rss
    if (attempt === null || attempt.serial !== message.serial) return
    runOutsideContexts(() => this.#hear(attempt, message))
  }

  #hear(attempt: ProcessAttempt, message: FromChild): void {
    const { child, record } = attempt
    switch (message.kind) {
      case 'taken':
        return this.#begin(attempt, message.rss)
      case 'loaded':
        return attempt.measureFrom(message.rss)
      case 'memory':
        return this.#watch.measured(attempt, message.rss)
      case 'report':
        return this.#ends.report(attempt, message.report)
      case 'aborting':
        child.relent()
        return child.killAfter(record.plan.options.cancelGraceMs)
      case 'room':
        return this.#fill(attempt, message.at)
      case 'done':
      case 'failed':
        attempt.measure(message.rss)
        if (!this.#ends.ended(attempt, message)) return
        // of arguments that were never looked at, or a result that nobody wants
        child.carrier?.clear()
        return this.#pool.giveBack(child, message.heap)
      default:
    }
  }

  #fill(attempt: ProcessAttempt, at: readonly bigint[] | null): void {
    try {
      this.#direct.fill(attempt, at)
    } catch (thrown) {
      attempt.child.kill()
      this.#ends.fail(attempt, cannotBeSentError(attempt.record.name, thrown))
    }
  }

  #begin(attempt: ProcessAttempt, rss: number): void {
    const { record, child, dropped } = attempt
    this.#pool.proven()
    child.tasks++
    if (!attempt.loading) attempt.measureFrom(rss)
    if (dropped || attempt.run !== null) return
    child.relent()
    const { walk, settlement } = this.#parts
    this.handed.remove(record)
    attempt.run = beginAttempt(walk, settlement, record, walk.clock.now())
    attempt.run.extras.workerId = child.pid
    this.#deadlines.watch(attempt.run)
    this.#watch.start()
  }

  /** A turn of the event loop later: a result that came in time may be there and not have been read. */
  #outOfTime(record: TaskRecord): void {
    const { run } = record
    setImmediate(() => {
      if (run === null || !run.current) return
      this.#parts.settlement.timedOut(record, run, this.#parts.walk.clock.now())
      this.wake()
    })
  }

  #forget(attempt: ProcessAttempt): void {
    if (attempt.child.attempt === attempt) attempt.child.attempt = null
    if (this.#attempts.get(attempt.record) === attempt) this.#attempts.delete(attempt.record)
    this.wake()
  }

  changed(): void {
    this.wake()
  }

  ended(child: TaskProcess, end: ProcessEnd): void {
    const { attempt } = child
    if (attempt === null) return this.wake()
    this.#watch.gone(attempt, end)
    if (attempt.run !== null && this.#isSpared(attempt, end)) return this.#runAgain(attempt, attempt.run, end)
    if (attempt.run !== null || attempt.dropped) return this.#ends.crashed(attempt, end)
    // it had not begun: no attempt is used up, but nobody tries for ever
    const { record } = attempt
    this.handed.remove(record)
    this.#forget(attempt)
    const times = (this.#refusals.get(record) ?? 0) + 1
    this.#refusals.set(record, times)
    const now = this.#parts.walk.clock.now()
    if (times < this.#settings.earlyEnds) return this.#putBack(record, now)
    this.#failNow(record, neverBeginsError(record.name, end, times))
  }

  /** Whether the code of an earlier attempt ended its process. */
  #isSpared({ record, serial, dropped }: ProcessAttempt, { lastWords }: ProcessEnd): boolean {
    if (dropped || lastWords === undefined || lastWords.serial >= serial) return false
    return this.#spared.mayRunAgain(record)
  }

  #runAgain(attempt: ProcessAttempt, run: RunState, end: ProcessEnd): void {
    const { record } = attempt
    const { name = '', taskId = '' } = end.lastWords ?? {}
    tellLeftBehind(record.name, `process ${end.pid}`, `task '${name}' (${taskId}): ${howItEnded(end)}`)
    undoAttempt(this.#parts.walk, record, run)
    this.#forget(attempt)
  }

  noneStays(end: ProcessEnd, times: number): void {
    this.#failAllWaiting((record) => noProcessError(record.name, end, times))
  }

  #failAllWaiting(errorFor: (record: TaskRecord) => Error): void {
    const now = this.#parts.walk.clock.now()
    for (let record = this.ready.take(now); record !== null; record = this.ready.take(now)) {
      this.#failNow(record, errorFor(record))
    }
  }

  /** A task that left the ready queue and can never run. */
  #failNow(record: TaskRecord, error: Error): void {
    const { walk, settlement } = this.#parts
    const now = walk.clock.now()
    const run = beginAttempt(walk, settlement, record, now)
    settlement.failed(record, run, error, now, true)
    this.wake()
  }
}
