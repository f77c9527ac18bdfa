// The thread that takes the place of one which does not end by itself: started before that is ended, and idle until then.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { expect, test } from 'vitest'
import { TaskCancelledError } from '../../../src/contract/errors.ts'
import type { TaskHandle } from '../../../src/contract/task.ts'
import type { ThreadPool } from '../../../src/isolates/thread/thread-pool.ts'
import { blockAtGate, openGate, shutGates, until } from './gates.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

const endless = (): never => {
  for (;;);
}
const double = (n: number): number => n * 2
const blocked = threadCall(blockAtGate)
/** A thread is given up after a minute, and the next one is started at once. */
const patient = { abortSeenMs: 60_000, startsAheadMs: 60_000 }

async function cancelRunning(handle: TaskHandle): Promise<void> {
  await until(() => handle.status === 'running')
  handle.cancel()
  expect(await rejectionOf(handle.wait())).toBeInstanceOf(TaskCancelledError)
}

test('a spare thread runs nothing while its predecessor does, and is kept for the next time', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 1 }, patient)
  const pool = (): ThreadPool | undefined => [...lane.pools][0]
  const gates = shutGates(2)
  const first = engine.submit(blocked, [gates, 0])
  await cancelRunning(first)
  await until(() => pool()?.spares[0]?.ready === true)
  const [spare] = pool()?.spares ?? []
  const next = engine.submit(threadCall(double), [21])
  await until(() => spare?.sleeps === true)
  expect([next.status, lane.figures().slots]).toEqual(['pending', 1])
  openGate(gates, 0)
  expect(await next.wait()).toBe(42)
  expect(next.stats().workerId).toBe(first.stats().workerId)
  const second = engine.submit(blocked, [gates, 1])
  await cancelRunning(second)
  const looks = engine.submit(threadCall(double), [4])
  openGate(gates, 1)
  expect(await looks.wait()).toBe(8)
  expect(pool()?.spares).toEqual([spare])
})

test('a spare thread takes the place of one that is ended, with the codes that came meanwhile', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 1 }, { startsAheadMs: 30 })
  const stuck = engine.submit(threadCall(endless), [])
  const started = engine.submit(threadCall(double, { priority: 'low' }), [4])
  await cancelRunning(stuck)
  const pool = [...lane.pools][0]
  await until(() => pool?.spares.length === 1 || started.status !== 'pending')
  const late = engine.submit(
    threadCall((n: number) => n + 1),
    [1],
  )
  expect(await Promise.all([started.wait(), late.wait()])).toEqual([8, 2])
  const [replaced] = pool?.threads.filter((each) => !each.retires) ?? []
  expect([started.stats().workerId, late.stats().workerId]).toEqual([replaced?.id, replaced?.id])
  expect([lane.figures().slots, pool?.spares]).toEqual([pool?.threads.length, []])
})

test('spare threads end when there has been nothing to do for long', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 1, isolateIdleMs: 20 }, patient)
  const gates = shutGates(1)
  await cancelRunning(engine.submit(blocked, [gates, 0]))
  const [pool] = lane.pools
  await until(() => pool?.spares.length === 1)
  openGate(gates, 0)
  await until(() => pool?.everyone.length === 0)
  await until(() => lane.pools.size === 0)
  expect(engine.snapshot().lateRuns).toBe(0)
})
