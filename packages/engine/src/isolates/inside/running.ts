// A task that runs inside of an isolate: what its body sees of it, and what it says of itself on the way.
import { ConfigurationError, describeValue } from '../../contract/errors.ts'
import type { TaskContext } from '../../contract/task.ts'
import type { Running } from '../../lanes/task-context.ts'

/** What a body says while it runs; told to the engine, which looks after the task. */
export type AttemptReport =
  | { readonly kind: 'progress'; readonly ratio: number; readonly message?: string }
  | { readonly kind: 'log'; readonly message: string; readonly fields?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'heartbeat' }

export interface AttemptFacts {
  readonly taskId: string
  readonly name: string
  /** 1 on the first run. */
  readonly attempt: number
}

export class RunningInside implements Running {
  readonly #facts: AttemptFacts
  readonly #report: (report: AttemptReport) => void
  #controller: AbortController | null = null
  #context: TaskContext | null = null
  #over = false

  /** @param report is told what the body says, until the attempt is over */
  constructor(facts: AttemptFacts, report: (report: AttemptReport) => void) {
    this.#facts = facts
    this.#report = report
  }

  get context(): TaskContext {
    return (this.#context ??= this.#makeContext())
  }

  /** The engine has given the attempt up. */
  abort(reason: Error): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  /** The body has ended: what it still says is dropped. */
  end(): void {
    this.#over = true
  }

  #makeContext(): TaskContext {
    const tell = (report: AttemptReport): void => {
      if (!this.#over) this.#report(report)
    }
    const signal = (): AbortSignal => (this.#controller ??= new AbortController()).signal
    const { taskId, name, attempt } = this.#facts
    return {
      taskId,
      name,
      attempt,
      get signal() {
        return signal()
      },
      progress(ratio, message) {
        if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
          throw new ConfigurationError(`progress(ratio) accepts a ratio 0..1, got ${describeValue(ratio)}`)
        }
        tell(message === undefined ? { kind: 'progress', ratio } : { kind: 'progress', ratio, message })
      },
      log(message, fields) {
        tell(fields === undefined ? { kind: 'log', message } : { kind: 'log', message, fields })
      },
      heartbeat() {
        tell({ kind: 'heartbeat' })
      },
    }
  }
}
