// Payloads are copied as structuredClone copies them, and what cannot travel is refused with the path to it.
import { Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PayloadError } from '../../src/contract/errors.ts'
import { copyArguments, copyResult, formatPath } from '../../src/support/payload-copy.ts'

/** The copy of one argument. */
function copyOf<T>(value: T): T {
  return copyArguments([value], 'task')[0] as T
}

function refusal(...args: unknown[]): PayloadError {
  const error = thrownBy(() => copyArguments(args, 'mail'))
  expect(error).toBeInstanceOf(PayloadError)
  return error as PayloadError
}

/** Every object that can be reached, buffers behind views too. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  if (ArrayBuffer.isView(value)) return found.add(value.buffer)
  const inside = value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value)
  for (const each of inside) objectsIn(each, found)
  return found
}

const key = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('__proto__', 'constructor', 'toJSON', '0', 'then'))

function fieldsOf(entries: [string, unknown][], prototype: object | null): object {
  const target: object = Object.create(prototype)
  for (const [name, value] of entries) {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return target
}

const { payload } = fc.letrec<{ payload: unknown; container: object; leaf: unknown }>((tie) => ({
  payload: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('container')),
  leaf: fc.oneof(
    fc.oneof(fc.string(), fc.double(), fc.integer(), fc.bigInt(), fc.boolean(), fc.constantFrom(null, undefined, -0)),
    fc.date({ noInvalidDate: true }),
    fc.constantFrom(/a+/giu, /^$/s).map((pattern) => new RegExp(pattern)),
    fc.oneof(fc.uint8Array(), fc.float64Array(), fc.int16Array(), fc.bigInt64Array()),
    fc.uint8Array({ minLength: 4 }).map((bytes) => bytes.subarray(1, 3)),
    fc.uint8Array().map((bytes) => bytes.buffer),
    fc.uint8Array({ minLength: 3 }).map(({ buffer }) => new DataView(buffer, 1, 2)),
    fc.constantFrom(Object('text'), Object(5), Object(true), Object(1n)),
  ),
  container: fc.oneof(
    fc.array(tie('payload'), { maxLength: 4 }),
    fc
      .tuple(fc.array(fc.tuple(key, tie('payload')), { maxLength: 4 }), fc.constantFrom(Object.prototype, null))
      .map(([entries, prototype]) => fieldsOf(entries, prototype)),
    fc.array(fc.tuple(tie('payload'), tie('payload')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('payload'), { maxLength: 3 }).map((members) => new Set(members)),
  ),
}))

/** Closes a circle: puts `root` into some container inside it. */
function withCycle(root: unknown, pick: number): unknown {
  const all = [...objectsIn(root)].filter((each) => Array.isArray(each) || each instanceof Map)
  const place = all[pick % Math.max(1, all.length)]
  if (Array.isArray(place)) place.push(root)
  else if (place instanceof Map) place.set('back', root)
  return root
}

