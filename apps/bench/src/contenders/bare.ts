// What no queue can beat, since nothing is queued: calls awaited, timers of Node, and threads with a message for a task.
import { setTimeout as sleep } from 'node:timers/promises'
import { add, echo, lengthOf, sizeOf, spin } from './bodies.ts'
import { THREADS } from './contender.ts'
import type { Contender, Queue } from './contender.ts'
import { BareThreads } from './threads/bare-threads.ts'
import { workerFile } from './worker-file.ts'

export const promiseLoop: Contender = {
  name: 'promise loop',
  group: 'bare',
  where: 'event loop',
  about: 'an async function is called and its promise awaited',
  window: 5_000,
  open: openPromiseLoop,
}

export const bareThreadsContender: Contender = {
  name: 'bare worker_threads',
  group: 'bare',
  where: `${THREADS} threads`,
  about: 'a message for a task, one for its result',
  window: 5_000,
  open: openBareThreads,
}

async function openPromiseLoop(): Promise<Queue> {
  const call = async (a: number, b: number): Promise<number> => add(a, b)
  return {
    add: call,
    spin: async (turns) => spin(turns),
    echo: async (order) => echo(order),
    lengthOf: async (text) => lengthOf(text),
    sizeOf: async (bytes) => sizeOf(bytes),
    async columns(xs, ys) {
      const out = new Float64Array(xs.length)
      for (let row = 0; row < out.length; row++) out[row] = (xs[row] ?? 0) + (ys[row] ?? 0)
      return out
    },
    async startedAfter(delayMs) {
      await sleep(delayMs)
      return performance.timeOrigin + performance.now()
    },
    flaky: retried,
    async close() {},
  }
}

/** A loop round a try, as one would write it by hand. */
async function retried(value: number): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt === 0) throw new Error('the first run fails')
      return await Promise.resolve(value)
    } catch (error) {
      if (attempt === 1) throw error
    }
  }
}

async function openBareThreads(): Promise<Queue> {
  const threads = new BareThreads(workerFile('bare-thread'), THREADS)
  return {
    add: (a, b) => threads.run('add', [a, b]),
    echo: (order) => threads.run('echo', [order]),
    spin: (turns) => threads.run('spin', [turns]),
    lengthOf: (text) => threads.run('lengthOf', [text]),
    sizeOf: (bytes, transfer) => threads.run('sizeOf', [bytes], transfer ? [bytes.buffer as ArrayBuffer] : []),
    spinTimes: (turns, times) => threads.run('spinTimes', [turns, times]),
    close: () => threads.close(),
  }
}
