// The inline lane of the walk: takes tasks from its ready queue while there is a free slot, one after the other, in
// microtasks; and gives the event loop a turn of its own whenever the time slice is used up.
import { runInline } from '../lanes/inline-lane.ts'
import type { AttemptFollower } from '../lanes/inline-lane.ts'
import { runBodies } from '../lanes/task-context.ts'
import type { KeepAlive } from '../support/keep-alive.ts'
import { Deadlines } from './deadlines.ts'
import { IntrusiveList } from './intrusive-list.ts'
import type { Lane } from './lane.ts'
import { ReadyQueue } from './ready-queue.ts'
import type { RunState } from './run-state.ts'
import type { Settlement } from './settlement.ts'
import { beginAttempt, isGated, isOverdue } from './start.ts'
import type { TaskRecord } from './task-record.ts'
import type { Walk } from './walk.ts'

/** Longest time, in milliseconds, for which starting tasks may hold up timers and I/O in one turn of the event loop. */
const SLICE_MS = 8

const soon = Promise.resolve()

export class Dispatcher implements Lane, AttemptFollower<RunState> {
  readonly name = 'inline'
  readonly keepsTime = false
  readonly ready: ReadyQueue = new ReadyQueue()
  readonly running: IntrusiveList = new IntrusiveList()
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
    this.#deadlines = new Deadlines(this.running, walk.timers, (run, now) => settlement.timedOut(run.record, run, now))
  }

  wake(): void {
    if (this.#woken || this.#draining) return
    this.#woken = true
    void soon.then(this.#drain)
  }

  /** A task that was taken has started: there is nothing in between. */
  takeBack(): boolean {
    return false
  }

  /** A body on this thread cannot be stopped: its signal aborts, and what it still says is dropped. */
  abandon(): void {}

  readonly #drain = (): void => {
    this.#woken = false
    this.#draining = true
    try {
      runBodies(this.#startTasks)
    } finally {
      this.#draining = false
    }
    this.#keepAlive.hold(this.#walk.occupancy.unsettled > 0)
  }

  readonly #startTasks = (): void => {
    const { ready, running } = this
    const { clock, gatekeeper } = this.#walk
    this.#now = clock.now()
    if (this.#sliceEndsAt === 0) {
      this.#sliceEndsAt = this.#now + SLICE_MS
      setImmediate(this.#nextTurn)
    }
    while (!this.#walk.paused && running.length < this.concurrency) {
      if (this.#now >= this.#sliceEndsAt && ready.length > 0) {
        this.#yielded = true
        return
      }
      const record = ready.take(this.#now)
      if (record === null) return
      if (isOverdue(record, this.#now)) this.#settlement.expire(record, this.#now)
      else if (!isGated(record) || gatekeeper.admit(record, this.#now)) this.#start(record)
    }
  }

  readonly #nextTurn = (): void => {
    this.#sliceEndsAt = 0
    if (!this.#yielded) return
    this.#yielded = false
    this.#drain()
  }

  #start(record: TaskRecord): void {
    const { handler, options } = record.plan
    const run = beginAttempt(this.#walk, this.#settlement, record, this.#now)
    this.ready.countStart(options.priority)
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
