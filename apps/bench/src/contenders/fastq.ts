// fastq: a queue on the event loop, in its promise form, of functions that are called as their turn comes.
import { add, echo, lengthOf, sizeOf, spin } from './bodies.ts'
import { SLOTS } from './contender.ts'
import type { Contender, Queue } from './contender.ts'

export const fastqContender: Contender = {
  name: 'fastq',
  group: 'peer',
  where: 'event loop',
  window: 5_000,
  open: openFastq,
}

async function openFastq(): Promise<Queue> {
  const { default: fastq } = await import('fastq')
  // one body for the queue of numbers, as its users write it; everything else goes through a queue of calls
  const adds = fastq.promise<unknown, readonly [number, number], number>(async ([a, b]) => add(a, b), SLOTS)
  const calls = fastq.promise<unknown, () => unknown, unknown>(async (call) => call(), SLOTS)
  const through = <R>(call: () => R): Promise<R> => calls.push(call) as Promise<R>
  return {
    add: (a, b) => adds.push([a, b]),
    spin: (turns) => through(() => spin(turns)),
    echo: (order) => through(() => echo(order)),
    lengthOf: (text) => through(() => lengthOf(text)),
    sizeOf: (bytes) => through(() => sizeOf(bytes)),
    async forget(count) {
      for (let value = 0; value < count; value++) void adds.push([value, 1])
      await adds.drained()
    },
    async backlog(count, turns) {
      for (let each = 0; each < count; each++) void through(() => spin(turns))
      await calls.drained()
    },
    // it has no priorities, but a way to the front
    urgent: (a, b) => calls.unshift(() => add(a, b)) as Promise<number>,
    async hold(count) {
      adds.pause()
      for (let value = 0; value < count; value++) void adds.push([value, 1])
    },
    async release() {
      adds.resume()
      await adds.drained()
    },
    async close() {
      adds.kill()
      calls.kill()
    },
  }
}
