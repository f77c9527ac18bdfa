// What is told of tasks that C looks after: events with C's own times, and the callbacks of the call.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { TaskPriority } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import type { Walk } from '../typescript/walk.ts'
import { attemptError } from './kernel-errors.ts'
import type { KernelPlan } from './kernel-plan.ts'
import type { NativeTask } from './native-task.ts'
import { PastRun } from './past-run.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { TaskBit } from './slab.ts'

const { SLOT_STATE, SLOT_STATE_RETRYING } = portLayout

interface Subject {
  readonly taskId: string
  readonly name: string
  readonly priority: TaskPriority
  readonly at: number
}

export class NativeNews {
  readonly #walk: Walk
  readonly #binding: NativeEngineBinding
  readonly #port: Port
  /** The latest start that was told, of the unsettled tasks whose starts are told, by sequence. */
  readonly #toldStarts = new Map<number, number>()

  constructor(walk: Walk, binding: NativeEngineBinding, port: Port) {
    this.#walk = walk
    this.#binding = binding
    this.#port = port
  }

  /** Whether somebody wants to hear of starts and retries of tasks that come in now. */
  get asked(): boolean {
    return this.#walk.events.wantsStarts
  }

  /** Whether there may be something to tell of the end of its tasks. */
  wanted({ listens }: KernelPlan): boolean {
    return this.#walk.events.wantsEnds || listens
  }

  tellSubmitted(task: NativeTask, now: number, dueAt: number): void {
    const { events, toEpoch } = this.#walk
    const subject = this.#subject(task, now)
    if (dueAt <= now) {
      if (events.wants('queued')) events.emit({ type: 'queued', ...subject })
    } else if (events.wants('scheduled')) events.emit({ type: 'scheduled', ...subject, dueAt: toEpoch(dueAt) })
  }

  /** C says that an attempt has started. */
  tellStarted(task: NativeTask): void {
    const past = PastRun.read(this.#port, task.slot, 0)
    if (task.ending !== undefined || (this.#toldStarts.get(task.sequence) ?? 0) >= past.attempt) return
    this.#toldStarts.set(task.sequence, past.attempt)
    this.#tellStart(task, past)
  }

  /** The task is a record of the walk from now on, whose starts the walk tells. */
  forget(task: NativeTask): void {
    this.#toldStarts.delete(task.sequence)
  }

  #tellStart(task: NativeTask, past: PastRun): void {
    const { events } = this.#walk
    const waited = past.attempt > 1 || task.plan.options.delayMs > 0
    // C does not say when a moment has come: it had, when the attempt started
    if (waited && events.wants('queued')) events.emit({ type: 'queued', ...this.#subject(task, past.readyAt) })
    if (!events.wants('started')) return
    const waitTimeMs = Math.max(0, past.startedAt - past.readyAt)
    const subject = this.#subject(task, past.startedAt)
    events.emit({ type: 'started', ...subject, attempt: past.attempt, lane: 'native', waitTimeMs })
  }

  /** C says that an attempt has failed and another will follow. */
  tellRetrying(task: NativeTask): void {
    const { events } = this.#walk
    const past = PastRun.read(this.#port, task.slot, 0)
    const waits = this.#port.words[this.#port.wordOf(task.slot) + SLOT_STATE / 4] === SLOT_STATE_RETRYING
    if (task.ending !== undefined || !events.wants('retrying')) return
    const error = waits ? this.#errorOf(task) : undefined
    // by now the next attempt runs: what the last one failed with is gone
    const known = error ?? new Error(`task '${task.name}': an attempt failed and was tried again at once`)
    const delayMs = waits ? Math.max(0, past.readyAt - past.endedAt) : 0
    const attempt = waits ? past.attempt : Math.max(1, past.attempt - 1)
    events.emit({ type: 'retrying', ...this.#subject(task, past.endedAt), attempt, error: known, delayMs })
  }

  #errorOf(task: NativeTask): Error | undefined {
    try {
      return attemptError(this.#binding.error(task.slot), task)
    } catch {
      // it has started meanwhile
      return undefined
    }
  }

  /** A task has ended; it says how by itself. */
  tellEnd(task: NativeTask): void {
    const outcome = task.peekOutcome()
    if (outcome === undefined) return
    const past = task.kernel.home.past(task)
    // the notice of the start was dropped, or comes after the end
    const told = this.#toldStarts.get(task.sequence) ?? 0
    this.#toldStarts.delete(task.sequence)
    if (task.has(TaskBit.TOLD) && past.attempt > told) this.#tellStart(task, past)
    this.#emitEnd(task, past, outcome)
    this.#callBack(task, outcome)
  }

  #emitEnd(task: NativeTask, past: PastRun, outcome: NonNullable<NativeTask['outcome']>): void {
    const { events } = this.#walk
    if (!events.wants(outcome.status)) return
    const subject = this.#subject(task, past.settledAt)
    const figures = { attempt: past.attempt, executionTimeMs: past.endedAt - past.startedAt }
    if (outcome.status === 'completed') events.emit({ type: 'completed', ...subject, ...figures, outcome })
    else if (outcome.status === 'failed') {
      const observed = task.has(TaskBit.OBSERVED)
      events.emit({ type: 'failed', ...subject, ...figures, error: outcome.error, observed })
    } else events.emit({ type: outcome.status, ...subject, error: outcome.error })
  }

  #callBack(task: NativeTask, outcome: NonNullable<NativeTask['outcome']>): void {
    const { onSuccess, onFailure } = task.plan.options
    const defer = (which: string, call: () => unknown): void =>
      this.#walk.events.defer(() => callSafely(call, `${which} of task '${task.name}'`))
    if (outcome.status === 'completed' && onSuccess !== undefined) {
      defer('onSuccess', () => onSuccess(outcome.value as never, task.stats()))
    }
    if (outcome.status === 'failed' && onFailure !== undefined) {
      defer('onFailure', () => onFailure(outcome.error, task.stats()))
    }
  }

  #subject(task: NativeTask, at: number): Subject {
    const { taskId, name } = task
    return { taskId, name, priority: task.plan.options.priority, at: this.#walk.toEpoch(at) }
  }
}
