// Errors that crossed a boundary are what they would have been on the inline lane; what resists or is hostile still gives
// an error.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CatzillaError, NonRetryableError, PayloadError, describeValue } from '../../../src/contract/errors.ts'
import { packError, unpackError } from '../../../src/isolates/wire/wire-error.ts'
import { SmallValues } from '../../../src/isolates/wire/small-values.ts'
import { runInline } from '../../../src/lanes/inline-lane.ts'
import { throws } from './throws.ts'

/** There and back. */
function passed(thrown: unknown): Error {
  return unpackError(structuredClone(packError(thrown)))
}

/** What the inline lane makes of it. */
function inline(thrown: unknown): Promise<Error> {
  return new Promise((resolve, reject) => {
    const body = (): never => {
      throw thrown
    }
    runInline({ context: {} as never }, body, [], {
      succeeded: reject,
      pending: reject,
      failed: (_, error) => resolve(error),
    })
  })
}

const classes = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
  CatzillaError,
  NonRetryableError,
  PayloadError,
]

type Described = Record<string, unknown>

/** Everything one can see of an error; those met before by their number. */
function describeError(value: unknown, withStack: boolean, seen: unknown[] = []): unknown {
  if (Array.isArray(value)) return value.map((each) => describeError(each, withStack, seen))
  if (Object.prototype.toString.call(value) !== '[object Error]' && !(value instanceof Error)) return value
  const error = value as Error & { code?: unknown; errors?: unknown }
  if (seen.includes(error)) return `error ${seen.indexOf(error)}`
  seen.push(error)
  const fields: Described = Object.create(null) as Described
  for (const [key, each] of Object.entries(error)) fields[`field ${key}`] = describeError(each, withStack, seen)
  return {
    class: Object.getPrototypeOf(error).constructor.name as string,
    name: error.name,
    message: error.message,
    // an error that the lane itself made has the stack of the lane
    stack: withStack ? error.stack : typeof error.stack,
    is: classes.filter((each) => error instanceof each).map((each) => each.name),
    hasCause: 'cause' in error,
    cause: describeError(error.cause, withStack, seen),
    code: error.code,
    errors: describeError(error.errors, withStack, seen),
    ...fields,
  }
}

describe('an error is the same as on the inline lane', () => {
  test.each(throws)('%s', async (name, make) => {
    const thrown = await make()
    const isError = thrown instanceof Error
    const expected = describeError(await inline(thrown), isError) as Described
    // instances of another realm arrive as ours
    if (name === 'an error of another realm') expected['is'] = ['Error', 'TypeError']
    expect(describeError(passed(thrown), isError)).toEqual(expected)
  })

  test('there are some forty', () => {
    expect(throws.length).toBeGreaterThanOrEqual(40)
  })
})

