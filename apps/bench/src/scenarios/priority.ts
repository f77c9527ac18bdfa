// How long an urgent task takes behind a backlog that was there before it.
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../measure.ts'
import { verify } from '../section.ts'
import type { Figures, Scenario } from './scenario.ts'

const [BACKLOG, BODY_MS] = [5_000, 0.1]

export const priority: Scenario = {
  name: 'priority',
  title: 'An urgent task behind a backlog',
  about: `${BACKLOG.toLocaleString('en-US')} bodies of 100 µs in the lowest class, and no-ops in the highest, one every 10 ms. From the submission of the urgent task until its result is there. Pools without priorities are measured all the same: there, it waits its turn. fastq has no priorities, but a way to the front.`,
  measures: [
    { id: 'p50', title: 'median', unit: 'ms', better: 'less', headline: 'urgent task behind a backlog' },
    { id: 'max', title: 'longest', unit: 'ms', better: 'less' },
  ],
  async run({ backlog, urgent }, { quick, spinsPerMs }): Promise<Figures> {
    if (backlog === undefined || urgent === undefined) return {}
    // what is made on first use is no part of a wait
    await urgent(1, 1)
    await backlog(20, Math.round(spinsPerMs * BODY_MS))
    const backlogged = { left: true }
    const ended = backlog(quick ? BACKLOG / 20 : BACKLOG, Math.round(spinsPerMs * BODY_MS)).then(
      () => (backlogged.left = false),
    )
    const waits: number[] = []
    do {
      const begunAt = performance.now()
      verify('result of the urgent one', await urgent(waits.length, 1), waits.length + 1)
      waits.push(performance.now() - begunAt)
      await sleep(10)
    } while (backlogged.left)
    await ended
    return { p50: percentile(waits, 0.5), max: percentile(waits, 1) }
  },
}
