// What happened to each task, as long as somebody listens to events: the latest tasks and the latest steps of each, no more.
import type { EngineEvents, EngineEventType } from '@catzilla/api'
import { errorView } from './task-view.ts'
import type { ViewOptions } from './task-view.ts'

/** One step of a task. */
export interface HistoryStep {
  readonly type: EngineEventType
  /** Epoch milliseconds. */
  readonly at: number
  readonly [detail: string]: unknown
}

/** Tasks whose steps are kept. */
const TASKS = 5000
/** Steps kept of one task. */
const STEPS = 200
const details = ['dueAt', 'attempt', 'lane', 'waitTimeMs', 'executionTimeMs', 'delayMs', 'reason', 'ratio', 'message']

export class TaskHistory {
  readonly #options: ViewOptions
  readonly #steps = new Map<string, HistoryStep[]>()
  #since: number | null = null

  constructor(options: ViewOptions) {
    this.#options = options
  }

  /** Since when steps are kept, in epoch milliseconds; null: nobody listens, and none are. */
  get since(): number | null {
    return this.#since
  }

  begin(now: number): void {
    this.#since ??= now
  }

  add(event: EngineEvents[EngineEventType]): void {
    if (!('taskId' in event)) return
    const steps = this.#steps.get(event.taskId) ?? this.#startKeeping(event.taskId)
    steps.push(this.#stepOf(event, event.name))
    if (steps.length > STEPS) steps.shift()
  }

  /** The oldest first. */
  of(taskId: string): readonly HistoryStep[] {
    return this.#steps.get(taskId) ?? []
  }

  clear(): void {
    this.#steps.clear()
    this.#since = null
  }

  #startKeeping(taskId: string): HistoryStep[] {
    const steps: HistoryStep[] = []
    this.#steps.set(taskId, steps)
    if (this.#steps.size > TASKS) {
      const [oldest] = this.#steps.keys()
      if (oldest !== undefined) this.#steps.delete(oldest)
    }
    return steps
  }

  #stepOf(event: EngineEvents[EngineEventType], name: string): HistoryStep {
    const { type, at } = event
    const known = Object.entries(event).filter(([key]) => details.includes(key))
    const error = 'error' in event ? { error: errorView(event.error, name, this.#options) } : {}
    return { type, at, ...Object.fromEntries(known), ...error }
  }
}
