// What the native engine can do.
import type { EngineCapabilities } from '../contract/capabilities.ts'

export const nativeCapabilities: EngineCapabilities = Object.freeze({
  inlineLane: true,
  threadLane: true,
  processLane: true,
  nativeLane: true,
  adHocTasks: true,
  durable: false,
  distributed: false,
  hardTimeouts: true,
  resultsByReference: true,
  scalesInline: true,
  scalesWorkers: true,
  measuresTasks: true,
  virtualClock: true,
})
