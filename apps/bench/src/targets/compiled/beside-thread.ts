// Tasks of one compiled body, submitted in each of the ways there are, beside a loop over the body on one JavaScript thread,
// and beside what two bare threads do.
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { collectYoungGarbage } from '../../child.ts'
import { nowInC } from '../../contenders/compiled.ts'
import { orbit, pointOf, sumOfOrbits } from '../../contenders/orbit.ts'
import { interleave, median, ratio, summarise } from '../../measure.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'
import { bareNames, TwoBareThreads } from './bare-threads.ts'
import { HANDFUL, inHandfuls, UNDER_WAY } from './handfuls.ts'

type Part = Pick<SectionResult, 'tables' | 'verdicts'>
type Numbers = Task<[steps: number, cx: number], number>

/** Microseconds of work in the columns that are handed over together, of which two are under way. */
const COLUMNS_US = 20_000
const LEAST_SPEED = 1.8
const MOST_DELAY_MS = 2

/** One round of one way. */
interface Round {
  /** Nanoseconds for each task. */
  readonly ns: number
  /** Processor time of all threads of this process, nanoseconds for each task. */
  readonly busyNs: number
  /** p99 of the event loop, milliseconds beyond a timer of 1 ms. */
  readonly delayMs: number
}

/** Hands over `count` tasks; settles when all have ended. */
type Way = (task: Numbers, steps: number, count: number) => Promise<void>

const loop = 'a loop in JavaScript'

const ways: Readonly<Record<string, Way>> = {
  'delay()': (task, steps, count) =>
    inHandfuls(count, (from, until) => {
      for (let index = from; index < until - 1; index++) task.delay(steps, pointOf(index))
      return task.delay(steps, pointOf(until - 1)).wait()
    }),
  'delay(), a promise each': (task, steps, count) =>
    inHandfuls(count, (from, until) =>
      Promise.all(Array.from({ length: until - from }, (_, index) => task.delay(steps, pointOf(from + index)).wait())),
    ),
  'batch()': (task, steps, count) =>
    inHandfuls(count, (from, until) =>
      task.batch(Array.from({ length: until - from }, (_, index) => [steps, pointOf(from + index)])).wait(),
    ),
  'mapArrays()': async (task, steps, count) => {
    const rows = Math.max(1, Math.min(count, Math.round((COLUMNS_US / steps) * stepsInAMicrosecond)))
    const underWay: Promise<unknown>[] = []
    for (let from = 0; from < count; from += rows) {
      const length = Math.min(rows, count - from)
      underWay.push(task.mapArrays(new Float64Array(length).fill(steps), pointsFrom(from, length)).wait())
      if (underWay.length > 1) await underWay.shift()
    }
    await Promise.all(underWay)
  },
}

/** The way of bare threads that does as much for a single body as ours has to. */
const bareBeside: Readonly<Record<string, string>> = {
  'delay()': bareNames.messages,
  'delay(), a promise each': bareNames.promises,
  'batch()': bareNames.messages,
  'mapArrays()': bareNames.halves,
}

/** Of `orbit`, in JavaScript on this machine. */
let stepsInAMicrosecond = 400

export async function besideOneThread(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const task = tasks.task({ name: 'orbit' }, orbit)
  await nowInC(task, [400, -0.5], 'machine code')
  stepsInAMicrosecond = 1e3 / fastestStep()
  const bare = new TwoBareThreads()
  const rows: string[][] = []
  const verdicts: Verdict[] = []
  for (const us of [1, 10, 100]) {
    const steps = Math.max(1, Math.round(us * stepsInAMicrosecond))
    const count = Math.round((quick ? 4e4 : 4e5) / us)
    const entrants = [
      { name: loop, run: () => Promise.resolve<Round>({ ns: loopOf(steps, count), busyNs: 0, delayMs: 0 }) },
      ...Object.entries(bare.ways).map(([name, way]) => ({ name, run: () => roundOf(() => way(steps, count), count) })),
      ...Object.entries(ways).map(([name, way]) => ({
        name,
        run: () => roundOf(() => checked(tasks, way, task, steps, count), count),
      })),
    ]
    const effort = quick ? { rounds: 2, warmUps: 1 } : { rounds: 9, warmUps: 2, budgetMs: 12_000 }
    const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
    const alone = (samples.get(loop) ?? []).map(({ ns }) => ns)
    rows.push([`${us} µs`, loop, formatFigure(summarise(alone).median), '', '', '', ''])
    const figures = new Map([...samples].map(([name, rounds]) => [name, figuresOf(alone, rounds)]))
    figures.delete(loop)
    for (const [name, own] of figures) {
      rows.push([`${us} µs`, name, ...cellsOf(own)])
      const beside = figures.get(bareBeside[name] ?? '')
      if (beside !== undefined) verdicts.push(...judge(`bodies of ${us} µs, 2 workers, ${name}`, us, own, beside))
    }
  }
  await bare.close()
  const note = `${formatCount(HANDFUL)} bodies are handed over in a turn, ${formatCount(HANDFUL * UNDER_WAY)} are under way at most; columns are for ${COLUMNS_US / 1e3} ms of work. Two C workers run them, or two JavaScript threads, on ${availableParallelism()} cores, which the main thread shares. Processor time is that of all threads, the main thread's included: two cores give at most the speed of the next column. The delay is that beyond a timer of 1 ms, median of the rounds, of which each is run again for it: the timers themselves take a twentieth of the speed.`
  const columns = [
    'body',
    '',
    'ns each',
    'speed',
    'processor time, ns each',
    'two cores: at most',
    'event loop, p99, ms',
  ]
  return { tables: [{ title: 'Tasks beside one JavaScript thread', columns, rows, note }], verdicts }
}

