// The door `@catzilla/monitor`.
export { dashboardFolder } from './dashboard.ts'
export { publishToChannels } from './export/diagnostics.ts'
export { logTasks } from './export/logging.ts'
export type { LogLevel, LogLevels, TaskLogger } from './export/logging.ts'
export { prometheusText } from './export/prometheus.ts'
export type { MonitorOptions, ScalingOptions } from './options.ts'
export { AutoScaler } from './scaling/auto-scaler.ts'
export { TaskMonitor } from './task-monitor.ts'
export type { LiveSample } from './task-monitor.ts'
export type {
  ClassReport,
  EventLoopReport,
  HealthReport,
  LaneReport,
  MeasuredDurations,
  MeasuredTasks,
  Monitor,
  MonitorStatistics,
  NameReport,
  Rates,
  ScalingDecision,
  ScalingFigures,
  WorkerDetails,
} from '@catzilla/engine'
