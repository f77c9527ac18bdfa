// Every option of a task: its documented default, what it takes and refuses, and who overrides whom.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigurationError, describeValue } from '../../src/contract/errors.ts'
import { priorityNames } from '../../src/contract/task.ts'
import {
  defaultTaskOptions,
  resolvePriority,
  resolveTaskOptions,
  taskOptionTable,
} from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'

type Name = keyof TaskOptions

const names = Object.keys(taskOptionTable) as Name[]
const notNumbers = ['5', null, true, Number.NaN, {}, [], 5n]
const notFunctions = ['f', null, {}, 5]
const notTexts = ['', null, 5, {}, 'x'.repeat(501)]
const durations = { good: [0, 0.5, 1e12], bad: [...notNumbers, -1, Infinity] }
const positives = { good: [0.5, 1e12], bad: [...notNumbers, -1, 0, Infinity] }

const wrongLimits = [
  { key: 'k' },
  { concurrency: 0 },
  { concurrency: 1.5 },
  { concurrency: 1, keys: 'k' },
  { concurrency: 1, key: '' },
  { concurrency: 1, key: 5 },
]
const wrongRates = [
  null,
  [1, 1],
  { max: 1 },
  { perMs: 1 },
  { max: 0, perMs: 1 },
  { max: 1.5, perMs: 1 },
  { max: '1', perMs: 1 },
  { max: 1_000_001, perMs: 1 },
  { max: 1, perMs: 0 },
  { max: 1, perMs: Infinity },
  { max: 1, perMs: 1, per: 's' },
]

/** Typed by name: an option that is added to the table is missing here until it is tested. */
const values: Readonly<Record<Name, { good: unknown[]; bad: unknown[] }>> = {
  priority: { good: [0, 1, 2, 3, ...priorityNames], bad: [4, -1, 1.5, '0', 'NORMAL', 'urgent', null, [], true] },
  delayMs: durations,
  runAt: { good: [0, Date.now(), new Date()], bad: ['2026-01-01', null, -1, Infinity, new Date(Number.NaN), {}] },
  maxRetries: { good: [0, 1, 2 ** 53 - 1], bad: [...notNumbers, -1, 0.5, Infinity] },
  retryBackoff: { good: ['exponential', 'linear', 'fixed', 'none', () => 5], bad: ['Linear', '', 5, null, {}, false] },
  retryDelayMs: durations,
  retryMaxDelayMs: durations,
  retryJitter: { good: [0, 0.5, 1], bad: [...notNumbers, -0.1, 1.1, Infinity] },
  timeoutMs: { good: [0.5, 1e12, Infinity], bad: [...notNumbers, 0, -1, -Infinity] },
  expireAfterMs: positives,
  memoryLimitMb: positives,
  lane: { good: ['native', 'inline', 'thread', 'process'], bad: ['Inline', '', 'gpu', null, 0] },
  compile: { good: ['auto', 'require', false], bad: [true, 'never', '', null, 0] },
  concurrency: { good: [1, 2 ** 53 - 1], bad: [...notNumbers, 0, -1, 1.5, Infinity] },
  limits: {
    good: [
      { concurrency: 1 },
      { rate: { max: 1, perMs: 0.5 } },
      { rate: { max: 1_000_000, perMs: 1 }, concurrency: 2, key: 'k' },
      { concurrency: 1, key: () => 'k' },
    ],
    bad: [null, 5, [], {}, ...wrongLimits, ...wrongRates.map((rate) => ({ rate }))],
  },
  uniqueKey: { good: ['k', 'x'.repeat(500)], bad: notTexts },
  onConflict: { good: ['existing', 'reject', 'replace'], bad: ['ignore', '', null, 5, true] },
  tags: { good: [[], ['a', 'b']], bad: ['a', null, {}, [''], [5], [null], ['a', 'x'.repeat(501)], new Set(['a'])] },
  metadata: { good: [{}, { a: { b: 1 } }], bad: [null, [], 'm', 5, () => {}] },
  signal: {
    good: [new AbortController().signal, AbortSignal.abort()],
    bad: [null, {}, { aborted: false }, new AbortController()],
  },
  onSuccess: { good: [() => {}], bad: notFunctions },
  onFailure: { good: [() => {}], bad: notFunctions },
  onRetry: { good: [() => {}], bad: notFunctions },
  module: { good: ['file:///a.ts', '/a.cjs'], bad: ['', 1, null] },
  transfer: { good: [true, false], bad: [1, 'yes', null] },
  cancelGraceMs: { good: [0, 500], bad: [-1, '1', null, Number.NaN] },
  keepResultMs: durations,
}

const cases = (kind: 'good' | 'bad'): [Name, string, unknown][] =>
  names.flatMap((name) =>
    values[name][kind].map((value): [Name, string, unknown] => [name, describeValue(value), value]),
  )

/** What the documentation prints, as a value; a class of priority has its number inside. */
function documented(name: Name): unknown {
  const { byDefault } = taskOptionTable[name]
  if (byDefault === 'none') return undefined
  const value: unknown = JSON.parse(byDefault.replaceAll("'", '"'))
  return name === 'priority' ? priorityNames.indexOf(value as 'normal') : value
}

