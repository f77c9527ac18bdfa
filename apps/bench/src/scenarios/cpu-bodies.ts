// Bodies that keep a processor busy: how many of them get done.
import { spin } from '../contenders/bodies.ts'
import { THREADS } from '../contenders/contender.ts'
import { verify } from '../section.ts'
import { awaitAll, perSecond } from './pace.ts'
import type { Effort, Figures, Scenario } from './scenario.ts'

export const cpuBodies: Scenario = {
  name: 'cpu-bodies',
  title: 'Bodies that compute',
  about: `The same loop over integers, of as many turns as JavaScript does in 10 µs and in 1 ms here, submitted in windows and all awaited. Threads and processes are ${THREADS} each. Bare worker_threads do the bodies of 1 ms with one message for all of them: what ${THREADS} threads do at best.`,
  measures: [
    { id: '10us', title: 'bodies of 10 µs', unit: 'tasks/s', better: 'more', headline: 'bodies of 10 µs of computing' },
    { id: '1ms', title: 'bodies of 1 ms', unit: 'tasks/s', better: 'more', headline: 'bodies of 1 ms of computing' },
  ],
  async run(queue, effort): Promise<Figures> {
    const { spin: submit, spinTimes } = queue
    if (submit === undefined) return {}
    const oneMs = effort.spinsPerMs
    const [small, large] = [effort.quick ? 200 : 2_000, effort.quick ? 20 : 200]
    const rate = (count: number, turns: number): Promise<number> => {
      const expected = spin(turns)
      return perSecond(effort, count, () =>
        awaitAll(
          count,
          () => submit(turns),
          (result) => verify('result of a spin', result, expected),
        ),
      )
    }
    return {
      '10us': await rate(small, Math.round(oneMs / 100)),
      '1ms': await (spinTimes === undefined ? rate(large, oneMs) : ideal(effort, large, spinTimes)),
    }
  },
}

function ideal(
  effort: Effort,
  count: number,
  spinTimes: (turns: number, times: number) => Promise<number>,
): Promise<number> {
  const each = count / THREADS
  return perSecond(effort, count, async () => {
    await Promise.all(Array.from({ length: THREADS }, () => spinTimes(effort.spinsPerMs, each)))
  })
}
