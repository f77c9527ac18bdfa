// What C measures by name: tasks of one kernel and class are told apart, by attempt, also when the engine has stopped.
import { describe, expect, test } from 'vitest'
import type { TaskMeasurements } from '../../src/contract/measurements.ts'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskCall } from '../../src/contract/task.ts'
import { nativeMissing } from './native-core.ts'
import { bothWays, exampleLibrary, kernelCall, libraryMissing, startNative } from './native-engines.ts'

const named = (name: string, call: TaskCall): TaskCall => Object.freeze({ ...call, name })

function countsOf(engine: TaskEngine, name: string): readonly (number | undefined)[] {
  const found: TaskMeasurements | undefined = engine.measurements?.().names.get(name)
  return [found?.wait.total().count, found?.execution.total().count]
}

describe.runIf(nativeMissing === undefined).each(bothWays)('series of tasks %s', (_, options) => {
  test('of one kernel are told apart by name, and add up by class', async () => {
    const engine = await startNative()
    const [often, seldom] = [named('often', kernelCall('add', options)), named('seldom', kernelCall('add', options))]
    const all = Array.from({ length: 100 }, (_each, index) => engine.submit(index % 10 === 0 ? seldom : often, [1, 2]))
    await Promise.all(all.map((task) => task.wait()))
    const expected = [
      [90, 90],
      [10, 10],
    ]
    expect(['often', 'seldom'].map((name) => countsOf(engine, name))).toEqual(expected)
    expect(engine.measurements?.().priorities.map(({ execution }) => execution.total().count)).toEqual([0, 0, 100, 0])
    expect(engine.measurements?.().lanes.native?.wait.total().count).toBe(100)
    await engine.stop({ waitForCompletion: true, timeoutMs: Infinity })
    expect(['often', 'seldom'].map((name) => countsOf(engine, name))).toEqual(expected)
  })

  test.skipIf(libraryMissing !== undefined)('count attempts', async () => {
    const engine = await startNative()
    const retried = { ...options, maxRetries: 3, retryDelayMs: 0 }
    const flaky = named('flaky', kernelCall('example.flaky', retried, exampleLibrary()))
    // it fails as often as it is told
    await engine.submit(flaky, [2]).wait()
    expect(countsOf(engine, 'flaky')).toEqual([3, 3])
  })
})
