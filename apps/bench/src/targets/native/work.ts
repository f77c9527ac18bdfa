// Bodies of a microsecond: how much of two processors' time goes into them, beside a plain C loop over the same body.
import type { BackgroundTasks } from '@catzilla/api'
import { collectYoungGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { cpuTimeOfThisThread } from '../../processor-time.ts'
import { buildPlainLibrary } from '../../plain-c.ts'
import { availableParallelism } from 'node:os'
import { formatCount, formatFigure, formatPercent, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { createNativeTasks, nativeSection, requireCore } from './core.ts'
import { atLeast } from './goals.ts'
import { PortClient } from './port-client.ts'

interface Sample {
  /** Nanoseconds for each task, or body. */
  readonly ns: number
  /** Share of one processor that the main thread took meanwhile. */
  readonly main: number
}

/** What a kernel timed by itself. */
interface Timed {
  readonly ns: number
  readonly sum: number
}

/** The kernels of the library, on an engine of their own. */
interface Bodies {
  readonly tasks: BackgroundTasks
  readonly forget: (rounds: number) => void
  readonly one: (rounds: number) => Promise<number>
  readonly columns: (rounds: Float64Array) => Promise<Float64Array>
  readonly loop: (rounds: number, times: number) => Promise<Timed>
  readonly apart: (rounds: number, times: number) => Promise<Timed>
  readonly ring: (rounds: number, windows: number) => Promise<Timed>
}

/**
 * Tasks of a window: all are submitted before their results are looked at. As many as `RING_WINDOW` of the library. It takes some 30 ms: the
 * moments at its ends in which too little is there to do weigh little.
 */
const WINDOW = 50_000
/** At the ends of these they weigh. */
const SHORT_WINDOW = 20_000
const plainLoop = 'plain C loop, one thread'
const behindEach = 'plain C loop, 256 additions behind each body'
const own = 'api, native, 2 workers'
const short = `api, native, 2 workers, windows of ${formatCount(SHORT_WINDOW)}`
const columns = 'api, native, 2 workers, mapArrays'
const bare = 'port, no bookkeeping, 2 workers'
const ring = 'plain C ring, 2 threads and one that hands out'
/** Those with two workers. */
const withTwo: readonly string[] = [own, short, columns, bare, ring]

export const measureWork: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Kernels of one microsecond',
  async ({ quick }) => {
    const library = buildPlainLibrary()
    if ('missing' in library) return { tables: [], verdicts: [], skipped: library.missing }
    tellProgress(`native:work: windows of ${formatCount(WINDOW)}`)
    const [two, one] = [await setUp(library.path, 2), await setUp(library.path, 1)]
    const rounds = await roundsOfAMicrosecond(one)
    const expected = await one.one(rounds)
    const windows = quick ? 2 : 8
    const port = new PortClient(requireCore(), { workers: 2, maxWorkers: 2 })
    port.binding.loadLibrary(library.path)
    const plan = port.plan('bench.work')
    const entrants: Contender<Sample>[] = [
      { name: plainLoop, run: () => throughLoop(one.loop, rounds, WINDOW * windows, expected) },
      { name: behindEach, run: () => throughLoop(one.apart, rounds, WINDOW * windows, expected) },
      { name: own, run: () => throughEngine(two, rounds, windows) },
      { name: short, run: () => throughEngine(two, rounds, (windows * WINDOW) / SHORT_WINDOW, SHORT_WINDOW) },
      { name: columns, run: () => throughColumns(two, rounds, WINDOW * windows) },
      { name: bare, run: () => throughPort(() => port.sumOfAlike(plan, WINDOW, rounds), windows, expected) },
      { name: ring, run: () => throughRing(one, rounds, windows, expected) },
      { name: 'api, native, 1 worker', run: () => throughEngine(one, rounds, windows) },
    ]
    const effort = quick ? { rounds: 3, warmUps: 1 } : { rounds: 11, warmUps: 2 }
    const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
    port.close()
    await two.tasks.shutdown()
    await one.tasks.shutdown()
    const shareOf = (name: string, workers: number): number =>
      ratio(ns(samples, plainLoop), ns(samples, name)) / workers
    const mainOf = (name: string): number => summarise((samples.get(name) ?? []).map(({ main }) => main)).median
    const cores = availableParallelism()
    const main = `${cores} cores, of which the main thread took ${formatFigure(mainOf(own))}; ${bare} ${formatPercent(shareOf(bare, 2))}, ${ring} ${formatPercent(shareOf(ring, 2))}`
    return {
      tables: [
        {
          title: `A body of ${formatCount(rounds)} dependent multiplications and additions`,
          columns: ['', 'M bodies/s', 'min – max', 'ns each', 'of the ideal', 'cores taken by the main thread'],
          rows: [...samples].map(([name, each]) => {
            const { median: middle, min, max } = summarise(each.map((sample) => sample.ns))
            const workers = withTwo.includes(name) ? 2 : 1
            const spread = `${formatFigure(1e3 / max)} – ${formatFigure(1e3 / min)}`
            return [
              name,
              formatFigure(1e3 / middle),
              spread,
              formatFigure(middle),
              formatPercent(shareOf(name, workers)),
              formatFigure(mainOf(name)),
            ]
          }),
          note: `The ideal is what one bare loop over the same body does on one thread, times the number of workers. The amount of work is fixed, so whoever is interrupted gets less done. Where there are as many workers as processors (${cores} here), what the main thread takes to submit and to look at results is missing for the workers. "${bare}" writes numbers into the shared memory and adds up the results, without names, options, handles, figures or look-up: what is left of the ideal when the rest costs nothing. "${ring}" is a C program: a third thread writes ${formatCount(WINDOW)} arguments into a ring, sleeps until all are run, and adds up the results. "${behindEach}": a processor begins the next body before it has ended the last, as long as it can hold at once what lies between; here it cannot.`,
        },
      ],
      verdicts: [
        atLeast({
          what: '1 µs kernel, 2 workers, of the ideal',
          measured: shareOf(own, 2) * 100,
          unit: '%',
          floor: 85,
          goal: 95,
          aside: main,
        }),
        atLeast({
          what: '1 µs kernel, 2 workers, by mapArrays, of the ideal',
          measured: shareOf(columns, 2) * 100,
          unit: '%',
          floor: 85,
          goal: 95,
        }),
      ],
    }
  },
)

async function setUp(library: string, workers: number): Promise<Bodies> {
  const tasks = await createNativeTasks({ workers })
  const work = tasks.kernel<(rounds: number) => number>('bench.work', { library })
  const loop = tasks.kernel<(rounds: number, times: number) => Timed>('bench.work-loop', { library })
  const apart = tasks.kernel<(rounds: number, times: number) => Timed>('bench.work-apart', { library })
  const handOut = tasks.kernel<(rounds: number, windows: number) => Timed>('bench.work-ring', { library })
  return {
    tasks,
    forget: (rounds) => void work.delay(rounds),
    one: (rounds) => work.delay(rounds).wait(),
    columns: (rounds) => work.mapArrays(rounds).wait(),
    loop: (rounds, times) => loop.delay(rounds, times).wait(),
    apart: (rounds, times) => apart.delay(rounds, times).wait(),
    ring: (rounds, windows) => handOut.delay(rounds, windows).wait(),
  }
}

/** How many rounds of the body take a microsecond here: found with as many, since what one body overlaps with the next does not grow with it. */
async function roundsOfAMicrosecond({ loop }: Bodies): Promise<number> {
  let rounds = 1000
  for (let time = 0; time < 4; time++) rounds = Math.max(1, Math.round((rounds * 1000) / (await fastest(loop, rounds))))
  return rounds
}

/** Nanoseconds that a body takes when nobody interrupts. */
async function fastest(loop: Bodies['loop'], rounds: number): Promise<number> {
  let least = Infinity
  for (let time = 0; time < 20; time++) least = Math.min(least, (await loop(rounds, 2_000)).ns / 2_000)
  return least
}

async function throughLoop(loop: Bodies['loop'], rounds: number, times: number, expected: number): Promise<Sample> {
  return sampleOf('loop', await loop(rounds, times), times, expected)
}

async function throughRing({ ring: run }: Bodies, rounds: number, windows: number, expected: number): Promise<Sample> {
  return sampleOf('ring', await run(rounds, windows), windows * WINDOW, expected)
}

function sampleOf(what: string, { ns: took, sum }: Timed, times: number, expected: number): Sample {
  // the same value, added up: only rounding differs
  if (Math.abs(sum / times / expected - 1) > 1e-9)
    throw new Error(`the plain ${what} gave ${sum / times}, not ${expected}`)
  return { ns: took / times, main: 0 }
}

async function throughEngine(
  { tasks, forget, one }: Bodies,
  rounds: number,
  windows: number,
  size: number = WINDOW,
): Promise<Sample> {
  const before = tasks.getStats().completedTasks
  const [begunAt, cpuBefore] = [clocks.wall(), cpuTimeOfThisThread()]
  for (let window = 0; window < windows; window++) {
    for (let index = 0; index < size; index++) forget(rounds)
    await tasks.drain()
  }
  const took = clocks.wall() - begunAt
  const main = (cpuTimeOfThisThread() - cpuBefore) / took
  verify('completed tasks', tasks.getStats().completedTasks - before, windows * size)
  verify('result', Number.isFinite(await one(rounds)) ? 1 : 0, 1)
  return { ns: took / (windows * size), main }
}

/** @param window runs one, and gives the sum of its results */
async function throughPort(window: () => Promise<number>, windows: number, expected: number): Promise<Sample> {
  const [begunAt, cpuBefore] = [clocks.wall(), cpuTimeOfThisThread()]
  let sum = 0
  for (let each = 0; each < windows; each++) sum += await window()
  const took = clocks.wall() - begunAt
  const main = (cpuTimeOfThisThread() - cpuBefore) / took
  if (Math.abs(sum / windows / WINDOW / expected - 1) > 1e-9) throw new Error(`the port gave a sum of ${sum}`)
  return { ns: took / (windows * WINDOW), main }
}

async function throughColumns({ columns: run, one }: Bodies, rounds: number, count: number): Promise<Sample> {
  const column = new Float64Array(count).fill(rounds)
  const expected = await one(rounds)
  const [begunAt, cpuBefore] = [clocks.wall(), cpuTimeOfThisThread()]
  const results = await run(column)
  const took = clocks.wall() - begunAt
  const main = (cpuTimeOfThisThread() - cpuBefore) / took
  verify('results of mapArrays', results.filter((result) => result === expected).length, count)
  return { ns: took / count, main }
}

function ns(samples: ReadonlyMap<string, Sample[]>, name: string): number[] {
  return (samples.get(name) ?? []).map((sample) => sample.ns)
}
