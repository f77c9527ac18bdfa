// The handle of a run, as engines give one for a task: it settles exactly once.
import type { TaskOutcome, TaskStats, TaskStatus } from '@catzilla/api'
import { Settling } from '@catzilla/api/extend'
import type { TaskHandle } from '@catzilla/api/extend'

/** What a handle asks of its run. */
export interface HandleSource {
  stats(status: TaskStatus): TaskStats
  cancel(reason: string | undefined): boolean
}

export class RunHandle extends Settling implements TaskHandle {
  readonly taskId: string
  readonly name: string
  readonly accepted: Promise<void>
  readonly #source: HandleSource
  #accept: () => void = () => {}
  #refuse: (error: Error) => void = () => {}

  constructor(runId: string, workflow: string, source: HandleSource) {
    super()
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
    return this.peeked?.status ?? 'running'
  }

  /** The store holds the run. */
  accept(): void {
    this.#accept()
  }

  override settle(outcome: TaskOutcome): boolean {
    if (!super.settle(outcome)) return false
    if (outcome.status === 'completed') this.#accept()
    else this.#refuse(outcome.error)
    return true
  }

  stats(): TaskStats {
    return this.#source.stats(this.status)
  }

  cancel(reason?: string): boolean {
    return this.#source.cancel(reason)
  }

  protected get described(): string {
    return `a run of workflow '${this.name}'`
  }

  /** A run that failed is told by its events, not counted here. */
  protected observed(): void {}
}
