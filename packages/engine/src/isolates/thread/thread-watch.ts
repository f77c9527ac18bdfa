// What is looked at from time to time while tasks are on their way in threads: whether they have started, whether their
// event loop still turns, and whether a thread that is to end has ended.
import { performance } from 'node:perf_hooks'
import { TaskCancelledError } from '../../contract/errors.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import type { ResolvedEngineOptions } from '../../options/engine-options.ts'
import type { WalkParts } from '../../typescript/walk-engine.ts'
import { WatchedTime } from '../watched-time.ts'
import { packError } from '../wire/wire-error.ts'
import { IsolateWord } from './lane-memory.ts'
import type { ThreadAttempt } from './thread-attempt.ts'
import type { ThreadIsolate } from './thread-isolate.ts'
import type { ThreadLane } from './thread-lane.ts'
import type { ThreadPool } from './thread-pool.ts'

const LOOK_MS = 10
/** Of the silence after which a thread is told to be stalled, what a pause between two looks counts at most. */
const PAUSE_SHARE = 0.2

/** What tests set otherwise. Durations are milliseconds. */
export interface ThreadSettings {
  /** A thread that has not seen an abort after this time is busy and will not see it. */
  readonly abortSeenMs: number
  /** So long before a thread is ended, the one that takes its place is started: it takes about as long to be ready. */
  readonly startsAheadMs: number
  /** An event loop that has not turned for so long is told to be stalled. */
  readonly stallMs: number
}

const defaultSettings: ThreadSettings = { abortSeenMs: 30, startsAheadMs: 25, stallMs: 5000 }

export class ThreadWatch {
  /** Told of each attempt that is found to run. */
  started: (pool: ThreadPool, attempt: ThreadAttempt) => void = () => {}
  /** Told of each pool whose memory is found to be damaged, and how. */
  damaged: (pool: ThreadPool, how: string) => void = () => {}
  readonly #parts: WalkParts
  readonly #lane: ThreadLane
  readonly #options: ResolvedEngineOptions
  readonly #settings: ThreadSettings
  readonly #watched: WatchedTime
  #timer: NodeJS.Timeout | undefined
  #ticking = false
  #closed = false
  #idleTimer: NodeJS.Timeout | undefined

  constructor(parts: WalkParts, lane: ThreadLane, options: ResolvedEngineOptions, settings: Partial<ThreadSettings>) {
    this.#settings = { ...defaultSettings, ...settings }
    this.#watched = new WatchedTime(this.#settings.stallMs * PAUSE_SHARE)
    this.#parts = parts
    this.#lane = lane
    this.#options = options
  }

