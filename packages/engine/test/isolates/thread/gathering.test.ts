// Where results come often, and threads have their next tasks before them, the thread that has handed them over is not woken
// for each: it looks for what has gathered. What is urgent, rare or the last is told at once.
import { expect, onTestFinished, test } from 'vitest'
import { ThreadCompletions } from '../../../src/isolates/inside/thread-completions.ts'
import { Claims } from '../../../src/isolates/thread/claim.ts'
import { CompletionPump } from '../../../src/isolates/thread/completion-pump.ts'
import { Head, LaneMemory, Wanted } from '../../../src/isolates/thread/lane-memory.ts'
import { GATHER_MS, Patience } from '../../../src/isolates/thread/patience.ts'
import { NO_BELL } from '../../../src/isolates/thread/wake-bell.ts'
import { until } from './gates.ts'

const [normal, critical] = [2, 0]

test('results may gather only where several would', () => {
  const patience = new Patience()
  expect(patience.mayGather(0)).toBe(false)
  patience.found(1, 10)
  expect(patience.mayGather(10)).toBe(false)
  patience.found(2, 10 + GATHER_MS)
  expect(patience.mayGather(10 + GATHER_MS)).toBe(true)
  // none came in all that time
  expect(patience.mayGather(10 + 2 * GATHER_MS)).toBe(false)
  patience.found(1, 10 + 2 * GATHER_MS)
  expect(patience.mayGather(10 + 2 * GATHER_MS)).toBe(false)
})

test('a thread that goes on tells of what is urgent, and of the rest when it has nothing more to do', () => {
  const memory = new LaneMemory(1)
  const { words } = memory
  const completions = new ThreadCompletions(memory, 0, NO_BELL)
  const told = (): unknown => [completions.wokeSubmitter, Atomics.load(words, Head.COMPLETED)]
  Atomics.store(words, Head.WAITING, Wanted.BY_WORD | Wanted.ONCE_IDLE)
  completions.push(1, false)
  completions.push(2, false)
  expect(told()).toEqual([false, 0])
  completions.push(3, true)
  expect([told(), Atomics.load(words, Head.WAITING)]).toEqual([[true, 1], Wanted.NOT])
  Atomics.store(words, Head.WAITING, Wanted.BY_WORD | Wanted.ONCE_IDLE)
  completions.push(4, false)
  completions.idle()
  expect(told()).toEqual([true, 2])
  completions.idle()
  Atomics.store(words, Head.WAITING, Wanted.BY_WORD)
  completions.push(5, false)
  expect(told()).toEqual([true, 3])
})

test('urgent are the classes before the usual one, by whichever way a task comes', () => {
  const memory = new LaneMemory(1)
  const claims = new Claims(memory, 0)
  for (const [slot, priority] of [
    [7, normal],
    [8, critical],
  ] as const) {
    Atomics.store(memory.words, memory.ringWord(priority, 0), slot)
    Atomics.store(memory.words, memory.classTail(priority), 1)
  }
  expect([claims.take(0), claims.tookUrgent]).toEqual([8, true])
  expect([claims.take(0), claims.tookUrgent]).toEqual([7, false])
})

test('who lets results gather is woken by no thread, and looks by itself', async () => {
  const { words } = new LaneMemory(1)
  let there = 0
  const from = {
    drain() {
      const taken = there
      there = 0
      return taken
    },
    hasNext: false,
    inFlight: 1,
  }
  const pump = new CompletionPump(words, from, { number: 1 })
  onTestFinished(() => pump.close())
  const how = (): number => Atomics.load(words, Head.WAITING)
  pump.start()
  expect(how()).toBe(Wanted.BY_BELL)
  // again and again: a machine that stops in between makes many look like few
  while ((how() & Wanted.ONCE_IDLE) === 0) {
    Atomics.store(words, Head.WAITING, Wanted.NOT)
    there = 100
    pump.wake()
    await until(() => how() !== Wanted.NOT)
  }
  there = 1
  await until(() => there === 0)
})
