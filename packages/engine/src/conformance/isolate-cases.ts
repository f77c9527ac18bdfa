// What cases of the lanes off the event loop share. Their bodies have no free variables, so that they travel as source.
import type { EngineCapabilities } from '../contract/capabilities.ts'
import type { TaskEngine } from '../contract/task-engine.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { Harness } from './harness.ts'

export type IsolateLane = 'thread' | 'process'

/** A case for one of the lanes, run only on engines that have it. */
export function isolateCase(
  lane: IsolateLane,
  name: string,
  run: (t: Harness) => Promise<void>,
  needs: readonly (keyof EngineCapabilities)[] = [],
): ConformanceCase {
  return { name: `${lane} lane: ${name}`, anyLane: true, needs: [`${lane}Lane`, ...needs], run }
}

/** An engine with so many threads and processes at most. */
export function startIsolates(t: Harness, most = 1): Promise<TaskEngine> {
  return t.start({ maxThreads: most, maxProcesses: most })
}

/** A body that never gives way. */
export function loopForEver(): number {
  let turns = 0
  // counted, and given back: a bundler drops a loop that does nothing
  while (turns >= 0) turns++
  return turns
}

/** A body that says where it runs. */
export function pidAndNumber(n: number): readonly [number, number] {
  return [process.pid, n]
}
