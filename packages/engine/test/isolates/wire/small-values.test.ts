// What passes through shared memory is what structuredClone would have given, or it is refused; what is read there is
// checked, since others write there too.
import { runInNewContext } from 'node:vm'
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PayloadError } from '../../../src/contract/errors.ts'
import { SmallValues } from '../../../src/isolates/wire/small-values.ts'
import { isSameGraph } from './same-graph.ts'
import { smallPayload } from './small-payloads.ts'

const AT = 64
const CAPACITY = 1000

/** Both ends of a region with guards round it. */
function region(): { memory: SharedArrayBuffer; writer: SmallValues; reader: SmallValues; bytes: Uint8Array } {
  const memory = new SharedArrayBuffer(AT + CAPACITY + 64)
  return {
    memory,
    writer: new SmallValues(memory),
    reader: new SmallValues(memory),
    bytes: new Uint8Array(memory),
  }
}

const shared = region()

/** What arrives, if it is not refused. */
function passed(value: unknown): { arrived: unknown } | 'refused' {
  const length = shared.writer.write(AT, CAPACITY, value)
  return length === -1 ? 'refused' : { arrived: shared.reader.read(AT, length) }
}

/** Whether a value arrives as structuredClone would give it, or is refused. */
function isFaithful(value: unknown): boolean {
  const result = passed(value)
  return result === 'refused' || isSameGraph(result.arrived, structuredClone(value))
}

/** What reading throws; undefined when it gives a value. */
function readingThrows(length: number): unknown {
  try {
    shared.reader.read(AT, length)
    return undefined
  } catch (error) {
    return error
  }
}

/** Hostile bytes give a value or this error, nothing else. */
function isHandled(length: number): boolean {
  const thrown = readingThrows(length)
  return thrown === undefined || thrown instanceof PayloadError
}

