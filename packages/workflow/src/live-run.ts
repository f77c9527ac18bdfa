// A run and all that hangs on it: its handle, its timeout, those who listen, and the errors it may end with.
import { EngineClosedError, TaskCancelledError, TaskPriority, TaskTimeoutError, WorkflowError } from '@catzilla/api'
import type { TaskOutcome, TaskStats, TaskStatus } from '@catzilla/api'
import { callSafely, toError } from '@catzilla/api/extend'
import type { Alarm } from '@catzilla/api/extend'
import type { RunEnd, RunEvent } from './decide/events.ts'
import { stepStatuses } from './decide/run-state.ts'
import type { Definition } from './graph.ts'
import { progressOf } from './inspect.ts'
import type { RunStatus } from './inspect.ts'
import { RunHandle } from './run-handle.ts'
import { Run } from './run.ts'
import type { RunObserver, RunParts } from './run.ts'
import type { StepEvent, StepListener } from './step-event.ts'
import type { RunRecord, WorkflowStore } from './store.ts'

export interface LiveRunParts {
  readonly definition: Definition
  readonly record: RunRecord
  readonly store: WorkflowStore | undefined
  readonly startChild: RunParts['startChild']
  /** Told of each step. Undefined: nobody listens, beside those of the run itself. */
  readonly onStep: () => StepListener | undefined
  readonly onEnd: (run: LiveRun) => void
}

export class LiveRun implements RunObserver {
  readonly definition: Definition
  readonly record: RunRecord
  readonly run: Run
  readonly handle: RunHandle
  readonly #parts: LiveRunParts
  readonly #listeners = new Set<StepListener>()
  #alarm: Alarm | undefined
  #stopListening = (): void => {}
  #reason: string | undefined
  /** Cancelled before it has begun. */
  #cancelFirst = false
  /** Why it stopped without an end. */
  #interruption: Error | undefined

  constructor(parts: LiveRunParts) {
    const { definition, record, store, startChild } = parts
    this.#parts = parts
    this.definition = definition
    this.record = record
    const { graph, clock } = definition
    this.run = new Run({ runId: record.runId, graph, input: record.input, clock, store, observer: this, startChild })
    this.handle = new RunHandle(record.runId, definition.name, {
      stats: (status) => this.#stats(status),
      cancel: (reason) => this.cancel(reason),
    })
  }

