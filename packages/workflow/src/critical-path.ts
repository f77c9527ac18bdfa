// The critical path of a run that is over: the steps that, had they been faster, would have made the run faster.
import type { RunInfo, StepInfo } from './inspect.ts'

export interface CriticalPath {
  /** From the first to the last. Durations are milliseconds. */
  readonly steps: readonly CriticalStep[]
  /** From the start of the first to the end of the last. */
  readonly durationMs: number
}

export interface CriticalStep {
  readonly id: string
  readonly durationMs: number
  /** Between the end of the step before it and its own start. */
  readonly waitMs: number
}

/** Follows, from the step that ended last, whatever ended last among what each step needed. */
export function criticalPathOf({ steps, startedAt }: RunInfo): CriticalPath {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const path: StepInfo[] = []
  for (let step = lastOf(steps); step !== undefined; step = lastOf(step.needs.map((id) => byId.get(id))))
    path.push(step)
  path.reverse()
  const began = startedAt ?? 0
  const critical = path.map((step, index) => {
    const before = path[index - 1]?.endedAt ?? began
    return { id: step.id, durationMs: step.durationMs ?? 0, waitMs: Math.max(0, (step.startedAt ?? before) - before) }
  })
  const end = path.at(-1)?.endedAt ?? began
  return { steps: critical, durationMs: end - (path[0]?.startedAt ?? began) }
}

/** The one that ended last, of those that did what they were to do. */
function lastOf(steps: readonly (StepInfo | undefined)[]): StepInfo | undefined {
  let last: StepInfo | undefined
  for (const step of steps) {
    if (step === undefined || step.endedAt === null || !ran.has(step.status)) continue
    if (last === undefined || step.endedAt >= (last.endedAt ?? 0)) last = step
  }
  return last
}

const ran: ReadonlySet<StepInfo['status']> = new Set(['completed', 'failed', 'compensated'])
