// A kernel over columns of a million doubles, beside the plain C loop and the plain JavaScript loop.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { createTasks } from '@catzilla/api'
import { collectGarbage } from '../../child.ts'
import { interleave, ratio, summarise } from '../../measure.ts'
import type { Contender } from '../../measure.ts'
import { buildPlainLibrary } from '../../plain-c.ts'
import { formatCount, formatFigure, formatPercent, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Verdict } from '../../section.ts'
import { createNativeTasks, nativeSection, requireCore } from './core.ts'
import { atLeast } from './goals.ts'
import { sumOfWindow } from './kernel-contenders.ts'
import { PortClient } from './port-client.ts'

/** As the API cuts them. */
const ROWS_PER_CHUNK = 4096
const FLOOR_OF_PLAIN = 0.4
/** How long threads of V8 may go on after a collection: they would share the processors with the pass. */
const SWEEPING_MS = 10
/** How long a body may take to become machine code: the C compiler may have to wait for its turn. */
const PATIENCE_MS = 30_000
const own = 'api, native: mapArrays'
const plainLoop = 'plain C loop, one thread, memory in use'

/** Milliseconds that a pass over all rows took. */
type Pass = () => Promise<number>

interface Columns {
  readonly rows: number
  readonly xs: Float64Array
  readonly ys: Float64Array
}

export const measureColumns: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Columns on the native lane',
  async ({ quick }) => {
    const rows = quick ? 100_000 : 1_000_000
    tellProgress(`native:columns: ${formatCount(rows)} rows`)
    const columns: Columns = {
      rows,
      xs: Float64Array.from({ length: rows }, (_, row) => row),
      ys: new Float64Array(rows).fill(1),
    }
    const native = await createNativeTasks()
    const twin = createTasks({ engine: 'typescript' })
    const port = new PortClient(requireCore())
    const [onNative, onTwin] = [native.kernel('add'), twin.kernel('add')]
    const compiled = await compiledAdd(native)
    const plan = port.plan('add')
    const reused = new Float64Array(rows)
    const plain = plainPasses(native, columns)
    const passes: Readonly<Record<string, Pass>> = {
      [own]: mapping(columns, () => onNative.mapArrays(columns.xs, columns.ys).wait()),
      ...compiled.passes(columns),
      'port, new memory': async () => checked(port, plan, columns, new Float64Array(rows)),
      'port, memory in use': async () => checked(port, plan, columns, reused),
      ...plain.passes,
      'plain JavaScript loop, new memory': mapping(columns, async () => addAll(columns, new Float64Array(rows))),
      'api, typescript: mapArrays': mapping(columns, () => onTwin.mapArrays(columns.xs, columns.ys).wait()),
    }
    const entrants = Object.entries(passes).map(([name, run]): Contender<number> => ({ name, run }))
    const rounds = quick ? { rounds: 3, warmUps: 2 } : { rounds: 31, warmUps: 5 }
    const samples = await interleave(entrants, { ...rounds, before: collectInPeace })
    await native.shutdown()
    await twin.shutdown()
    port.close()
    const reference = samples.get(plainLoop)
    return {
      tables: [
        {
          title: `add over two columns of ${formatCount(rows)} doubles`,
          columns: ['', 'M elements/s', 'min – max', 'µs in all', 'of the plain C loop'],
          rows: [...samples].map(([name, each]) => rowOf(name, each, rows, reference)),
          note: `"New memory" is memory asked for in the pass: zeroed, or pages that nobody has touched, whose first touch the kernel of the operating system pays for. mapArrays asks for memory that is not zeroed, which earlier results have left where there are some. Before each pass garbage is collected, and the threads that do so have ended. The plain C loop has ${plain.note}. The columns of a compiled body are copied before it runs, which is part of its time; ${compiled.note}. Sums of results are checked.`,
        },
      ],
      verdicts: judge(samples.get(own) ?? [], reference, rows),
    }
  },
)

async function collectInPeace(): Promise<void> {
  collectGarbage()
  await sleep(SWEEPING_MS)
}

