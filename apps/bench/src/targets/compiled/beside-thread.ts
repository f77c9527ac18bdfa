// Tasks of one compiled body, submitted in each of the ways there are, beside a loop over the body on one JavaScript thread.
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { collectYoungGarbage } from '../../child.ts'
import { nowInC } from '../../contenders/compiled.ts'
import { interleave, median, ratio, summarise } from '../../measure.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'

type Part = Pick<SectionResult, 'tables' | 'verdicts'>
type Numbers = Task<[steps: number, cx: number], number>

/** Tasks that are handed over in one turn of the event loop, and such handfuls under way at most. */
const [HANDFUL, UNDER_WAY] = [200, 20]
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
  'delay()': inHandfuls((task, steps, from, until) => {
    for (let index = from; index < until - 1; index++) task.delay(steps, pointOf(index))
    return task.delay(steps, pointOf(until - 1)).wait()
  }),
  'delay(), a promise each': inHandfuls((task, steps, from, until) =>
    Promise.all(Array.from({ length: until - from }, (_, index) => task.delay(steps, pointOf(from + index)).wait())),
  ),
  'batch()': inHandfuls((task, steps, from, until) =>
    task.batch(Array.from({ length: until - from }, (_, index) => [steps, pointOf(from + index)])).wait(),
  ),
  'mapArrays()': async (task, steps, count) => {
    const rows = Math.max(1, Math.min(count, Math.round((COLUMNS_US / steps) * stepsInAMicrosecond)))
    const underWay: Promise<unknown>[] = []
    for (let from = 0; from < count; from += rows) {
      const length = Math.min(rows, count - from)
      const points = Float64Array.from({ length }, (_, index) => pointOf(from + index))
      underWay.push(task.mapArrays(new Float64Array(length).fill(steps), points).wait())
      if (underWay.length > 1) await underWay.shift()
    }
    await Promise.all(underWay)
  },
}

/** Of `orbit`, in JavaScript on this machine. */
let stepsInAMicrosecond = 400

export async function besideOneThread(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const task = tasks.task({ name: 'orbit' }, orbit)
  await nowInC(task, [400, -0.5], 'machine code')
  stepsInAMicrosecond = 1e3 / fastestStep()
  const rows: string[][] = []
  const verdicts: Verdict[] = []
  for (const us of [1, 10, 100]) {
    const steps = Math.max(1, Math.round(us * stepsInAMicrosecond))
    const count = Math.round((quick ? 4e4 : 4e5) / us)
    const entrants = [
      { name: loop, run: () => Promise.resolve<Round>({ ns: loopOf(steps, count), busyNs: 0, delayMs: 0 }) },
      ...Object.entries(ways).map(([name, way]) => ({ name, run: () => roundOf(tasks, task, way, steps, count) })),
    ]
    const effort = quick ? { rounds: 2, warmUps: 1 } : { rounds: 9, warmUps: 2 }
    const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
    const alone = (samples.get(loop) ?? []).map(({ ns }) => ns)
    rows.push([`${us} µs`, loop, formatFigure(summarise(alone).median), '', '', '', ''])
    for (const [name, rounds] of samples) {
      if (name === loop) continue
      const figures = figuresOf(alone, rounds)
      rows.push([`${us} µs`, name, ...cellsOf(figures)])
      verdicts.push(...judge(`bodies of ${us} µs, 2 workers, ${name}`, us, figures))
    }
  }
  const note = `${formatCount(HANDFUL)} tasks are handed over in a turn, or columns for ${COLUMNS_US / 1e3} ms of work; two C workers run them, on ${availableParallelism()} cores, which the main thread shares. Processor time is that of all threads, the main thread's included: two cores give at most the speed of the next column. The delay is that beyond a timer of 1 ms, median of the rounds.`
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

function judge(what: string, us: number, { speed, delayMs }: Figures): Verdict[] {
  const late: Verdict = {
    target: `${what}, delay of the event loop, p99: < ${MOST_DELAY_MS} ms`,
    measured: `${formatFigure(delayMs)} ms`,
    met: delayMs < MOST_DELAY_MS,
  }
  if (us <= 1) return [late]
  const measured = `${formatFigure(speed)} ×`
  return [{ target: `${what}: ≥ ${LEAST_SPEED} × one JavaScript thread`, measured, met: speed >= LEAST_SPEED }, late]
}

/** A point of the Mandelbrot set, from which it never escapes: `steps` are all done. */
function orbit(steps: number, cx: number): number {
  let x = 0
  let y = 0
  let sum = 0
  for (let step = 0; step < steps && x * x + y * y <= 4; step++) {
    const next = x * x - y * y + cx
    y = 2 * x * y + 0.1
    x = next
    sum += x
  }
  return sum
}

function pointOf(index: number): number {
  return -0.5 + (index % 8) / 1e6
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
  let sum = 0
  for (let index = 0; index < count; index++) sum += orbit(steps, pointOf(index))
  const took = performance.now() - begunAt
  if (!Number.isFinite(sum)) throw new Error(`the loop gave ${sum}`)
  return (took * 1e6) / count
}

function inHandfuls(handOver: (task: Numbers, steps: number, from: number, until: number) => Promise<unknown>): Way {
  return async (task, steps, count) => {
    const handfuls: Promise<unknown>[] = []
    for (let from = 0; from < count; from += HANDFUL) {
      handfuls.push(handOver(task, steps, from, Math.min(count, from + HANDFUL)))
      await nextTurn()
      // waits asleep: a main thread that looks again and again would take a core from the workers
      if (handfuls.length > UNDER_WAY) await handfuls.shift()
    }
    await Promise.all(handfuls)
  }
}

async function roundOf(tasks: BackgroundTasks, task: Numbers, way: Way, steps: number, count: number): Promise<Round> {
  const before = tasks.getStats().completedTasks
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  const [begunAt, begunWith] = [performance.now(), process.cpuUsage()]
  await way(task, steps, count)
  await tasks.drain()
  const took = performance.now() - begunAt
  const { user, system } = process.cpuUsage(begunWith)
  monitor.disable()
  const completed = tasks.getStats().completedTasks - before
  if (completed > count) throw new Error(`${completed} tasks completed, of ${count}`)
  // columns are one task each
  if (way !== ways['mapArrays()']) verify('completed tasks', completed, count)
  return {
    ns: (took * 1e6) / count,
    busyNs: ((user + system) * 1e3) / count,
    delayMs: Math.max(0, monitor.percentile(99) / 1e6 - 1),
  }
}
