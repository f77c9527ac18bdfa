// One attempt of a task of the walk that C runs.
import type { RunState } from '../typescript/run-state.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import type { GraphAttempt } from './graph-attempt.ts'
import type { KernelPlan } from './kernel-plan.ts'

/**
 * What is to become of it: wanted as it is, called back into the walk if it has not started, or of no interest to anybody
 * since its task was taken back or given up.
 */
export type AttemptFate = 'wanted' | 'recalled' | 'dropped'

export class KernelAttempt {
  readonly record: TaskRecord
  readonly kernel: KernelPlan
  readonly slot: number
  /** The column of results, if it works on columns. */
  readonly out: Float64Array | null
  /** What it does instead, if it runs a graph. */
  graph: GraphAttempt | null = null
  fate: AttemptFate = 'wanted'
  /** Null until C has said that it runs. */
  run: RunState | null = null

  constructor(record: TaskRecord, kernel: KernelPlan, slot: number, out: Float64Array | null) {
    this.record = record
    this.kernel = kernel
    this.slot = slot
    this.out = out
  }
}
