// How tasks end: first in the store, then for those who wait for them.
import { EngineClosedError, callSafely } from '@catzilla/engine'
import type { EngineEvent, EngineEvents, EngineEventType, TaskDiary, TaskOutcome, TaskStats } from '@catzilla/engine'
import { keys } from '../format/keys.ts'
import { writeAttempts, writeEnd } from '../format/records.ts'
import type { StoredEnd } from '../format/records.ts'
import type { Change } from '../store/task-store.ts'
import { uniqueDigest } from './calls.ts'
import type { DurableHandle } from './durable-handle.ts'
import type { HeldEvent } from './event-relay.ts'
import type { Kept } from './kept.ts'

type EndEvent = EngineEvents['completed' | 'failed' | 'cancelled' | 'expired']

export const endTypes: ReadonlySet<EngineEventType> = new Set(['completed', 'failed', 'cancelled', 'expired'] as const)

const silent: TaskDiary = { logs: [], lastHeartbeatAt: null }

export class Settlement {
  readonly #kept: Kept
  /** Told after each task that has gone from `live`. */
  readonly #gone: (handle: DurableHandle) => void
  readonly #unsubscribe: () => void
  /** Tasks that the end of the engine closed and the store keeps. */
  requeued = 0

  constructor(kept: Kept, gone: (handle: DurableHandle) => void) {
    this.#kept = kept
    this.#gone = gone
    const ends = kept.inner.subscribe([...endTypes] as ('completed' | 'failed' | 'cancelled' | 'expired')[], (event) =>
      this.#ended(event),
    )
    const retries = kept.inner.subscribe(['retrying'], (event) => this.#retried(event))
    this.#unsubscribe = () => {
      ends()
      retries()
    }
  }

  /** Settles when every end so far is on disk, or the store has failed at it once more. */
  flush(): Promise<void> {
    return this.#kept.writer.flush()
  }

  close(): void {
    this.#unsubscribe()
  }

  /** Ends whose record could not be written before the engine stopped: the tasks run again, and their handles say so. */
  giveUp(): void {
    const { live, store, writer } = this.#kept
    for (const handle of live) {
      const error = new EngineClosedError(
        `task '${handle.name}' (${handle.taskId}) ended, which could not be recorded before the engine stopped: it runs again when ${store.directory} is opened; ${writer.failure?.message ?? 'the store was closed'}`,
      )
      this.#settle(handle, { status: 'cancelled', error }, null, null)
    }
  }

  #ended(event: EndEvent): void {
    const handle = this.#kept.live.named(event.taskId)
    const held = this.#kept.relay.hold()
    if (handle === undefined) return held.release(event)
    const outcome = outcomeOf(event)
    if (this.#kept.closing && isClosed(outcome)) return this.#close(handle, outcome.error, held, event)
    if (handle.rare.refusal !== null) return this.#settle(handle, outcome, held, event)
    this.#record(handle, outcome, held, event)
  }

