// A task whose thread's event loop is blocked is told to be stalled, once, by a timer of this thread.
import { expect, test } from 'vitest'
import { blockAtGate, openGate, shutGates, until, waitAtGate } from './gates.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

test('a blocked event loop is told once, with how long it has been blocked', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 2 }, { stallMs: 300 })
  const told = new Map<string, string[]>()
  engine.subscribe(['stalled'], ({ taskId, reason }) => told.set(taskId, [...(told.get(taskId) ?? []), reason]))
  const gates = shutGates(3)
  const waiting = engine.submit(threadCall(waitAtGate), [gates, 0, 1])
  await until(() => Atomics.load(gates, 1) === 1)
  const stuck = engine.submit(threadCall(blockAtGate), [gates, 2])
  await until(() => told.has(stuck.taskId))
  // the other one's event loop turns; how quickly it does is not for this test to say
  const beats = (): number[] => [...lane.pools].flatMap((pool) => pool.threads).map((each) => each.beat)
  const seen = beats()
  await until(() => beats().some((beat, index) => beat > (seen[index] ?? 0) + 2))
  openGate(gates, 0)
  expect(await waiting.wait()).toBe('let through')
  expect(told.get(stuck.taskId)).toEqual([
    expect.stringMatching(/^the event loop of its thread has been blocked for \d+ ms$/),
  ])
  openGate(gates, 2)
  expect(await stuck.wait()).toBe('let through')
})
