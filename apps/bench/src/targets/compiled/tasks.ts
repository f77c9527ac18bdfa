// Compiled bodies as tasks: beside one JavaScript thread, beside piscina, and the first result of a task that nobody has
// seen.
import type { BackgroundTasks } from '@catzilla/api'
import { Piscina } from 'piscina'
import { collectYoungGarbage } from '../../child.ts'
import { BareThreads } from '../../contenders/threads/bare-threads.ts'
import { add } from '../../contenders/bodies.ts'
import { nowInC } from '../../contenders/compiled.ts'
import { interleave, median, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { createNativeTasks, nativeSection } from '../native/core.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { besideOneThread } from './beside-thread.ts'
import { meanwhile } from './meanwhile.ts'

type Part = Pick<SectionResult, 'tables' | 'verdicts'>

const THREADS = 2
/** What is left of `a promise each` when there are no tasks: made, settled a turn later, and awaited together. */
const onlyPromises = 'the promises alone, no tasks'
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

async function besidePiscina(tasks: BackgroundTasks, { quick }: SectionInput): Promise<Part> {
  const task = tasks.task({ name: 'add' }, add)
  await nowInC(task, [1, 2], 'interpreted')
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
    [onlyPromises]: [
      windows,
      (count) => {
        const resolves: ((value: number) => void)[] = []
        const sum = each(count, () => new Promise((resolve) => void resolves.push(resolve)))
        setImmediate(() => resolves.forEach((resolve, index) => resolve(index + 1)))
        return sum
      },
    ],
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
  const verdicts = ['a promise each', 'batch(), then its wait()', 'mapArrays()'].map((way): Verdict => {
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
        await nowInC(task, [2, 3], 'interpreted')
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
