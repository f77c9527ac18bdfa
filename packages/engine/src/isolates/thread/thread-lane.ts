// The thread lane of the walk: tasks that may start are written into memory that isolates read, many ahead, so that a busy
// event loop here keeps none of them waiting.
import { performance } from 'node:perf_hooks'
import { TaskDefinitionError, UnsupportedByEngineError, toError } from '../../contract/errors.ts'
import type { LaneStatistics } from '../../contract/statistics.ts'
import type { TaskCall } from '../../contract/task.ts'
import type { ResolvedEngineOptions } from '../../options/engine-options.ts'
import { defaultTaskOptions } from '../../options/task-options.ts'
import { IntrusiveList } from '../../typescript/intrusive-list.ts'
import type { NamedTask, Plan } from '../../typescript/plan.ts'
import type { LaneTerms } from '../../typescript/plans.ts'
import { ReadyQueue } from '../../typescript/ready-queue.ts'
import type { LaneBeside } from '../../typescript/remote-record.ts'
import type { SideLane } from '../../typescript/side-lane.ts'
import { isGated, isOverdue } from '../../typescript/start.ts'
import { readyAt } from '../../typescript/task-record.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { WalkParts } from '../../typescript/walk-engine.ts'
import { ArgumentPacker } from './argument-bytes.ts'
import type { ArgumentBytes } from './argument-bytes.ts'
import { IsolateWord } from './lane-memory.ts'
import type { PoolSetup } from './pool-setup.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import { ThreadCodes } from './thread-codes.ts'
import type { ThreadPool } from './thread-pool.ts'
import { ThreadPools } from './thread-pools.ts'
import { ThreadRecord } from './thread-record.ts'
import { ThreadSettlement } from './thread-settlement.ts'
import { ThreadShares } from './thread-shares.ts'
import { ThreadWatch } from './thread-watch.ts'
import type { ThreadSettings } from './thread-watch.ts'
import { WakeBell } from './wake-bell.ts'

/** Longest sleep, in milliseconds, of a thread that is held up: timers have to be seen to. */
const HELD_UP_MS = 10
const BYTES_PER_KIB = 1024

const soon = Promise.resolve()

export class ThreadLane implements LaneBeside, SideLane {
  readonly name = 'thread'
  readonly keepsTime = false
  readonly recordClass: typeof ThreadRecord = ThreadRecord
  readonly ready: ReadyQueue = new ReadyQueue()
  readonly running: IntrusiveList = new IntrusiveList()
  /** Handed over and, as far as this thread knows, not started. */
  readonly handed: IntrusiveList = new IntrusiveList()
  readonly terms: LaneTerms
  readonly pools: ThreadPools
  readonly shares: ThreadShares
  readonly #parts: WalkParts
  readonly #options: ResolvedEngineOptions
  readonly #codes = new ThreadCodes()
  readonly #bell = new WakeBell()
  readonly #packer = new ArgumentPacker()
  readonly #settlement: ThreadSettlement
  readonly #watch: ThreadWatch
  #woken = false
  #handing = false
  #open = false
  #closed = false

  /** @param settings what tests set otherwise */
  constructor(parts: WalkParts, options: ResolvedEngineOptions, settings: Partial<ThreadSettings> = {}) {
    this.#parts = parts
    this.#options = options
    this.terms = { lane: this, accept: (call, named) => this.#accept(call, named) }
    this.#watch = new ThreadWatch(parts, this, options, settings)
    this.#settlement = new ThreadSettlement(parts, this, this.#watch)
    const { maxThreads, laneNice: nice, minThreads } = options
    const setup: PoolSetup = {
      maxThreads,
      // a store decides about it before the engine starts
      get idPrefix() {
        return parts.table.prefix
      },
      nice,
      codes: this.#codes,
      budget: { threads: 0, started: 0 },
      receiver: this.#settlement,
      bell: this.#bell,
    }
    this.pools = new ThreadPools(setup, minThreads > 0 ? defaultTaskOptions.memoryLimitMb : undefined)
    this.shares = new ThreadShares(this.pools, maxThreads)
  }

  /** @throws UnsupportedByEngineError, TaskDefinitionError when the body cannot travel */
  #accept(call: TaskCall, named: NamedTask): Plan['check'] {
    if (call.options.compile === 'require') {
      throw new UnsupportedByEngineError(
        `task '${call.name}': compile: 'require' cannot be met on the thread lane; use compile: 'auto', or lane: 'native'`,
      )
    }
    const body = call.handler ?? named.handler
    if (body !== undefined) this.#codes.codeOf(call, body)
    return null
  }

  readonly pack = (args: readonly unknown[]): ArgumentBytes | null => this.#packer.pack(args)

  open(): void {
    this.#open = true
    this.startKept()
    this.wake()
  }

