// Pools that cannot be paused hold tasks while all of their threads are blocked.
import { THREADS, forgetting } from './contender.ts'
import type { Queue } from './contender.ts'

export function holding(
  add: (a: number, b: number) => Promise<number>,
  block: (flag: Int32Array) => Promise<unknown>,
): Required<Pick<Queue, 'hold' | 'release'>> {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  let held: Promise<unknown>[] = []
  return {
    async hold(count) {
      held = Array.from({ length: THREADS }, () => block(flag))
      held.push(forgetting(add)(count))
    },
    async release() {
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
      await Promise.all(held)
    },
  }
}
