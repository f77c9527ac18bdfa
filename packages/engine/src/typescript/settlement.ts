// Where attempts end: a result, a retry or a failure; and where tasks end that never got so far.
import { TaskCancelledError, TaskExpiredError, TaskTimeoutError, toError } from '../contract/errors.ts'
import type { TaskOutcome, TaskPriority, TaskProgress } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import { isRetryable, retryDelayMs } from '../support/retry-plan.ts'
import { RunState } from './run-state.ts'
import { delayOf, readyAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import type { Walk } from './walk.ts'

export class Settlement {
  readonly #walk: Walk

  constructor(walk: Walk) {
    this.#walk = walk
  }

  /** The attempt `run` gave `value`. Late output, of an attempt that was given up, is dropped. */
  succeeded(record: TaskRecord, run: RunState, value: unknown, now: number): void {
    if (!run.current) return this.#lateRunEnded()
    if (this.#ranTooLong(record, run, now)) return this.#attemptFailed(record, run, timeoutError(record), now)
    this.#vacate(record, run, now)
    this.#recordRun(record, run, 1)
    this.#walk.statistics.completed++
    this.#end(record, 'completed', value, now, false)
  }

  /** The attempt `run` threw `error`. @param final whether another attempt is known to be no use */
  failed(record: TaskRecord, run: RunState, error: Error, now: number, final = false): void {
    if (!run.current) return this.#lateRunEnded()
    this.#attemptFailed(record, run, this.#ranTooLong(record, run, now) ? timeoutError(record) : error, now, final)
  }

  /** The time of an asynchronous attempt is over: its signal aborts, and whatever it still does is dropped. */
  timedOut(record: TaskRecord, run: RunState, now: number): void {
    if (!run.current) return
    const error = timeoutError(record)
    this.#walk.statistics.lateRuns++
    record.plan.lane.abandon(record)
    this.#attemptFailed(record, run, error, now)
    run.abort(error)
  }

  /** Ends an unsettled task, waiting or running. @returns false when it had settled already */
  cancel(record: TaskRecord, error: Error, now: number): boolean {
    const { status, run } = record
    if (status === 'running' && run !== null) {
      this.#walk.statistics.lateRuns++
      record.plan.lane.abandon(record)
      this.#vacate(record, run, now)
      this.#recordRun(record, run, 0)
      this.#walk.statistics.cancelled++
      this.#end(record, 'cancelled', error, now, false)
      run.abort(error)
      return true
    }
    if (!this.#withdraw(record, now)) return false
    this.#walk.statistics.cancelled++
    this.#end(record, 'cancelled', error, now, true)
    return true
  }

  /** Ends a task that did not start in time. */
  expire(record: TaskRecord, now: number): void {
    if (!this.#withdraw(record, now)) return
    this.#walk.statistics.expired++
    const { expireAfterMs } = record.plan.options
    const error = new TaskExpiredError(`task '${record.name}' had not started ${expireAfterMs} ms after its submission`)
    this.#end(record, 'expired', error, now, true)
  }

  #attemptFailed(record: TaskRecord, run: RunState, error: Error, now: number, final = false): void {
    const { statistics } = this.#walk
    this.#vacate(record, run, now)
    if (error instanceof TaskTimeoutError && !record.plan.lane.keepsTime) statistics.timedOut++
    const pause = final ? error : this.#pauseBeforeRetry(record, run, error)
    this.#recordRun(record, run, typeof pause === 'number' ? 0 : 1)
    if (typeof pause === 'number') return this.#retryLater(record, run, error, pause, now)
    statistics.failed++
    if (!record.awaited) statistics.unobservedFailures++
    this.#end(record, 'failed', pause, now, false)
  }

  /** The pause in milliseconds, or the error with which the task fails for good. */
  #pauseBeforeRetry(record: TaskRecord, run: RunState, error: Error): number | Error {
    const { options } = record.plan
    try {
      if (run.attempt > options.maxRetries || !isRetryable(error)) return error
      return retryDelayMs(options, run.attempt, error, this.#walk.random())
    } catch (thrown) {
      // a backoff function that throws, or an error whose own code does
      return toError(thrown)
    }
  }

  #retryLater(record: TaskRecord, run: RunState, error: Error, delayMs: number, now: number): void {
    const { events, occupancy, statistics, toEpoch } = this.#walk
    statistics.retried++
    occupancy.requeued()
    record.status = 'retrying'
    if (events.wants('retrying')) {
      events.emit({ type: 'retrying', ...this.#subject(record, now), attempt: run.attempt, error, delayMs })
    }
    const { onRetry } = record.plan.options
    if (onRetry !== undefined) this.#callBack(record, 'onRetry', () => onRetry(run.attempt, error, delayMs))
    run.waitedMs = Math.max(0, run.startedAt - readyAt(record))
    run.remember({
      attempt: run.attempt,
      startedAt: toEpoch(run.startedAt),
      endedAt: toEpoch(now),
      waitTimeMs: run.waitedMs,
      error,
      delayMs,
    })
    run.extras.delayMs ??= delayOf(record)
    // an alarm is never earlier than a millisecond: no pause means none
    record.timer = delayMs === 0 ? null : this.#walk.timers.add(now + delayMs, this.comeDue, record)
    if (record.timer === null || run.extrasOrNull !== null) run.extras.readyAt = now + delayMs
    if (record.timer === null) this.comeDue(now, record)
  }

  /** The moment has come for which the task waited. */
  readonly comeDue = (now: number, record: TaskRecord): void => {
    record.status = 'pending'
    record.plan.lane.ready.push(record)
    this.tell(record, 'queued', now)
    record.plan.lane.wake()
  }

  #ranTooLong({ plan }: TaskRecord, run: RunState, now: number): boolean {
    return !plan.lane.keepsTime && now - run.startedAt > plan.options.timeoutMs
  }

  #recordRun(record: TaskRecord, run: RunState, processed: 0 | 1): void {
    if (!record.plan.lane.keepsTime) this.#walk.statistics.recordRun(record, run, processed)
  }

  /** The attempt is over: its slot and its places in the gates are free. */
  #vacate(record: TaskRecord, run: RunState, now: number): void {
    run.endedAt = now
    record.plan.lane.running.remove(record)
    this.#walk.gatekeeper.leave(record, now)
  }

  /** Takes a waiting task from wherever it waits; false when it does not wait. */
  #withdraw(record: TaskRecord, now: number): boolean {
    const { gatekeeper, timers } = this.#walk
    if (record.status === 'pending') {
      const { lane } = record.plan
      if (lane.ready.has(record)) lane.ready.remove(record)
      else if (lane.takeBack(record)) gatekeeper.leave(record, now)
      gatekeeper.withdraw(record, now)
      return true
    }
    if (record.status !== 'scheduled' && record.status !== 'retrying') return false
    timers.remove(record.timer)
    return true
  }

  #end(record: TaskRecord, status: TaskOutcome['status'], end: unknown, now: number, wasQueued: boolean): void {
    const { occupancy, completedKept, failedKept } = this.#walk
    const run = (record.run ??= new RunState(record))
    if (run.endedAt !== now) run.extras.settledAt = now
    if (run.extrasOrNull !== null) this.#releaseExtras(record, now)
    record.plan.series.count(status)
    record.settle(status, end)
    this.#announce(record, run, now)
    if (status === 'completed') completedKept.keep(record, now)
    else failedKept.keep(record, now)
    occupancy.settled(wasQueued)
    this.tellWhenDrained(now)
  }

  #releaseExtras(record: TaskRecord, now: number): void {
    const extras = record.run?.extrasOrNull
    if (extras === null || extras === undefined) return
    this.#walk.timers.remove(extras.expiry)
    extras.expiry = null
    extras.stopListening?.()
    extras.stopListening = null
    const { unique } = record.plan.named
    if (extras.uniqueKey !== null && unique?.get(extras.uniqueKey) === record) unique.delete(extras.uniqueKey)
    this.#walk.gatekeeper.forget(record, now)
  }

  #announce(record: TaskRecord, run: RunState, now: number): void {
    const { events } = this.#walk
    const { onSuccess, onFailure } = record.plan.options
    if (events.wants(record.status as TaskOutcome['status'])) this.#emitEnd(record, run, now)
    const outcome = onSuccess === undefined && onFailure === undefined ? undefined : record.peekOutcome()
    if (outcome?.status === 'completed' && onSuccess !== undefined) {
      this.#callBack(record, 'onSuccess', () => onSuccess(outcome.value as never, record.stats()))
    }
    if (outcome?.status === 'failed' && onFailure !== undefined) {
      this.#callBack(record, 'onFailure', () => onFailure(outcome.error, record.stats()))
    }
  }

  #emitEnd(record: TaskRecord, run: RunState, now: number): void {
    const outcome = record.peekOutcome()
    if (outcome === undefined) return
    const subject = this.#subject(record, now)
    const figures = { attempt: run.attempt, executionTimeMs: run.endedAt - run.startedAt }
    const { events } = this.#walk
    if (outcome.status === 'completed') events.emit({ type: 'completed', ...subject, ...figures, outcome })
    else if (outcome.status === 'failed') {
      events.emit({ type: 'failed', ...subject, ...figures, error: outcome.error, observed: run.observed })
    } else events.emit({ type: outcome.status, ...subject, error: outcome.error })
  }

  /** Emits an event that has no figures of its own. */
  tell(record: TaskRecord, type: 'queued', now: number): void {
    const { events } = this.#walk
    if (events.wants(type)) events.emit({ type, ...this.#subject(record, now) })
  }

  tellWhenDrained(now: number): void {
    const { events, occupancy, toEpoch } = this.#walk
    if (occupancy.unsettled === 0 && events.wants('drained')) events.emit({ type: 'drained', at: toEpoch(now) })
  }

  tellStarted(record: TaskRecord, run: RunState, now: number): void {
    this.#walk.events.emit({
      type: 'started',
      ...this.#subject(record, now),
      attempt: run.attempt,
      lane: record.plan.options.lane,
      waitTimeMs: now - readyAt(record),
    })
  }

  tellProgress(record: TaskRecord, progress: TaskProgress): void {
    const { events, clock } = this.#walk
    if (events.wants('progress')) {
      events.emit({ type: 'progress', ...this.#subject(record, clock.now()), ...progress })
    }
  }

  tellScheduled(record: TaskRecord, dueAt: number, now: number): void {
    const { events, toEpoch } = this.#walk
    if (events.wants('scheduled')) {
      events.emit({ type: 'scheduled', ...this.#subject(record, now), dueAt: toEpoch(dueAt) })
    }
  }

  #subject(record: TaskRecord, now: number): { taskId: string; name: string; priority: TaskPriority; at: number } {
    const { taskId, name } = record
    return { taskId, name, priority: record.plan.options.priority, at: this.#walk.toEpoch(now) }
  }

  #callBack(record: TaskRecord, which: string, call: () => unknown): void {
    this.#walk.events.defer(() => callSafely(call, `${which} of task '${record.name}'`))
  }

  #lateRunEnded(): void {
    this.#walk.statistics.lateRuns--
  }
}

/** The error of an attempt whose time was over. */
export function timeoutError({ name, plan }: Pick<TaskRecord, 'name' | 'plan'>): TaskTimeoutError {
  const { timeoutMs } = plan.options
  return new TaskTimeoutError(`task '${name}' ran longer than its timeoutMs of ${timeoutMs} ms`)
}

/** The error of a cancelled task. */
export function cancelledError(
  { name, taskId }: Pick<TaskRecord, 'name' | 'taskId'>,
  reason: string | undefined,
): TaskCancelledError {
  const why = reason === undefined ? '' : `: ${reason}`
  return new TaskCancelledError(`task '${name}' (${taskId}) was cancelled${why}`)
}
