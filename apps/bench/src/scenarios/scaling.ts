// Whether a task costs the same however many are queued.
import { verify } from '../section.ts'
import { awaitAll, windowMs } from './pace.ts'
import type { Figures, Measure, Scenario } from './scenario.ts'

const sizes = [1_000, 10_000, 100_000] as const
/** Longer queues than so many windows are spared those who are slow. */
const WINDOWS = 20

export const scaling: Scenario = {
  name: 'scaling',
  title: 'Cost of a task by the number queued',
  about:
    'So many no-op tasks are submitted at once, a promise held of each, and all awaited. More promises also mean a larger heap for the garbage collector to walk, which the bare promise loop shows. Processes and Redis are spared the longest queue.',
  axis: 'tasks queued at once',
  measures: sizes.map((size): Measure => {
    const title = `${size.toLocaleString('en-US')} queued`
    const common = { id: String(size), title, unit: 'ns/task', better: 'less', x: size } as const
    return size === 100_000 ? { ...common, headline: 'cost of a task, 100,000 queued at once' } : common
  }),
  async run({ add }, effort): Promise<Figures> {
    if (add === undefined) return {}
    const check = (result: number, value: number): void => verify('result', result, value + 1)
    const figures: Record<string, number> = {}
    for (const size of sizes) {
      if (size > effort.window * WINDOWS) continue
      const ms = await windowMs(effort, () => awaitAll(size, (value) => add(value, 1), check))
      figures[String(size)] = (ms * 1e6) / size
    }
    return figures
  },
}
