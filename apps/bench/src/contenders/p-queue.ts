// p-queue: a queue of functions on the event loop, with priorities.
import { add, echo, lengthOf, sizeOf, spin } from './bodies.ts'
import { SLOTS } from './contender.ts'
import type { Contender, Queue } from './contender.ts'

export const pQueueContender: Contender = {
  name: 'p-queue',
  group: 'peer',
  where: 'event loop',
  window: 5_000,
  open: openPQueue,
}

async function openPQueue(): Promise<Queue> {
  const { default: PQueue } = await import('p-queue')
  const queue = new PQueue({ concurrency: SLOTS })
  return {
    add: (a, b) => queue.add(() => add(a, b)),
    spin: (turns) => queue.add(() => spin(turns)),
    echo: (order) => queue.add(() => echo(order)),
    lengthOf: (text) => queue.add(() => lengthOf(text)),
    sizeOf: (bytes) => queue.add(() => sizeOf(bytes)),
    async forget(count) {
      for (let value = 0; value < count; value++) void queue.add(() => add(value, 1))
      await queue.onIdle()
    },
    async batch(count) {
      const results = await queue.addAll(Array.from({ length: count }, (_, value) => () => add(value, 1)))
      return results.reduce((sum, value) => sum + value, 0)
    },
    async backlog(count, turns) {
      for (let each = 0; each < count; each++) void queue.add(() => spin(turns), { priority: 0 })
      await queue.onIdle()
    },
    urgent: (a, b) => queue.add(() => add(a, b), { priority: 10 }),
    async hold(count) {
      queue.pause()
      for (let value = 0; value < count; value++) void queue.add(() => add(value, 1))
    },
    async release() {
      queue.start()
      await queue.onIdle()
    },
    async close() {
      queue.clear()
    },
  }
}
