// What the routes ask of workflows: as much as they need of the `WorkflowRuns` of `@catzilla/workflow`, which is one.

/** One line about a run. Whatever else it has is shown too. */
export interface RunLine {
  readonly runId: string
  readonly workflow: string
  readonly status: string
  /** Epoch milliseconds; null: not over. */
  readonly endedAt: number | null
  /** Why it did not complete. */
  readonly error: string | null
}

export interface StepLine {
  readonly id: string
  /** The task, or what the step does. */
  readonly label: string
  readonly status: string
  readonly error: string | null
  /** Of a step that runs it grows by itself. */
  readonly durationMs: number | null
}

/** A run with each of its steps. */
export interface RunPicture extends RunLine {
  readonly steps: readonly StepLine[]
}

/** A `WorkflowRun`. */
export interface RunSource {
  /** Of its workflow. */
  readonly name: string
  readonly runStatus: string
  inspect(): RunPicture
  toMermaid(): string
  criticalPath(): object
}

export interface RunFilter {
  readonly workflow?: string
  readonly status?: string | readonly string[]
  readonly children?: boolean
  readonly limit?: number
  readonly cursor?: string
}

export interface WorkflowsSource {
  readonly workflows: readonly { readonly name: string; readonly steps: readonly object[] }[]
  get(runId: string): RunSource | undefined
  list(filter?: RunFilter): { readonly runs: readonly RunLine[]; readonly nextCursor: string | undefined }
  cancel(runId: string, reason?: string): boolean
  pause(runId: string): boolean
  resume(runId: string): boolean
  retry(runId: string): { readonly runId: string }
}

/** States that a run is in until it is over. */
const open: ReadonlySet<string> = new Set(['running', 'compensating', 'paused'])

export function isOver({ status }: RunLine): boolean {
  return !open.has(status)
}
