// The door `@catzilla/workflow`: chains and graphs of tasks.
export { WorkflowBuilder } from './builder.ts'
export type { StepOutcome } from './builder.ts'
export type { CriticalPath, CriticalStep } from './critical-path.ts'
export type { KeptItems, KeptStep, RunEnd, RunEvent } from './decide/events.ts'
export type { FailurePolicy, StepKind } from './decide/plan.ts'
export type { StepStatus } from './decide/run-state.ts'
export type { RunInfo, RunProgress, RunStatus, RunSummary, StepInfo, WorkflowInfo } from './inspect.ts'
export type { RunExplanation, StepExplanation } from './in-c/explain.ts'
export { MemoryStore } from './memory-store.ts'
export { toMermaid } from './mermaid.ts'
export type { Placeholder, Unwired, Wired, WiredArguments } from './placeholder.ts'
export type { RunPage, RunQuery } from './run-book.ts'
export type { StepEvent, StepListener } from './step-event.ts'
export type {
  Compensation,
  ComputeOptions,
  LoopOptions,
  MapOptions,
  StepOptions,
  WiringOptions,
} from './step-options.ts'
export type { RunRecord, StoredRun, WorkflowStore } from './store.ts'
export { TaskChain } from './task-chain.ts'
export type { ChainOptions } from './task-chain.ts'
export { WorkflowRun } from './workflow-run.ts'
export { WorkflowRuns } from './workflow-runs.ts'
export type { RunEvents, StartOptions, WorkflowRunsOptions } from './workflow-runs.ts'
export { Workflow, workflow, workflowOf } from './workflow.ts'
export type { BuildWorkflow, WorkflowOptions } from './workflow.ts'
export { WorkflowError } from '@catzilla/api'