  #record(handle: DurableHandle, outcome: TaskOutcome, held: HeldEvent, event: EndEvent): void {
    const { retention, writer } = this.#kept
    const { keepResultMs } = handle.call.options
    const completed = outcome.status === 'completed'
    const stats = retention.keeps(completed, keepResultMs) ? handle.inner.stats() : null
    const committed = (): void => {
      if (stats !== null) {
        const expiresAt = (stats.completedAt ?? this.#kept.clock.epochMs()) + keepResultMs
        const { priority, sequence } = handle
        retention.add({ priority, sequence, completed, expiresAt })
      }
      this.#settle(handle, outcome, held, event)
    }
    writer.write(this.#changesFor(handle, outcome, stats), { committed })
  }

  #changesFor(handle: DurableHandle, outcome: TaskOutcome, stats: TaskStats | null): Change[] {
    const { unique } = this.#kept
    const { uniqueKey } = handle.call.options
    const changes: Change[] = []
    if (handle.rare.hasAttempts) changes.push({ key: keys.task('a', handle), value: undefined })
    const digest = uniqueKey === undefined ? undefined : uniqueDigest(handle.name, uniqueKey)
    // by now another task may have it
    if (digest !== undefined && unique.get(digest) === handle.taskId) {
      unique.delete(digest)
      changes.push({ key: keys.unique(digest), value: undefined })
    }
    if (stats === null) changes.push({ gone: handle })
    else {
      const key = keys.task('e', handle)
      changes.push({ key, value: writeEnd(this.#kept.seal, key, endOf(handle, outcome, stats)) })
    }
    return changes
  }

  /** The task stays in the store, and is taken up when that is opened again. */
  #close(handle: DurableHandle, closed: Error, held: HeldEvent, event: EndEvent): void {
    const { seal, store, writer } = this.#kept
    const why = closed.message.replace(' and will not run', '')
    const error = new EngineClosedError(`${why}; it is kept in ${store.directory} and runs when that is opened again`, {
      cause: closed,
    })
    if (handle.slot < 0) this.requeued++
    else {
      // it was begun, and given up in order: that is no crash
      const key = keys.task('a', handle)
      const { attempt: attempts, rare } = handle
      const { recoveries } = rare
      writer.write([{ key, value: writeAttempts(seal, key, { attempts, recoveries, dueAt: null }) }])
    }
    this.#settle(handle, { status: 'cancelled', error }, held, { ...event, error } as EngineEvent)
  }

  #retried({ taskId, attempt, at, delayMs }: EngineEvents['retrying']): void {
    const handle = this.#kept.live.named(taskId)
    if (handle === undefined || handle.rare.refusal !== null) return
    handle.note({ hasAttempts: true })
    const { slot } = handle
    handle.slot = -1
    const key = keys.task('a', handle)
    const value = { attempts: attempt, recoveries: handle.rare.recoveries, dueAt: at + delayMs }
    // until then it is the note of its start that counts the attempt
    const committed = (): void => {
      if (slot >= 0) this.#kept.notes.free(slot)
    }
    this.#kept.writer.write([{ key, value: writeAttempts(this.#kept.seal, key, value) }], { committed })
  }

  #settle(handle: DurableHandle, outcome: TaskOutcome, held: HeldEvent | null, event: EngineEvent | null): void {
    const { live, notes } = this.#kept
    const observed = handle.awaited
    if (outcome.status === 'failed' && !observed) this.#kept.unobserved++
    handle.settle(outcome)
    live.remove(handle)
    if (handle.slot >= 0) notes.free(handle.slot)
    this.#callBack(handle, outcome)
    held?.release(event?.type === 'failed' ? { ...event, observed } : event)
    this.#gone(handle)
  }

  #callBack(handle: DurableHandle, outcome: TaskOutcome): void {
    const { onSuccess, onFailure } = handle.call.options
    const call = (which: string, work: () => unknown): void =>
      queueMicrotask(() => callSafely(work, `${which} of task '${handle.name}'`))
    if (outcome.status === 'completed' && onSuccess !== undefined) {
      call('onSuccess', () => onSuccess(outcome.value as never, handle.stats()))
    }
    if (outcome.status === 'failed' && onFailure !== undefined) {
      call('onFailure', () => onFailure(outcome.error, handle.stats()))
    }
  }
}

function outcomeOf(event: EndEvent): TaskOutcome {
  return event.type === 'completed' ? event.outcome : { status: event.type, error: event.error }
}

function isClosed(outcome: TaskOutcome): outcome is TaskOutcome & { error: Error } {
  return outcome.status === 'cancelled' && outcome.error.name === 'EngineClosedError'
}

function endOf(handle: DurableHandle, outcome: TaskOutcome, figures: TaskStats): StoredEnd {
  const { logs, lastHeartbeatAt } = handle.inner.diary ?? silent
  const createdAt = handle.rare.createdAt ?? figures.createdAt
  const stats = { ...figures, createdAt, status: outcome.status }
  const { recovered } = handle.rare
  return { stats, outcome, logs, lastHeartbeatAt, recovered, keepResultMs: handle.call.options.keepResultMs }
}
