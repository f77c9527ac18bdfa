// How tasks end for those who wait for them, and what happens between two attempts: states, counts, events, callbacks.
import { callSafely } from '@catzilla/engine'
import type { EngineEvents, TaskOutcome } from '@catzilla/engine'
import type { BrokerHandle, RunFacts } from './broker-handle.ts'
import type { Hub } from './hub.ts'
import type { Occupancy } from './occupancy.ts'
import type { Retention } from './retention.ts'

export class Settlement {
  readonly #hub: Hub
  readonly #occupancy: Occupancy
  readonly #retention: Retention
  /** Told after each end of a task. */
  readonly #gone: (handle: BrokerHandle) => void

  constructor(hub: Hub, occupancy: Occupancy, retention: Retention, gone: (handle: BrokerHandle) => void) {
    this.#hub = hub
    this.#occupancy = occupancy
    this.#retention = retention
    this.#gone = gone
  }

  /** An attempt has begun, here or elsewhere. */
  started(handle: BrokerHandle, at: number, attempt: number): void {
    if (handle.peeked !== undefined) return
    handle.phase = 'running'
    handle.dueAt = null
    handle.startedAt = at
    handle.attempt = attempt
    handle.heardAt = this.#hub.now()
    this.#occupancy.left(handle)
    if (!this.#hub.events.wants('started')) return
    const waitTimeMs = Math.max(0, at - handle.readyAt)
    this.#hub.events.emit<'started'>({
      ...eventOf(handle, at),
      type: 'started',
      attempt,
      lane: handle.call.options.lane,
      waitTimeMs,
    })
  }

  progressed(handle: BrokerHandle, ratio: number, message: string | undefined, at: number): void {
    if (handle.peeked !== undefined) return
    handle.heardAt = this.#hub.now()
    const told = message === undefined ? { ratio } : { ratio, message }
    handle.progress = told
    this.#hub.events.emit<'progress'>({ ...eventOf(handle, at), type: 'progress', ...told })
  }

  /** An attempt has failed, and another one follows. */
  retrying(handle: BrokerHandle, attempt: number, error: Error, delayMs: number): void {
    if (handle.peeked !== undefined) return
    const { counts, events } = this.#hub
    const now = this.#hub.now()
    handle.noteRun()
    handle.run = null
    handle.attempt = attempt
    handle.heardAt = now
    handle.phase = 'retrying'
    handle.readyAt = now + delayMs
    handle.dueAt = now + delayMs
    counts.retries++
    if (isTimeout(error)) counts.timeouts++
    this.#occupancy.entered(handle)
    events.emit<'retrying'>({ ...eventOf(handle, now), type: 'retrying', attempt, error, delayMs })
    const { onRetry } = handle.call.options
    if (handle.own && onRetry !== undefined) this.#callBack(handle, 'onRetry', () => onRetry(attempt, error, delayMs))
  }

  /** What was to come later can start now. */
  ready(handle: BrokerHandle): void {
    if (handle.peeked !== undefined || (handle.phase !== 'scheduled' && handle.phase !== 'retrying')) return
    handle.phase = 'pending'
    handle.dueAt = null
    this.#hub.events.emit<'queued'>({ ...eventOf(handle, this.#hub.now()), type: 'queued' })
  }

  settle(handle: BrokerHandle, outcome: TaskOutcome, facts: Partial<RunFacts> = {}): void {
    if (handle.peeked !== undefined) return
    const now = this.#hub.now()
    handle.noteRun()
    Object.assign(handle, facts)
    handle.completedAt = Math.max(now, handle.startedAt ?? 0)
    handle.dueAt = null
    const observed = handle.awaited
    this.#count(handle.name, outcome, observed)
    this.#hub.live.delete(handle.taskId)
    this.#occupancy.left(handle)
    handle.settle(outcome)
    this.#retention.add(handle)
    this.#tell(handle, outcome, now, observed)
    if (handle.own) this.#callBackOfEnd(handle, outcome)
    this.#gone(handle)
  }

  #count(name: string, outcome: TaskOutcome, observed: boolean): void {
    const { counts } = this.#hub
    counts.ended(name, outcome.status)
    if (outcome.status !== 'failed') return
    if (!observed) counts.unobserved++
    if (isTimeout(outcome.error)) counts.timeouts++
  }

  #tell(handle: BrokerHandle, outcome: TaskOutcome, at: number, observed: boolean): void {
    const { events } = this.#hub
    if (!events.wants(outcome.status)) return
    const base = eventOf(handle, at)
    const executionTimeMs = handle.startedAt === null ? 0 : Math.max(0, at - handle.startedAt)
    const { attempt } = handle
    if (outcome.status === 'completed') {
      events.emit<'completed'>({ ...base, type: 'completed', attempt, executionTimeMs, outcome })
    } else if (outcome.status === 'failed') {
      events.emit<'failed'>({ ...base, type: 'failed', attempt, executionTimeMs, error: outcome.error, observed })
    } else if (outcome.status === 'cancelled') {
      events.emit<'cancelled'>({ ...base, type: 'cancelled', error: outcome.error })
    } else events.emit<'expired'>({ ...base, type: 'expired', error: outcome.error })
  }

  #callBackOfEnd(handle: BrokerHandle, outcome: TaskOutcome): void {
    const { onSuccess, onFailure } = handle.call.options
    if (outcome.status === 'completed' && onSuccess !== undefined) {
      this.#callBack(handle, 'onSuccess', () => onSuccess(outcome.value as never, handle.stats()))
    }
    if (outcome.status === 'failed' && onFailure !== undefined) {
      this.#callBack(handle, 'onFailure', () => onFailure(outcome.error, handle.stats()))
    }
  }

  #callBack(handle: BrokerHandle, which: string, work: () => unknown): void {
    this.#hub.events.defer(() => callSafely(work, `${which} of task '${handle.name}'`))
  }
}

type EventBase = Pick<EngineEvents['queued'], 'taskId' | 'name' | 'priority' | 'at'>

export function eventOf(handle: BrokerHandle, at: number): EventBase {
  return { taskId: handle.taskId, name: handle.name, priority: handle.call.options.priority, at }
}

function isTimeout(error: Error): boolean {
  return (error as { code?: unknown }).code === 'ERR_CATZILLA_TASK_TIMEOUT'
}
