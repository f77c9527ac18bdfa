// What the distributed engine can do: what the local engine in it can, but for what a broker makes different.
import type { EngineCapabilities } from '@catzilla/engine'

export function capabilitiesOver(local: EngineCapabilities): EngineCapabilities {
  return Object.freeze({
    ...local,
    adHocTasks: false,
    durable: true,
    distributed: true,
    resultsByReference: false,
    virtualClock: false,
  })
}
