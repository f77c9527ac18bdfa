// What a queued kernel task costs in memory: a million of them, paused, in a process for each row.
import { createTasks } from '@catzilla/api'
import { collectGarbage, runJob } from '../../child.ts'
import { summarise } from '../../measure.ts'
import { residentMemory } from '../../resident.ts'
import type { ResidentMemory } from '../../resident.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'
import { createNativeTasks, nativeSection, requireCore } from './core.ts'
import { atMost } from './goals.ts'
import { sumOfWindow } from './kernel-contenders.ts'
import { PortClient } from './port-client.ts'

const rowNames = {
  port: 'port, no bookkeeping',
  forgotten: 'api, native, no handle held',
  held: 'api, native, every handle held',
  twin: 'api, typescript, no handle held',
} as const
type RowName = keyof typeof rowNames

interface Row {
  readonly row: RowName
  readonly count: number
}

/** Bytes for each task. */
export interface QueuedCost {
  /** In use in the heap of JavaScript after a collection. */
  readonly heap: number
  /** Resident memory of the process outside of that heap. */
  readonly outside: number
}

export const measureNativeMemory: (input: SectionInput) => Promise<SectionResult> = nativeSection(
  'Memory of queued kernel tasks',
  async ({ quick }) => {
    const count = quick ? 50_000 : 1_000_000
    const measured = new Map<RowName, QueuedCost[]>()
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const row of Object.keys(rowNames) as RowName[]) {
        tellProgress(`native:memory: ${rowNames[row]}`)
        const cost = await runJob<QueuedCost>('native-memory-row', { row, count } satisfies Row)
        measured.set(row, [...(measured.get(row) ?? []), cost])
      }
    }
    const inC = medianOf(measured.get('port'), ({ outside }) => outside)
    const inAll = (row: RowName): number => medianOf(measured.get(row), ({ heap, outside }) => heap + outside)
    const what = `${formatCount(count)} queued kernel tasks, two numbers`
    return {
      tables: [
        {
          title: `${formatCount(count)} queued tasks of two numbers`,
          columns: ['', 'bytes in the heap', 'bytes outside', 'bytes in all', 'min – max'],
          rows: [...measured].map(([row, costs]) => {
            const { min, max } = summarise(costs.map(({ heap, outside }) => heap + outside))
            return [
              rowNames[row],
              formatFigure(medianOf(costs, ({ heap }) => heap)),
              formatFigure(medianOf(costs, ({ outside }) => outside)),
              formatFigure(inAll(row)),
              `${formatFigure(min)} – ${formatFigure(max)}`,
            ]
          }),
          note: 'For each task; the heap after a collection, and what became resident outside of it: the shared slots and rings, the tables of C, and typed arrays of JavaScript. The bare port keeps nothing of its own in JavaScript that grows: what it costs is what C costs. The array in which a caller keeps handles was made before, and is not counted.',
        },
      ],
      verdicts: [
        { target: `${what}: ≤ 128 bytes each in C`, measured: formatFigure(inC), met: inC <= 128 },
        ...(['forgotten', 'held'] as const).map((row) =>
          atMost({
            what: `${what}, ${rowNames[row]}`,
            measured: inAll(row),
            unit: 'bytes each in all',
            floor: 200,
            goal: 100,
          }),
        ),
      ],
    }
  },
)

/** The job of one row. */
export function measureNativeMemoryRow({ row, count }: Row): Promise<QueuedCost> {
  return row === 'port' ? throughPort(count) : throughApi(count, row)
}

async function throughPort(count: number): Promise<QueuedCost> {
  const port = new PortClient(requireCore(), { slots: count * 2 })
  const plan = port.plan('add')
  // whatever is made on first use is not a cost of the tasks below
  for (let round = 0; round < 10; round++) await port.sumOf(plan, 2_000)
  port.binding.pause(true)
  const before = await residentMemory(collectGarbage)
  for (let index = 0; index < count; index++) port.push(plan, index, 1)
  port.publish()
  const after = await residentMemory(collectGarbage)
  const queued = port.binding.statistics().queues.reduce((sum, queue) => sum + queue.queued, 0)
  verify('queued tasks', queued, count)
  port.binding.pause(false)
  port.sum = 0
  for (let left = count; left > 0;) {
    await new Promise((resolve) => setImmediate(resolve))
    left -= port.drainSum()
  }
  verify('sum', port.sum, sumOfWindow(count))
  port.close()
  return costOf(before, after, count)
}

async function throughApi(count: number, row: Exclude<RowName, 'port'>): Promise<QueuedCost> {
  const queueSize = count * 2
  const tasks =
    row === 'twin' ? createTasks({ engine: 'typescript', queueSize }) : await createNativeTasks({ queueSize })
  const add = tasks.kernel('add')
  for (let index = 0; index < 20_000; index++) add.delay(index, 1)
  await tasks.drain()
  await tasks.pause()
  const held = row === 'held'
  const handles: ({ outcome: unknown } | null)[] = Array.from({ length: held ? count : 0 }, () => null)
  const before = await residentMemory(collectGarbage)
  for (let index = 0; index < count; index++) {
    const handle = add.delay(index, 1)
    if (held) handles[index] = handle
  }
  const after = await residentMemory(collectGarbage)
  verify('queued tasks', tasks.getStats().totalQueued, count)
  await tasks.resume()
  await tasks.drain()
  verify('completed tasks', tasks.getStats().completedTasks, count + 20_000)
  verify('handles', handles.filter((handle) => handle?.outcome !== undefined).length, held ? count : 0)
  await tasks.shutdown()
  return costOf(before, after, count)
}

function costOf(before: ResidentMemory, after: ResidentMemory, count: number): QueuedCost {
  return { heap: (after.heap - before.heap) / count, outside: (after.outside - before.outside) / count }
}

function medianOf(costs: readonly QueuedCost[] | undefined, figure: (cost: QueuedCost) => number): number {
  return summarise((costs ?? []).map(figure)).median
}
