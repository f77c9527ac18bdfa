// Every option of an engine: its documented default, what it takes and refuses, and what contradicts what.
import { availableParallelism } from 'node:os'
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigurationError, describeValue } from '../../src/contract/errors.ts'
import { engineOptionTable, resolveEngineOptions } from '../../src/options/engine-options.ts'
import type { EngineOptions } from '../../src/options/engine-options.ts'
import { systemClock } from '../../src/support/clock.ts'
import { VirtualClock } from '../../src/support/virtual-clock.ts'

type Name = keyof EngineOptions

const names = Object.keys(engineOptionTable) as Name[]
const counts = { good: [1, 5], bad: [0, -1, 1.5, Number.NaN, Infinity, '4', null, true, 4n] }

const values: Readonly<Record<Name, { good: unknown[]; bad: unknown[] }>> = {
  workers: { good: [2, 1024], bad: [...counts.bad, 1025] },
  minWorkers: { good: [1], bad: [...counts.bad, 1025] },
  maxWorkers: { good: [4096], bad: [...counts.bad, 4097] },
  queueSize: { good: [1, 2 ** 53 - 1], bad: counts.bad },
  inlineConcurrency: counts,
  enableAutoScaling: { good: [true, false], bad: [0, 1, 'true', null, {}] },
  memoryPoolMb: { good: [0.5, 4096], bad: [0, -1, Number.NaN, Infinity, '500', null] },
  keepResults: { good: [0, 1], bad: [-1, 0.5, Infinity, Number.NaN, '5', null] },
  keepFailures: { good: [0, 1], bad: [-1, 0.5, Infinity, Number.NaN, '5', null] },
  clock: { good: [new VirtualClock()], bad: [null, 5, 'utc', [], () => 0] },
  minThreads: { good: [0, 1], bad: [-1, 1.5, 257, '1', null] },
  maxThreads: { good: [1, 256], bad: [0, 257, '2', null] },
  minProcesses: { good: [0, 1], bad: [-1, 1.5, 257, '1', null] },
  maxProcesses: { good: [1, 256], bad: [0, 257, '2', null] },
  isolateIdleMs: { good: [0, 1000, Infinity], bad: [-1, Number.NaN, '1', null] },
  recycleAfterTasks: { good: [1, 1000, Infinity], bad: [0, 1.5, '1', null] },
  recycleHeapMb: { good: [1, 0.5, Infinity], bad: [0, -1, '1', null] },
  laneNice: { good: [0, 19], bad: [-1, 20, 0.5, '1', null] },
  random: { good: [() => 0.5], bad: [0.5, null, {}, 'Math.random'] },
}

const cases = (kind: 'good' | 'bad'): [Name, string, unknown][] =>
  names.flatMap((name) =>
    values[name][kind].map((value): [Name, string, unknown] => [name, describeValue(value), value]),
  )

/** Defaults that are no literals, worked out here as their documentation words them. */
const computed: Partial<Record<Name, unknown>> = {
  workers: Math.min(32, availableParallelism() * 2),
  minWorkers: Math.min(2, Math.min(32, availableParallelism() * 2)),
  maxWorkers: Math.min(32, availableParallelism() * 2) * 4,
  maxThreads: availableParallelism(),
  maxProcesses: availableParallelism(),
  isolateIdleMs: 30_000,
  recycleAfterTasks: Infinity,
  recycleHeapMb: Infinity,
  clock: systemClock,
  random: Math.random,
}

describe('engine options', () => {
  test.each(names)('%s: the default is the documented one', (name) => {
    const documented = name in computed ? computed[name] : JSON.parse(engineOptionTable[name].byDefault)
    expect(resolveEngineOptions()[name]).toBe(documented)
    expect(resolveEngineOptions({ [name]: undefined })[name]).toBe(documented)
  })

  test('every option is resolved, nothing else, and the result is frozen', () => {
    expect(Object.keys(resolveEngineOptions()).toSorted()).toEqual(names.toSorted())
    expect(Object.isFrozen(resolveEngineOptions({ workers: 3 }))).toBe(true)
  })

  test.each(cases('good'))('%s takes %s', (name, _, value) => {
    expect(resolveEngineOptions({ [name]: value })[name]).toBe(value)
  })

  test.each(cases('bad'))('%s refuses %s', (name, text, value) => {
    const resolve = (): unknown => resolveEngineOptions({ [name]: value })
    expect(resolve).toThrow(ConfigurationError)
    expect(resolve).toThrow(`engine options: ${name} accepts ${engineOptionTable[name].accepts}, got ${text}`)
  })

  test.each(['__proto__', 'constructor'])('%s is no option', (name) => {
    const asked = JSON.parse(`{ "${name}": { "workers": 1 } }`) as EngineOptions
    expect(() => resolveEngineOptions(asked)).toThrow(`there is no option "${name}"`)
  })

  test('a near miss is answered with the right name', () => {
    expect(() => resolveEngineOptions({ queuesize: 5 } as EngineOptions)).toThrow('did you mean queueSize?')
  })

  test.each([null, 5, [], 'workers: 4'])('%o instead of options is refused', (asked) => {
    expect(() => resolveEngineOptions(asked as EngineOptions)).toThrow(/engine options must be an object/)
  })
})

const rule = 'engine options: minWorkers ≤ workers ≤ maxWorkers'

describe('workers', () => {
  test('defaults follow the number of workers', () => {
    expect(resolveEngineOptions({ workers: 1 })).toMatchObject({ minWorkers: 1, workers: 1, maxWorkers: 4 })
    expect(resolveEngineOptions({ workers: 10 })).toMatchObject({ minWorkers: 2, workers: 10, maxWorkers: 40 })
    expect(resolveEngineOptions({ workers: 1024 })).toMatchObject({ maxWorkers: 4096 })
  })

  test('minWorkers ≤ workers ≤ maxWorkers: accepted exactly when it holds, and else all three are named', () => {
    const count = fc.integer({ min: 1, max: 6 })
    fc.assert(
      fc.property(count, count, count, (minWorkers, workers, maxWorkers) => {
        const resolve = (): unknown => resolveEngineOptions({ minWorkers, workers, maxWorkers })
        const holds = minWorkers <= workers && workers <= maxWorkers
        const refusal = `must hold, got ${minWorkers}, ${workers}, ${maxWorkers}`
        expect(holds ? resolve() : thrownBy(resolve).message).toEqual(
          holds ? { ...resolveEngineOptions(), minWorkers, workers, maxWorkers } : `${rule} ${refusal}`,
        )
      }),
      seeded,
    )
  })

  test('a default gives no way to a contradiction either', () => {
    expect(() => resolveEngineOptions({ workers: 1, minWorkers: 2 })).toThrow(ConfigurationError)
    expect(() => resolveEngineOptions({ workers: 8, maxWorkers: 4 })).toThrow(ConfigurationError)
  })
})