/** An ordinary function that runs over columns in C; none where there is no compiler. */
async function compiledAdd(
  tasks: Awaited<ReturnType<typeof createNativeTasks>>,
): Promise<{ passes: (columns: Columns) => Record<string, Pass>; note: string }> {
  const task = tasks.task({ name: 'bench.compiled-add' }, (a: number, b: number) => a + b)
  const few = Float64Array.of(1, 2, 3)
  const endsAt = performance.now() + PATIENCE_MS
  for (;;) {
    await task.mapArrays(few, few).wait()
    const [body] = task.explain().native.bodies
    if (body?.columns === 'machine code') {
      const passes = (columns: Columns): Record<string, Pass> => ({
        'api, native: mapArrays of a compiled body': mapping(columns, () =>
          task.mapArrays(columns.xs, columns.ys).wait(),
        ),
      })
      return { passes, note: 'it runs as machine code' }
    }
    if (body?.columns === 'interpreted' || body?.tier === 'javascript' || performance.now() > endsAt) {
      return { passes: () => ({}), note: `there is none here (${body?.reason ?? task.explain().native.reason})` }
    }
    await nextTurn()
  }
}

/** The plain loops as kernels that time themselves; none where there is no compiler. */
function plainPasses(
  native: Awaited<ReturnType<typeof createNativeTasks>>,
  { rows }: Columns,
): { passes: Record<string, Pass>; note: string } {
  const library = buildPlainLibrary()
  if ('missing' in library) return { passes: {}, note: `not been measured: ${library.missing}` }
  const loop = native.kernel<(rows: number, warm: boolean) => { ns: number; sum: number }>('bench.add-loop', {
    library: library.path,
  })
  const pass = (warm: boolean) => async (): Promise<number> => {
    const { ns, sum } = await loop.delay(rows, warm).wait()
    verify('sum of the plain loop', sum, sumOfWindow(rows))
    return ns / 1e6
  }
  return {
    passes: { [plainLoop]: pass(true), 'plain C loop, one thread, new memory': pass(false) },
    note: 'written to the same memory before; it runs on a worker of the engine and times itself',
  }
}

function mapping({ rows }: Columns, map: () => Promise<Float64Array>): Pass {
  return async () => {
    const begunAt = performance.now()
    const out = await map()
    const took = performance.now() - begunAt
    verify('sum of the results', sumOf(out), sumOfWindow(rows))
    return took
  }
}

async function checked(port: PortClient, plan: number, { rows, xs, ys }: Columns, out: Float64Array): Promise<number> {
  const took = await port.columns(plan, [xs, ys], out, ROWS_PER_CHUNK)
  verify('sum of the results', sumOf(out), sumOfWindow(rows))
  return took
}

function addAll({ rows, xs, ys }: Columns, out: Float64Array): Float64Array {
  for (let row = 0; row < rows; row++) out[row] = (xs[row] ?? 0) + (ys[row] ?? 0)
  return out
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function rowOf(
  name: string,
  samples: readonly number[],
  rows: number,
  reference: readonly number[] | undefined,
): string[] {
  const { median: middle, min, max } = summarise(samples)
  const perSecond = (ms: number): string => formatFigure(rows / ms / 1e3)
  return [
    name,
    perSecond(middle),
    `${perSecond(max)} – ${perSecond(min)}`,
    formatFigure(middle * 1e3),
    reference === undefined ? '' : formatPercent(ratio(reference, samples)),
  ]
}

function judge(samples: readonly number[], reference: readonly number[] | undefined, rows: number): Verdict[] {
  const measured = rows / summarise(samples).median / 1e3
  const what = `mapArrays of add, ${formatCount(rows)} rows`
  const rate = atLeast({ what, measured, unit: 'M elements/s', floor: 200, goal: 500 })
  const target = `${what}: ≥ ${formatPercent(FLOOR_OF_PLAIN)} of the plain C loop`
  if (reference === undefined) return [rate]
  const share = ratio(reference, samples)
  return [rate, { target, measured: formatPercent(share), met: share >= FLOOR_OF_PLAIN }]
}
