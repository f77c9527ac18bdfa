// Pools of threads, one for each memory limit: how many there may be, and what becomes of those that nobody needs.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { ThreadPools } from '../../../src/isolates/thread/thread-pools.ts'
import { MOST_POOLS } from '../../../src/isolates/thread/thread-pools.ts'
import type { EngineOptions } from '../../../src/options/engine-options.ts'
import { openGate, shutGates, until, waitAtGate } from './gates.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function startWithPools(options: EngineOptions): Promise<{ engine: TaskEngine; pools: ThreadPools }> {
  const { engine, lane } = await startWithLane(options)
  return { engine, pools: lane.pools }
}

const double = (n: number): number => n * 2
const limits = Array.from({ length: 2 * MOST_POOLS + 3 }, (_, n) => 50 + n)

test('ever other limits make no more pools than may be', async () => {
  const { engine, pools } = await startWithPools({ maxThreads: 1, isolateIdleMs: Infinity })
  for (const memoryLimitMb of limits) {
    expect(await engine.submit(threadCall(double, { memoryLimitMb }), [memoryLimitMb]).wait()).toBe(2 * memoryLimitMb)
    expect(pools.size).toBeLessThanOrEqual(MOST_POOLS)
  }
  expect(engine.snapshot().lanes.thread).toMatchObject({ slots: 1 })
})

test('tasks with more limits at once than pools all run', async () => {
  const { engine, pools } = await startWithPools({ maxThreads: 2 })
  const handles = limits.map((memoryLimitMb) => engine.submit(threadCall(double, { memoryLimitMb }), [memoryLimitMb]))
  expect(pools.size).toBe(MOST_POOLS)
  expect(await Promise.all(handles.map((handle) => handle.wait()))).toEqual(limits.map(double))
})

test('a pool that has been idle for long enough is given up, whatever others do, and its memory freed', async () => {
  const { engine, pools } = await startWithPools({ maxThreads: 2, isolateIdleMs: 50 })
  const gates = shutGates(2)
  const waiting = engine.submit(threadCall(waitAtGate, { memoryLimitMb: 60 }), [gates, 0, 1])
  await until(() => Atomics.load(gates, 1) === 1)
  await engine.submit(threadCall(double, { memoryLimitMb: 70 }), [1]).wait()
  const memories = [...pools].map(({ memory }) => new WeakRef(memory.buffer))
  expect(memories).toHaveLength(2)
  await until(() => pools.size === 1)
  openGate(gates, 0)
  await waiting.wait()
  await until(() => pools.size === 0)
  await until(() => {
    collectGarbage()
    return memories.every((memory) => memory.deref() === undefined)
  })
  expect(await engine.submit(threadCall(double, { memoryLimitMb: 70 }), [2]).wait()).toBe(4)
})

test('the threads that are always to be there stay', async () => {
  const { engine, pools } = await startWithPools({ maxThreads: 3, minThreads: 2, isolateIdleMs: 20 })
  const threads = (): number => [...pools].reduce((sum, pool) => sum + pool.threads.length, 0)
  expect(threads()).toBe(2)
  await engine.submit(threadCall(double, { memoryLimitMb: 70 }), [1]).wait()
  expect(pools.size).toBe(2)
  await until(() => pools.size === 1)
  expect([threads(), [...pools][0]?.threads.every((each) => !each.retires)]).toEqual([2, true])
})
