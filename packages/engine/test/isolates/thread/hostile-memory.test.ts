// A body may get hold of the shared memory of its thread and write anything there: the engine must not hang, crash or give
// one task another's end.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskCrashedError } from '../../../src/contract/errors.ts'
import { Head, IsolateWord, LaneMemory } from '../../../src/isolates/thread/lane-memory.ts'
import { createTypeScriptEngine } from '../../../src/select-engine.ts'
import { until } from './gates.ts'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

/** Fills words of the memory with numbers made from a seed. */
const scribble = (seed: number, from: number, to: number): number => {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const words = new Int32Array((workerData as { memory: SharedArrayBuffer }).memory)
  let state = seed
  for (let index = from; index < Math.min(to, words.length); index++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0
    words[index] = state % 3 === 0 ? state : state & 0xffff
  }
  return words.length
}

/** Changes one word, so that nothing else tells of it. */
const change = (index: number, value: number): void => {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  Atomics.store(new Int32Array((workerData as { memory: SharedArrayBuffer }).memory), index, value)
}

/** As `change`, and goes on while the threads are replaced. */
const changeAndStay = async (index: number, value: number): Promise<void> => {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  Atomics.store(new Int32Array((workerData as { memory: SharedArrayBuffer }).memory), index, value)
  await new Promise(() => setInterval(() => {}, 1000))
}

const echo = threadCall((value: number) => value)

/** What `change` is told, in words of the memory of a pool with two threads. */
const memory = new LaneMemory(4)

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  test.each([
    ['heads of the queues', 0, memory.isolateWord(0, 0)],
    ['words of the isolates', memory.isolateWord(0, 0), memory.isolateWord(2, 0)],
    ['rings and slots', memory.isolateWord(2, 0), Infinity],
    ['whole memory', 0, Infinity],
  ])('goes on after a body that writes over the %s', async (__, from, to) => {
    for (const seed of [1, 2]) {
      const engine = await startWith(make, { maxThreads: 2 })
      const hostile = engine.submit(threadCall(scribble), [seed, from, to])
      const others = Array.from({ length: 20 }, (___, n) => engine.submit(echo, [n]))
      await Promise.allSettled([hostile, ...others].map((handle) => handle.wait()))
      // one that ran by then may have failed, and says why; what had not started went on
      const failed = others.map(({ outcome }) => outcome).filter((outcome) => outcome?.status !== 'completed')
      for (const outcome of failed) expect(outcome).toMatchObject({ status: 'failed' })
      // whoever comes later meets a lane that works
      const later = await Promise.all(others.map((___, n) => engine.submit(echo, [n]).wait()))
      expect(later).toEqual(others.map((___, n) => n))
    }
  })

  test.each([
    ['the sign for a pause', Head.PAUSED, 1],
    ['the sign of a thread that sleeps', memory.isolateWord(0, IsolateWord.ASLEEP), -5],
    ['the end of a queue', memory.classTail(2), 77],
    ['what is never written', 15, 1],
    ['what is never written in a slot', memory.slotWord(4000, 31), 1],
  ])('finds out that %s was changed, and says so to the task that ran', async (__, index, value) => {
    const engine = await startWith(make, { maxThreads: 2 })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    const error = await rejectionOf(engine.submit(threadCall(changeAndStay), [index, value]).wait())
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toMatch(
      /task 'changeAndStay': the memory that its thread shares .* was damaged while it ran: .*; the threads were replaced; look for code/,
    )
    expect((await warned).message).toMatch(/the memory that threads share was damaged: /)
    expect(await engine.submit(echo, [5]).wait()).toBe(5)
  })

  test.each([
    ['what its thread runs', memory.isolateWord(0, IsolateWord.CURRENT), 4000],
    ['what is directed to its thread', memory.isolateWord(0, IsolateWord.DIRECTED_HEAD), -3],
    ['how many tasks its thread has done', memory.isolateWord(0, IsolateWord.DONE_TAIL), -9],
    ['the beginning of a queue', memory.classHead(2), 5000],
  ])('tasks go on after a body has changed %s', async (__, index, value) => {
    const engine = await startWith(make, { maxThreads: 1 })
    const hostile = engine.submit(threadCall(change), [index, value])
    await Promise.allSettled([hostile.wait()])
    const others = Array.from({ length: 20 }, (___, n) => engine.submit(echo, [n]))
    await Promise.allSettled(others.map((handle) => handle.wait()))
    expect(await Promise.all(others.map((___, n) => engine.submit(echo, [n]).wait()))).toEqual(
      others.map((___, n) => n),
    )
  })

  test('a task that was cancelled counts as cancelled, whatever became of its memory', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const handle = engine.submit(threadCall(changeAndStay), [15, 1])
    await until(() => handle.status !== 'pending')
    handle.cancel()
    expect((await rejectionOf(handle.wait())).name).toMatch(/^Task(Cancelled|Crashed)Error$/)
    expect(await engine.submit(echo, [1]).wait()).toBe(1)
    expect(engine.snapshot()).toMatchObject({ lateRuns: 0, totalQueued: 0 })
  })
})

test('threads that are blocked by what tasks have left behind are replaced, and tasks go on', async () => {
  const engine = await startWith(createTypeScriptEngine, { maxThreads: 1 })
  const blocksLater = threadCall(() => {
    setImmediate(() => {
      for (;;) continue
    })
  })
  await engine.submit(blocksLater, []).wait()
  expect(await engine.submit(echo, [7]).wait()).toBe(7)
})
