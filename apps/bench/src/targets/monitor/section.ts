// What recording and watching cost: the same tasks of the same engine, recorded or not, watched or not, taking turns.
import { loadCore } from '@catzilla/core-c'
import { collectYoungGarbage } from '../../child.ts'
import { loadNow } from '../../machine.ts'
import { clocks, interleave, spread } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { atMost } from '../native/goals.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { measureRecording, recordedWays } from './recording.ts'
import { scrapeCosts } from './scrape-cost.ts'
import { engines, scraping, setUpSubject, watchAs } from './contenders.ts'
import type { EngineName, Scraping, Subject, Watcher, Watching } from './contenders.ts'
import { slowerBy } from './slower.ts'

const WINDOW = 10_000
/** A monitor samples once a second: so long has each turn to be that it pays for it. */
const TURN_MS = 1050

const alone = 'alone'
const aloneAgain = 'alone, again'
const watching: readonly Watching[] = ['watched', ...scraping]

/** How much slower each may make an engine, in per cent. */
const bounds: Readonly<Record<Watching, { floor: number; goal: number }>> = {
  watched: { floor: 3, goal: 1 },
  'getStats 1,000/s': { floor: 5, goal: 3 },
  'prometheusText 1,000/s': { floor: 5, goal: 3 },
}

interface Found {
  readonly table: Table
  readonly verdicts: readonly Verdict[]
}

export async function measureMonitor(input: SectionInput): Promise<SectionResult> {
  const before = loadNow()
  const there = loadCore().core === undefined ? engines.filter((name) => name !== 'native') : engines
  tellProgress('monitor: recording, on and off')
  const found: Found[] = []
  for (const way of recordedWays) {
    const { table, verdict } = await measureRecording(way, { quick: input.quick, now: clocks[input.clock] })
    found.push({ table, verdicts: [verdict] })
  }
  for (const engine of there) found.push(await measureWatching(engine, input), await measureScrapes(engine, input))
  const note = `Medians over the rounds, of the ratios within a round, and where the middle half of them lies; what is there "again" says what the machine adds, and who watches is held against the mean of both. Load average before and after: ${before} and ${loadNow()}.`
  return {
    title: 'What watching costs',
    tables: found.map((each) => ({ ...each.table, note })),
    verdicts: found.flatMap(({ verdicts }) => verdicts),
  }
}

async function measureWatching(engine: EngineName, { quick, clock }: SectionInput): Promise<Found> {
  tellProgress(`monitor: ${engine} engine, windows of ${formatCount(WINDOW)}`)
  const subject = await setUpSubject(engine)
  const turns = [alone, aloneAgain, ...watching].map((name) => new Turn(name, subject, clocks[clock]))
  const rounds = quick ? { rounds: 3, warmUps: 1 } : { rounds: 9, warmUps: 1, budgetMs: 120_000 }
  const samples = await interleave(turns, rounds)
  await subject.close()
  const ns = (name: string): number[] => samples.get(name) ?? []
  // nobody watches in either: what one of them happens to have is no part of what watching costs
  const unwatched = ns(alone).map((each, round) => (each + (ns(aloneAgain)[round] ?? Number.NaN)) / 2)
  return {
    table: {
      title: `No-op tasks on the ${engine} engine, windows of ${formatCount(WINDOW)}`,
      columns: ['', 'ns/task', 'middle half', 'scrapes/s', 'slower by', 'middle half'],
      rows: turns.map(({ name, scrapesPerSecond }) => {
        const { median, from, to } = spread(ns(name))
        const by = slowerBy(ns(name), name === aloneAgain ? ns(alone) : unwatched)
        const told = name === alone ? ['', ''] : [by.told, by.half]
        return [name, formatFigure(median), `${formatFigure(from)} – ${formatFigure(to)}`, scrapesPerSecond, ...told]
      }),
    },
    verdicts: watching.map((name) => {
      const measured = slowerBy(ns(name), unwatched).median
      return atMost({ what: `${engine} engine, ${name}: slower by`, measured, unit: '%', ...bounds[name] })
    }),
  }
}

/** A second of tasks, watched as its name says. */
class Turn implements Contender<number> {
  readonly name: string
  readonly #subject: Subject
  readonly #now: () => number
  #scrapes = 0
  #scrapeMs = 0

  constructor(name: string, subject: Subject, now: () => number) {
    this.name = name
    this.#subject = subject
    this.#now = now
  }

  get scrapesPerSecond(): string {
    return this.#scrapes === 0 ? '' : formatCount((this.#scrapes * 1000) / this.#scrapeMs)
  }

  /** Nanoseconds a task. */
  async run(): Promise<number> {
    const which = watching.find((each) => each === this.name)
    const watcher = which === undefined ? undefined : await watchAs(which, this.#subject.engine)
    collectYoungGarbage()
    watcher?.scrapes?.begin()
    const [began, endsAt] = [this.#now(), performance.now() + TURN_MS]
    let [tasks, sum] = [0, 0]
    for (; performance.now() < endsAt; tasks += WINDOW) sum += await this.#subject.run(WINDOW)
    const took = this.#now() - began
    this.#end(watcher)
    verify('sum of the results', sum, (tasks * (WINDOW + 1)) / 2)
    return took / tasks
  }

  #end(watcher: Watcher | undefined): void {
    watcher?.scrapes?.pause()
    this.#scrapes += watcher?.scrapes?.count ?? 0
    this.#scrapeMs += watcher?.scrapes?.ms ?? 0
    watcher?.close()
  }
}

/** The same bounds, of the second that they are a share of: 5 % are 50 ms. */
async function measureScrapes(engine: EngineName, { quick }: SectionInput): Promise<Found> {
  tellProgress(`monitor: ${engine} engine, processor time of scrapes`)
  const costs = await scrapeCosts(engine, quick ? { rounds: 1, seconds: 1 } : { rounds: 3, seconds: 1 })
  const rows = Object.entries(costs) as [Scraping, number][]
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
