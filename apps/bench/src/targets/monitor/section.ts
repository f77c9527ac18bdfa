// What watching costs: the same tasks on engines that are watched and on engines that are not, taking turns.
import { loadCore } from '@catzilla/core-c'
import { collectYoungGarbage } from '../../child.ts'
import { loadNow } from '../../machine.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import { atMost } from '../native/goals.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { scrapeCosts } from './scrape-cost.ts'
import { engines, setUpWatched, watching } from './contenders.ts'
import type { EngineName, Watched, Watching } from './contenders.ts'

const WINDOW = 10_000

/** How much slower each may make an engine, in per cent. */
const bounds: Readonly<Record<Exclude<Watching, 'alone'>, { floor: number; goal: number }>> = {
  watched: { floor: 3, goal: 1 },
  'getStats 1,000/s': { floor: 5, goal: 3 },
  'prometheusText 1,000/s': { floor: 5, goal: 3 },
}

export async function measureMonitor(input: SectionInput): Promise<SectionResult> {
  const before = loadNow()
  const there = loadCore().core === undefined ? engines.filter((name) => name !== 'native') : engines
  const found: { table: Table; verdicts: Verdict[] }[] = []
  for (const engine of there) found.push(await measureEngine(engine, input), await measureScrapes(engine, input))
  const note = `The median of the ratios within a round. Load average before and after: ${before} and ${loadNow()}.`
  return {
    title: 'What watching costs',
    tables: found.map(({ table }) => ({ ...table, note })),
    verdicts: found.flatMap(({ verdicts }) => verdicts),
  }
}

async function measureEngine(
  engine: EngineName,
  { quick, clock }: SectionInput,
): Promise<{ table: Table; verdicts: Verdict[] }> {
  tellProgress(`monitor: ${engine} engine, windows of ${formatCount(WINDOW)}`)
  const windows = quick ? 2 : 20
  const setups: Watched[] = []
  for (const name of watching) setups.push(await setUpWatched(engine, name))
  const entrants = setups.map((setup) => timed(setup.name, () => runWindows(setup, windows), clocks[clock]))
  const rounds = quick ? { rounds: 3, warmUps: 1 } : { rounds: 31, warmUps: 5 }
  const samples = await interleave(entrants, { ...rounds, before: collectYoungGarbage })
  for (const setup of setups) await setup.close()
  const ns = (name: Watching): number[] => samples.get(name) ?? []
  const slower = (name: Watching): number => (ratio(ns(name), ns('alone')) - 1) * 100
  return {
    table: {
      title: `No-op tasks on the ${engine} engine, windows of ${formatCount(WINDOW)}`,
      columns: ['', 'ns/task', 'min – max', 'scrapes/s', 'slower by'],
      rows: setups.map(({ name, scrapes }) => {
        const { median, min, max } = summarise(ns(name))
        const perSecond = scrapes === null ? '' : formatCount((scrapes.count * 1000) / scrapes.ms)
        const by = name === 'alone' ? '' : `${formatFigure(slower(name))} %`
        return [name, formatFigure(median), `${formatFigure(min)} – ${formatFigure(max)}`, perSecond, by]
      }),
    },
    verdicts: (Object.keys(bounds) as (keyof typeof bounds)[]).map((name) =>
      atMost({ what: `${engine} engine, ${name}: slower by`, measured: slower(name), unit: '%', ...bounds[name] }),
    ),
  }
}

/** The same bounds, of the second that they are a share of: 5 % are 50 ms. */
async function measureScrapes(
  engine: EngineName,
  { quick }: SectionInput,
): Promise<{ table: Table; verdicts: Verdict[] }> {
  tellProgress(`monitor: ${engine} engine, processor time of scrapes`)
  const costs = await scrapeCosts(engine, quick ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 3 })
  const rows = Object.entries(costs) as [keyof typeof costs, number][]
  return {
    table: {
      title: `Processor time of scrapes, of the ${engine} engine at rest`,
      columns: ['', 'ms in a second'],
      rows: rows.map(([name, ms]) => [name, formatFigure(ms)]),
    },
    verdicts: rows.map(([name, measured]) => {
      const what = `${engine} engine at rest, ${name}: processor time`
      return atMost({ what, measured, unit: 'ms/s', floor: bounds[name].floor * 10, goal: bounds[name].goal * 10 })
    }),
  }
}

async function runWindows(setup: Watched, windows: number): Promise<number> {
  let sum = 0
  for (let each = 0; each < windows; each++) sum += await setup.run(WINDOW)
  verify('sum of the results', sum, (windows * WINDOW * (WINDOW + 1)) / 2)
  return WINDOW * windows
}
