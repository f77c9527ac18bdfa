// What a step costs that C runs as part of a graph, beside the same steps as tasks in JavaScript, on the same engine.
import { collectGarbage } from '../../child.ts'
import { clocks, interleave, ratio, summarise, timed } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { nativeSection } from '../native/core.ts'
import { formatCount, formatFigure, tellProgress } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'
import { makeCompiledShapes, makeShapes } from './shapes.ts'
import type { Shapes } from './shapes.ts'

type ShapeName = 'chain' | 'list' | 'steps'

const shownAs: Readonly<Record<ShapeName, string>> = {
  chain: 'a chain',
  list: 'a fan-out over a list (`map`)',
  steps: 'a fan-out of steps, and `all`',
}
const names = Object.keys(shownAs) as ShapeName[]

const CHAIN_US_ALLOWED = 2
const FAN_OUT_PER_SECOND = 2_000_000

/** Samples by shape, size and where the steps ran: nanoseconds per step. */
type Samples = ReadonlyMap<string, number[]>

export const measureCompiledWorkflows: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Workflows of compiled steps',
  measure,
)

async function measure({ quick, clock }: SectionInput): Promise<Omit<SectionResult, 'title'>> {
  const sizes = quick ? [1_000, 2_000] : [1_000, 10_000, 100_000]
  tellProgress(`workflow: steps in C, ${sizes.map(formatCount).join(', ')} of them`)
  const compiled = await makeCompiledShapes(sizes)
  const inline = makeShapes('native', sizes)
  const now = clocks[clock]
  const entrants = sizes.flatMap((size) =>
    names.flatMap((name) => [
      contenderOf(compiled, 'C', name, size, quick, now),
      contenderOf(inline, 'JavaScript', name, size, quick, now),
    ]),
  )
  const rounds = quick ? { rounds: 1, warmUps: 2 } : { rounds: 5, warmUps: 2 }
  const samples = await interleave(entrants, { ...rounds, before: collectGarbage })
  await Promise.all([compiled.close(), inline.close()])
  return {
    tables: [
      {
        title: 'µs per step, on the native engine',
        columns: ['', 'where', ...sizes.map((size) => `${formatCount(size)} steps`)],
        rows: names.flatMap((name) => [
          rowOf(samples, name, 'C', sizes),
          rowOf(samples, name, 'JavaScript', sizes),
          ['', 'JavaScript ÷ C', ...sizes.map((size) => `${formatFigure(gainOf(samples, name, size))} ×`)],
        ]),
        note: 'The steps of the first row are handed to C as one graph or a few; those of the second run as one task each. Plans are built and the body is compiled before.',
      },
    ],
    verdicts: verdictsOf(samples, sizes),
  }
}

/** Small runs are repeated until the sample is long enough to be measured. */
function contenderOf(
  shapes: Shapes,
  where: string,
  name: ShapeName,
  size: number,
  quick: boolean,
  now: () => number,
): Contender<number> {
  const repeats = Math.max(1, Math.round((quick ? 5_000 : 100_000) / size))
  const work = async (): Promise<number> => {
    let steps = 0
    for (let repeat = 0; repeat < repeats; repeat++) steps += await shapes[name](size)
    return steps
  }
  return timed(keyOf(name, size, where), work, now)
}

function rowOf(samples: Samples, name: ShapeName, where: string, sizes: readonly number[]): string[] {
  return [shownAs[name], where, ...sizes.map((size) => formatFigure(microsecondsOf(samples, name, size, where)))]
}

function verdictsOf(samples: Samples, sizes: readonly number[]): Verdict[] {
  const [least = 0, greatest = 0] = [sizes[0], sizes.at(-1)]
  const chain = microsecondsOf(samples, 'chain', least, 'C')
  return [
    {
      target: `a chain of ${formatCount(least)} steps, ≤ ${CHAIN_US_ALLOWED} µs per step compiled`,
      measured: `${formatFigure(chain)} µs`,
      met: chain <= CHAIN_US_ALLOWED,
    },
    ...(['list', 'steps'] as const).map((name) => {
      const rate = 1e6 / microsecondsOf(samples, name, greatest, 'C')
      return {
        target: `${shownAs[name]} of ${formatCount(greatest)}, ≥ ${formatCount(FAN_OUT_PER_SECOND)} steps/s compiled`,
        measured: `${formatCount(rate)} steps/s`,
        met: rate >= FAN_OUT_PER_SECOND,
      }
    }),
  ]
}

function gainOf(samples: Samples, name: ShapeName, size: number): number {
  return ratio(samples.get(keyOf(name, size, 'JavaScript')) ?? [], samples.get(keyOf(name, size, 'C')) ?? [])
}

function microsecondsOf(samples: Samples, name: ShapeName, size: number, where: string): number {
  return summarise(samples.get(keyOf(name, size, where)) ?? []).median / 1000
}

function keyOf(name: ShapeName, size: number, where: string): string {
  return `${name}/${size}/${where}`
}