  get status(): RunStatus {
    if (this.#interruption !== undefined) return 'interrupted'
    const { phase, paused } = this.run.state
    if (phase === 'created') return 'running'
    return paused ? 'paused' : phase
  }

  /** Lets it begin, with what it need not do again. */
  start(kept: Pick<Extract<RunEvent, { type: 'started' }>, 'kept' | 'keptItems'> = {}): void {
    this.handle.accept()
    this.run.tell({ type: 'started', at: this.run.now, ...kept })
    this.#underWay()
  }

  /** Lets it go on where its record ends. */
  takeUp(events: readonly RunEvent[]): void {
    if (events.length === 0) return this.start()
    this.handle.accept()
    this.#reason = events.find((event) => event.type === 'cancelled')?.reason
    this.run.replay(events)
    this.#underWay()
  }

  #underWay(): void {
    if (this.#cancelFirst) this.run.tell({ type: 'cancelled', reason: this.#reason, at: this.run.now })
    const { timeoutMs, clock } = this.definition
    if (timeoutMs === Infinity || this.run.state.isOver) return
    const began = this.run.state.beganAt
    const left = Number.isNaN(began) ? timeoutMs : began + timeoutMs - clock.epochMs()
    this.#alarm = clock.setAlarm(Math.max(0, left), () => this.run.tell({ type: 'timedOut', at: this.run.now }))
  }

  /** Cancels when the signal aborts. */
  obey(signal: AbortSignal): void {
    const abort = (): void => {
      this.cancel(signal.reason === undefined ? undefined : toError(signal.reason).message)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    this.#stopListening = () => signal.removeEventListener('abort', abort)
  }

  cancel(reason: string | undefined): boolean {
    const { phase } = this.run.state
    if (this.#interruption !== undefined || this.#cancelFirst || (phase !== 'running' && phase !== 'created'))
      return false
    this.#reason = reason
    if (phase === 'created') this.#cancelFirst = true
    else this.run.tell({ type: 'cancelled', reason, at: this.run.now })
    return true
  }

  pause(): boolean {
    if (this.status !== 'running' && this.status !== 'compensating') return false
    this.run.tell({ type: 'paused', at: this.run.now })
    return true
  }

  resume(): boolean {
    if (this.status !== 'paused') return false
    this.run.tell({ type: 'resumed', at: this.run.now })
    return true
  }

  listen(listener: StepListener): () => void {
    const own: StepListener = (event) => listener(event)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  interrupt(error: Error): void {
    this.run.interrupt(error)
  }

  started(step: number, item: number | undefined): void {
    if (this.isWatched) this.#emit(step, item, 'started', undefined)
  }

  itemSettled(step: number, item: number, error: Error | undefined): void {
    if (this.isWatched) this.#emit(step, item, error === undefined ? 'completed' : 'failed', error)
  }

  settled(step: number): void {
    if (!this.isWatched) return
    const status = stepStatuses[this.run.state.status[step] ?? 0] ?? 'waiting'
    this.#emit(step, undefined, status, status === 'failed' ? this.run.values.errorOf(step) : undefined)
  }

  ended(end: RunEnd): void {
    this.#settle(this.#outcomeOf(end))
    // others may be retried
    if (end === 'completed') this.run.values.release()
    const { store } = this.#parts
    if (store !== undefined) {
      callSafely(() => store.finish(this.record.runId, end), `the store of workflow '${this.definition.name}'`)
    }
    this.#parts.onEnd(this)
  }

  interrupted(error: Error): void {
    this.#interruption = error
    const { workflow, runId } = this.record
    const isClosed = error instanceof EngineClosedError
    const why = isClosed ? error.message : `its store failed: ${error.message}`
    const text = `run ${runId} of workflow '${workflow}' was interrupted: ${why}; its record, if it has one, can be taken up by recover()`
    const told = isClosed
      ? new EngineClosedError(text, { cause: error })
      : new WorkflowError(text, { cause: error, workflow, runId })
    this.#settle({ status: isClosed ? 'cancelled' : 'failed', error: told })
    this.#parts.onEnd(this)
  }

  #settle(outcome: TaskOutcome): void {
    this.#alarm?.cancel()
    this.#stopListening()
    this.handle.settle(outcome)
  }

  #outcomeOf(end: RunEnd): TaskOutcome {
    const { workflow, runId } = this.record
    const undone = this.#undoText()
    switch (end) {
      case 'completed':
        return this.#completed()
      case 'failed':
        return { status: 'failed', error: this.#failure(undone) }
      case 'cancelled': {
        const reason = this.#reason === undefined ? '' : `: ${this.#reason}`
        const error = new TaskCancelledError(`run ${runId} of workflow '${workflow}' was cancelled${reason}${undone}`)
        return { status: 'cancelled', error }
      }
      case 'timedOut': {
        const { timeoutMs } = this.definition
        const text = `run ${runId} of workflow '${workflow}' took longer than its timeoutMs of ${timeoutMs} ms${undone}`
        return { status: 'failed', error: new TaskTimeoutError(text) }
      }
    }
  }

  #completed(): TaskOutcome {
    try {
      return { status: 'completed', value: this.run.values.output }
    } catch (thrown) {
      // a getter of a user's, in what a step gave
      const cause = toError(thrown)
      const { workflow, runId } = this.record
      const text = `workflow '${workflow}': its result could not be put together: ${cause.message}`
      return { status: 'failed', error: new WorkflowError(text, { cause, workflow, runId }) }
    }
  }

  #failure(undone: string): WorkflowError {
    const { workflow, runId } = this.record
    const { values, state } = this.run
    const [first = 0, ...others] = state.failures
    const step = values.step(first).id
    const error = values.errorOf(first)
    const ids = others.map((other) => `'${values.step(other).id}'`)
    const more =
      ids.length === 0
        ? ''
        : `; so did ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`
    const cause =
      ids.length === 0 ? error : new AggregateError([error, ...others.map((other) => values.errorOf(other))])
    const text = `workflow '${workflow}': step '${step}' failed: ${error.message}${more}${undone}`
    return new WorkflowError(text, { cause, workflow, runId, step })
  }

  #undoText(): string {
    const { undoErrors } = this.run.values
    if (undoErrors.length === 0) return ''
    const list = undoErrors.map(({ step, error }) => `'${step}' (${error.message})`)
    return `; and what was done was not wholly undone: ${list.join(', ')}`
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0 || this.#parts.onStep() !== undefined
  }

  #emit(step: number, item: number | undefined, status: StepEvent['status'], error: Error | undefined): void {
    const { state, values, runId, now } = this.run
    const begun = state.startedAt[step] ?? Number.NaN
    const event: StepEvent = {
      runId,
      workflow: this.definition.name,
      step: values.step(step).id,
      status,
      at: now,
      ...(item === undefined ? {} : { item }),
      ...(item === undefined && status !== 'started' && !Number.isNaN(begun)
        ? { durationMs: (state.endedAt[step] ?? now) - begun }
        : {}),
      ...(error === undefined ? {} : { error }),
    }
    const present = [...this.#listeners, this.#parts.onStep()]
    queueMicrotask(() => {
      for (const listener of present) if (listener !== undefined) callSafely(() => listener(event), 'listener of steps')
    })
  }

  #stats(status: TaskStatus): TaskStats {
    const { state } = this.run
    const { runId, createdAt } = this.record
    const [startedAt, completedAt] = [known(state.beganAt), known(state.overAt)]
    return {
      taskId: runId,
      name: this.definition.name,
      status,
      priority: TaskPriority.NORMAL,
      lane: 'inline',
      engine: 'workflow',
      createdAt,
      startedAt,
      completedAt,
      waitTimeMs: (startedAt ?? this.run.now) - createdAt,
      executionTimeMs: startedAt === null ? null : (completedAt ?? this.run.now) - startedAt,
      memoryUsageMb: null,
      retries: 0,
      workerId: null,
      progress: { ratio: progressOf(state).ratio },
    }
  }
}

function known(epochMs: number): number | null {
  return Number.isNaN(epochMs) ? null : epochMs
}
