// What a workflow adds to its tasks: chains and fan-outs of trivial steps, beside the same tasks submitted by hand.
import { createTasks } from '@catzilla/api'
import { collectGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { makeShapes } from './shapes.ts'
import type { Shapes } from './shapes.ts'

type ShapeName = Exclude<keyof Shapes, 'close'>

const shownAs: Readonly<Record<ShapeName, string>> = {
  chain: 'a chain',
  awaited: 'the chain by hand: submit, await, submit',
  list: 'a fan-out over a list (`map`)',
  steps: 'a fan-out of steps, and `all`',
  batch: 'the list by hand: one batch',
}
const names = Object.keys(shownAs) as ShapeName[]

const CHAIN_US_ALLOWED = 25
const FAN_OUT_PER_SECOND = 200_000
/** Up to this ratio of the cost at the greatest number to that at the least, the cost counts as linear in the steps. */
const LINEAR = 2

/** Samples by shape and size: nanoseconds per step. */
type Samples = ReadonlyMap<string, number[]>

export async function measureWorkflows({ quick, clock }: SectionInput): Promise<SectionResult> {
  const sizes = quick ? [1_000, 2_000] : [1_000, 10_000, 100_000]
  const tables: Table[] = []
  const verdicts: Verdict[] = []
  for (const engine of enginesHere()) {
    tellProgress(`workflow: the ${engine} engine, ${sizes.map(formatCount).join(', ')} steps`)
    const shapes = makeShapes(engine, sizes)
    const entrants = names.flatMap((name) => sizes.map((size) => contenderOf(shapes, name, size, quick, clocks[clock])))
    const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 5, warmUps: 1 }
    const samples = await interleave(entrants, { ...rounds, before: collectGarbage })
    await shapes.close()
    tables.push(tableOf(engine, samples, sizes))
    verdicts.push(...verdictsOf(engine, samples, sizes))
  }
  return { title: 'Workflows of trivial steps', tables, verdicts }
}

/** The native engine where there is one: its inline lane, since the bodies stay JavaScript. */
function enginesHere(): string[] {
  try {
    createTasks({ engine: 'native' })
    return ['typescript', 'native']
  } catch {
    return ['typescript']
  }
}

/** Small runs are repeated until the sample is long enough to be measured. */
function contenderOf(
  shapes: Shapes,
  name: ShapeName,
  size: number,
  quick: boolean,
  now: () => number,
): Contender<number> {
  const repeats = quick ? 1 : Math.max(1, Math.round(100_000 / size))
  return timed(
    keyOf(name, size),
    async () => {
      let steps = 0
      for (let repeat = 0; repeat < repeats; repeat++) steps += await shapes[name](size)
      return steps
    },
    now,
  )
}

function tableOf(engine: string, samples: Samples, sizes: readonly number[]): Table {
  return {
    title: `µs per step, on the ${engine} engine`,
    columns: ['', ...sizes.map((size) => `${formatCount(size)} steps`)],
    rows: names.map((name) => [
      shownAs[name],
      ...sizes.map((size) => formatFigure(microsecondsOf(samples, name, size))),
    ]),
    note: 'Plans are built before; each run has its input copied, its steps decided on one by one, and its result checked.',
  }
}

function verdictsOf(engine: string, samples: Samples, sizes: readonly number[]): Verdict[] {
  const [least = 0, greatest = 0] = [sizes[0], sizes.at(-1)]
  const chain = microsecondsOf(samples, 'chain', least)
  const fanOuts = (['list', 'steps'] as const).map((name) => ({
    name,
    rate: 1e6 / microsecondsOf(samples, name, greatest),
  }))
  const growths = (['chain', 'list', 'steps'] as const).map((name) =>
    ratio(samples.get(keyOf(name, greatest)) ?? [], samples.get(keyOf(name, least)) ?? []),
  )
  return [
    {
      target: `${engine}: a chain of ${formatCount(least)} steps, ≤ ${CHAIN_US_ALLOWED} µs per step inline`,
      measured: `${formatFigure(chain)} µs`,
      met: chain <= CHAIN_US_ALLOWED,
    },
    ...fanOuts.map(({ name, rate }) => ({
      target: `${engine}: ${shownAs[name]} of ${formatCount(greatest)}, ≥ ${formatCount(FAN_OUT_PER_SECOND)} steps/s inline`,
      measured: `${formatCount(rate)} steps/s`,
      met: rate >= FAN_OUT_PER_SECOND,
    })),
    {
      target: `${engine}: cost linear in steps, ${formatCount(least)} to ${formatCount(greatest)} (≤ ${LINEAR} × per step)`,
      measured: `${growths.map(formatFigure).join(', ')} ×`,
      met: growths.every((growth) => growth <= LINEAR),
    },
  ]
}

function microsecondsOf(samples: Samples, name: ShapeName, size: number): number {
  return summarise(samples.get(keyOf(name, size)) ?? []).median / 1000
}

function keyOf(name: ShapeName, size: number): string {
  return `${name}/${size}`
}
