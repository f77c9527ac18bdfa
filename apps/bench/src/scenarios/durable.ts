// Tasks that a crash does not reach.
import { msOf } from '../measure.ts'
import { verify } from '../section.ts'
import { ownWindowMs, perSecond, underWay } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Scenario } from './scenario.ts'

/** Of submissions. What is durable is grouped with what comes at the same time. */
const AT_ONCE = 1_000

/** Milliseconds. The first 15,000 submissions of a process take up to three times as long, until all of the way is compiled. */
const WARM_UP_MS = 600

export const durable: Scenario = {
  name: 'durable',
  title: 'Durable tasks',
  about: `Submissions that wait until the disk has them, ${AT_ONCE.toLocaleString('en-US')} under way, beside the bare store for as many bytes; and the same tasks until their results are there. First the submissions alone, none of whose tasks runs before all are accepted: as many bytes and commits on both sides. Then with the tasks running meanwhile, whose ends are written and whose records are removed again by the same thread, disk and commits.`,
  measures: [
    {
      id: 'accepted',
      title: 'accepted, on disk',
      unit: 'tasks/s',
      better: 'more',
      headline: 'durable tasks, accepted on disk',
    },
    { id: 'meanwhile', title: 'accepted, on disk, while they run', unit: 'tasks/s', better: 'more' },
    { id: 'ended', title: 'run and ended', unit: 'tasks/s', better: 'more', headline: 'durable tasks, run and ended' },
  ],
  run({ accept, acceptHeld = (_, work) => msOf(work), add }, effort) {
    const count = effort.quick ? 500 : 5_000
    const check = (result: number, value: number): void => verify('result', result, value + 1)
    const acceptAll = accept && (() => underWay(count, AT_ONCE, accept))
    return figuresOf({
      accepted:
        acceptAll &&
        (async () => (count * 1e3) / (await ownWindowMs(effort, () => acceptHeld(count, acceptAll), WARM_UP_MS))),
      meanwhile: acceptAll && add && (() => perSecond(effort, count, acceptAll)),
      ended:
        accept &&
        add &&
        (() =>
          perSecond(effort, count, () => underWay(count, AT_ONCE, async (value) => check(await add(value, 1), value)))),
    })
  },
}
