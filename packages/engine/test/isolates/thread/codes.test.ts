// Codes of threads are bounded: functions without end do not fill the memory of the engine or of its threads.
import { expect, test } from 'vitest'
import type { TaskHandler } from '../../../src/contract/task.ts'
import { ThreadCodes } from '../../../src/isolates/thread/thread-codes.ts'
import type { Plan } from '../../../src/typescript/plan.ts'
import { startWithLane, threadCall } from './thread-engines.ts'

function bodyGiving(n: number): TaskHandler {
  // oxlint-disable-next-line typescript/no-implied-eval -- each has a text of its own
  return new Function(`return ${n}`) as TaskHandler
}

function planGiving(n: number): Plan {
  const handler = bodyGiving(n)
  // of a plan the codes need no more
  return { call: threadCall(handler), handler } as unknown as Plan
}

test('codes that were not used of late go, but for those that tasks need; numbers are not given twice', () => {
  const codes = new ThreadCodes(4)
  const plans = Array.from({ length: 5 }, (_, n) => planGiving(n))
  expect(plans.map((plan) => codes.numberFor(plan))).toEqual([0, 1, 2, 3, 4])
  expect(codes.crowded).toBe(true)
  // each was used: all go that nobody needs
  expect(codes.letGo(new Set([1, 4]))).toEqual([0, 2, 3])
  expect([...codes.all.keys()]).toEqual([1, 4])
  expect([codes.numberFor(planGiving(1)), codes.numberFor(planGiving(0))]).toEqual([1, 5])
  // 4 was not used since then
  expect(codes.letGo(new Set())).toEqual([4])
  expect(codes.numberFor(planGiving(4))).toBe(6)
})

test('the code of the latest plan is asked for anew when it has gone', () => {
  const codes = new ThreadCodes(4)
  const plan = planGiving(7)
  expect(codes.numberFor(plan)).toBe(0)
  expect(codes.letGo(new Set())).toEqual([0])
  expect([codes.numberFor(plan), codes.all.size]).toEqual([1, 1])
})

test('thousands of functions run, again as well, on threads that keep few', async () => {
  const { engine } = await startWithLane({ maxThreads: 2 })
  const bodies = Array.from({ length: 2500 }, (_, n) => bodyGiving(n))
  const run = (body: TaskHandler): Promise<unknown> => engine.submit(threadCall(body), []).wait()
  expect(await Promise.all(bodies.map(run))).toEqual(bodies.map((_, n) => n))
  expect(await Promise.all(bodies.slice(0, 50).map(run))).toEqual(bodies.slice(0, 50).map((_, n) => n))
})
