// The door `@catzilla/api`: what applications import.
export { BackgroundTasks, createTasks } from './background-tasks.ts'
export type { ShutdownOptions, TaskListQuery } from './background-tasks.ts'
export type { NumberColumn } from './columns.ts'
export type { DurableConfig } from './durable.ts'
export { currentTask, insideTask } from './current-task.ts'
export type { TaskExplanation } from './explain.ts'
export type { KernelConfig, KernelTask, LibraryKernelConfig } from './kernel.ts'
export type { TasksOptions } from './options.ts'
export type { AnyTask } from './registry.ts'
export type { MisfirePolicy, Schedule, ScheduleInfo, ScheduleOptions } from './schedule.ts'
export { TaskBatch } from './task-batch.ts'
export type { BatchItem } from './task-batch.ts'
export type { CallOptions, InputSchemas, TaskConfig, TypedLimits } from './task-config.ts'
export { TaskFuture } from './task-future.ts'
export { taskOf } from './task.ts'
export type { ColumnsOf, Task } from './task.ts'
export { TaskResult } from './task-result.ts'
export * from './errors.ts'
export { TaskPriority, priorityNames } from '@catzilla/engine'
// for packages on top of this one: the one check of options, the one answer to signals, the one list of events
export { handleSignals } from './signals.ts'
export { checkOptions, engineEventTypes, is } from '@catzilla/engine'
export type { OptionRow, OptionTable } from '@catzilla/engine'
export type {
  BuiltInKernelName,
  BuiltInKernels,
  EngineChoice,
  EngineEvents,
  EngineEventType,
  EngineInfo,
  EngineOptions,
  EngineStatistics,
  HealthReport,
  LaneName,
  Monitor,
  MonitorStatistics,
  PriorityName,
  RetryBackoff,
  ShutdownReport,
  TaskContext,
  TaskEngine,
  TaskInfo,
  TaskOutcome,
  TaskPage,
  TaskStats,
  TaskStatus,
  TaskSummary,
  WorkerDetails,
} from '@catzilla/engine'
