// A task whose thread's event loop is blocked is told to be stalled, once, by a timer of this thread.
import { expect, test, vi } from 'vitest'
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

test('a pause in which nobody looked, since the process was stopped or the machine slept, is not a stall', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 2 }, { stallMs: 60_000 })
  const told: string[] = []
  engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
  const gates = shutGates(3)
  const waiting = engine.submit(threadCall(waitAtGate, { timeoutMs: Infinity }), [gates, 0, 1])
  const stuck = engine.submit(threadCall(blockAtGate, { timeoutMs: Infinity }), [gates, 2])
  const beats = (): number => Math.max(...[...lane.pools].flatMap((pool) => pool.threads).map((each) => each.beat))
  const looksGoOn = async (): Promise<void> => {
    const seen = beats()
    await until(() => beats() > seen + 1)
  }
  await until(() => Atomics.load(gates, 1) === 1 && stuck.status === 'running')
  await looksGoOn()
  const now = performance.now.bind(performance)
  const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 120_000)
  try {
    await looksGoOn()
    openGate(gates, 0)
    openGate(gates, 2)
    await Promise.all([waiting.wait(), stuck.wait()])
  } finally {
    later.mockRestore()
  }
  expect(told).toEqual([])
})