  /** Something is on its way. */
  begin(): void {
    if (this.#ticking || this.#closed) return
    this.#ticking = true
    // made once: tasks that come one by one, now and then, would pay for a timer each
    if (this.#timer === undefined) runOutsideContexts(this.#startTicking)
    else this.#timer.refresh()
  }

  readonly #startTicking = (): void => {
    this.#timer = setTimeout(this.#tick, LOOK_MS).unref()
  }

  readonly #tick = (): void => {
    this.look()
    this.#retireIdle()
    this.#ticking = [...this.#lane.pools].some((pool) => pool.inFlight > 0)
    if (this.#ticking) this.#timer?.refresh()
    else this.#retireLater()
  }

  /** Nothing is on its way: the next look is when threads may have been idle for long enough. */
  #retireLater(): void {
    const { isolateIdleMs } = this.#options
    if (this.#idleTimer !== undefined || isolateIdleMs === Infinity || this.#lane.pools.size === 0) return
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined
      this.#retireIdle()
      // those that were in use until a moment ago, and pools whose threads have yet to end
      if (this.#mayRetire) this.#retireLater()
    }, this.#idleInMs(isolateIdleMs)).unref()
  }

  /** When the next pool has been idle for so long; pools that were by now have what they wait for. */
  #idleInMs(isolateIdleMs: number): number {
    const now = performance.now()
    const left = [...this.#lane.pools].map(({ slots }) => slots.idleSince + isolateIdleMs - now)
    return Math.min(isolateIdleMs, ...left.filter((ms) => ms > 0))
  }

  /** Looks at all threads once. */
  look(): void {
    const now = performance.now()
    const watched = this.#watched.look(now)
    for (const pool of this.#lane.pools) {
      if (pool.inFlight === 0) continue
      // also what nobody was woken for
      pool.drain()
      const damage = pool.check.damageOf(pool)
      if (damage !== undefined) {
        this.damaged(pool, damage)
        continue
      }
      let leaving = 0
      for (const isolate of pool.threads) {
        const attempt = pool.attempts[isolate.current]
        if (attempt === null || attempt === undefined) continue
        if (attempt.run === null && attempt.fate === 'wanted') this.started(pool, attempt)
        if (attempt.fate === 'dropped' && this.#isLeaving(pool, isolate, attempt, now)) leaving++
        this.#lookAtBeat(isolate, attempt, now, watched)
      }
      pool.startSpares(leaving)
    }
    this.#lane.shares.balance()
    this.#lane.shares.start()
  }

  #lookAtBeat(isolate: ThreadIsolate, attempt: ThreadAttempt, now: number, watched: number): void {
    const beat = isolate.word(IsolateWord.BEAT)
    if (beat !== isolate.beat || isolate.beatAt === 0) {
      isolate.beat = beat
      isolate.beatAt = watched
      return
    }
    const blockedMs = Math.min(watched - isolate.beatAt, now - (attempt.run?.startedAt ?? now))
    if (attempt.stalled || blockedMs < this.#settings.stallMs) return
    attempt.stalled = true
    this.#tellStalled(attempt, `the event loop of its thread has been blocked for ${Math.round(blockedMs)} ms`)
  }

  /** Its thread has ended while it ran, and nobody here had asked for that. */
  gone(attempt: ThreadAttempt, { message }: Error): void {
    if (attempt.stalled) return
    attempt.stalled = true
    this.#tellStalled(attempt, `its thread is gone: ${message}`)
  }

  #tellStalled({ record }: ThreadAttempt, reason: string): void {
    const { events, clock, toEpoch } = this.#parts.walk
    if (!events.wants('stalled')) return
    const { taskId, name } = record
    const { priority } = record.plan.options
    events.emit({ type: 'stalled', taskId, name, priority, at: toEpoch(clock.now()), reason })
  }

  /** An attempt is given up that runs: its signal aborts, and its thread is ended when that is no use. */
  stop(pool: ThreadPool, attempt: ThreadAttempt): void {
    const { record, slot, number, run } = attempt
    if (attempt.stopAt < Infinity) return
    attempt.stopAt = performance.now() + this.#settings.abortSeenMs
    // the reason is known when the attempt's own signal aborts, which is about to happen
    const abort = (reason: unknown): void => {
      pool.isolateOf(attempt)?.post({ kind: 'abort', slot, attempt: number, reason: packError(reason) })
    }
    if (run === null) abort(new TaskCancelledError(`task '${record.name}' was given up as it started`))
    else run.signal.addEventListener('abort', () => abort(run.signal.reason), { once: true })
  }

  /**
   * The attempt that runs has been given up: its thread is ended when its time to end by itself is over.
   * @returns whether that is about to happen
   */
  #isLeaving(pool: ThreadPool, isolate: ThreadIsolate, attempt: ThreadAttempt, now: number): boolean {
    if (attempt.stopAt === Infinity) this.stop(pool, attempt)
    const grace = attempt.record.plan.options.cancelGraceMs - this.#settings.abortSeenMs
    const heard = isolate.word(IsolateWord.ABORTED) === attempt.slot + 1
    const endsAt = attempt.stopAt + (heard ? Math.max(0, grace) : 0)
    if (now < endsAt) return now >= endsAt - this.#settings.startsAheadMs
    pool.stop(isolate, attempt)
    return false
  }

  /** Threads that have done enough, or whose heap is too large, are replaced. */
  recycle(): void {
    const { recycleAfterTasks, recycleHeapMb } = this.#options
    if (recycleAfterTasks === Infinity && recycleHeapMb === Infinity) return
    for (const pool of this.#lane.pools) {
      for (const isolate of pool.threads) {
        const heapMb = isolate.word(IsolateWord.HEAP_KB) / 1024
        if (isolate.retires || (isolate.done < recycleAfterTasks && heapMb <= recycleHeapMb)) continue
        isolate.retire()
        pool.wake()
      }
    }
  }

  /** Whether there is more than is always to be there. */
  get #mayRetire(): boolean {
    const pools = [...this.#lane.pools]
    const { minThreads } = this.#options
    const threads = pools.reduce((sum, pool) => sum + pool.everyone.length, 0)
    return threads > minThreads || pools.length > (minThreads > 0 ? 1 : 0)
  }

  #retireIdle(): void {
    const { isolateIdleMs, minThreads } = this.#options
    if (isolateIdleMs === Infinity) return
    const since = performance.now() - isolateIdleMs
    for (const pool of this.#lane.pools) {
      if (pool.inFlight > 0 || pool.slots.idleSince > since) continue
      const kept = pool.memoryLimitMb === this.#lane.pools.kept ? minThreads : 0
      const threads = [...pool.threads.filter((each) => !each.retires).slice(kept), ...pool.spares]
      for (const isolate of threads) isolate.retire()
      if (threads.length > 0) pool.wake()
    }
    this.#lane.pools.giveUpIdle(since)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#idleTimer)
  }
}
