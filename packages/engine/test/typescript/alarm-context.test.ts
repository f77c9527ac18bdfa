// An alarm rings outside of the task during which it was set.
import { expect, test } from 'vitest'
import { currentTask } from '../../src/lanes/task-context.ts'
import { TimerQueue } from '../../src/typescript/timer-queue.ts'
import { systemClock } from '../../src/support/clock.ts'
import { startEngine } from './started-engine.ts'

test('what comes due later does not run as the task that set it up', async () => {
  const { engine, run } = await startEngine()
  const found = new Promise<string | undefined>((resolve) => {
    run(() => {
      const timers = new TimerQueue(systemClock, () => {})
      timers.add(systemClock.now() + 1, () => resolve(currentTask()?.name))
    })
  })
  expect(await found).toBeUndefined()
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})
