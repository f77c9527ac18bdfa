// How the thread that has handed tasks over is told that they are done: by the bell where it has one, else by the word that it
// sleeps on; and what is done while it is held up is not forgotten.
import { expect, onTestFinished, test } from 'vitest'
import { CompletionPump } from '../../../src/isolates/thread/completion-pump.ts'
import { Head, LaneMemory, Wanted } from '../../../src/isolates/thread/lane-memory.ts'
import { NO_BELL, WakeBell, nativeBells } from '../../../src/isolates/thread/wake-bell.ts'
import { until } from './gates.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

/** A pump for one task, which is done when `finish` is called. */
function pumpFor(bell: number): {
  readonly pump: CompletionPump
  readonly words: Int32Array
  readonly drained: () => number
  readonly finish: () => void
} {
  const { words } = new LaneMemory(1)
  let [inFlight, done, drained] = [1, 0, 0]
  const from = {
    drain() {
      const taken = done
      done = 0
      inFlight -= taken
      drained += taken
      return taken
    },
    get hasNext() {
      return done > 0
    },
    get inFlight() {
      return inFlight
    },
  }
  const pump = new CompletionPump(words, from, { number: bell })
  onTestFinished(() => pump.close())
  return { pump, words, drained: () => drained, finish: () => done++ }
}

test('without a bell it sleeps on a word, by which it is woken', async () => {
  const { pump, words, drained, finish } = pumpFor(NO_BELL)
  pump.start()
  expect(Atomics.load(words, Head.WAITING)).toBe(Wanted.BY_WORD)
  finish()
  Atomics.add(words, Head.COMPLETED, 1)
  expect(Atomics.notify(words, Head.COMPLETED)).toBe(1)
  await until(() => drained() === 1)
})

test('with a bell it sleeps on nothing, and the bell wakes it', () => {
  const { pump, words, drained, finish } = pumpFor(1)
  pump.start()
  expect(Atomics.load(words, Head.WAITING)).toBe(Wanted.BY_BELL)
  expect(Atomics.notify(words, Head.COMPLETED)).toBe(0)
  finish()
  pump.wake()
  expect(drained()).toBe(1)
})

test.each([NO_BELL, 1])('who was held up looks for what came meanwhile (bell %i)', async (bell) => {
  const { pump, words, drained, finish } = pumpFor(bell)
  pump.start()
  pump.holdUp(1)
  // a thread that has seen that the word was wanted by now rings nothing else
  Atomics.store(words, Head.WAITING, Wanted.NOT)
  finish()
  await until(() => drained() === 1)
  expect(Atomics.load(words, Head.WAITING)).toBe(Wanted.NOT)
})

test('a ring that nothing has come for is of no consequence', () => {
  const { pump, drained } = pumpFor(1)
  pump.wake()
  expect(drained()).toBe(0)
})

test.skipIf(nativeBells() === null)('where the native core is there, threads ring', async () => {
  const { engine, lane } = await startWithLane({ maxThreads: 1 })
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const waits = threadCall((words: Int32Array) => Atomics.wait(words, 0, 0))
  const handle = engine.submit(waits, [gate])
  const [pool] = lane.pools
  await until(() => pool !== undefined && Atomics.load(pool.memory.words, Head.WAITING) === Wanted.BY_BELL)
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  expect(['ok', 'not-equal']).toContain(await handle.wait())
})

test.skipIf(nativeBells() === null)('a bell rings for all who listen, until it is closed', async () => {
  const bell = new WakeBell()
  expect(bell.number).toBe(NO_BELL)
  const number = bell.hang()
  expect([number > NO_BELL, bell.hang()]).toEqual([true, number])
  const rung = new Promise<void>((resolve) => bell.listeners.add(resolve))
  expect(nativeBells()?.ring(number)).toBe(true)
  await rung
  bell.close()
  expect([bell.number, bell.hang(), nativeBells()?.ring(number)]).toEqual([NO_BELL, NO_BELL, false])
})
