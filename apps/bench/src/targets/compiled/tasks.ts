// Compiled bodies as tasks: beside one JavaScript thread, beside piscina, and the first result of a task that nobody has
// seen.
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BackgroundTasks, Task, TaskResult } from '@catzilla/api'
import { Piscina } from 'piscina'
import { collectYoungGarbage } from '../../child.ts'
import { BareThreads } from '../../contenders/threads/bare-threads.ts'
import { add } from '../../contenders/bodies.ts'
import { interleave, median, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { createNativeTasks, nativeSection } from '../native/core.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { meanwhile } from './meanwhile.ts'

type Part = Pick<SectionResult, 'tables' | 'verdicts'>
type Numbers = Task<[a: number, b: number], number>

/** How long a body may take to move to C: the C compiler may have to wait for its turn. */
const PATIENCE_MS = 30_000
const THREADS = 2
/** Tasks that are handed over in one turn of the event loop, and such handfuls under way at most. */
const [HANDFUL, UNDER_WAY] = [200, 20]
/** Tasks of a window, and windows of ours in a round while piscina has one. */
const [WINDOW, WINDOWS] = [5_000, 20]

export const measureCompiledTasks: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Compiled bodies as tasks',
  async (input) => {
    const tasks = await createNativeTasks({ workers: THREADS })
    const parts: Part[] = []
    for (const [name, measure] of Object.entries({
      beside: besideOneThread,
      small: besidePiscina,
      first: firstResults,
      meanwhile,
    })) {
      tellProgress(`compiled:tasks: ${name}`)
      parts.push(await measure(tasks, input))
    }
    await tasks.shutdown()
    return { tables: parts.flatMap(({ tables }) => tables), verdicts: parts.flatMap(({ verdicts }) => verdicts) }
  },
)

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

async function besideOneThread(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const task = tasks.task({ name: 'orbit' }, orbit)
  await inC(task, [400, -0.5])
  const rows: string[][] = []
  const verdicts: Verdict[] = []
  for (const us of [1, 10, 100]) {
    const steps = stepsFor(us)
    const count = Math.round((quick ? 4e4 : 4e5) / us)
    const delays: number[] = []
    const entrants: Contender<number>[] = [
      { name: 'JavaScript', run: async () => loopOf(steps, count) },
      { name: 'tasks', run: () => throughTasks(tasks, task, steps, count, delays) },
    ]
    const effort = quick ? { rounds: 2, warmUps: 1 } : { rounds: 11, warmUps: 2 }
    const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
    const [own, loop] = [samples.get('tasks') ?? [], samples.get('JavaScript') ?? []]
    const [speed, delay] = [ratio(loop, own), median(delays)]
    const figures = [summarise(loop).median, summarise(own).median].map(formatFigure)
    rows.push([`${us} µs`, ...figures, `${formatFigure(speed)} ×`, formatFigure(delay)])
    const body = `bodies of ${us} µs, 2 workers`
    if (us > 1)
      verdicts.push({
        target: `${body}: ≥ 1.8 × one JavaScript thread`,
        measured: `${formatFigure(speed)} ×`,
        met: speed >= 1.8,
      })
    const measured = `${formatFigure(delay)} ms`
    verdicts.push({ target: `${body}, delay of the event loop, p99: < 2 ms`, measured, met: delay < 2 })
  }
  const note = `A loop over the body on one JavaScript thread, and tasks of the same body, ${formatCount(HANDFUL)} handed over in a turn, that two C workers run. ${availableParallelism()} cores, which the main thread shares. The delay is that beyond a timer of 1 ms, median of the rounds.`
  const columns = ['body in JavaScript', 'loop, ns each', 'tasks, ns each', 'speed', 'delay of the event loop, p99, ms']
  return { tables: [{ title: 'Tasks beside one JavaScript thread', columns, rows, note }], verdicts }
}

