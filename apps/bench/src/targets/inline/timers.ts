// How late delayed tasks start: 100,000 of them with delays between 0 and 2 s, beside as many setTimeouts.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTasks } from '@catzilla/api'
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import { collectGarbage, runJob } from '../../child.ts'
import { loadNow } from '../../machine.ts'
import { interleave, median, percentile } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { seededRandom } from '../../seeded-random.ts'

interface Lateness {
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly early: number
}

/** Sets one timer: calls `fired` with its number no earlier than `delayMs` from now. */
type SetTimer = (index: number, delayMs: number) => void

/** How many timers, and the longest delay in milliseconds; the seed is fixed. */
interface Draw {
  readonly count: number
  readonly longestMs: number
}

const LATENESS_ALLOWED_MS = 5
/**
 * A hundred thousand tasks set at once all survive the collections of young objects, which copy them: pauses in
 * proportion to the size of the young generation. A smaller one makes them shorter.
 */
const YOUNG_GENERATION_FLAG = '--max-semi-space-size=2'
const smallYoungGeneration = `api, node ${YOUNG_GENERATION_FLAG}`
const LONGEST_DELAY_MS = 2_000
/** Timers set in one turn of the event loop: whoever sets them all at once makes them late himself. */
const SET_PER_TURN = 100

export async function measureTimers({ quick }: SectionInput): Promise<SectionResult> {
  const count = quick ? 2_000 : 100_000
  const draw: Draw = { count, longestMs: quick ? 250 : LONGEST_DELAY_MS }
  const delays = drawDelays(draw)
  tellProgress(`timers: ${formatCount(count)} in each of five ways, in turn`)
  const loadBefore = loadNow()
  const contenders: Contender<Lateness>[] = [
    { name: 'api: task.with({ delayMs })', run: () => throughApi(delays) },
    { name: 'engine: calls made before', run: () => throughEngine(delays) },
    { name: 'setTimeout', run: () => throughSetTimeout(delays) },
    { name: 'api, a process of its own', run: () => runJob('timers-alone', draw) },
    { name: smallYoungGeneration, run: () => runJob('timers-alone', draw, { flags: [YOUNG_GENERATION_FLAG] }) },
  ]
  const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 5, warmUps: 1 }
  const samples = await interleave(contenders, { ...rounds, before: collectGarbage })
  const own = samples.get('api: task.with({ delayMs })') ?? []
  const early = own.reduce((sum, each) => sum + each.early, 0)
  const p99 = median(own.map((each) => each.p99))
  const p99Small = median((samples.get(smallYoungGeneration) ?? []).map((each) => each.p99))
  const reference = median((samples.get('setTimeout') ?? []).map((each) => each.p99))
  return {
    title: 'Lateness of delayed tasks',
    tables: [
      {
        title: `${formatCount(count)} timers between 0 and ${formatCount(quick ? 250 : LONGEST_DELAY_MS)} ms`,
        columns: ['', 'p50 ms', 'p99 ms', 'max ms', 'early'],
        rows: [...samples].map(([name, each]) => rowOf(name, each)),
        note: `Rounds: ${own.length}; p50 and p99 are medians over them, max is the greatest, early the sum. ${SET_PER_TURN} are set per turn of the event loop. setTimeout counts whole milliseconds and may fire up to one early. Load average of the machine before and after: ${loadBefore} and ${loadNow()}.`,
      },
    ],
    verdicts: [
      {
        target: `${formatCount(count)} timers: p99 lateness ≤ ${LATENESS_ALLOWED_MS} ms on an idle machine`,
        measured: `${formatFigure(p99)} ms (setTimeout ${formatFigure(reference)} ms, load average ${loadBefore})`,
        met: p99 <= LATENESS_ALLOWED_MS,
      },
      {
        target: `the same in a process started with ${YOUNG_GENERATION_FLAG}`,
        measured: `${formatFigure(p99Small)} ms`,
        met: p99Small <= LATENESS_ALLOWED_MS,
      },
      { target: 'no task starts before its time', measured: `${early} early`, met: early === 0 },
    ],
  }
}

/** The job of one sample in a process of its own. */
export function measureTimersAlone(draw: Draw): Promise<Lateness> {
  return throughApi(drawDelays(draw))
}

function drawDelays({ count, longestMs }: Draw): Float64Array {
  const random = seededRandom(20)
  return Float64Array.from({ length: count }, () => random() * longestMs)
}

async function throughApi(delays: Float64Array): Promise<Lateness> {
  const watch = new Watch(delays)
  const tasks = createTasks({ engine: 'typescript', queueSize: delays.length * 2 })
  const task = tasks.task({ name: 'timer' }, (index: number) => watch.fired(index))
  const lateness = await watch.setAll((index, delayMs) => void task.with({ delayMs }).delay(index))
  await tasks.shutdown()
  return lateness
}

async function throughEngine(delays: Float64Array): Promise<Lateness> {
  const watch = new Watch(delays)
  const engine = createTypeScriptEngine({ queueSize: delays.length * 2 })
  await engine.start()
  const handler = (index: number): void => watch.fired(index)
  const calls = Array.from(delays, (delayMs) => ({ name: 'timer', handler, options: resolveTaskOptions({ delayMs }) }))
  const lateness = await watch.setAll((index) => {
    const call = calls[index]
    if (call !== undefined) engine.submit(call, [index])
  })
  await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
  return lateness
}

async function throughSetTimeout(delays: Float64Array): Promise<Lateness> {
  const watch = new Watch(delays)
  return watch.setAll((index, delayMs) => void setTimeout(() => watch.fired(index), delayMs))
}

/** Sets the timers and notes how late each fires. */
class Watch {
  readonly #delays: Float64Array
  readonly #dueAt: Float64Array
  readonly #lateMs: Float64Array
  #left: number
  #finished: (() => void) | undefined

  constructor(delays: Float64Array) {
    this.#delays = delays
    this.#dueAt = new Float64Array(delays.length)
    this.#lateMs = new Float64Array(delays.length).fill(Number.NaN)
    this.#left = delays.length
  }

  fired(index: number): void {
    this.#lateMs[index] = performance.now() - (this.#dueAt[index] ?? Number.NaN)
    if (--this.#left === 0) this.#finished?.()
  }

  async setAll(set: SetTimer): Promise<Lateness> {
    const finished = new Promise<void>((resolve) => (this.#finished = resolve))
    for (const [index, delayMs] of this.#delays.entries()) {
      this.#dueAt[index] = performance.now() + delayMs
      set(index, delayMs)
      if (index % SET_PER_TURN === SET_PER_TURN - 1) await nextTurn()
    }
    await finished
    verify('timers that never fired', this.#lateMs.filter(Number.isNaN).length, 0)
    return {
      p50: percentile(this.#lateMs, 0.5),
      p99: percentile(this.#lateMs, 0.99),
      max: percentile(this.#lateMs, 1),
      early: this.#lateMs.filter((late) => late < 0).length,
    }
  }
}

function rowOf(name: string, samples: readonly Lateness[]): string[] {
  return [
    name,
    formatFigure(median(samples.map(({ p50 }) => p50))),
    formatFigure(median(samples.map(({ p99 }) => p99))),
    formatFigure(Math.max(...samples.map(({ max }) => max))),
    formatCount(samples.reduce((sum, { early }) => sum + early, 0)),
  ]
}
