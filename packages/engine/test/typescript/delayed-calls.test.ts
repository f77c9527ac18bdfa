// Calls that differ in their delay alone share a plan: each task still has the delay of its own call, however often it is asked for.
import { expect, test } from 'vitest'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskCall } from '../../src/contract/task.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { startEngine } from './started-engine.ts'

const delayed = (delayMs: number, handler: () => unknown, more: TaskOptions = {}): TaskCall => ({
  name: 'delayed',
  handler,
  options: resolveTaskOptions({ ...more, delayMs }),
})

test('each starts after the delay of its own call', async () => {
  const { engine, clock } = await startEngine()
  const now = (): number => clock.now()
  const delays = [30, 10, 20, 10, 0.5]
  const handles = delays.map((delayMs) => engine.submit(delayed(delayMs, now), []))
  const batched = engine.submitMany(delayed(40, now), [[], []])
  await clock.advance(100)
  expect(await Promise.all([...handles, ...batched].map((each) => each.wait()))).toEqual([...delays, 40, 40])
  await stop(engine)
})

test('calls that differ in anything else go by their own options and bodies', async () => {
  const { engine, clock } = await startEngine()
  const body = (): string => 'done'
  const plain = engine.submit(delayed(10, body), [])
  const tagged = engine.submit(delayed(20, body, { tags: ['mine'], priority: 'high' }), [])
  const other = engine.submit(
    delayed(30, () => 'of another'),
    [],
  )
  const undelayed = engine.submit(delayed(0, body), [])
  expect(await undelayed.wait()).toBe('done')
  expect(await engine.find(plain.taskId)).toMatchObject({ tags: [], priority: 2 })
  expect(await engine.find(tagged.taskId)).toMatchObject({ tags: ['mine'], priority: 1 })
  await clock.advance(30)
  expect(await other.wait()).toBe('of another')
  await stop(engine)
})

test('a task that is asked for once more has the delay of its own call, whatever its retries waited', async () => {
  const { engine, clock } = await startEngine()
  const dueIn = async (taskId: string): Promise<number> =>
    ((await engine.find(taskId))?.dueAt ?? Number.NaN) - clock.epochMs()
  const fail = (): never => {
    throw new Error('no')
  }
  const options: TaskOptions = { maxRetries: 2, retryBackoff: 'fixed', retryDelayMs: 7, retryJitter: 0 }
  const failed = [30, 0, 50].map((delayMs) => engine.submit(delayed(delayMs, fail, options), []))
  const cancelled = engine.submit(delayed(70, fail), [])
  await clock.advance(65)
  expect(failed.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
  expect(cancelled.cancel()).toBe(true)
  await engine.pause()
  const again = await Promise.all([...failed, cancelled].map(({ taskId }) => engine.retry(taskId)))
  expect(await Promise.all(again.map(({ taskId }) => dueIn(taskId)))).toEqual([30, Number.NaN, 50, 70])
  await stop(engine)
})

async function stop(engine: TaskEngine): Promise<void> {
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
}
