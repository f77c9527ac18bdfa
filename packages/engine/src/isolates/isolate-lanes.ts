// The lanes off the event loop, which both local engines have.
import type { ResolvedEngineOptions } from '../options/engine-options.ts'
import type { SideLane } from '../typescript/side-lane.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'

export function isolateLanes(_parts: WalkParts, _options: ResolvedEngineOptions): readonly SideLane[] {
  return []
}
