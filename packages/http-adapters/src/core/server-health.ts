// How the server is: the health of its tasks, unless it takes no more of them.
import type { DrainState } from './drain-state.ts'
import type { Health, OptionalMonitor } from './monitor.ts'

export function serverHealth(monitor: OptionalMonitor, { draining, asked }: DrainState): Health {
  if (draining) return { live: true, ready: false, healthy: false, reasons: ['it is shutting down'] }
  const health = monitor.health()
  if (!asked) return health
  const { live, reasons } = health
  return { live, ready: false, healthy: false, reasons: ['it is drained: nothing new is taken', ...reasons] }
}
