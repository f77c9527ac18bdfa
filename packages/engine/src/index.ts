// The door `@catzilla/engine`: the contract, the choice of an engine, the TypeScript engine, options and errors.
export * from './contract/errors.ts'
export * from './contract/events.ts'
export * from './contract/statistics.ts'
export * from './contract/task.ts'
export { isSettled, taskTransitions } from './contract/task-state.ts'
export type * from './contract/capabilities.ts'
export type * from './contract/task-engine.ts'
export { currentTask } from './lanes/task-context.ts'
export { checkOptions, is, nearest } from './options/check.ts'
export type { OptionRow, OptionTable } from './options/check.ts'
export { engineOptionTable, resolveEngineOptions } from './options/engine-options.ts'
export type { EngineOptions, ResolvedEngineOptions } from './options/engine-options.ts'
export { defaultTaskOptions, resolvePriority, resolveTaskOptions, taskOptionTable } from './options/task-options.ts'
export type {
  ConflictPolicy,
  ResolvedTaskOptions,
  RetryBackoff,
  TaskLimits,
  TaskOptions,
} from './options/task-options.ts'
export { createTypeScriptEngine, selectEngine } from './select-engine.ts'
export type { EngineChoice, EngineInfo, EngineModule, EngineSurroundings } from './select-engine.ts'
export { systemClock } from './support/clock.ts'
export type { Alarm, Clock } from './support/clock.ts'
export { callSafely } from './support/event-stream.ts'
export { KeepAlive } from './support/keep-alive.ts'
export { formatPath } from './support/payload-copy.ts'