describe('defaults', () => {
  test.each(names)('%s: the default is the documented one', (name) => {
    expect(resolveTaskOptions(undefined)[name]).toEqual(documented(name))
    expect(resolveTaskOptions({ [name]: undefined })[name]).toEqual(documented(name))
  })

  test('every option is resolved, and nothing else', () => {
    expect(Object.keys(resolveTaskOptions({})).toSorted()).toEqual(names.toSorted())
  })

  test('the shared defaults cannot be changed by anyone', () => {
    const { tags, metadata } = resolveTaskOptions({})
    for (const shared of [defaultTaskOptions, tags, metadata]) expect(Object.isFrozen(shared)).toBe(true)
  })
})

describe('values', () => {
  test.each(cases('good'))('%s takes %s', (name, _, value) => {
    const expected = name === 'priority' ? resolvePriority(value as 0) : value instanceof Date ? value.getTime() : value
    expect(resolveTaskOptions({ [name]: value })[name]).toBe(expected)
  })

  test.each(cases('bad'))('%s refuses %s', (name, text, value) => {
    const resolve = (): unknown => resolveTaskOptions({ [name]: value }, defaultTaskOptions, "task 'mail'")
    expect(resolve).toThrow(ConfigurationError)
    expect(resolve).toThrow(`task 'mail': ${name} accepts ${taskOptionTable[name].accepts}, got ${text}`)
  })

  test('the result is frozen', () => {
    expect(Object.isFrozen(resolveTaskOptions({ delayMs: 5 }))).toBe(true)
  })

  test('a near miss is answered with the right name', () => {
    expect(() => resolveTaskOptions({ delayMS: 5 } as TaskOptions)).toThrow('did you mean delayMs?')
    expect(() => resolveTaskOptions({ timeout: 5 } as TaskOptions)).toThrow('did you mean timeoutMs?')
  })
})

describe('the moment of the start', () => {
  const runAt = Date.UTC(2030, 0, 1)

  test('a delay and a moment at once contradict each other', () => {
    expect(() => resolveTaskOptions({ delayMs: 0, runAt })).toThrow(/delayMs and runAt contradict/)
    expect(() => resolveTaskOptions(Object.assign({ delayMs: 5 }, { runAt: undefined as never }))).not.toThrow()
  })

  test('the one given with the call drops the other one of the task', () => {
    const delayed = resolveTaskOptions({ delayMs: 500 })
    expect(resolveTaskOptions({ runAt }, delayed)).toMatchObject({ delayMs: 0, runAt })
    const timed = resolveTaskOptions({ runAt: new Date(runAt) })
    expect(resolveTaskOptions({ delayMs: 5 }, timed)).toMatchObject({ delayMs: 5, runAt: undefined })
    expect(resolveTaskOptions({ delayMs: 0 }, timed).runAt).toBeUndefined()
    expect(resolveTaskOptions({ maxRetries: 1 }, timed)).toMatchObject({ delayMs: 0, runAt })
  })
})

const option = (name: Name): fc.Arbitrary<unknown> => fc.constantFrom(...values[name].good)
const anyOptions = fc
  .record(Object.fromEntries(names.map((name) => [name, option(name)])), { requiredKeys: [] })
  .map(
    ({ delayMs, runAt, ...rest }) => (delayMs === undefined ? { ...rest, runAt } : { ...rest, delayMs }) as TaskOptions,
  )

describe('precedence', () => {
  test('call over task over engine', () => {
    const engine = resolveTaskOptions({ maxRetries: 1, timeoutMs: 10, priority: 'low' })
    const task = resolveTaskOptions({ timeoutMs: 20, priority: 'high' }, engine)
    const call = resolveTaskOptions({ priority: 'critical' }, task)
    expect(call).toMatchObject({ maxRetries: 1, timeoutMs: 20, priority: 0, keepResultMs: 300_000 })
    expect(task).toMatchObject({ priority: 1 })
  })

  test('undefined overrides nothing', () => {
    const task = resolveTaskOptions({ maxRetries: 7, uniqueKey: 'k' })
    const asked = Object.fromEntries(names.map((name) => [name, undefined]))
    expect(resolveTaskOptions(asked, task)).toEqual(task)
  })

  test('resolving again with the same, or with nothing, changes nothing; each option comes from the nearest that gave it', () => {
    fc.assert(
      fc.property(anyOptions, anyOptions, (forTask, forCall) => {
        const task = resolveTaskOptions(forTask)
        const call = resolveTaskOptions(forCall, task)
        expect(resolveTaskOptions({}, call)).toEqual(call)
        expect(resolveTaskOptions(forCall, call)).toEqual(call)
        for (const name of names) {
          if (name === 'priority' || name === 'runAt' || name === 'delayMs') continue
          expect(call[name]).toBe(forCall[name] ?? forTask[name] ?? defaultTaskOptions[name])
        }
      }),
      seeded,
    )
  })
})

describe('resolvePriority', () => {
  test('the names stand at their numbers', () => {
    expect(priorityNames.map(resolvePriority)).toEqual([0, 1, 2, 3])
    expect(([0, 1, 2, 3] as const).map(resolvePriority)).toEqual([0, 1, 2, 3])
  })

  test.each([4, -1, 0.5, Number.NaN, 'LOW', '', '1', null, undefined, {}])('%o is no priority', (asked) => {
    expect(() => resolvePriority(asked as 0)).toThrow(/priority accepts TaskPriority/)
  })
})