describe('a copy', () => {
  test('is what structuredClone gives, and shares nothing with the original', () => {
    fc.assert(
      fc.property(payload, fc.nat(), fc.boolean(), (generated, pick, circular) => {
        const value = circular ? withCycle(generated, pick) : generated
        const copy = copyOf(value)
        expect(isDeepStrictEqual(copy, structuredClone(value))).toBe(true)
        const originals = objectsIn(value)
        expect([...objectsIn(copy)].filter((each) => originals.has(each))).toEqual([])
      }),
      { ...seeded, numRuns: 500 },
    )
  })

  test('keeps who is who: the same object twice stays one object, also across arguments, and circles close', () => {
    const shared = { date: new Date(0) }
    const circle: { self?: unknown; map: Map<unknown, unknown> } = { map: new Map() }
    circle.self = circle
    circle.map.set(circle, circle.map)
    const [first, second, date, copied] = copyArguments([{ shared }, [shared], shared.date, circle], 'task') as [
      { shared: typeof shared },
      (typeof shared)[],
      Date,
      typeof circle,
    ]
    expect(first.shared).toBe(second[0])
    expect(first.shared).not.toBe(shared)
    expect(date).toBe(first.shared.date)
    expect(copied.self).toBe(copied)
    expect(copied.map.get(copied)).toBe(copied.map)
  })

  test('of primitives alone is the list itself', () => {
    const args = ['a', 1, 1n, null, undefined, true]
    expect(copyArguments(args, 'task')).toBe(args)
    expect(copyResult('a', 'task')).toBe('a')
  })

  test('does not see what the caller changes afterwards', () => {
    const order = { lines: [{ count: 1 }], tags: new Set(['a']), bytes: Buffer.from([1, 2, 3]) }
    const copy = copyOf(order)
    order.lines[0] = { count: 9 }
    order.tags.add('b')
    order.bytes[0] = 9
    expect(copy).toMatchObject({ lines: [{ count: 1 }], tags: new Set(['a']) })
    expect([...copy.bytes]).toEqual([1, 2, 3])
  })

  test('an instance keeps its fields, private ones excepted, and loses its class', () => {
    class Money {
      readonly amount = 5
      readonly #secret = 7
      reveal(): number {
        return this.#secret
      }
    }
    const copy = copyOf(new Money())
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(Object.entries(copy)).toEqual([['amount', 5]])
  })

  test('a getter may have another payload copied', () => {
    const inside = { n: [1, 2] }
    const copies: unknown[] = []
    const outer = {
      before: { a: 1 },
      get copied() {
        copies.push(copyArguments([inside], 'inner')[0])
        return [3]
      },
      after: { b: 2 },
    }
    expect(copyArguments([outer, outer], 'outer')).toEqual([
      { before: { a: 1 }, copied: [3], after: { b: 2 } },
      { before: { a: 1 }, copied: [3], after: { b: 2 } },
    ])
    expect(copies).toEqual([inside])
    expect(thrownBy(() => copyArguments([{ deep: [Symbol('s')] }], 'outer'))).toMatchObject({
      issues: [{ path: [0, 'deep', 0] }],
    })
    expect(copyArguments([outer], 'outer')).toHaveLength(1)
  })

  test('getters are read once and become plain fields; symbol keys and hidden fields stay behind', () => {
    let reads = 0
    const value = Object.defineProperty({ [Symbol('s')]: 1 }, 'hidden', { value: 1, enumerable: false })
    Object.defineProperty(value, 'size', { enumerable: true, get: () => ++reads })
    const copy = copyOf(value)
    expect(Object.getOwnPropertyDescriptor(copy, 'size')).toMatchObject({ value: 1, writable: true })
    expect(Reflect.ownKeys(copy)).toEqual(['size'])
    expect(reads).toBe(1)
  })

  test('a field named __proto__ stays a field and changes no prototype', () => {
    const copy = copyOf(JSON.parse('{ "__proto__": { "admin": true }, "a": { "__proto__": null } }') as { a: object })
    for (const each of [copy, copy.a]) {
      expect(Object.getPrototypeOf(each)).toBe(Object.prototype)
      expect(Object.hasOwn(each, '__proto__')).toBe(true)
    }
    expect((copy as { admin?: boolean }).admin).toBeUndefined()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('an invalid date stays one', () => {
    expect(copyOf(new Date(Number.NaN)).getTime()).toBeNaN()
  })

  test('objects of another realm are copied as our own are', () => {
    const foreign: unknown = runInNewContext('({ list: [1, { a: new Map([[1, new Date(0)]]) }], set: new Set([1]) })')
    expect(copyOf(foreign)).toEqual({ list: [1, { a: new Map([[1, new Date(0)]]) }], set: new Set([1]) })
  })
})

describe('memory', () => {
  test('a Buffer is copied without the pool behind it', () => {
    const buffer = Buffer.from('abc')
    expect(buffer.buffer.byteLength).toBeGreaterThan(1000)
    for (const view of [buffer, buffer.subarray(1)]) {
      const copy = copyOf<Uint8Array>(view)
      expect([...copy]).toEqual([...view])
      expect(copy.buffer.byteLength).toBe(view.length)
      expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype)
    }
  })

  test('shared memory stays shared, also behind a view', () => {
    const shared = new SharedArrayBuffer(8)
    const [buffer, view] = copyArguments([shared, new Int32Array(shared, 4)], 'task') as [SharedArrayBuffer, Int32Array]
    new Int32Array(shared)[1] = 42
    expect(new Int32Array(buffer)[1]).toBe(42)
    expect([view[0], view.length]).toEqual([42, 1])
  })
})

describe('an Error', () => {
  test('keeps its name, message, stack and cause', () => {
    const cause = new RangeError('underneath')
    const error = new TypeError('on top', { cause })
    const copy = copyOf(error)
    expect(copy).not.toBe(error)
    expect(copy).toBeInstanceOf(TypeError)
    expect([copy.message, copy.stack]).toEqual(['on top', error.stack])
    expect(copy.cause).toBeInstanceOf(RangeError)
    expect(copy.cause).toMatchObject({ message: 'underneath' })
  })
})

class Service {
  readonly name = 'service'
  readonly run = (): void => {}
}

describe('what cannot travel', () => {
  test.each<[string, unknown, (string | number)[], string]>([
    ['a function', () => {}, [0], 'args[0]: a function'],
    ['a class', Service, [0], 'args[0]: a function'],
    ['a symbol', Symbol('s'), [0], 'args[0]: a symbol'],
    [
      'a function inside',
      { user: { tags: [1, () => {}] } },
      [0, 'user', 'tags', 1],
      'args[0].user.tags[1]: a function',
    ],
    ['a symbol behind an odd key', { 'odd key': Symbol('s') }, [0, 'odd key'], 'args[0]["odd key"]: a symbol'],
    ['a method that is a field', new Service(), [0, 'run'], 'args[0].run: a function'],
    ['a promise', [Promise.resolve(1)], [0, 0], 'args[0][0]: a Promise'],
    ['a WeakMap', { cache: new WeakMap() }, [0, 'cache'], 'args[0].cache: a WeakMap'],
    ['a WeakSet', new WeakSet(), [0], 'args[0]: a WeakSet'],
    ['a WeakRef', { ref: new WeakRef({}) }, [0, 'ref'], 'args[0].ref: a WeakRef'],
    ['a port', { port: new MessageChannel().port1 }, [0, 'port'], 'args[0].port: a '],
    ['a generator', (function* () {})(), [0], 'args[0]: a Generator'],
    ['a value of a Map', new Map([['send', () => {}]]), [0, 'send'], 'args[0].send: a function'],
    ['a key of a Map', new Map([[Symbol('s'), 1]]), [0, 'symbol'], 'args[0].symbol: a symbol'],
    ['a member of a Set', new Set([1, () => {}]), [0, 1], 'args[0][1]: a function'],
    ['an error whose cause does not', { e: new Error('m', { cause: () => {} }) }, [0, 'e'], 'args[0].e: a Error'],
  ])('%s: the path leads to it', (_, value, path, where) => {
    const error = refusal(value)
    expect(error.issues).toEqual([
      { path, message: expect.stringContaining('cannot be copied to where the task runs') },
    ])
    expect(error.message).toMatch(/^task 'mail': args/)
    expect(error.message).toContain(where)
  })

  test('a socket is refused at the first part of it that cannot', () => {
    const socket = new Socket()
    const [issue] = refusal('a', { request: { socket } }).issues
    expect(issue?.path.slice(0, 3)).toEqual([1, 'request', 'socket'])
    socket.destroy()
  })

  test('the number of the argument is right when the ones before it can travel', () => {
    expect(refusal(1, {}, [], Symbol('s')).issues[0]?.path).toEqual([3])
  })

  test('what the payload itself threw is the cause', () => {
    const thrown = new Error('the getter threw')
    const hostile = Object.defineProperty({}, 'field', {
      enumerable: true,
      get: () => {
        throw thrown
      },
    })
    expect(refusal(hostile).cause).toBe(thrown)
    expect('cause' in refusal(() => {})).toBe(false)
  })

  test.each([new URL('https://example.org'), new URLSearchParams('a=1'), new Headers(), new TextDecoder()])(
    '%s, whose content is in no field, is refused and not emptied',
    (value) => {
      expect(refusal(value)).toBeInstanceOf(PayloadError)
    },
  )

  test('a result is refused by the same rules, and its paths begin at the result', () => {
    const error = thrownBy(() => copyResult({ rows: [{ next: () => {} }] }, 'query')) as PayloadError
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/^task 'query': result\.rows\[0\]\.next: a function/)
  })
})

