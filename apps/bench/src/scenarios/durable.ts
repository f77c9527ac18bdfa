// Tasks that a crash does not reach.
import { verify } from '../section.ts'
import { perSecond, underWay } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Scenario } from './scenario.ts'

/** Of submissions. What is durable is grouped with what comes at the same time. */
const AT_ONCE = 1_000

export const durable: Scenario = {
  name: 'durable',
  title: 'Durable tasks',
  about: `Submissions that wait until the disk has them, ${AT_ONCE.toLocaleString('en-US')} under way, beside the bare store for as many bytes; and the same tasks until their results are there.`,
  measures: [
    {
      id: 'accepted',
      title: 'accepted, on disk',
      unit: 'tasks/s',
      better: 'more',
      headline: 'durable tasks, accepted on disk',
    },
    { id: 'ended', title: 'run and ended', unit: 'tasks/s', better: 'more', headline: 'durable tasks, run and ended' },
  ],
  run({ accept, add }, effort) {
    const count = effort.quick ? 500 : 5_000
    const check = (result: number, value: number): void => verify('result', result, value + 1)
    return figuresOf({
      accepted: accept && (() => perSecond(effort, count, () => underWay(count, AT_ONCE, accept))),
      ended:
        accept &&
        add &&
        (() =>
          perSecond(effort, count, () => underWay(count, AT_ONCE, async (value) => check(await add(value, 1), value)))),
    })
  },
}
