// Our engine on BullMQ: the same tasks as jobs of a Redis of this machine, submitted and run in one process.
import { createTasks } from '@catzilla/api'
import { defineTasks, queueOf } from './catzilla-queue.ts'
import { engineOptions } from './catzilla.ts'
import type { Contender, Queue } from './contender.ts'
import { missingRedis, startRedis } from './redis.ts'

export const distributedContender: Contender = {
  name: 'catzilla/bullmq',
  group: 'ours',
  where: 'event loop, by Redis',
  about: 'BullMQ engine; Redis keeps nothing on disk',
  window: 1_000,
  missing: missingRedis,
  open: openDistributed,
}

async function openDistributed(): Promise<Queue> {
  const server = await startRedis('never')
  const tasks = createTasks({ ...engineOptions, engine: `redis://${server.host}:${server.port}` })
  await tasks.ready
  const queue = queueOf(tasks, defineTasks(tasks, 'inline'))
  return {
    ...queue,
    async close() {
      await queue.close()
      await server.stop()
    },
  }
}
