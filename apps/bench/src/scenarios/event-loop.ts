// What the event loop of the submitter feels while bodies of a millisecond run.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { awaitAll } from './pace.ts'
import type { Figures, Scenario } from './scenario.ts'

/** How often the event loop is looked at. What it shows has this in it, and it is taken off. */
const RESOLUTION_MS = 1

export const eventLoop: Scenario = {
  name: 'event-loop',
  title: 'Delay of the event loop',
  about:
    'Bodies of 1 ms of computing, 500 submitted at once and all awaited. The delay is that of perf_hooks’ monitorEventLoopDelay in the submitting thread, beyond its resolution of 1 ms. Bodies on the event loop delay it by themselves: that is what the other lanes are for.',
  measures: [
    {
      id: 'p99',
      title: '99th percentile',
      unit: 'ms',
      better: 'less',
      headline: 'delay of the event loop meanwhile, p99',
    },
    { id: 'max', title: 'longest', unit: 'ms', better: 'less' },
  ],
  async run({ spin }, { quick, spinsPerMs }): Promise<Figures> {
    if (spin === undefined) return {}
    const count = quick ? 40 : 500
    const round = (tasks: number): Promise<void> =>
      awaitAll(
        tasks,
        () => spin(spinsPerMs),
        () => {},
      )
    await round(20)
    const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    delays.enable()
    // it counts from the first turn it sees, and a delay shows in the turn that ends it
    await sleep(5 * RESOLUTION_MS)
    await round(count)
    await sleep(5 * RESOLUTION_MS)
    delays.disable()
    const beyond = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
    return { p99: beyond(delays.percentile(99)), max: beyond(delays.max) }
  },
}
