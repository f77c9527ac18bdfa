// What a step that waits costs in memory: a run whose first step is held, so that all others are pending.
import { createTasks } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'
import { collectGarbage, runJob } from '../../child.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

const BYTES_ALLOWED = 400

interface Row {
  readonly count: number
  readonly shape: 'steps' | 'list'
}

/** Bytes for each step. */
interface Bytes {
  readonly plan: number
  readonly run: number
}

export async function measureWorkflowMemory({ quick }: SectionInput): Promise<SectionResult> {
  const count = quick ? 10_000 : 100_000
  const rows: { row: Row; bytes: Bytes }[] = []
  for (const shape of ['steps', 'list'] as const) {
    tellProgress(`workflow: memory of ${formatCount(count)} ${shape === 'steps' ? 'steps' : 'items of a list'}`)
    const row = { count, shape }
    rows.push({ row, bytes: await runJob<Bytes>('workflow-memory-row', row) })
  }
  const shownAs = { steps: 'steps side by side', list: 'items of a list' } as const
  return {
    title: 'Memory of pending steps',
    tables: [
      {
        title: `bytes each, ${formatCount(count)} of them`,
        columns: ['', 'the plan, made once', 'a run of it'],
        rows: rows.map(({ row, bytes }) => [shownAs[row.shape], formatFigure(bytes.plan), formatFigure(bytes.run)]),
        note: 'Heap and external memory after a collection, less what was in use before. Items come from a list that the caller holds; the copy of it is counted.',
      },
    ],
    verdicts: rows.map(({ row, bytes }) => ({
      target: `${shownAs[row.shape]}: ≤ ${BYTES_ALLOWED} bytes for each that is pending, plan included`,
      measured: formatFigure(bytes.plan + bytes.run),
      met: bytes.plan + bytes.run <= BYTES_ALLOWED,
    })),
  }
}

/** The job of one row. */
export async function measureWorkflowMemoryRow({ count, shape }: Row): Promise<Bytes> {
  const tasks = createTasks({ engine: 'typescript' })
  let isHeld = false
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const held = tasks.task({ name: 'held', timeoutMs: Infinity }, async () => {
    if (isHeld) await opened
    return 1
  })
  const increment = tasks.task({ name: 'increment' }, (value: number) => value + 1)
  const make = (size: number) =>
    workflow(`memory of ${size}`, (w, input: readonly number[]) => {
      const first = w.step(held, [])
      if (shape === 'list')
        return w.map(
          w.compute([input, first], (list) => list),
          increment,
        )
      return w.all(Array.from({ length: size }, () => w.step(increment, [first])))
    })
  // what is made on first use is not a cost of the steps below
  await make(2000).execute([1]).wait()
  const list = Array.from({ length: shape === 'list' ? count : 0 }, (_, index) => index)
  const atFirst = memoryInUse()
  const flow = make(count)
  const planned = memoryInUse()
  isHeld = true
  const run = flow.execute(list)
  const started = memoryInUse()
  open()
  verify('results', (await run.wait()).length, count)
  await tasks.shutdown()
  return { plan: (planned - atFirst) / count, run: (started - planned) / count }
}

/** Bytes; `external` holds the array buffers too. */
function memoryInUse(): number {
  for (let pass = 0; pass < 4; pass++) collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
