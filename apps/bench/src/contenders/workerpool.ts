// workerpool: a pool of worker threads that call methods by name.
import type { Order } from './bodies.ts'
import { THREADS, forgetting } from './contender.ts'
import type { Contender, Queue } from './contender.ts'
import { holding } from './holding.ts'
import { workerFile } from './worker-file.ts'

export const workerpoolContender: Contender = {
  name: 'workerpool',
  group: 'peer',
  where: `${THREADS} threads`,
  window: 5_000,
  open: openWorkerpool,
}

async function openWorkerpool(): Promise<Queue> {
  const { default: workerpool } = await import('workerpool')
  const pool = workerpool.pool(workerFile('workerpool-thread').pathname, {
    workerType: 'thread',
    minWorkers: THREADS,
    maxWorkers: THREADS,
  })
  const call = async <R>(name: string, args: readonly unknown[], transfer?: ArrayBuffer): Promise<R> =>
    (await pool.exec(name, [...args], transfer === undefined ? {} : { transfer: [transfer] })) as R
  const add = (a: number, b: number): Promise<number> => call('add', [a, b])
  return {
    add,
    spin: (turns) => call('spin', [turns]),
    echo: (order) => call<Order>('echo', [order]),
    lengthOf: (text) => call('lengthOf', [text]),
    sizeOf: (bytes, transfer) => call('sizeOf', [bytes], transfer ? (bytes.buffer as ArrayBuffer) : undefined),
    forget: forgetting(add),
    backlog: (count, turns) => forgetting(() => call('spin', [turns]))(count),
    // no priorities: the urgent one waits its turn
    urgent: add,
    ...holding(add, (flag) => call('block', [flag])),
    async close() {
      await pool.terminate()
    },
  }
}
