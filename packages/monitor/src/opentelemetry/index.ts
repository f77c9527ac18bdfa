// The door `@catzilla/monitor/opentelemetry`. It needs an SDK of OpenTelemetry to be set up by the application.
export { meterTasks } from './meter-tasks.ts'
export type { MeterOptions } from './meter-tasks.ts'
export { traceTasks } from './trace-tasks.ts'
export type { TraceOptions } from './trace-tasks.ts'
