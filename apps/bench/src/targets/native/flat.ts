// Whether a kernel task costs the same however many are queued: windows from 1,000 to 1,000,000.
import { collectGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'
import { QUEUE_SIZE, createNativeTasks, nativeSection } from './core.ts'
import {
  bareObject,
  bareObjects,
  bareThen,
  kernelContenders,
  kernelPatterns,
  setUpApi,
  setUpBareObject,
  setUpBareObjects,
  setUpPort,
  sumOfWindow,
} from './kernel-contenders.ts'
import type { KernelLoop, KernelPattern, KernelSetup } from './kernel-contenders.ts'

/** Up to this ratio of the cost at the greatest number to that at the least, the cost counts as flat. */
const FLAT = 1.5
/** Windows of 1,000 run before each sample, unmeasured. */
const REHEARSALS = 100
const patterns: readonly KernelPattern[] = ['forget', 'group', 'each']

interface Entrant {
  readonly name: string
  readonly loop: KernelLoop
}

export const measureNativeFlatness: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Cost per kernel task by number queued',
  async ({ quick, clock }) => {
    const sizes = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]
    tellProgress(`native:flat: ${sizes.map(formatCount).join(', ')} queued`)
    const native = await setUpApi(await createNativeTasks())
    const port = await setUpPort({ slots: QUEUE_SIZE })
    const bare = await kernelContenders[bareThen]?.()
    const entrants = [
      ...entrantsOf('api, native', native),
      ...entrantsOf('port, no bookkeeping', port).filter(({ name }) => !name.includes(kernelPatterns.group)),
      ...(bare === undefined ? [] : entrantsOf(bareThen, bare)),
      ...entrantsOf(bareObjects, setUpBareObjects()),
      ...entrantsOf(bareObject, setUpBareObject()),
    ]
    const contenders = entrants.flatMap(({ name, loop }) =>
      sizes.map((size) => contenderOf(name, loop, size, quick, clocks[clock])),
    )
    const samples = await interleave(contenders, quick ? { rounds: 1, warmUps: 0 } : { rounds: 7, warmUps: 1 })
    await native.close()
    await port.close()
    const growthOf = (name: string, size: number): number =>
      ratio(samples.get(keyOf(name, size)) ?? [], samples.get(keyOf(name, sizes[0] ?? 0)) ?? [])
    return {
      tables: [
        {
          title: 'ns per kernel task, and as a multiple of the smallest window',
          columns: ['', ...sizes.map((size) => `${formatCount(size)} queued`)],
          rows: entrants.map(({ name }) => [
            name,
            ...sizes.map((size) => {
              const { median } = summarise(samples.get(keyOf(name, size)) ?? [])
              return `${formatFigure(median)} (${formatFigure(growthOf(name, size))} ×)`
            }),
          ]),
          note: 'A window is submitted whole before the event loop has its turn. Where handles or promises are held, larger windows also mean a larger heap for the garbage collector to walk: the bare promises, and objects that nobody does anything with, show how much the language itself grows.',
        },
      ],
      verdicts: patterns.map((pattern): Verdict => {
        const [least, greatest] = [sizes[0] ?? 0, sizes.at(-1) ?? 0]
        const growth = growthOf(nameOf('api, native', pattern), greatest)
        return {
          target: `kernel add, ${kernelPatterns[pattern]}: cost from ${formatCount(least)} to ${formatCount(greatest)} queued grows < ${FLAT} ×`,
          measured: `${formatFigure(growth)} ×${besideOf(pattern, (name) => growthOf(name, greatest))}`,
          met: growth < FLAT,
        }
      }),
    }
  },
)

function entrantsOf(contender: string, { loops }: Pick<KernelSetup, 'loops'>): Entrant[] {
  return patterns.flatMap((pattern) => {
    const loop = loops[pattern]
    return loop === undefined ? [] : [{ name: nameOf(contender, pattern), loop }]
  })
}

/** Small windows are repeated until the sample is long enough to be measured. */
function contenderOf(
  name: string,
  loop: KernelLoop,
  size: number,
  quick: boolean,
  now: () => number,
): Contender<number> {
  const windows = Math.max(1, Math.ceil((quick ? 10_000 : 200_000) / size))
  const work = async (): Promise<number> => {
    let sum = 0
    for (let each = 0; each < windows; each++) sum += await loop(size)
    verify(`sum of the results of ${name}`, sum, sumOfWindow(size) * windows)
    return size * windows
  }
  const contender = timed(keyOf(name, size), work, now)
  return {
    name: contender.name,
    async run(round) {
      // a million handles of the sample before must go, and with them goes compiled code: it is made anew, unmeasured
      collectGarbage()
      for (let each = 0; each < (quick ? 10 : REHEARSALS); each++) await loop(1_000)
      return contender.run(round)
    },
  }
}

/** What grows in the same way though it does nothing but hold as much. */
function besideOf(pattern: KernelPattern, growthOf: (name: string) => number): string {
  const beside: Partial<Record<KernelPattern, readonly string[]>> = {
    group: [bareObjects, bareObject],
    each: [bareThen],
  }
  const known = (beside[pattern] ?? []).map((name) => `${name} ${formatFigure(growthOf(nameOf(name, pattern)))} ×`)
  return known.length === 0 ? '' : ` (${known.join(', ')})`
}

function nameOf(contender: string, pattern: KernelPattern): string {
  return `${contender}: ${kernelPatterns[pattern]}`
}

function keyOf(name: string, size: number): string {
  return `${name}/${size}`
}
