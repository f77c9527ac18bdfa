// What the routes of one mount share.
import type { BackgroundTasks } from '@catzilla/api'
import { AuditLog } from './audit-log.ts'
import { DashboardFiles } from './dashboard-files.ts'
import { EventHub } from './event-hub.ts'
import { OptionalMonitor } from './monitor.ts'
import type { ResolvedOptions } from './options.ts'
import { Acceptance } from './acceptance.ts'
import { RememberedKeys } from './remembered-keys.ts'
import { SettlementWatch } from './settlement-watch.ts'
import { RunStreams } from './workflows/run-streams.ts'

export interface Service {
  readonly tasks: BackgroundTasks
  readonly options: ResolvedOptions
  readonly monitor: OptionalMonitor
  readonly watch: SettlementWatch
  readonly hub: EventHub
  readonly runStreams: RunStreams
  readonly keys: RememberedKeys
  readonly acceptance: Acceptance
  readonly dashboard: DashboardFiles
  readonly audit: AuditLog
}

export function createService(tasks: BackgroundTasks, options: ResolvedOptions): Service {
  const monitor = new OptionalMonitor(tasks, options.monitor)
  return {
    tasks,
    options,
    monitor,
    watch: new SettlementWatch(tasks, options.maxWaiters),
    hub: new EventHub(tasks, options),
    runStreams: new RunStreams(options),
    keys: new RememberedKeys(options.idempotencyMs),
    acceptance: new Acceptance(),
    dashboard: new DashboardFiles(async () => options.dashboard ?? monitor.dashboardFolder()),
    audit: new AuditLog(),
  }
}
