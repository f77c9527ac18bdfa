// Whether a task costs the same however many are queued: from 1,000 to 1,000,000, submitted and then all awaited.
import { collectGarbage } from '../../child.ts'
import { bareLoop, bareObject, contenders, setUpBareObject } from './contenders.ts'
import type { Setup } from './contenders.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { sumBelow } from './windows.ts'

/** Up to this ratio of the cost at the greatest number to that at the least, the cost counts as flat. */
const FLAT = 1.5

/** Windows of 1,000 run before each sample, unmeasured. */
const REHEARSALS = 150

const measured = ['api', 'engine', 'fastq', bareLoop, bareObject] as const

export async function measureFlatness({ quick, clock }: SectionInput): Promise<SectionResult> {
  const sizes = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]
  const tasksAtLeast = quick ? 10_000 : 100_000
  tellProgress(`flat: ${sizes.map(formatCount).join(', ')} queued`)
  const setups: Setup[] = []
  const entrants: Contender<number>[] = []
  for (const name of measured) {
    const setup = await (name === bareObject ? setUpBareObject : contenders[name])?.('sync')
    if (setup === undefined) throw new Error(`there is no contender named ${name}`)
    setups.push(setup)
    for (const size of sizes) entrants.push(contenderOf(name, setup, size, tasksAtLeast, clocks[clock]))
  }
  const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 5, warmUps: 1 }
  const samples = await interleave(entrants, rounds)
  for (const setup of setups) await setup.close()
  const growthOf = (name: string, size: number): number => {
    return ratio(samples.get(keyOf(name, size)) ?? [], samples.get(keyOf(name, sizes[0] ?? 0)) ?? [])
  }
  const greatest = sizes.at(-1) ?? 0
  const growth = growthOf('api', greatest)
  const reference = growthOf(bareLoop, greatest)
  return {
    title: 'Cost per task by number queued',
    tables: [
      {
        title: 'ns per task, submitted and awaited, and as a multiple of the smallest queue',
        columns: ['', ...sizes.map((size) => `${formatCount(size)} queued`)],
        rows: measured.map((name) => [
          name,
          ...sizes.map((size) => {
            const { median } = summarise(samples.get(keyOf(name, size)) ?? [])
            return `${formatFigure(median)} (${formatFigure(growthOf(name, size))} ×)`
          }),
        ]),
        note: 'Every handle is held until all are awaited, so larger windows also mean a larger heap for the garbage collector to walk: the bare loop, and objects that are no tasks, show how much of the growth is that.',
      },
    ],
    verdicts: [
      {
        target: `cost per task flat from ${formatCount(sizes[0] ?? 0)} to ${formatCount(greatest)} queued (≤ ${FLAT} ×)`,
        measured: `${formatFigure(growth)} × (bare loop ${formatFigure(reference)} ×, ${bareObject} ${formatFigure(growthOf(bareObject, greatest))} ×)`,
        met: growth <= FLAT,
      },
      {
        target: 'it grows no more than the bare promise loop does',
        measured: `${formatFigure(growth)} × against ${formatFigure(reference)} ×`,
        met: growth <= reference,
      },
    ],
  }
}

/** Small windows are repeated until the sample is long enough to be measured. */
function contenderOf(
  name: string,
  setup: Setup,
  size: number,
  tasksAtLeast: number,
  now: () => number,
): Contender<number> {
  const windows = Math.max(1, Math.ceil(tasksAtLeast / size))
  const work = async (): Promise<number> => {
    const before = setup.probe.runs
    let sum = 0
    for (let each = 0; each < windows; each++) sum += await setup.loops.each(size)
    verify(`sum of the results of ${name}`, sum, sumBelow(size) * windows)
    verify(`runs of ${name}`, setup.probe.runs - before, size * windows)
    return size * windows
  }
  const contender = timed(keyOf(name, size), work, now)
  return {
    name: contender.name,
    async run(round) {
      // a million handles of the sample before must go, and with them goes compiled code: it is made anew, unmeasured
      const rehearsals = tasksAtLeast < 100_000 ? 10 : REHEARSALS
      collectGarbage()
      for (let each = 0; each < rehearsals; each++) await setup.loops.each(1_000)
      return contender.run(round)
    },
  }
}

function keyOf(name: string, size: number): string {
  return `${name}/${size}`
}
