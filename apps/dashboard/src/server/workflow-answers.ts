// What the server answers about runs of workflows. Times are epoch milliseconds of its clock, durations milliseconds.

export const runStatuses = [
  'running',
  'paused',
  'compensating',
  'completed',
  'failed',
  'cancelled',
  'timedOut',
  'interrupted',
] as const
export type RunStatus = (typeof runStatuses)[number]

export interface RunLine {
  readonly runId: string
  readonly workflow: string
  readonly status: RunStatus
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly progress: { readonly settled: number; readonly total: number; readonly ratio: number }
  readonly error: string | null
  readonly parentRunId: string | null
  readonly retryOf: string | null
}

export interface StepLine {
  readonly id: string
  readonly kind: string
  readonly label: string
  readonly needs: readonly string[]
  readonly status: string
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly error: string | null
  readonly items: {
    readonly total: number
    readonly running: number
    readonly completed: number
    readonly failed: number
  } | null
  readonly rounds: number | null
}

export interface CriticalPath {
  readonly steps: readonly { readonly id: string; readonly durationMs: number; readonly waitMs: number }[]
  readonly durationMs: number
}

export interface RunDetail extends RunLine {
  readonly steps: readonly StepLine[]
  /** Null while it is not over. */
  readonly criticalPath: CriticalPath | null
}

export interface RunPage {
  readonly runs: readonly RunLine[]
  readonly nextCursor: string | null
}

export interface WorkflowLine {
  readonly name: string
  readonly steps: readonly Pick<StepLine, 'id' | 'kind' | 'label' | 'needs'>[]
}

const open: ReadonlySet<RunStatus> = new Set(['running', 'paused', 'compensating'])

export function isUnderWay({ status }: RunLine): boolean {
  return open.has(status)
}

/** The run after a change that carries some of its steps. */
export function changedRun(run: RunDetail, change: RunDetail): RunDetail {
  const steps = new Map(change.steps.map((step) => [step.id, step]))
  return { ...change, steps: run.steps.map((step) => steps.get(step.id) ?? step) }
}
