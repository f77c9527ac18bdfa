// What `onStep` tells.
import type { StepStatus } from './decide/run-state.ts'

export interface StepEvent {
  readonly runId: string
  readonly workflow: string
  /** The id of the step. */
  readonly step: string
  /** Place in the list of a map, or round of a loop, when it is about that one alone. */
  readonly item?: number
  readonly status: 'started' | StepStatus
  /** Epoch milliseconds. */
  readonly at: number
  /** Of a step that has settled. */
  readonly durationMs?: number
  readonly error?: Error
}

export type StepListener = (event: StepEvent) => void