/** How many steps take so many microseconds in JavaScript. */
function stepsFor(us: number): number {
  const tried = 1_000
  let fastest = Infinity
  for (let round = 0; round < 20; round++) fastest = Math.min(fastest, loopOf(tried, 200))
  return Math.max(1, Math.round((us * 1e3 * tried) / fastest))
}

/** Nanoseconds for a body. */
function loopOf(steps: number, count: number): number {
  const begunAt = performance.now()
  let sum = 0
  for (let index = 0; index < count; index++) sum += orbit(steps, -0.5 + (index % 8) / 1e6)
  const took = performance.now() - begunAt
  if (!Number.isFinite(sum)) throw new Error(`the loop gave ${sum}`)
  return (took * 1e6) / count
}

async function throughTasks(
  tasks: BackgroundTasks,
  task: Numbers,
  steps: number,
  count: number,
  delays: number[],
): Promise<number> {
  const before = tasks.getStats().completedTasks
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  const begunAt = performance.now()
  const handfuls: TaskResult<number>[] = []
  for (let sent = 0; sent < count;) {
    const until = Math.min(count, sent + HANDFUL)
    for (; sent < until - 1; sent++) task.delay(steps, -0.5 + (sent % 8) / 1e6)
    handfuls.push(task.delay(steps, -0.5 + (sent++ % 8) / 1e6))
    await nextTurn()
    // waits asleep: a main thread that looks again and again would take a core from the workers
    if (handfuls.length > UNDER_WAY) await handfuls.shift()?.wait()
  }
  await tasks.drain()
  const took = performance.now() - begunAt
  monitor.disable()
  delays.push(Math.max(0, monitor.percentile(99) / 1e6 - 1))
  verify('completed tasks', tasks.getStats().completedTasks - before, count)
  return (took * 1e6) / count
}

async function besidePiscina(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const task = tasks.task({ name: 'add' }, add)
  await inC(task, [1, 2])
  const filename = new URL('./contenders/threads/pool-thread.js', import.meta.url).href
  const pool = new Piscina({ filename, minThreads: THREADS, maxThreads: THREADS })
  const windows = quick ? 2 : WINDOWS
  const each = async (count: number, run: (value: number) => Promise<number>): Promise<number> => {
    let sum = 0
    for (const value of await Promise.all(Array.from({ length: count }, (_, index) => run(index)))) sum += value
    return sum
  }
  const ways: Readonly<Record<string, readonly [windows: number, run: (count: number) => Promise<number>]>> = {
    piscina: [1, (count) => each(count, (value) => pool.run([value, 1], { name: 'add' }) as Promise<number>)],
    'a promise each': [windows, (count) => each(count, (value) => task.delay(value, 1).wait())],
    'batch(), then its wait()': [
      windows,
      async (count) => {
        const lists = Array.from({ length: count }, (_, index): [number, number] => [index, 1])
        return (await task.batch(lists).wait()).reduce((sum, value) => sum + value, 0)
      },
    ],
    'mapArrays()': [
      windows,
      async (count) => {
        const column = Float64Array.from({ length: count }, (_, index) => index)
        return (await task.mapArrays(column, new Float64Array(count).fill(1)).wait()).reduce(
          (sum, value) => sum + value,
          0,
        )
      },
    ],
  }
  const entrants = Object.entries(ways).map(([name, [times, run]]): Contender<number> => {
    return { name, run: () => nsPerTask(name, quick ? 500 : WINDOW, times, run) }
  })
  const effort = quick ? { rounds: 2, warmUps: 1 } : { rounds: 15, warmUps: 3 }
  const samples = await interleave(entrants, { ...effort, before: collectYoungGarbage })
  await pool.destroy()
  const rival = samples.get('piscina') ?? []
  const speeds = new Map([...samples].map(([name, own]) => [name, ratio(rival, own)]))
  const rows = [...samples].map(([name, own]) => {
    const { median: middle, min, max } = summarise(own)
    const spread = `${formatFigure(min)} – ${formatFigure(max)}`
    return [name, formatFigure(1e6 / middle), formatFigure(middle), spread, `${formatFigure(speeds.get(name) ?? 0)} ×`]
  })
  const verdicts = ['a promise each', 'mapArrays()'].map((way): Verdict => {
    const speed = speeds.get(way) ?? 0
    return { target: `a + b, ${way}: ≥ 50 × piscina`, measured: `${formatFigure(speed)} ×`, met: speed >= 50 }
  })
  const columns = ['', 'thousand tasks/s', 'ns each', 'min – max', 'of piscina']
  const note = `Two threads each, in one process, in turns, in windows of ${formatCount(WINDOW)} tasks. Every result is looked at.`
  return { tables: [{ title: 'A body far below 1 µs, a + b', columns, rows, note }], verdicts }
}

