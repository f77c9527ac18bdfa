// What measuring costs: the same tasks with the histograms of C switched on and off. Engines have no such option, since
// measuring stays on, so the port is driven directly.
import type { NativeConfig } from '@catzilla/core-c'
import { collectYoungGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { nativeSection } from './core.ts'
import { atMost } from './goals.ts'
import { setUpPort, sumOfWindow } from './kernel-contenders.ts'
import type { KernelSetup } from './kernel-contenders.ts'

const WINDOW = 10_000
/**
 * Engines of each kind, which take turns: where the memory of one lies makes as much of a difference as what is measured.
 */
const ENGINES = 4

export const measureStatistics: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'What statistics cost',
  async ({ quick, clock }) => {
    // short samples, so that what is compared has happened at nearly the same time, and many of them
    const windows = quick ? 5 : 8
    const patterns = ['forget', 'each'] as const
    tellProgress(`native:statistics: on and off, windows of ${formatCount(WINDOW)}`)
    const setups = { on: await setUpPorts({ statistics: true }), off: await setUpPorts({ statistics: false }) }
    const entrants = patterns.flatMap((pattern) =>
      (['on', 'off'] as const).map((name) => {
        const turns = inTurns(setups[name])
        return timed(`${pattern}/${name}`, () => runWindows(turns(), pattern, windows), clocks[clock])
      }),
    )
    const rounds = quick ? { rounds: 3, warmUps: 1 } : { rounds: 241, warmUps: 4 * ENGINES }
    const samples = await interleave(entrants, { ...rounds, before: collectYoungGarbage })
    for (const setup of Object.values(setups).flat()) await setup.close()
    const ns = (pattern: string, name: string): number[] => samples.get(`${pattern}/${name}`) ?? []
    const slower = (pattern: string): number => (ratio(ns(pattern, 'on'), ns(pattern, 'off')) - 1) * 100
    const names = { forget: 'no handle', each: 'a promise each' }
    return {
      tables: [
        {
          title: `Kernel add through the port, windows of ${formatCount(WINDOW)}`,
          columns: ['', 'ns/task, on', 'min – max', 'ns/task, off', 'min – max', 'on is slower by'],
          rows: patterns.map((pattern) => {
            const [on, off] = [summarise(ns(pattern, 'on')), summarise(ns(pattern, 'off'))]
            return [
              names[pattern],
              formatFigure(on.median),
              `${formatFigure(on.min)} – ${formatFigure(on.max)}`,
              formatFigure(off.median),
              `${formatFigure(off.min)} – ${formatFigure(off.max)}`,
              `${formatFigure(slower(pattern))} %`,
            ]
          }),
          note: 'Through the bare port and not through the API, which has no option to switch statistics off: what surrounds a task is least here, so the share of the statistics is greatest. The median of the ratios within a round.',
        },
      ],
      verdicts: patterns.map((pattern) =>
        atMost({
          what: `statistics on against off, ${names[pattern]}: slower by`,
          measured: slower(pattern),
          unit: '%',
          floor: 5,
          goal: 2,
        }),
      ),
    }
  },
)

async function setUpPorts(config: Partial<NativeConfig>): Promise<KernelSetup[]> {
  const setups: KernelSetup[] = []
  for (let each = 0; each < ENGINES; each++) setups.push(await setUpPort(config))
  return setups
}

/** Gives one after the other, again and again. */
function inTurns(setups: readonly KernelSetup[]): () => KernelSetup {
  let turn = 0
  return () => {
    const setup = setups[turn++ % setups.length]
    if (setup === undefined) throw new Error('there are no engines')
    return setup
  }
}

async function runWindows({ loops }: KernelSetup, pattern: 'forget' | 'each', windows: number): Promise<number> {
  const loop = loops[pattern]
  if (loop === undefined) throw new Error(`the port has no loop ${pattern}`)
  let sum = 0
  for (let each = 0; each < windows; each++) sum += await loop(WINDOW)
  verify('sum of the results', sum, sumOfWindow(WINDOW) * windows)
  return WINDOW * windows
}
