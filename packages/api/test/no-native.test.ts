// Without a native core: what `auto` does then, and what still works. It is switched off before anything looks for it.
import { EngineUnavailableError, UnsupportedByEngineError, createTasks } from '@catzilla/api'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { beforeEach, expect, test, vi } from 'vitest'
import { recordWarnings } from './process-events.ts'
import { tasksForTest } from './tasks-for-test.ts'

beforeEach(() => {
  vi.stubEnv('CATZILLA_NATIVE', 'off')
  vi.stubEnv('CATZILLA_ENGINE', undefined)
  return () => vi.unstubAllEnvs()
})

test('auto takes the TypeScript engine, and says why', async () => {
  const warnings = recordWarnings()
  const { engineInfo } = createTasks({ engine: 'auto' })
  expect(engineInfo).toMatchObject({ name: 'typescript', reason: 'auto: it needs nothing but Node' })
  expect(engineInfo.passedOver).toEqual([{ name: 'native', reason: expect.stringMatching(/@catzilla\/core-c/) }])
  await new Promise((resolve) => setImmediate(resolve))
  expect(warnings).toEqual([])
})

test('asking for the native engine is refused, with the remedy', () => {
  const error = thrownBy(() => createTasks({ engine: 'native' }))
  expect(error).toBeInstanceOf(EngineUnavailableError)
  expect(error.message).toMatch(/@catzilla\/core-c.*engine: '(auto|typescript)'/)
})

test('the same program runs: kernels as their JavaScript twins', async () => {
  const tasks = tasksForTest()
  expect(tasks.getStats()).toMatchObject({ engine: 'typescript', cAcceleration: false })
  const add = tasks.kernel('add')
  expect(await add.delay(1, 2).wait()).toBe(3)
  expect(await add.mapArrays(Float64Array.of(1), Float64Array.of(2)).wait()).toEqual(Float64Array.of(3))
})

test('the kernel of a library cannot run, and the error names the remedy', () => {
  const error = thrownBy(() => tasksForTest().kernel('own', { library: import.meta.filename }))
  expect(error).toBeInstanceOf(UnsupportedByEngineError)
  expect(error.message).toMatch(/run "npm install @catzilla\/core-c"/)
})