/** Windows of `count` tasks, one after the other. */
async function nsPerTask(
  name: string,
  count: number,
  windows: number,
  run: (count: number) => Promise<number>,
): Promise<number> {
  let took = 0
  for (let window = 0; window < windows; window++) {
    const begunAt = performance.now()
    const sum = await run(count)
    took += performance.now() - begunAt
    verify(`sum of ${name}`, sum, (count * (count + 1)) / 2)
  }
  return (took * 1e6) / (count * windows)
}

/** A task that is made and called, and a thread that is started and called. */
async function firstResults(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const file = new URL('./contenders/threads/bare-thread.js', import.meta.url)
  const compiling: number[] = []
  const entrants: Contender<number>[] = [
    {
      name: 'a task that nobody has seen',
      async run(round) {
        const begunAt = performance.now()
        const task = tasks.task({ name: `first ${round}` }, (a: number, b: number) => a * b + 1)
        verify('first result', await task.delay(2, 3).wait(), 7)
        const took = performance.now() - begunAt
        await inC(task, [2, 3])
        compiling.push(task.explain().native.bodies.at(-1)?.compileMs ?? Number.NaN)
        return took
      },
    },
    {
      name: 'a worker thread, started for it',
      async run() {
        const begunAt = performance.now()
        const threads = new BareThreads(file, 1)
        verify('first result', await threads.run<number>('add', [3, 4]), 7)
        const took = performance.now() - begunAt
        await threads.close()
        return took
      },
    },
  ]
  const samples = await interleave(entrants, quick ? { rounds: 3, warmUps: 1 } : { rounds: 31, warmUps: 3 })
  const figures = [...samples].map(([name, own]) => [name, summarise(own)] as const)
  const [task, thread] = figures.map(([, { median: middle }]) => middle)
  const table: Table = {
    title: 'ms to the first result',
    columns: ['', 'median', 'min', 'max'],
    rows: figures.map(([name, { median: middle, min, max }]) => [name, ...[middle, min, max].map(formatFigure)]),
    note: 'On an engine that runs. The first calls are done by JavaScript; C takes over once it has given the same results.',
  }
  const [first, second] = [task ?? Number.NaN, thread ?? Number.NaN]
  const ready = median(compiling)
  return {
    tables: [table],
    verdicts: [
      {
        target: 'first result of a task that nobody has seen: sooner than a fresh worker thread gives one',
        measured: `${formatFigure(first)} ms, ${formatFigure(second)} ms`,
        met: first < second,
      },
      {
        target: 'from the wish for it to a program for the interpreter: ≤ 2 ms',
        measured: `${formatFigure(ready)} ms`,
        met: ready <= 2,
      },
    ],
  }
}

/** Calls a task until C runs it. @throws Error when it will not */
async function inC(task: Numbers, args: [number, number]): Promise<void> {
  const begunAt = performance.now()
  while (performance.now() - begunAt < PATIENCE_MS) {
    const result = task.delay(...args)
    await result.wait()
    if (result.getStats().lane === 'native') return
    if (task.explain().native.bodies.at(-1)?.tier === 'javascript') break
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`${task.taskName} stays JavaScript: ${task.explain().native.reason}`)
}
