// Options that come another way than as own keys, and bounds that move a default.
import { thrownBy } from '@catzilla/test-kit/thrown'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../../src/contract/errors.ts'
import { resolveEngineOptions } from '../../src/options/engine-options.ts'
import { defaultTaskOptions, resolveTaskOptions } from '../../src/options/task-options.ts'

test('inherited options are not options: what is not checked is not taken', () => {
  const inherited = Object.create({ maxRetries: -5, timeoutMs: 'x', nonsense: 1 }) as object
  expect(resolveTaskOptions(inherited)).toEqual(defaultTaskOptions)
})

test.each([
  [{ maxWorkers: 1 }, 1],
  [{ minWorkers: 1000 }, 1000],
])('a bound that is given moves the default of workers: %o', (asked, workers) => {
  expect(resolveEngineOptions(asked).workers).toBe(workers)
})

test('bounds that contradict each other, or workers that are asked for, are refused', () => {
  for (const asked of [
    { minWorkers: 5, maxWorkers: 2 },
    { workers: 1, minWorkers: 2 },
  ]) {
    expect(thrownBy(() => resolveEngineOptions(asked))).toBeInstanceOf(ConfigurationError)
  }
})
