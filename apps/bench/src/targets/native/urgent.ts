// How long CRITICAL kernels wait behind a million LOW ones: queued while the engine is paused, then one CRITICAL after
// the other until the last LOW one has started.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BackgroundTasks, TaskResult } from '@catzilla/api'
import { percentile, summarise } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table } from '../../section.ts'
import { createNativeTasks, nativeSection } from './core.ts'
import { atMost } from './goals.ts'

interface Race {
  readonly name: string
  /** Body of the LOW tasks, in microseconds; 0: the kernel add. */
  readonly bodyUs: number
  readonly low: number
}

/** Milliseconds from the submission to the start, as the engine tells; one figure for each CRITICAL task. */
type Waits = readonly number[]

export const measureUrgent: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'CRITICAL kernels behind LOW ones',
  async ({ quick }) => {
    const low = quick ? 200_000 : 1_000_000
    const rounds = quick ? 1 : 7
    const races: readonly Race[] = [
      { name: `${formatCount(low)} LOW of add`, bodyUs: 0, low },
      { name: `${formatCount(low)} LOW of 1 µs`, bodyUs: 1, low },
      { name: `${formatCount(low / 100)} LOW of 100 µs`, bodyUs: 100, low: low / 100 },
    ]
    const measured = new Map<Race, Waits[]>(races.map((race) => [race, []]))
    for (let round = 0; round < rounds; round++) {
      for (const race of races) {
        tellProgress(`native:urgent: ${race.name}`)
        measured.get(race)?.push(await run(race))
      }
    }
    // a million additions are gone before this thread has submitted many: the tail of so few is no percentile
    const judged = races.find(({ bodyUs }) => bodyUs === 1)
    const p99 = judged === undefined ? Number.NaN : figuresOf(measured.get(judged) ?? []).p99
    return {
      tables: [tableOf(measured)],
      verdicts: [
        atMost({
          what: `wait of CRITICAL behind ${formatCount(low)} LOW of 1 µs, p99`,
          measured: p99 * 1e3,
          unit: 'µs',
          floor: 1000,
          goal: 100,
        }),
      ],
    }
  },
)

async function run({ bodyUs, low }: Race): Promise<Waits> {
  const tasks = await createNativeTasks()
  const urgent = tasks.kernel('add', { priority: 'critical' })
  const submitLow = lowTask(tasks, bodyUs)
  await urgent.delay(0, 0).wait()
  await tasks.pause()
  for (let index = 1; index < low; index++) submitLow(index)
  const last = submitLow(low)
  verify('queued LOW tasks', tasks.getStats().lowQueueSize, low)
  await tasks.resume()
  const results: TaskResult<number>[] = []
  let latest: TaskResult<number> | undefined
  // the last LOW task starts behind all others: while it waits, every CRITICAL one meets a queue
  while (last.status === 'pending') {
    if (latest?.status !== 'pending') results.push((latest = urgent.delay(results.length, 1)))
    await nextTurn()
  }
  const waits: number[] = []
  for (const [index, result] of results.entries()) {
    verify('sum', await result.wait(), index + 1)
    waits.push(result.getStats().waitTimeMs)
  }
  await tasks.drain()
  verify('tasks in all', tasks.getStats().completedTasks, low + 1 + results.length)
  await tasks.shutdown()
  return waits
}

function lowTask(tasks: BackgroundTasks, bodyUs: number): (index: number) => TaskResult<number> {
  if (bodyUs > 0) {
    const spin = tasks.kernel('spin', { name: 'low', priority: 'low' })
    return () => spin.delay(bodyUs)
  }
  const add = tasks.kernel('add', { name: 'low', priority: 'low' })
  return (index) => add.delay(index, 1)
}

function figuresOf(rounds: readonly Waits[]): { p50: number; p99: number; max: number; count: number } {
  const waits = rounds.flat()
  if (waits.length === 0) return { p50: Number.NaN, p99: Number.NaN, max: Number.NaN, count: 0 }
  return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99), max: percentile(waits, 1), count: waits.length }
}

function tableOf(measured: ReadonlyMap<Race, readonly Waits[]>): Table {
  return {
    title: 'µs from the submission of a CRITICAL task to its start',
    columns: ['', 'CRITICAL tasks', 'p50', 'p99', 'max', 'p99 of the rounds, min – max'],
    rows: [...measured].map(([{ name }, rounds]) => {
      const { p50, p99, max, count } = figuresOf(rounds)
      const each = rounds.filter((waits) => waits.length > 0).map((waits) => percentile(waits, 0.99))
      const spread = each.length === 0 ? { min: Number.NaN, max: Number.NaN } : summarise(each)
      const bounds = `${formatFigure(spread.min * 1e3)} – ${formatFigure(spread.max * 1e3)}`
      return [name, formatCount(count), ...[p50, p99, max].map((ms) => formatFigure(ms * 1e3)), bounds]
    }),
    note: 'One CRITICAL task at a time, the next in the turn of the event loop that finds it started, for as long as LOW tasks are queued. A worker that has begun a LOW task ends it: with 100 µs bodies on all workers that is most of the wait.',
  }
}
