// No-op tasks per second, by the way in which they are handed over and their results are asked for.
import { sumOfAdds } from '../contenders/contender.ts'
import type { Queue } from '../contenders/contender.ts'
import { verify } from '../section.ts'
import { awaitAll, perSecond, windowMs } from './pace.ts'
import { figuresOf } from './scenario.ts'
import type { Effort, Scenario } from './scenario.ts'

const ROWS = 1_000_000

export const throughput: Scenario = {
  name: 'throughput',
  title: 'Throughput of no-op tasks',
  about:
    'Tasks that add two numbers, in windows of 5,000 (1,000 where a task takes longer: processes and Redis). From the first submission until the last one has run. Every result that is looked at is checked.',
  measures: [
    {
      id: 'awaited',
      title: 'a promise each, all awaited',
      unit: 'tasks/s',
      better: 'more',
      headline: 'no-op tasks, every result awaited',
    },
    {
      id: 'forget',
      title: 'fire and forget',
      unit: 'tasks/s',
      better: 'more',
      headline: 'no-op tasks, fire and forget',
    },
    { id: 'handles', title: 'a handle each, looked at when all have ended', unit: 'tasks/s', better: 'more' },
    {
      id: 'batch',
      title: 'handed over in one call',
      unit: 'tasks/s',
      better: 'more',
      headline: 'no-op tasks, handed over in one call',
    },
    { id: 'columns', title: `columns of ${ROWS.toLocaleString('en-US')} rows`, unit: 'rows/s', better: 'more' },
  ],
  run: (queue, effort) => {
    const { add, forget, handles, batch, columns, addLoop } = queue
    const { window: size } = effort
    return figuresOf({
      awaited: add && (() => perSecond(effort, size, () => awaitAll(size, (value) => add(value, 1), verifySum))),
      forget: forget && (() => perSecond(effort, size, () => forget(size))),
      handles:
        handles && (() => perSecond(effort, size, async () => verify('sum', await handles(size), sumOfAdds(size)))),
      batch: batch && (() => perSecond(effort, size, async () => verify('sum', await batch(size), sumOfAdds(size)))),
      columns: addLoop ? () => loopRows(effort, addLoop) : columns && (() => columnRows(effort, columns)),
    })
  },
}

function verifySum(result: number, value: number): void {
  verify('result', result, value + 1)
}

async function columnRows(effort: Effort, columns: NonNullable<Queue['columns']>): Promise<number> {
  const rows = effort.quick ? ROWS / 10 : ROWS
  const xs = Float64Array.from({ length: rows }, (_, row) => row)
  const ys = new Float64Array(rows).fill(1)
  const ms = await windowMs(effort, async () => {
    const out = await columns(xs, ys)
    verify('last row', out[rows - 1] ?? Number.NaN, rows)
  })
  return (rows * 1e3) / ms
}

/** The loop tells its own time: what surrounds it is no part of it. */
async function loopRows({ quick }: Effort, addLoop: NonNullable<Queue['addLoop']>): Promise<number> {
  const rows = quick ? ROWS / 10 : ROWS
  let best = Infinity
  for (let round = 0; round < 20; round++) best = Math.min(best, await addLoop(rows))
  return (rows * 1e3) / best
}
