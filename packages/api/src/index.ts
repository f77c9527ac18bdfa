// The door `@catzilla/api`: what applications import.
export { BackgroundTasks, createTasks } from './background-tasks.ts'
export type { ShutdownOptions, TaskListQuery } from './background-tasks.ts'
export type { NumberColumn } from './columns.ts'
export type { DurableConfig } from './durable.ts'
export { currentTask, insideTask } from './current-task.ts'
export type { TaskExplanation } from './explain.ts'
export type { KernelConfig, KernelTask, LibraryKernelConfig } from './kernel.ts'
export type { GroupedStatistics } from './monitor-view.ts'
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
export type {
  BuiltInKernelName,
  BuiltInKernels,
  EngineChoice,
  EngineEvents,
  EngineEventType,
  EngineInfo,
  EngineOptions,
  EngineStatistics,
  LaneName,
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
} from '@catzilla/engine'
