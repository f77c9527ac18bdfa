// The table of errors and its classes agree both ways, and no thrown value is too strange to be reported.
import { runInNewContext } from 'node:vm'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as errors from '../../src/contract/errors.ts'
import {
  CatzillaError,
  EngineClosedError,
  QueueFullError,
  describeValue,
  errorTable,
  toError,
} from '../../src/contract/errors.ts'
import type { ErrorName } from '../../src/contract/errors.ts'

const names = Object.keys(errorTable) as ErrorName[]
const classOf: Readonly<Record<ErrorName, new (message: string) => CatzillaError>> = errors

function isErrorClass(value: unknown): value is typeof CatzillaError {
  return typeof value === 'function' && value.prototype instanceof CatzillaError
}

/** Made as users make it; only PayloadError has its issues before the options. */
function make(name: ErrorName, message: string, cause: unknown): CatzillaError {
  const rest = name === 'PayloadError' ? [[], { cause }] : [{ cause }]
  return Reflect.construct(classOf[name], [message, ...rest]) as CatzillaError
}

describe('the table and the classes', () => {
  test('every class has a row', () => {
    const classes = Object.entries(errors).filter(([, value]) => isErrorClass(value))
    expect(classes.map(([name]) => name).toSorted()).toEqual(names.toSorted())
    for (const [name, value] of classes) expect((value as { name: string }).name).toBe(name)
  })

  test('codes are unique', () => {
    expect(new Set(names.map((name) => errorTable[name].code)).size).toBe(names.length)
  })

  test.each(names)('%s: the code is the name without Error, in capitals', (name) => {
    const stem = name.replace(/Error$/, '')
    const capitals = stem.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
    expect(errorTable[name].code).toBe(`ERR_CATZILLA_${capitals}`)
  })

  test.each(names)('%s: says when and what to do, in sentences', (name) => {
    const { when, remedy } = errorTable[name]
    for (const text of [when, remedy]) expect(text).toMatch(/^\S.*[.…]$/)
    expect(when).not.toBe(remedy)
  })

  test.each(names)('%s: is caught by its base classes and knows its name, code and cause', (name) => {
    const cause = new Error('underneath')
    const error = make(name, 'what happened', cause)
    expect(error).toBeInstanceOf(classOf[name])
    expect(error).toBeInstanceOf(CatzillaError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name, code: errorTable[name].code, message: 'what happened' })
    expect(error.cause).toBe(cause)
    expect(String(error)).toBe(`${name}: what happened`)
    expect(error.stack).toMatch(new RegExp(`^${name}: what happened\\n`))
  })

  test.each(names)('%s: without a cause has none, and the name is no enumerable field', (name) => {
    const error = new classOf[name]('alone')
    expect('cause' in error).toBe(false)
    expect(Object.keys(error)).not.toContain('name')
    expect(Object.keys(error)).toContain('code')
  })

  test('PayloadError carries its issues, none by default', () => {
    const issues = [{ path: [0, 'user'], message: 'is no object' }]
    expect(new errors.PayloadError('bad', issues).issues).toBe(issues)
    expect(new errors.PayloadError('bad').issues).toEqual([])
  })
})