describe('a value that passes', () => {
  test('is what structuredClone gives, who is who included', () => {
    let taken = 0
    fc.assert(
      fc.property(smallPayload, (value) => {
        if (passed(value) !== 'refused') taken++
        expect(isFaithful(value)).toBe(true)
      }),
      { ...seeded, numRuns: 3000 },
    )
    expect(taken).toBeGreaterThan(1000)
  })

  test('the same values again, when all shapes and texts are known', () => {
    fc.assert(
      fc.property(smallPayload, smallPayload, (first, second) => {
        expect([first, second, first, [first, 1], first].every((value) => isFaithful(value))).toBe(true)
      }),
      { ...seeded, numRuns: 500 },
    )
  })

  test.each<[string, unknown]>([
    ['numbers', [1, -1, 0, 1.5, 2 ** 40, 8_388_607, 8_388_608, -8_388_608, -8_388_609]],
    ['the odd numbers', [Number.NaN, -0, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE]],
    ['one number', 3],
    ['undefined', undefined],
    ['texts of every length to 30', Array.from({ length: 31 }, (_, length) => 'abcdefgh'.repeat(4).slice(0, length))],
    ['texts that look alike', ['a', 'a\0', 'a\0\0', 'a\0\0\0', '\0', '', 'abcd', 'abcd\0', '\0\0\0\0a']],
    ['bytes above 127', ['é', 'ÿÿÿÿÿÿÿÿ', 'naïve café, crème brûlée']],
    ['wide texts', ['€', 'ﬀ and more than twelve units', '👩‍🚀', '\ud800', 'a\udfff', 'x'.repeat(20) + 'Ā']],
    ['objects of one shape', Array.from({ length: 8 }, (_, x) => ({ x, y: -x }))],
    ['objects of many shapes', [{}, { a: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 1, a: 2 }, { a: { a: { a: 1 } } }]],
    ['a field __proto__', JSON.parse('{ "__proto__": { "admin": true }, "constructor": "x" }')],
    ['an empty key, and a wide one', { '': 1, ключ: 2, '👩': 3 }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['dates', [new Date(0), new Date(-1), new Date(8.64e15)]],
    [
      'maps and sets',
      new Map<unknown, unknown>([
        [{ a: 1 }, new Set([1, [2]])],
        [Number.NaN, new Map()],
      ]),
    ],
    ['great numbers', [0n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, -(3n ** 200n)]],
    ['thirty levels', Array.from({ length: 30 }).reduce((inner) => [inner], 'core' as unknown)],
    [
      'a getter',
      {
        get now() {
          return 5
        },
      },
    ],
  ])('%s', (_, value) => {
    const result = passed(value)
    expect(result).not.toBe('refused')
    expect(isSameGraph((result as { arrived: unknown }).arrived, structuredClone(value))).toBe(true)
  })

  test('an invalid date', () => {
    expect(passed(new Date(Number.NaN))).toEqual({ arrived: new Date(Number.NaN) })
  })

  test('fields can be changed and deleted where they arrive, __proto__ too', () => {
    const { arrived } = passed(JSON.parse('{ "__proto__": 1 }')) as { arrived: object }
    expect(Object.getOwnPropertyDescriptor(arrived, '__proto__')).toEqual({
      value: 1,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  })
})

const twice = { date: new Date(0) }
const circle: unknown[] = []
circle.push({ circle })

describe('what needs a message', () => {
  class Money {
    readonly amount = 5
  }
  test.each<[string, unknown]>([
    ['an object twice', [twice, twice]],
    ['an inner object twice', [twice, [twice.date]]],
    ['an array twice', ((list: number[]) => ({ a: list, b: list }))([1])],
    ['a circle', circle],
    ['holes', [1, , 3]], // oxlint-disable-line no-sparse-arrays
    ['an array with a field', Object.assign([1], { note: 'x' })],
    ['what a pattern found', /b/.exec('abc')],
    ['a function', () => 1],
    ['a function inside', { run: () => 1 }],
    ['a symbol', Symbol('s')],
    ['an instance', new Money()],
    ['an instance of an array of ours', new (class extends Map {})()],
    ['inherited fields', Object.create({ inherited: 1 })],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
    ['bytes', new Uint8Array(3)],
    ['a buffer', new ArrayBuffer(3)],
    ['a Buffer', Buffer.from('a')],
    ['a pattern', /a/],
    ['an error', new Error('x')],
    ['a boxed number', Object(1)],
    ['a promise', Promise.resolve(1)],
    ['a date in disguise', Object.setPrototypeOf(new Date(0), null)],
    ['no date', Object.create(Date.prototype)],
    ['no map', Object.create(Map.prototype)],
    ['Math', Math],
    ['a weak map', new WeakMap()],
    ['a long text', 'x'.repeat(CAPACITY)],
    ['a long wide text', '€'.repeat(CAPACITY / 2)],
    ['a huge text', 'x'.repeat(100_000)],
    ['many elements', Array.from({ length: CAPACITY / 4 }, () => 1)],
    ['a huge bigint', 2n ** 100_000n],
    ['many objects', Array.from({ length: 65 }, () => [])],
    ['forty levels', Array.from({ length: 40 }).reduce((inner) => [inner], 'core' as unknown)],
    ['ten thousand levels', Array.from({ length: 10_000 }).reduce((inner) => [inner], 'core' as unknown)],
    ['a long key', { ['k'.repeat(CAPACITY)]: 1 }],
    [
      'a getter that throws',
      {
        get field(): never {
          throw new Error('no')
        },
      },
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no')
          },
        },
      ),
    ],
    ['a proxy that is revoked', ((pair) => (pair.revoke(), pair.proxy))(Proxy.revocable({}, {}))],
  ])('%s', (_, value) => {
    expect(passed(value)).toBe('refused')
  })

  test('a getter that writes with the same writer', () => {
    const nested: unknown[] = []
    const value = {
      get a() {
        nested.push(shared.writer.write(AT, CAPACITY, [1]))
        return 1
      },
    }
    expect(passed(value)).toEqual({ arrived: { a: 1 } })
    expect(nested).toEqual([-1])
  })

  test('fields of arrays are not looked for when the payload is a copy', () => {
    const writer = new SmallValues(shared.memory, { copied: true })
    const length = writer.write(AT, CAPACITY, [Object.assign([1], { note: 'x' })])
    expect(shared.reader.read(AT, length)).toEqual([[1]])
  })

  test('after a refusal the writer writes again', () => {
    passed({
      get field(): never {
        throw new Error('no')
      },
    })
    expect(passed([twice])).toEqual({ arrived: [twice] })
    expect(passed([twice])).toEqual({ arrived: [twice] })
  })
})

