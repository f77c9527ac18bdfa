// A plain loop in C over columns, in memory that nobody has touched, as results go to: what any way of running `add` has
// above it. It runs on a worker of the engine and times itself.
import { createTasks } from '@catzilla/api'
import { loadCore } from '@catzilla/core-c'
import { buildPlainLibrary } from '../plain-c.ts'
import { verify } from '../section.ts'
import { sumOfAdds } from './contender.ts'
import type { Contender, Queue } from './contender.ts'

export const cLoop: Contender = {
  name: 'C loop',
  group: 'bare',
  where: '1 C thread',
  about: 'times itself',
  window: 5_000,
  only: ['throughput'],
  missing() {
    const { core, source } = loadCore()
    if (core === undefined) return source
    const library = buildPlainLibrary()
    return 'missing' in library ? library.missing : undefined
  },
  open: openLoop,
}

async function openLoop(): Promise<Queue> {
  const library = buildPlainLibrary()
  if ('missing' in library) throw new Error(library.missing)
  const tasks = createTasks({ engine: 'native', workers: 1, enableAutoScaling: false })
  const loop = tasks.kernel<(rows: number, warm: boolean) => { ns: number; sum: number }>('bench.add-loop', {
    library: library.path,
  })
  return {
    async addLoop(rows) {
      const { ns, sum } = await loop.delay(rows, false).wait()
      verify('sum of the loop', sum, sumOfAdds(rows))
      return ns / 1e6
    },
    async close() {
      await tasks.shutdown()
    },
  }
}
