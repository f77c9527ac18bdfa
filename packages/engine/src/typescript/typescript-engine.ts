// The pure-TypeScript engine: the walk with the inline lane alone.
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { isolateLanes } from '../isolates/isolate-lanes.ts'
import { resolveEngineOptions } from '../options/engine-options.ts'
import type { EngineOptions } from '../options/engine-options.ts'
import { WalkEngine } from './walk-engine.ts'

const capabilities: EngineCapabilities = Object.freeze({
  inlineLane: true,
  threadLane: true,
  processLane: true,
  nativeLane: false,
  adHocTasks: true,
  durable: false,
  distributed: false,
  hardTimeouts: true,
  resultsByReference: true,
  scalesInline: true,
  scalesWorkers: false,
  measuresTasks: true,
  virtualClock: true,
})

export class TypeScriptEngine extends WalkEngine {
  constructor(options?: EngineOptions) {
    const resolved = resolveEngineOptions(options)
    super(resolved, { name: 'typescript', capabilities }, (parts) => isolateLanes(parts, resolved))
  }
}
