// What a queued task costs in memory.
import { collectGarbage } from '../child.ts'
import type { Queue } from '../contenders/contender.ts'
import { residentMemory } from '../resident.ts'
import type { Figures, Scenario } from './scenario.ts'

/** Tasks that wait, as windows of the contender. */
const WINDOWS = 20

export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of a queued task',
  about: `Tasks of two numbers that wait, 100,000 of them (20,000 in processes and in Redis), and no result kept: what the heap of JavaScript has grown by after a collection, what became resident outside of it, and what Redis holds. Memory of pools of threads includes the promise that they make of every task.`,
  measures: [
    { id: 'bytes', title: 'in all', unit: 'bytes/task', better: 'less', headline: 'memory of a queued task' },
    { id: 'heap', title: 'in the heap of JavaScript', unit: 'bytes/task', better: 'less' },
  ],
  async run(queue, { window }): Promise<Figures> {
    const { add, hold, release } = queue
    if (add === undefined || hold === undefined || release === undefined) return {}
    const count = window * WINDOWS
    // whatever is made on first use is not a cost of the tasks below
    await hold(1_000)
    await release()
    const before = await inUse(queue)
    await hold(count)
    const after = await inUse(queue)
    await release()
    const grown = (part: keyof InUse): number => (after[part] - before[part]) / count
    return { bytes: grown('heap') + Math.max(0, grown('outside')) + grown('elsewhere'), heap: grown('heap') }
  },
}

/** Bytes. */
interface InUse {
  readonly heap: number
  readonly outside: number
  readonly elsewhere: number
}

async function inUse(queue: Queue): Promise<InUse> {
  const { heap, outside } = await residentMemory(collectGarbage)
  return { heap, outside, elsewhere: (await queue.bytesElsewhere?.()) ?? 0 }
}
