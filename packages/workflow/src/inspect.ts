// What can be seen of a run: plain data, ready for JSON.
import { StepState, stepStatuses } from './decide/run-state.ts'
import type { Phase, RunState, StepStatus } from './decide/run-state.ts'
import type { StepKind } from './decide/plan.ts'
import type { Graph } from './graph.ts'
import type { LiveRun } from './live-run.ts'

/** `interrupted`: the engine or the store was closed under it; its record can be taken up again. */
export type RunStatus = Exclude<Phase, 'created'> | 'paused' | 'interrupted'

export interface RunProgress {
  /** Steps and items of lists that have settled, in whatever way. */
  readonly settled: number
  /** Known so far: lists count once they are known. */
  readonly total: number
  /** 0..1 */
  readonly ratio: number
}

/** One line about a run. Times are epoch milliseconds, durations milliseconds; null: not yet. */
export interface RunSummary {
  readonly runId: string
  readonly workflow: string
  readonly status: RunStatus
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly progress: RunProgress
  /** Why it did not complete. */
  readonly error: string | null
  readonly parentRunId: string | null
  readonly retryOf: string | null
}

export interface StepInfo {
  readonly id: string
  readonly kind: StepKind
  /** The task, or what the step does. */
  readonly label: string
  /** Ids of the steps it waits for. */
  readonly needs: readonly string[]
  readonly status: StepStatus
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly durationMs: number | null
  readonly error: string | null
  /** Of a map whose list is known. */
  readonly items: {
    readonly total: number
    readonly running: number
    readonly completed: number
    readonly failed: number
  } | null
  /** Of a loop: rounds begun. */
  readonly rounds: number | null
}

export interface RunInfo extends RunSummary {
  readonly steps: readonly StepInfo[]
}

/** A workflow without a run. */
export interface WorkflowInfo {
  readonly name: string
  readonly steps: readonly Pick<StepInfo, 'id' | 'kind' | 'label' | 'needs'>[]
}

export function progressOf({ status, unsettled, items }: RunState): RunProgress {
  let [settled, total] = [status.length - unsettled, status.length]
  for (const list of items.values()) {
    settled += list.settled
    total += list.count
  }
  return { settled, total, ratio: total === 0 ? 1 : settled / total }
}

export function summaryOf({ run, record, status, handle, definition }: LiveRun): RunSummary {
  const { state } = run
  const [startedAt, endedAt] = [known(state.beganAt), known(state.overAt)]
  const end = endedAt ?? definition.clock.epochMs()
  const { runId, workflow, createdAt, parentRunId, retryOf } = record
  const outcome = handle.outcome
  return {
    runId,
    workflow,
    status,
    createdAt,
    startedAt,
    endedAt,
    durationMs: startedAt === null ? null : end - startedAt,
    progress: progressOf(state),
    error: outcome === undefined || outcome.status === 'completed' ? null : outcome.error.message,
    parentRunId,
    retryOf,
  }
}

export function infoOf(live: LiveRun): RunInfo {
  const { graph } = live.definition
  return { ...summaryOf(live), steps: graph.steps.map((_, step) => stepInfo(live, step)) }
}

export function workflowInfoOf(graph: Graph): WorkflowInfo {
  return {
    name: graph.name,
    steps: graph.steps.map(({ id, kind, label, needs }) => ({ id, kind, label, needs: idsOf(graph, needs) })),
  }
}

function stepInfo({ run, definition }: LiveRun, index: number): StepInfo {
  const { state, values } = run
  const { id, kind, label, needs } = values.step(index)
  const list = state.items.get(index)
  const [startedAt, endedAt] = [known(state.startedAt[index]), known(state.endedAt[index])]
  const failed = state.status[index] === StepState.failed
  return {
    id,
    kind,
    label,
    needs: idsOf(definition.graph, needs),
    status: stepStatuses[state.status[index] ?? 0] ?? 'waiting',
    startedAt,
    endedAt,
    durationMs: startedAt === null ? null : (endedAt ?? run.now) - startedAt,
    error: (failed ? values.errorOf(index) : values.knownError(index))?.message ?? null,
    items:
      list === undefined
        ? null
        : { total: list.count, running: list.running, completed: list.completed, failed: list.failed },
    rounds: kind === 'loop' ? (state.pick[index] ?? -1) + 1 : null,
  }
}

function idsOf({ steps }: Graph, needs: readonly number[]): string[] {
  return needs.map((need) => steps[need]?.id ?? String(need))
}

function known(epochMs: number | undefined): number | null {
  return epochMs === undefined || Number.isNaN(epochMs) ? null : epochMs
}
