// The handle of a run, as engines give one for a task: it settles exactly once.
import type { TaskOutcome, TaskStats, TaskStatus } from '@catzilla/api'
import { callSafely } from '@catzilla/api/extend'
import type { TaskHandle } from '@catzilla/api/extend'

/** What a handle asks of its run. */
export interface HandleSource {
  stats(status: TaskStatus): TaskStats
  cancel(reason: string | undefined): boolean
}

export class RunHandle implements TaskHandle {
  readonly taskId: string
  readonly name: string
  readonly accepted: Promise<void>
  readonly #source: HandleSource
  #outcome: TaskOutcome | undefined
  #promise: Promise<unknown> | undefined
  #resolve: (value: unknown) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #listeners: ((outcome: TaskOutcome) => void)[] = []
  #accept: () => void = () => {}
  #refuse: (error: Error) => void = () => {}

  constructor(runId: string, workflow: string, source: HandleSource) {
    this.taskId = runId
    this.name = workflow
    this.#source = source
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve
      this.#refuse = reject
    })
    // whoever looks gets the error; nobody has to
    this.accepted.catch(() => {})
  }

  get status(): TaskStatus {
    return this.#outcome?.status ?? 'running'
  }

  get outcome(): TaskOutcome | undefined {
    return this.#outcome
  }

  /** The store holds the run. */
  accept(): void {
    this.#accept()
  }

  wait(): Promise<unknown> {
    const outcome = this.#outcome
    if (outcome?.status === 'completed') return Promise.resolve(outcome.value)
    if (outcome !== undefined) return Promise.reject(outcome.error)
    return (this.#promise ??= new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    }))
  }

  onSettled(listener: (outcome: TaskOutcome) => void): void {
    if (this.#outcome === undefined) this.#listeners.push(listener)
    else tell([listener], this.#outcome, this.name)
  }

  settle(outcome: TaskOutcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    if (outcome.status === 'completed') {
      this.#accept()
      this.#resolve(outcome.value)
    } else {
      this.#refuse(outcome.error)
      this.#reject(outcome.error)
    }
    tell(this.#listeners, outcome, this.name)
    this.#listeners = []
  }

  stats(): TaskStats {
    return this.#source.stats(this.status)
  }

  cancel(reason?: string): boolean {
    return this.#source.cancel(reason)
  }
}

function tell(listeners: readonly ((outcome: TaskOutcome) => void)[], outcome: TaskOutcome, name: string): void {
  if (listeners.length === 0) return
  queueMicrotask(() => {
    for (const listener of listeners) callSafely(() => listener(outcome), `listener of a run of workflow '${name}'`)
  })
}
