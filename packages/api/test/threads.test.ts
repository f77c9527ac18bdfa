// The thread and process lanes as the API offers them; what they do is tested with the engine.
import { expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

const MIB = 2 ** 20

test('explain says how the body gets there', () => {
  const tasks = tasksForTest()
  const body = tasks.task({ name: 'body', lane: 'thread' }, (n: number) => n + 1)
  expect(body.explain()).toMatchObject({
    lane: 'thread',
    reason: "asked for by lane: 'thread'; threads get the text of the body",
  })
  const elsewhere = body.with({ lane: 'process', module: import.meta.url })
  expect(elsewhere.explain().reason).toBe(`asked for by lane: 'process'; processes import ${import.meta.url}`)
})

test('with transfer a buffer is moved to the thread and back, and not copied', async () => {
  const tasks = tasksForTest({ maxThreads: 1 })
  const sum = tasks.task({ name: 'sum', lane: 'thread', transfer: true, maxRetries: 0 }, (bytes: Uint8Array) => {
    let total = 0
    for (const byte of bytes) total += byte
    return total
  })
  const bytes = new Uint8Array(10 * MIB).fill(1)
  const result = sum.delay(bytes)
  expect(bytes.byteLength).toBe(0)
  expect(await result.wait()).toBe(10 * MIB)
  // without it the caller keeps them
  const kept = new Uint8Array(10 * MIB).fill(2)
  expect(await sum.with({ transfer: false }).delay(kept).wait()).toBe(20 * MIB)
  expect(kept.byteLength).toBe(10 * MIB)
})

test('a task on a thread can be waited for synchronously, one in a process cannot', async () => {
  const tasks = tasksForTest({ maxThreads: 1, maxProcesses: 1 })
  const double = tasks.task({ name: 'double', lane: 'thread' }, (n: number) => n * 2)
  expect(double.delay(21).waitSync(30_000)).toBe(42)
  const result = double.with({ lane: 'process' }).delay(4)
  expect(() => result.waitSync(10)).toThrow(/process lane/)
  expect(await result.wait()).toBe(8)
})