function thrower(): never {
  throw new Error('hostile')
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function cycle(): object {
  const self: Record<string, unknown> = {}
  self['self'] = self
  return self
}

const hostile: [string, () => unknown][] = [
  ['a throwing getter', () => Object.defineProperty({}, 'x', { enumerable: true, get: thrower })],
  ['a throwing toJSON', () => ({ toJSON: thrower })],
  ['a toJSON that gives undefined', () => ({ toJSON: () => undefined })],
  ['a throwing toStringTag and toJSON', () => ({ toJSON: thrower, get [Symbol.toStringTag]() { return thrower() } })], // prettier-ignore
  ['a throwing toString', () => ({ toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower })],
  ['a function with a throwing name', () => Object.defineProperty(() => {}, 'name', { get: thrower })],
  ['a function with a symbol as its name', () => Object.defineProperty(() => {}, 'name', { value: Symbol('s') })],
  ['a proxy whose every trap throws', () => new Proxy({}, new Proxy({}, { get: () => thrower }))],
  ['a revoked proxy', revoked],
  ['an object without a prototype', () => Object.create(null)],
  ['a cycle', cycle],
  ['a BigInt', () => 10n ** 40n],
  ['a BigInt inside', () => ({ n: 1n })],
  ['a symbol', () => Symbol('odd')],
  ['a symbol without text', () => Symbol()],
  ['an invalid Date', () => new Date(Number.NaN)],
  ['a Date subclass that throws', () => Object.setPrototypeOf({}, Date.prototype)],
  ['NaN', () => Number.NaN],
  ['-0', () => -0],
  ['null', () => null],
  ['undefined', () => undefined],
]

describe('describeValue', () => {
  test.each(hostile)('%s: gives a short text', (_, value) => {
    const text = describeValue(value())
    expect(typeof text).toBe('string')
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThan(120)
  })

  test.each<[unknown, string]>([
    ['text', '"text"'],
    ['', '""'],
    [5, '5'],
    [10n, '10n'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [function walk() {}, 'function walk'],
    [() => {}, 'a function'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 1 }, '{"a":1}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'an invalid Date'],
  ])('%o becomes %s', (value, text) => {
    expect(describeValue(value)).toBe(text)
  })

  test('long values are cut', () => {
    expect(describeValue('x'.repeat(1000))).toBe(`"${'x'.repeat(77)}..."`)
    expect(describeValue({ long: 'x'.repeat(1000) })).toMatch(/^\{"long":"x+\.\.\.$/)
  })

  test('never throws and never grows long, whatever the value', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        expect(describeValue(value).length).toBeLessThan(600)
      }),
      seeded,
    )
  })
})

describe('toError', () => {
  test('an error is given back as it is, of whatever class', () => {
    class Own extends TypeError {}
    for (const error of [new Error('a'), new Own('b'), new errors.PayloadError('c'), new DOMException('d')]) {
      expect(toError(error)).toBe(error)
    }
  })

  test.each(['new Error("x")', 'new (class Own extends TypeError {})("x")', 'new RangeError("x")'])(
    'an error of another realm stays what it is: %s',
    (source) => {
      const foreign: unknown = runInNewContext(source)
      expect(foreign instanceof Error).toBe(false)
      expect(toError(foreign)).toBe(foreign)
    },
  )

  test.each([
    ['text', 'text'],
    ['zero', 0],
    ['an object that looks like one', { name: 'Error', message: 'm' }],
  ])('%s becomes the cause of an error that shows it', (_, thrown) => {
    const error = toError(thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error.cause).toBe(thrown)
    expect(error.message).toContain(describeValue(thrown))
  })

  test.each(hostile)('%s: becomes an error with the value as its cause', (_, value) => {
    const thrown = value()
    const error = toError(thrown)
    expect(error).toBeInstanceOf(Error)
    expect(Object.is(error.cause, thrown)).toBe(true)
  })
})

test('an error of another copy of the package is told by its name and code', () => {
  const foreign = Object.assign(new Error('the engine is stopped'), {
    name: 'EngineClosedError',
    code: 'ERR_CATZILLA_ENGINE_CLOSED',
  })
  expect([foreign instanceof EngineClosedError, foreign instanceof CatzillaError]).toEqual([true, true])
  expect(foreign instanceof QueueFullError).toBe(false)
  const others = [Object.assign(new Error('no'), { name: 'EngineClosedError' }), null, 'EngineClosedError', {}]
  expect(others.map((each) => (each as unknown) instanceof CatzillaError)).toEqual([false, false, false, false])
  class Mine extends CatzillaError {}
  expect(foreign instanceof Mine).toBe(false)
  expect(new Mine('QueueFullError', 'full') instanceof Mine).toBe(true)
})
