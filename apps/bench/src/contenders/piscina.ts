// piscina and its descendant tinypool: pools of worker threads, which load a module and call what it exports.
import type { Order } from './bodies.ts'
import { THREADS, forgetting } from './contender.ts'
import type { Contender, Queue } from './contender.ts'
import { holding } from './holding.ts'
import { workerFile } from './worker-file.ts'

export const piscinaContender: Contender = {
  name: 'piscina',
  group: 'peer',
  where: `${THREADS} threads`,
  window: 5_000,
  async open() {
    const { Piscina } = await import('piscina')
    return queueOf(new Piscina(options()))
  },
}

export const tinypoolContender: Contender = {
  name: 'tinypool',
  group: 'peer',
  where: `${THREADS} threads`,
  window: 5_000,
  async open() {
    const { Tinypool } = await import('tinypool')
    return queueOf(new Tinypool(options()))
  },
}

/** What the two of the family have in common. */
interface RunnerPool {
  run(task: unknown, options: { readonly name: string; readonly transferList?: ArrayBuffer[] }): Promise<unknown>
  destroy(): Promise<void>
}

function options(): { filename: string; minThreads: number; maxThreads: number } {
  return { filename: workerFile('pool-thread').href, minThreads: THREADS, maxThreads: THREADS }
}

function queueOf(pool: RunnerPool): Queue {
  const add = (a: number, b: number): Promise<number> => pool.run([a, b], { name: 'add' }) as Promise<number>
  const spin = (turns: number): Promise<number> => pool.run(turns, { name: 'spin' }) as Promise<number>
  return {
    add,
    spin,
    echo: (order) => pool.run(order, { name: 'echo' }) as Promise<Order>,
    lengthOf: (text) => pool.run(text, { name: 'lengthOf' }) as Promise<number>,
    sizeOf: (bytes, transfer) =>
      pool.run(bytes, {
        name: 'sizeOf',
        ...(transfer ? { transferList: [bytes.buffer as ArrayBuffer] } : {}),
      }) as Promise<number>,
    forget: forgetting(add),
    backlog: (count, turns) => forgetting(() => spin(turns))(count),
    // no priorities: the urgent one waits its turn
    urgent: add,
    ...holding(add, (flag) => pool.run(flag, { name: 'block' })),
    close: () => pool.destroy(),
  }
}
