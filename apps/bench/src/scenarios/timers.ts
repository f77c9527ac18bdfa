// How late delayed tasks start.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { percentile } from '../measure.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Figures, Scenario } from './scenario.ts'

const [TIMERS, LONGEST_MS, PER_TURN] = [10_000, 1_000, 100]

export const timers: Scenario = {
  name: 'timers',
  title: 'Lateness of delayed tasks',
  about: `${TIMERS.toLocaleString('en-US')} tasks with delays between 0 and ${LONGEST_MS.toLocaleString('en-US')} ms (the same for everybody), ${PER_TURN} submitted in a turn of the event loop. From the time that was asked for until the body starts.`,
  measures: [
    { id: 'p50', title: 'median', unit: 'ms', better: 'less' },
    { id: 'p99', title: '99th percentile', unit: 'ms', better: 'less', headline: 'lateness of delayed tasks, p99' },
  ],
  async run({ startedAfter }, { quick }): Promise<Figures> {
    if (startedAfter === undefined) return {}
    const random = seededRandom(20)
    const late: Promise<number>[] = []
    const [count, longestMs] = quick ? [TIMERS / 20, LONGEST_MS / 4] : [TIMERS, LONGEST_MS]
    for (let index = 0; index < count; index++) {
      late.push(latenessOf(startedAfter, random() * longestMs))
      if (index % PER_TURN === PER_TURN - 1) await nextTurn()
    }
    const all = await Promise.all(late)
    return { p50: percentile(all, 0.5), p99: percentile(all, 0.99) }
  },
}

async function latenessOf(startedAfter: (delayMs: number) => Promise<number>, delayMs: number): Promise<number> {
  const dueAt = performance.timeOrigin + performance.now() + delayMs
  return (await startedAfter(delayMs)) - dueAt
}
