// The steps of a task: those that were recorded, and before them what the task itself still knows.
import type { History, HistoryStep, PastAttempt, TaskDetail, TaskLine } from '../server/answers.ts'
import { duration, percent } from '../wording.ts'

export interface Step {
  readonly type: string
  readonly at: number
  /** What there is to say of it. */
  readonly text: string
}

export interface Steps {
  readonly steps: readonly Step[]
  /** Attempts before the recording began: nothing is known of them but that they were. */
  readonly unknownAttempts: number
}

export function stepsOf(task: TaskDetail, history: History): Steps {
  const recorded = withoutOldProgress(history.steps).map(worded)
  const [first] = history.steps
  const isWhole =
    first !== undefined && ['scheduled', 'queued'].includes(first.type) && first.at - task.createdAt < 1000
  const submitted: Step = { type: 'submitted', at: task.createdAt, text: '' }
  const before = first?.at ?? Infinity
  const kept = (task.attempts ?? []).filter(({ startedAt }) => startedAt < before)
  const latest = recorded.length === 0 ? fromFigures(task) : [...startBefore(task, history, kept), ...recorded]
  const remembered = [...kept.flatMap((attempt) => fromAttempt(attempt, task.lane, before)), ...latest]
  const begun = history.steps.filter(({ type }) => type === 'started').length || (task.startedAt === null ? 0 : 1)
  const seen = kept.length + begun
  const attempts = task.startedAt === null ? 0 : task.retries + 1
  return { steps: [submitted, ...remembered], unknownAttempts: isWhole ? 0 : Math.max(0, attempts - seen) }
}

/** An attempt that the task remembers, as far as it was before the recording began. */
function fromAttempt(
  { attempt, startedAt, endedAt, waitTimeMs, delayMs, error }: PastAttempt,
  lane: string,
  before: number,
): Step[] {
  const started = worded({ type: 'started', at: startedAt, attempt, lane, waitTimeMs })
  const retrying = worded({ type: 'retrying', at: endedAt, attempt, delayMs, error })
  return endedAt < before ? [started, retrying] : [started]
}

/** The start of the attempt that ran already when the recording began: the task itself knows of it. */
function startBefore(task: TaskDetail, { steps }: History, kept: readonly PastAttempt[]): Step[] {
  const isTold =
    steps.some(({ type }) => type === 'started') || kept.some(({ startedAt }) => startedAt === task.startedAt)
  return isTold ? [] : fromFigures({ ...task, completedAt: null })
}

/** What the task still knows when nothing was recorded. */
function fromFigures({ status, startedAt, completedAt, retries, lane, waitTimeMs, executionTimeMs }: TaskLine): Step[] {
  const ran = executionTimeMs === null ? '' : `after ${duration(executionTimeMs)}`
  return [
    ...(startedAt === null
      ? []
      : [
          {
            type: 'started',
            at: startedAt,
            text: `attempt ${retries + 1} on the ${lane} lane, after ${duration(waitTimeMs)} of waiting`,
          },
        ]),
    ...(completedAt === null ? [] : [{ type: status, at: completedAt, text: ran }]),
  ]
}

/** Of reports of progress in a row the last says it all. */
function withoutOldProgress(steps: readonly HistoryStep[]): readonly HistoryStep[] {
  return steps.filter(({ type }, index) => type !== 'progress' || steps[index + 1]?.type !== 'progress')
}

function worded(step: HistoryStep): Step {
  return { type: step.type, at: step.at, text: textOf(step) }
}

function textOf({
  type,
  attempt,
  lane,
  waitTimeMs,
  executionTimeMs,
  delayMs,
  ratio,
  message,
  reason,
  error,
}: HistoryStep): string {
  const why = error === undefined ? '' : `${error.name}: ${error.message}`
  if (type === 'started') return `attempt ${attempt} on the ${lane} lane, after ${duration(waitTimeMs)} of waiting`
  if (type === 'progress') return `${percent(ratio ?? 0)} ${message ?? ''}`
  if (type === 'retrying') return `in ${duration(delayMs)}; attempt ${attempt} failed: ${why}`
  if (type === 'stalled') return reason ?? ''
  const ran = executionTimeMs === undefined ? '' : `after ${duration(executionTimeMs)}`
  return [ran, why].filter((part) => part !== '').join(': ')
}
