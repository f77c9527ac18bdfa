// The engine of benchmarks whose measuring can be switched off: what is counted goes on, and nothing else changes.
import { expect, test } from 'vitest'
import { defaultTaskOptions } from '../../src/options/task-options.ts'
import { createSwitchableEngine } from '../../src/testing/index.ts'

test('measures while it is on, and counts tasks all the time', async () => {
  const { engine, setMeasuring } = createSwitchableEngine()
  await engine.start()
  const call = Object.freeze({ name: 'one', handler: () => 1, options: defaultTaskOptions })
  const run = async (): Promise<readonly [waits: number, runs: number, completed: number]> => {
    expect(await engine.submit(call, []).wait()).toBe(1)
    const { wait, execution, completedTasks } = engine.snapshot()
    return [wait.count, execution.count, completedTasks]
  }
  expect(await run()).toEqual([1, 1, 1])
  setMeasuring(false)
  expect(await run()).toEqual([1, 1, 2])
  setMeasuring(true)
  expect(await run()).toEqual([2, 2, 3])
  await engine.stop({ waitForCompletion: true, timeoutMs: Infinity })
})