  /** Starts the threads that are always to be there. */
  startKept(): void {
    const { kept } = this.pools
    const pool = kept === undefined ? undefined : this.pools.poolFor(kept)
    if (pool === undefined || this.#closed) return
    const missing = this.#options.minThreads - pool.threads.length
    for (let count = 0; count < missing; count++) pool.start()
  }

  /** Hands over at once while there are few, so that also those run whose submitter holds this thread up. */
  wake(): void {
    if (this.#handing || this.ready.length === 0 || !this.#open || this.#closed) return
    this.handOverNow()
    if (this.#woken) return
    this.#woken = true
    void soon.then(this.#attend)
  }

  readonly #attend = (): void => {
    this.#woken = false
    for (const pool of this.pools) pool.attend()
    this.#parts.keepAlive.hold(this.#parts.walk.occupancy.unsettled > 0)
  }

  readonly handOverNow = (): void => {
    if (this.#handing || this.#closed) return
    this.#handing = true
    try {
      this.#handOver()
    } finally {
      this.#handing = false
    }
  }

  #handOver(): void {
    const { walk, settlement } = this.#parts
    const now = walk.clock.now()
    while (!walk.paused) {
      const record = this.ready.take(now)
      if (record === null) return
      if (isOverdue(record, now)) settlement.expire(record, now)
      else if (!this.#mayGo(record)) return this.ready.putBack(record)
      else if (!isGated(record) || walk.gatekeeper.admit(record, now)) {
        if (!this.#hand(record)) return this.#holdBack(record, now)
      }
    }
  }

  /** Tasks with limits start at once or not yet: what waits in the memory is no longer counted by time. */
  #mayGo(record: TaskRecord): boolean {
    const pool = this.pools.poolFor(record.plan.options.memoryLimitMb)
    if (pool === undefined || !pool.slots.hasRoom) return false
    return !isGated(record) || pool.inFlight < this.#options.maxThreads
  }

  #holdBack(record: TaskRecord, now: number): void {
    this.#parts.walk.gatekeeper.leave(record, now)
    this.ready.putBack(record)
  }

  /** False when it has to wait for a slot, or for a thread that is free. */
  #hand(record: TaskRecord): boolean {
    const { plan } = record
    const { options } = plan
    const pool = this.pools.poolFor(options.memoryLimitMb)
    if (pool === undefined) return false
    let attempt: ThreadAttempt | null
    try {
      const code = this.#codes.numberFor(plan)
      pool.tellCodes()
      if (this.#codes.crowded) this.#letCodesGo(code)
      attempt = pool.hand(asThreadRecord(record), code, this.#readyAt(record))
    } catch (thrown) {
      this.#settlement.refused(record, toError(thrown))
      return true
    }
    if (attempt === null) return false
    attempt.record.attempt = attempt
    this.handed.push(record)
    this.ready.countStart(options.priority)
    this.#watch.begin()
    if (pool.isDue) pool.attend()
    return true
  }

  #letCodesGo(current: number): void {
    const needed = new Set([current])
    for (const pool of this.pools) {
      for (const attempt of pool.attempts) if (attempt !== null) needed.add(attempt.code)
    }
    const gone = this.#codes.letGo(needed)
    for (const pool of this.pools) pool.forgetCodes(gone)
  }

  #readyAt(record: TaskRecord): number {
    return this.usesProcessTime ? readyAt(record) : performance.now()
  }

  /** Whether the clock of the tasks is that of the threads. */
  get usesProcessTime(): boolean {
    return this.#options.clock.processTime === true
  }

  takeBack(record: TaskRecord): boolean {
    if (record.list !== this.handed) return false
    this.handed.remove(record)
    this.abandon(record)
    return true
  }

  abandon(record: TaskRecord): void {
    const { attempt } = asThreadRecord(record)
    if (attempt === null) return
    this.release(attempt)
    attempt.fate = 'dropped'
    if (!attempt.pool.slots.withdraw(attempt)) this.#watch.stop(attempt.pool, attempt)
  }

  /** The lane has done with an attempt. */
  release(attempt: ThreadAttempt): void {
    if (attempt.record.attempt === attempt) attempt.record.attempt = null
  }

  pause(paused: boolean): void {
    this.pools.pause(paused)
  }

  recall(named: NamedTask): void {
    for (const record of this.handed) {
      const { attempt } = asThreadRecord(record)
      if (record.plan.named === named && attempt !== null && attempt.pool.slots.withdraw(attempt))
        attempt.fate = 'recalled'
    }
    for (const pool of this.pools) pool.wake()
  }

  figures(): Omit<LaneStatistics, 'queued'> {
    const threads = [...this.pools].flatMap((pool) => pool.threads)
    return { slots: threads.length, active: threads.filter((each) => each.current >= 0).length }
  }

  /** Of the heaps, as the threads have told of late. */
  memoryBytes(): number {
    const threads = [...this.pools].flatMap((pool) => pool.threads)
    return threads.reduce((sum, isolate) => sum + isolate.word(IsolateWord.HEAP_KB) * BYTES_PER_KIB, 0)
  }

  holdUp(isOver: () => boolean, timeoutMs: number): boolean {
    const { timers } = this.#parts.walk
    if ([...this.pools].some((pool) => pool.isDraining)) throw waitsForItself()
    const endsAt = performance.now() + timeoutMs
    for (;;) {
      timers.fireDue()
      this.handOverNow()
      for (const pool of this.pools) {
        pool.attend()
        pool.drain(Infinity)
      }
      this.#watch.look()
      if (isOver()) return true
      const left = endsAt - performance.now()
      if (left <= 0) return false
      this.#busiestPool()?.pump.holdUp(Math.min(left, HELD_UP_MS))
    }
  }

  #busiestPool(): ThreadPool | undefined {
    return [...this.pools].toSorted((a, b) => b.inFlight - a.inFlight)[0]
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#watch.close()
    await this.pools.close()
    this.#bell.close()
  }
}

function waitsForItself(): TaskDefinitionError {
  return new TaskDefinitionError(
    'waitSync was called while results of threads are taken in, by a retryBackoff function or an error that came from a thread: the result it waits for could not be taken in; work out the pause without waiting for a task',
  )
}

/** Records of this lane are of its class. */
function asThreadRecord(record: TaskRecord): ThreadRecord {
  return record as ThreadRecord
}
