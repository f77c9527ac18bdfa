// Tasks that come one by one: they go to the thread that ran the one before, which has in its caches what it needs.
import { expect, test } from 'vitest'
import { IsolateWord } from '../../../src/isolates/thread/lane-memory.ts'
import { until } from './gates.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

const ROUNDS = 20

test('of threads that sleep the same one is woken again', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 2, minThreads: 2 })
  const [pool] = lane.pools
  const workers: (string | number | null)[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await until(() => pool?.threads.filter((thread) => thread.sleeps).length === 2)
    const handle = engine.submit(
      threadCall(() => {}),
      [],
    )
    await handle.wait()
    workers.push(handle.stats().workerId)
  }
  // a thread that sleeps is awake for a moment four times a second: now and then the other one is taken
  const again = workers.filter((worker, round) => round > 0 && worker === workers[round - 1])
  expect(again.length).toBeGreaterThan(ROUNDS / 2)
})

test('tasks that are handed over together wake one thread each', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 2, minThreads: 2 })
  const [pool] = lane.pools
  await until(() => pool?.threads.filter((thread) => thread.sleeps).length === 2)
  const together = new Int32Array(new SharedArrayBuffer(4))
  // each waits for the other: in one thread they would never end
  const meet = threadCall((words: Int32Array) => {
    Atomics.add(words, 0, 1)
    Atomics.notify(words, 0)
    while (Atomics.load(words, 0) < 2) Atomics.wait(words, 0, 1)
    return Atomics.load(words, 0)
  })
  const handles = [engine.submit(meet, [together]), engine.submit(meet, [together])]
  expect(await Promise.all(handles.map((handle) => handle.wait()))).toEqual([2, 2])
})

test('a thread that has taken a task, and not yet said that it runs it, is not idle', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 1, minThreads: 1 })
  await engine.pause()
  const [pool] = lane.pools
  const isolate = pool?.threads[0]
  if (pool === undefined || isolate === undefined) throw new Error('there is no thread')
  isolate.direct(7, 2)
  // what the thread does between the two
  Atomics.add(pool.memory.words, pool.memory.isolateWord(isolate.index, IsolateWord.DIRECTED_HEAD), 1)
  expect([isolate.current, isolate.directed, isolate.isIdle]).toEqual([-1, 0, false])
  isolate.returned(7)
  expect(isolate.isIdle).toBe(true)
})