describe('classes', () => {
  test('one that is not here keeps its name and what it is derived from', () => {
    class OutOfMoney extends RangeError {}
    const error = passed(new OutOfMoney('broke'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).not.toBeInstanceOf(OutOfMoney)
    // it never gave itself a name, and shows as RangeError where it comes from
    expect([error.name, error.constructor.name]).toEqual(['OutOfMoney', 'OutOfMoney'])
  })

  test('two of the same name are one; nameless ones are what they are derived from', () => {
    const first = passed(new (class Twin extends Error {})())
    const second = passed(new (class Twin extends Error {})())
    expect(first.constructor).toBe(second.constructor)
    expect(passed(new (class extends TypeError {})('x')).constructor).toBe(TypeError)
  })

  test('ours is recognised when another copy of the package made it', () => {
    class BaseOfThem extends Error {
      readonly code = 'ERR_CATZILLA_NON_RETRYABLE'
    }
    class NonRetryableErrorOfThem extends BaseOfThem {
      override readonly name = 'NonRetryableError'
    }
    expect(passed(new NonRetryableErrorOfThem('enough'))).toBeInstanceOf(NonRetryableError)
  })

  test('a code alone makes no error ours', () => {
    const error = Object.assign(new Error('wrapped'), { code: 'ERR_CATZILLA_NON_RETRYABLE' })
    expect(passed(error)).not.toBeInstanceOf(NonRetryableError)
  })
})

describe('what cannot be kept is left out', () => {
  test('fields that do not travel', () => {
    const error = Object.assign(new Error('no'), {
      request: { socket: { write: () => 1 } },
      retry: () => 1,
      key: Symbol('s'),
      status: 503,
      errors: [new Error('a'), () => 1, 'b'],
    })
    const arrived = passed(error) as typeof error
    expect(Object.keys(arrived).toSorted()).toEqual(['errors', 'status'])
    expect(arrived.errors).toHaveLength(2)
  })

  test('a cause that does not travel', () => {
    const error = passed(new Error('no', { cause: () => 1 }))
    expect([error.message, error.cause]).toEqual(['no', undefined])
    expect(passed(() => 1).message).toBe(`a value that is no Error was thrown: ${describeValue(() => 1)}`)
  })

  test('getters that throw', () => {
    const error = new Error('kept')
    const hostile = {
      enumerable: true,
      get(): never {
        throw new Error('no')
      },
    }
    Object.defineProperties(error, { field: hostile, stack: hostile, cause: hostile, code: hostile, name: hostile })
    Object.assign(error, { status: 1 })
    const arrived = passed(error)
    expect(arrived).toMatchObject({ message: 'kept', status: 1 })
    expect(arrived.stack).toContain('kept')
    Object.defineProperty(error, 'message', hostile)
    expect(passed(error)).toBeInstanceOf(Error)
  })

  test('names and messages that are no text', () => {
    const error = Object.defineProperties(new Error('no'), { name: { value: 5 }, message: { value: { a: 1 } } })
    expect([passed(error).name, passed(error).message]).toEqual(['5', '{"a":1}'])
  })

  test.each<[string, unknown]>([
    [
      'a proxy that throws',
      new Proxy(new Error('no'), {
        get: () => {
          throw new Error('trap')
        },
        getPrototypeOf: () => {
          throw new Error('trap')
        },
      }),
    ],
    ['a proxy that is revoked', ((pair) => (pair.revoke(), pair.proxy))(Proxy.revocable(new Error('no'), {}))],
    [
      'an error with a revoked proxy',
      Object.assign(new Error('no'), { p: ((pair) => (pair.revoke(), pair.proxy))(Proxy.revocable({}, {})) }),
    ],
    ['a prototype only', Object.create(Error.prototype)],
    ['no prototype', Object.setPrototypeOf(new Error('no'), null)],
    [
      'a list that contains itself',
      ((list: unknown[]) => Object.assign(new Error('no'), { list: (list.push(new Error('a'), list), list) }))([]),
    ],
  ])('%s', (_, thrown) => {
    expect(passed(thrown)).toBeInstanceOf(Error)
  })
})

describe('sizes', () => {
  test('a message of megabytes is cut with a note, and the frames of the stack stay', () => {
    const arrived = passed(new Error('x'.repeat(3_000_000)))
    expect(arrived.message.length).toBeLessThan(70_000)
    expect(arrived.message.slice(-60)).toMatch(/x\.\.\. \(2934464 more characters were left out\)$/)
    expect(arrived.stack?.includes('wire-error.test')).toBe(true)
  })

  test('a stack of megabytes is cut with a note', () => {
    const error = new Error('no')
    error.stack = 'Error: no\n    at f\n'.repeat(200_000)
    expect(passed(error).stack?.slice(-60)).toMatch(/more characters were left out\)$/)
    expect(passed(error).stack?.length).toBeLessThan(140_000)
  })

  test('great fields are left out, small ones stay', () => {
    const error = Object.assign(new Error('no'), {
      text: 'x'.repeat(2 ** 21),
      bytes: new Uint8Array(2 ** 21),
      list: Array.from({ length: 2 ** 20 }, () => 1),
      tree: { a: { b: 'x'.repeat(2 ** 21) } },
      status: 500,
    })
    expect(Object.keys(passed(error))).toEqual(['status'])
  })

  test('ten thousand causes: the first hundred', () => {
    let error = new Error('0')
    for (let level = 1; level < 10_000; level++) error = new Error(String(level), { cause: error })
    let count = 0
    for (let at: unknown = passed(error); at instanceof Error; at = at.cause) count++
    expect(count).toBe(100)
  })
})

test('small errors pass through shared memory', () => {
  const values = new SmallValues(new SharedArrayBuffer(4096))
  const error = new RangeError('far')
  const length = values.write(0, 4096, packError(error))
  expect(length).toBeGreaterThan(0)
  expect(unpackError(values.read(0, length))).toMatchObject({ message: 'far', stack: error.stack })
})

describe('hostile input gives an Error that says so', () => {
  const good = packError(Object.assign(new Error('no', { cause: new Error('a') }), { list: [new Error('b')], x: 1 }))

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['text', 'x'],
    ['an empty object', {}],
    ['no errors', { errors: [] }],
    ['too many errors', { errors: Array.from({ length: 101 }, () => good.errors[0]) }],
    ['an unknown class', { errors: [{ ...good.errors[0], base: 'constructor' }] }],
    ['a reference that leads nowhere', { errors: [{ ...good.errors[0], fields: [['cause', { error: 9 }, false]] }] }],
    ['a reference to no number', { errors: [{ ...good.errors[0], fields: [['cause', { error: 'length' }, false]] }] }],
    [
      'a getter that throws',
      {
        get errors(): never {
          throw new Error('no')
        },
      },
    ],
  ])('%s', (_, packed) => {
    const error = unpackError(packed)
    expect(error).toBeInstanceOf(Error)
    expect(error.message).toContain('what arrived of its error is damaged')
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('anything at any place', () => {
    const texts = JSON.stringify(good)
    const places = texts.split(/(?<=[[{,:])/)
    fc.assert(
      fc.property(fc.nat(places.length - 1), fc.jsonValue(), (place, value) => {
        const changed = places.with(place, JSON.stringify(value) + (/[[{,:]$/.exec(places[place] as string)?.[0] ?? ''))
        let packed: unknown
        try {
          packed = JSON.parse(changed.join(''))
        } catch {
          packed = value
        }
        expect(unpackError(packed)).toBeInstanceOf(Error)
        expect(unpackError(value)).toBeInstanceOf(Error)
      }),
      { ...seeded, numRuns: 2000 },
    )
  })

  test('issues that are none stay away', () => {
    const packed = {
      errors: [{ ...packError(new PayloadError('bad')).errors[0], fields: [['issues', { value: 5 }, true]] }],
    }
    expect((unpackError(packed) as PayloadError).issues).toEqual([])
  })
})
