// What a queued task costs in memory: a million of them, paused, submitted through the API, in a process for each row.
import { createTasks } from '@catzilla/api'
import { collectGarbage, runJob } from '../../child.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

interface Row {
  readonly count: number
  readonly args: 0 | 2
  /** Whether the caller keeps every handle. */
  readonly held: boolean
}

const BYTES_ALLOWED = 300

export async function measureMemory({ quick }: SectionInput): Promise<SectionResult> {
  const count = quick ? 20_000 : 1_000_000
  const rows: Row[] = [
    { count, args: 0, held: true },
    { count, args: 2, held: true },
    { count, args: 0, held: false },
    { count, args: 2, held: false },
  ]
  const measured: { row: Row; bytes: number }[] = []
  for (const row of rows) {
    tellProgress(`memory: ${describe(row)}`)
    measured.push({ row, bytes: await runJob<number>('memory-row', row) })
  }
  return {
    title: 'Memory of queued tasks',
    tables: [
      {
        title: `${formatCount(count)} queued tasks`,
        columns: ['', 'bytes each', 'MiB in all'],
        rows: measured.map(({ row, bytes }) => [
          describe(row),
          formatFigure(bytes),
          formatFigure((bytes * row.count) / 2 ** 20),
        ]),
        note: 'Heap and external memory after a collection, less what was in use before; the array in which a caller keeps handles was made before, and is not counted.',
      },
    ],
    verdicts: measured.map(({ row, bytes }) => ({
      target: `${formatCount(count)} queued tasks, ${describe(row)}: ≤ ${BYTES_ALLOWED} bytes each`,
      measured: formatFigure(bytes),
      met: bytes <= BYTES_ALLOWED,
    })),
  }
}

/** The job of one row: bytes per queued task. */
export async function measureMemoryRow({ count, args, held }: Row): Promise<number> {
  const tasks = createTasks({ engine: 'typescript', queueSize: count * 2 })
  let runs = 0
  const plain = tasks.task({ name: 'plain' }, () => void runs++)
  const sum = tasks.task({ name: 'sum' }, (a: number, b: number) => ((runs += 1), a + b))
  const submit = (index: number): unknown => (args === 0 ? plain.delay() : sum.delay(index, index + 1))
  // whatever the engine makes on first use is not a cost of the tasks below
  for (let index = 0; index < 20_000; index++) submit(index)
  await tasks.drain()
  runs = 0
  await tasks.pause()
  const handles: unknown[] = Array.from({ length: held ? count : 0 }, () => null)
  const before = memoryInUse()
  for (let index = 0; index < count; index++) {
    const handle = submit(index)
    if (held) handles[index] = handle
  }
  const after = memoryInUse()
  verify('queued tasks', tasks.getStats().totalQueued, count)
  await tasks.resume()
  await tasks.drain()
  verify('runs', runs, count)
  verify('handles', handles.filter((handle) => handle !== null).length, held ? count : 0)
  await tasks.shutdown()
  return (after - before) / count
}

/** Bytes; `external` holds the array buffers too. */
function memoryInUse(): number {
  for (let pass = 0; pass < 4; pass++) collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function describe({ args, held }: Row): string {
  return `${args === 0 ? 'no arguments' : 'two numbers'}, ${held ? 'every handle held' : 'no handle held'}`
}
