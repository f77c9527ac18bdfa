// The lanes off the event loop, which both local engines have.
import type { ResolvedEngineOptions } from '../options/engine-options.ts'
import type { SideLane } from '../typescript/side-lane.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import { ProcessLane } from './process/process-lane.ts'
import { ThreadLane } from './thread/thread-lane.ts'

export function isolateLanes(parts: WalkParts, options: ResolvedEngineOptions): readonly SideLane[] {
  return [new ThreadLane(parts, options), new ProcessLane(parts, options)]
}