describe('a writer', () => {
  test('stays inside its region, whatever the capacity', () => {
    const { writer, reader, bytes } = region()
    fc.assert(
      fc.property(smallPayload, fc.integer({ min: 0, max: 60 }), (value, capacity) => {
        bytes.fill(0xa5)
        const length = writer.write(AT, capacity, value)
        expect(length).toBeLessThanOrEqual(capacity)
        expect(bytes.subarray(0, AT).every((byte) => byte === 0xa5)).toBe(true)
        expect(bytes.subarray(AT + capacity).every((byte) => byte === 0xa5)).toBe(true)
        expect(length === -1 || isSameGraph(reader.read(AT, length), structuredClone(value))).toBe(true)
      }),
      { ...seeded, numRuns: 2000 },
    )
  })

  test('does not write beyond the memory', () => {
    const { writer, memory } = region()
    expect(writer.write(memory.byteLength - 8, CAPACITY, [1, 2, 3])).toBe(-1)
    expect(writer.write(memory.byteLength - 8, CAPACITY, [1])).toBe(8)
  })

  test('remembers ten thousand shapes and forgets them again', () => {
    for (let number = 0; number < 10_000; number++) {
      expect(passed({ [`key${number}`]: number, id: 1 })).toEqual({ arrived: { [`key${number}`]: number, id: 1 } })
    }
  })
})

describe('hostile bytes', () => {
  test('at random', () => {
    const word = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      // a kind, and a count that is about right
      fc
        .tuple(fc.integer({ min: 0, max: 17 }), fc.integer({ min: 0, max: 8 }))
        .map(([kind, count]) => (count << 8) | kind),
      fc.integer({ min: 0, max: 16 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        new Int32Array(shared.memory, AT).set(words)
        expect(isHandled(words.length * 4)).toBe(true)
      }),
      { ...seeded, numRuns: 5000 },
    )
  })

  test('what was written, cut off at any byte', () => {
    fc.assert(
      fc.property(smallPayload, fc.nat(), (value, cut) => {
        const length = shared.writer.write(AT, CAPACITY, value)
        fc.pre(length > 0)
        expect(readingThrows(cut % (length - 3))).toBeInstanceOf(PayloadError)
      }),
      { ...seeded, numRuns: 2000 },
    )
  })

  test('what was written, with any word changed; what the reader remembers does not suffer', () => {
    const words = new Int32Array(shared.memory)
    fc.assert(
      fc.property(smallPayload, fc.nat(), fc.integer(), (value, place, change) => {
        const length = shared.writer.write(AT, CAPACITY, value)
        fc.pre(length > 0)
        words[AT / 4 + (place % (length / 4))] = change
        expect(isHandled(length)).toBe(true)
        expect(isFaithful(value)).toBe(true)
      }),
      { ...seeded, numRuns: 3000 },
    )
  })

  test.each<[string, number, number]>([
    ['negative', -8, 8],
    ['beyond the memory', 4096, 8],
    ['a length beyond the memory', AT, 1e9],
    ['no number', Number.NaN, 8],
    ['a length that is no number', AT, Number.NaN],
    ['not at a word', AT + 1, 8],
    ['no bytes', AT, 0],
  ])('a place that is %s', (_, at, length) => {
    expect(thrownBy(() => shared.reader.read(at, length))).toBeInstanceOf(PayloadError)
  })

  test('memory that was never written, and a list that claims to be long', () => {
    shared.bytes.fill(0)
    expect(thrownBy(() => shared.reader.read(AT, 8)).message).toContain('is damaged')
    new Int32Array(shared.memory)[AT / 4] = (0xffffff << 8) | 11
    expect(thrownBy(() => shared.reader.read(AT, CAPACITY))).toBeInstanceOf(PayloadError)
  })

  test('nested deeper than any writer nests', () => {
    new Int32Array(shared.memory, AT, 250).fill((1 << 8) | 11)
    expect(thrownBy(() => shared.reader.read(AT, 1000))).toBeInstanceOf(PayloadError)
  })
})
