// Tasks a second through two threads: windows of tasks, all submitted, all awaited together.
import { collectYoungGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import type { Contender, Rounds } from '../../measure.ts'
import { formatCount, formatFigure, verify } from '../../section.ts'
import type { SectionInput, Table, Verdict } from '../../section.ts'
import { orderOf } from '../../contenders/bodies.ts'
import { bareThreads, nativeLane, ourLanes, piscinaPool } from './thread-contenders.ts'
import type { ThreadSetup } from './thread-contenders.ts'

const WINDOW = 10_000
const orders = Array.from({ length: WINDOW }, (_, id) => orderOf(id))
const sumOfOrders = orders.reduce((sum, order) => sum + order.total, 0)
const rivals = [piscinaPool, bareThreads] as const

interface Scenario {
  readonly title: string
  readonly run: (setup: ThreadSetup) => Promise<void>
  readonly judge: (samples: ReadonlyMap<string, number[]>) => Verdict[]
}

const scenarios: readonly Scenario[] = [
  { title: 'no-op with two numbers', run: addWindow, judge: judgeNoOps },
  { title: 'an object of some 200 bytes, there and back', run: echoWindow, judge: judgeObjects },
]

export async function measureWindows(
  setups: ReadonlyMap<string, ThreadSetup>,
  { quick, clock }: SectionInput,
): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
  const rounds: Rounds = quick ? { rounds: 2, warmUps: 1 } : { rounds: 11, warmUps: 3 }
  const windows = quick ? 1 : 3
  const tables: Table[] = []
  const verdicts: Verdict[] = []
  for (const { title, run, judge } of scenarios) {
    const entrants = [...setups].map(([name, setup]): Contender<number> => {
      const work = async (): Promise<number> => {
        for (let window = 0; window < windows; window++) await run(setup)
        return windows * WINDOW
      }
      return timed(name, work, clocks[clock])
    })
    const samples = await interleave(entrants, { ...rounds, before: collectYoungGarbage })
    tables.push(tableOf(`${title}, windows of ${formatCount(WINDOW)}`, samples))
    verdicts.push(...judge(samples))
  }
  return { tables, verdicts }
}

async function addWindow(setup: ThreadSetup): Promise<void> {
  const pending: Promise<number>[] = []
  for (let index = 0; index < WINDOW; index++) pending.push(setup.add(index, 1))
  let sum = 0
  for (const result of await Promise.all(pending)) sum += result
  verify('sum of the results', sum, (WINDOW * (WINDOW + 1)) / 2)
}

async function echoWindow(setup: ThreadSetup): Promise<void> {
  const pending = orders.map((order) => setup.echo(order))
  let sum = 0
  for (const { total } of await Promise.all(pending)) sum += total
  verify('sum of the totals', sum, sumOfOrders)
}

function tableOf(title: string, samples: ReadonlyMap<string, number[]>): Table {
  const rows = [...samples].map(([name, own]) => {
    const { median, min, max } = summarise(own)
    const rates = [1e9 / median, 1e9 / max, 1e9 / min].map(formatCount)
    return [
      name,
      rates[0] ?? '',
      `${rates[1]} – ${rates[2]}`,
      formatFigure(median / 1e3),
      ...rivals.map((rival) => `${formatFigure(speed(samples, name, rival))} ×`),
    ]
  })
  return { title, columns: ['', 'tasks/s', 'min – max', 'µs/task', ...rivals.map((rival) => `of ${rival}`)], rows }
}

/** How many times as fast as `rival`: the median over the rounds. */
function speed(samples: ReadonlyMap<string, number[]>, name: string, rival: string): number {
  return ratio(samples.get(rival) ?? [], samples.get(name) ?? [])
}

function judgeNoOps(samples: ReadonlyMap<string, number[]>): Verdict[] {
  return present(samples).flatMap((name) => {
    const [ofPiscina, ofBare] = [speed(samples, name, piscinaPool), speed(samples, name, bareThreads)]
    const perSecond = 1e9 / summarise(samples.get(name) ?? []).median
    const goal = { what: '≥ 1 M tasks/s', met: perSecond >= 1e6 }
    return [
      {
        target: `${name}, no-op: ≥ 10 × piscina`,
        measured: `${formatFigure(ofPiscina)} × (${formatCount(perSecond)} tasks/s)`,
        met: ofPiscina >= 10,
        ...(name === nativeLane ? { goal } : {}),
      },
      { target: `${name}, no-op: ≥ ${bareThreads}`, measured: `${formatFigure(ofBare)} ×`, met: ofBare >= 1 },
    ]
  })
}

function judgeObjects(samples: ReadonlyMap<string, number[]>): Verdict[] {
  return present(samples).map((name) => {
    const ofPiscina = speed(samples, name, piscinaPool)
    const measured = `${formatFigure(ofPiscina)} ×`
    return { target: `${name}, an object of 200 bytes: ≥ 4 × piscina`, measured, met: ofPiscina >= 4 }
  })
}

function present(samples: ReadonlyMap<string, unknown>): string[] {
  return ourLanes.filter((name) => samples.has(name))
}