describe('the root of a path', () => {
  test('is result for a result, also for an item of a list', () => {
    expect(String(thrownBy(() => copyResult([1, () => 1], 'work')))).toContain("task 'work': result[1]: a function")
    expect(String(thrownBy(() => copyArguments([[() => 1]], 'work')))).toContain("task 'work': args[0][0]: a function")
  })
})

describe('event targets', () => {
  test('stay where they are', () => {
    const error = thrownBy(() => copyArguments([{ signal: new AbortController().signal }], 'work'))
    expect(error).toBeInstanceOf(PayloadError)
    expect(String(error)).toContain('args[0].signal: a AbortSignal cannot be copied')
  })
})

describe('depth', () => {
  const nestings: [string, (inner: unknown) => object][] = [
    ['arrays', (inner) => [inner]],
    ['objects', (inner) => ({ inner })],
    ['maps', (inner) => new Map([['inner', inner]])],
    ['sets', (inner) => new Set([inner])],
    ['errors', (inner) => new Error('m', { cause: inner })],
  ]

  function nest(levels: number, around: (inner: unknown) => object): unknown {
    let value: unknown = 'core'
    for (let level = 0; level < levels; level++) value = around(value)
    return value
  }

  test.each(nestings)('%s within each other, 500 levels: copied', (_, around) => {
    const value = nest(500, around)
    expect(isDeepStrictEqual(copyOf(value), structuredClone(value))).toBe(true)
  })

  test.each(nestings)('%s within each other, 10 000 levels: copied or refused, but the process lives', (_, around) => {
    const value = nest(10_000, around)
    let refused: unknown
    try {
      copyOf(value)
    } catch (error) {
      refused = error
    }
    expect(refused ?? new PayloadError('copied')).toBeInstanceOf(PayloadError)
  })
})

describe('formatPath', () => {
  test.each<[(string | number)[], string]>([
    [[], ''],
    [[0, 'user', 'name'], '[0].user.name'],
    [['a-b', '', '0', '$_1', 'é'], '["a-b"][""]["0"].$_1["é"]'],
    [['quo"te'], '["quo\\"te"]'],
  ])('%o becomes %s', (path, text) => {
    expect(formatPath(path)).toBe(text)
  })
})