interface Figures {
  readonly ns: number
  readonly speed: number
  readonly busyNs: number
  /** What speed two cores allow for so much processor time. */
  readonly most: number
  readonly delayMs: number
}

function figuresOf(alone: readonly number[], rounds: readonly Round[]): Figures {
  const of = (key: keyof Round): number[] => rounds.map((round) => round[key])
  return {
    ns: summarise(of('ns')).median,
    speed: ratio(alone, of('ns')),
    busyNs: median(of('busyNs')),
    most: 2 * ratio(alone, of('busyNs')),
    delayMs: median(of('delayMs')),
  }
}

function cellsOf({ ns, speed, busyNs, most, delayMs }: Figures): string[] {
  const [own, times, busy, bound, delay] = [ns, speed, busyNs, most, delayMs].map(formatFigure)
  return [`${own}`, `${times} ×`, `${busy}`, `${bound} ×`, `${delay}`]
}

function judge(what: string, us: number, { speed, delayMs }: Figures, bare: Figures): Verdict[] {
  const late: Verdict = {
    target: `${what}, delay of the event loop, p99: < ${MOST_DELAY_MS} ms`,
    measured: `${formatFigure(delayMs)} ms (two bare threads ${formatFigure(bare.delayMs)} ms)`,
    met: delayMs < MOST_DELAY_MS,
  }
  if (us <= 1) return [late]
  const measured = `${formatFigure(speed)} × (two bare threads ${formatFigure(bare.speed)} ×)`
  return [{ target: `${what}: ≥ ${LEAST_SPEED} × one JavaScript thread`, measured, met: speed >= LEAST_SPEED }, late]
}

function pointsFrom(from: number, length: number): Float64Array {
  const points = new Float64Array(length)
  // a loop: `Float64Array.from` holds the event loop up for longer than all the rest of it
  for (let index = 0; index < length; index++) points[index] = pointOf(from + index)
  return points
}

/** Nanoseconds. */
function fastestStep(): number {
  const steps = 1_000
  let fastest = Infinity
  for (let round = 0; round < 20; round++) fastest = Math.min(fastest, loopOf(steps, 200))
  return fastest / steps
}

/** Nanoseconds for a body. */
function loopOf(steps: number, count: number): number {
  const begunAt = performance.now()
  const sum = sumOfOrbits(steps, 0, count)
  const took = performance.now() - begunAt
  if (!Number.isFinite(sum)) throw new Error(`the loop gave ${sum}`)
  return (took * 1e6) / count
}

/** Twice: for its speed, and for the delay of the event loop, whose timers cost some of it. */
async function roundOf(run: () => Promise<void>, count: number): Promise<Round> {
  const [begunAt, begunWith] = [performance.now(), process.cpuUsage()]
  await run()
  const took = performance.now() - begunAt
  const { user, system } = process.cpuUsage(begunWith)
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  await run()
  monitor.disable()
  return {
    ns: (took * 1e6) / count,
    busyNs: ((user + system) * 1e3) / count,
    delayMs: Math.max(0, monitor.percentile(99) / 1e6 - 1),
  }
}

async function checked(tasks: BackgroundTasks, way: Way, task: Numbers, steps: number, count: number): Promise<void> {
  const before = tasks.getStats().completedTasks
  await way(task, steps, count)
  await tasks.drain()
  const completed = tasks.getStats().completedTasks - before
  // columns are one task each
  if (way === ways['mapArrays()']) verify('whether columns completed', Number(completed > 0), 1)
  else verify('completed tasks', completed, count)
}
