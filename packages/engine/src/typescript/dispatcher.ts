// Starts tasks: takes them from the ready queue while there is a free slot, one after the other, in microtasks; and gives
// the event loop a turn of its own whenever the time slice is used up.
import { runInline } from '../lanes/inline-lane.ts'
import type { AttemptFollower } from '../lanes/inline-lane.ts'
import { runOutsideContexts } from '../lanes/task-context.ts'
import type { KeepAlive } from '../support/keep-alive.ts'
import { Deadlines } from './deadlines.ts'
import type { Settlement, Walk } from './settlement.ts'
import { RunState } from './run-state.ts'
import { readyAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'

/** Longest time, in milliseconds, for which starting tasks may hold up timers and I/O in one turn of the event loop. */
const SLICE_MS = 8

const soon = Promise.resolve()

export class Dispatcher implements AttemptFollower<RunState> {
  paused = false
  concurrency: number
  readonly #walk: Walk
  readonly #settlement: Settlement
  readonly #keepAlive: KeepAlive
  readonly #deadlines: Deadlines
  #woken = false
  #draining = false
  #yielded = false
  /** Monotonic end of the slice of this turn of the event loop; 0 when nothing has run in it yet. */
  #sliceEndsAt = 0
  /** The latest reading of the clock: the end of one synchronous body is the start of the next. */
  #now = 0

  constructor(walk: Walk, settlement: Settlement, keepAlive: KeepAlive, concurrency: number) {
    this.#walk = walk
    this.#settlement = settlement
    this.#keepAlive = keepAlive
    this.concurrency = concurrency
    this.#deadlines = new Deadlines(walk.running, walk.timers, (run, now) => settlement.timedOut(run.record, run, now))
  }

  /** Told whenever something may have become possible: a task came, a slot or a limit is free, a pause is over. */
  wake(): void {
    if (this.#woken || this.#draining) return
    this.#woken = true
    void soon.then(this.#drain)
  }

  readonly #drain = (): void => {
    this.#woken = false
    this.#draining = true
    try {
      runOutsideContexts(this.#startTasks)
    } finally {
      this.#draining = false
    }
    this.#keepAlive.hold(this.#walk.occupancy.unsettled > 0)
  }

  readonly #startTasks = (): void => {
    const { clock, gatekeeper, ready, running } = this.#walk
    this.#now = clock.now()
    if (this.#sliceEndsAt === 0) {
      this.#sliceEndsAt = this.#now + SLICE_MS
      setImmediate(this.#nextTurn)
    }
    while (!this.paused && running.length < this.concurrency) {
      if (this.#now >= this.#sliceEndsAt && ready.length > 0) {
        this.#yielded = true
        return
      }
      const record = ready.take(this.#now)
      if (record === null) return
      if (this.#expired(record) || (isGated(record) && !gatekeeper.admit(record, this.#now))) continue
      this.#start(record)
    }
  }

  /** A busy event loop starts tasks before it looks at its timers: whose time is over is ended here. */
  #expired(record: TaskRecord): boolean {
    const expiresAt = record.run?.extrasOrNull?.expiry?.dueAt ?? Infinity
    if (expiresAt > this.#now) return false
    this.#settlement.expire(record, this.#now)
    return true
  }

  readonly #nextTurn = (): void => {
    this.#sliceEndsAt = 0
    if (!this.#yielded) return
    this.#yielded = false
    this.#drain()
  }

  #start(record: TaskRecord): void {
    const { events, occupancy, ready, running, statistics, timers } = this.#walk
    const { handler, options } = record.plan
    const now = this.#now
    const run = attemptOf(record)
    record.run = run
    run.attempt++
    run.startedAt = now
    record.status = 'running'
    running.push(record)
    occupancy.started()
    ready.countStart(options.priority)
    statistics.recordWait(options.priority, now - readyAt(record))
    if (run.extrasOrNull !== null) {
      timers.remove(run.extrasOrNull.expiry)
      run.extrasOrNull.expiry = null
    }
    if (events.wants('started')) this.#settlement.tellStarted(record, run, now)
    runInline(run, handler, record.args, this)
  }

  /** A body gave its result. */
  succeeded(run: RunState, value: unknown): void {
    this.#now = this.#walk.clock.now()
    this.#settlement.succeeded(run.record, run, value, this.#now)
    this.wake()
  }

  /** A body threw. */
  failed(run: RunState, error: Error): void {
    this.#now = this.#walk.clock.now()
    this.#settlement.failed(run.record, run, error, this.#now)
    this.wake()
  }

  /** A body gave a promise: from now on the attempt may run out of time. */
  pending(run: RunState): void {
    this.#now = this.#walk.clock.now()
    // the body may have cancelled its own task before it gave the promise
    if (run.current) this.#deadlines.watch(run)
  }
}

/** The state of the attempt that starts now: the one made for the task's delay if it has not run, or a new one. */
function attemptOf(record: TaskRecord): RunState {
  if (record.run === null) return new RunState(record)
  return record.run.attempt === 0 ? record.run : record.run.following()
}

function isGated(record: TaskRecord): boolean {
  return record.plan.named.gate !== null || record.plan.keyed
}
