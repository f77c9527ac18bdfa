// Buffers and views in arguments: copied once and as little as possible, kept on the same buffer, shared, or taken over.
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PayloadError } from '../../src/contract/errors.ts'
import { copyArguments, copyPayload } from '../../src/support/payload-copy.ts'

type Resizable = ArrayBuffer & { readonly resizable: boolean; readonly maxByteLength: number; resize(to: number): void }

function resizable(bytes: number, most: number): Resizable {
  const options = { maxByteLength: most }
  return Reflect.construct(ArrayBuffer, [bytes, options]) as Resizable
}

function copyOf<T>(value: T): T {
  return copyArguments([value], 'task')[0] as T
}

function takenFrom<T>(value: T): T {
  return copyArguments([value], 'task', 'taken')[0] as T
}

function bytesOf(view: ArrayBufferView): number[] {
  return [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]
}

const kinds = [Uint8Array, Uint8ClampedArray, Int8Array, Int16Array, Uint32Array, Float32Array, Float64Array] as const

describe('views on one buffer', () => {
  test('stay on one buffer, as structuredClone keeps them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean(), ({ buffer }, withBuffer) => {
        const views = [new Uint8Array(buffer, 3, 5), new Float64Array(buffer, 8, 2), new DataView(buffer, 1, 7)]
        const value = { views, nested: new Map([['again', views[0]]]), ...(withBuffer ? { buffer } : {}) }
        const copy = copyOf(value)
        const clone = structuredClone(value)
        expect(copy).toEqual(clone)
        const [bytes, doubles, view] = copy.views
        expect(doubles?.buffer).toBe(bytes?.buffer)
        expect(view?.buffer).toBe(bytes?.buffer)
        expect(copy.nested.get('again')).toBe(bytes)
        expect(copy.views.map((each) => [each.byteOffset, each.byteLength])).toEqual(
          views.map((each) => [each.byteOffset, each.byteLength]),
        )
        expect(bytes?.buffer).not.toBe(buffer)
        expect(copy.buffer).toBe(withBuffer ? bytes?.buffer : undefined)
      }),
      { ...seeded, numRuns: 100 },
    )
  })

  test('a list and the buffer behind it', () => {
    const bytes = new Uint8Array([1, 2, 3])
    const [copy, buffer] = copyArguments([bytes, bytes.buffer], 'task') as [Uint8Array, ArrayBuffer]
    expect(copy.buffer).toBe(buffer)
    expect([...copy]).toEqual([1, 2, 3])
  })

  test('across arguments', () => {
    const buffer = new ArrayBuffer(8)
    const [left, right] = copyArguments([new Uint8Array(buffer, 0, 4), new Uint8Array(buffer, 4)], 'task') as [
      Uint8Array,
      Uint8Array,
    ]
    expect(left.buffer).toBe(right.buffer)
  })
})

describe('one view on a great buffer', () => {
  test.each(kinds)('%o: its elements only', (kind) => {
    const buffer = new ArrayBuffer(1024)
    new Uint8Array(buffer).fill(1, 8, 24)
    const view = new kind(buffer, 8, 2)
    const copy = copyOf(view)
    expect(copy).toEqual(view)
    expect(copy.buffer.byteLength).toBe(view.byteLength)
  })

  test('a DataView: its bytes only', () => {
    const view = new DataView(new Uint8Array([1, 2, 3, 4, 5]).buffer, 1, 3)
    const copy = copyOf(view)
    expect(copy).toBeInstanceOf(DataView)
    expect([copy.buffer.byteLength, ...bytesOf(copy)]).toEqual([3, 2, 3, 4])
  })
})

describe('Buffers', () => {
  test('of the pool stay apart, and do not take the pool along', () => {
    const [first, second] = [Buffer.from('abc'), Buffer.from('def')]
    const { value, memory } = copyPayload([first, second, first], 'args')
    const [left, right, again] = value as Uint8Array[]
    expect([left, right]).toEqual([new Uint8Array([97, 98, 99]), new Uint8Array([100, 101, 102])])
    expect(again).toBe(left)
    expect(memory?.buffers.map((each) => each.byteLength)).toEqual([3, 3])
  })

  test('with memory of their own are copied as other lists are', () => {
    const buffer = Buffer.alloc(100_000, 7)
    const copy = copyOf(buffer)
    expect([copy.length, copy[99_999], copy.buffer === buffer.buffer]).toEqual([100_000, 7, false])
  })
})

describe('buffers that can grow', () => {
  test('stay so when they are copied', () => {
    const copy = copyOf(resizable(8, 16))
    expect([copy.byteLength, copy.resizable, copy.maxByteLength]).toEqual([8, true, 16])
  })

  test('a view on one has the elements of the moment', () => {
    const buffer = resizable(8, 16)
    const view = new Uint8Array(buffer)
    buffer.resize(12)
    expect(copyOf(view)).toHaveLength(12)
  })

  test('a view that lies outside by now is refused', () => {
    const buffer = resizable(8, 16)
    const view = new Uint8Array(buffer, 4, 4)
    buffer.resize(2)
    expect(thrownBy(() => copyOf({ view })).message).toContain('args[0].view')
  })
})

describe('shared memory', () => {
  test.each([false, true])('is shared with every view on it (transfer: %s)', (transfer) => {
    const shared = new SharedArrayBuffer(16)
    const value = { shared, list: new Int32Array(shared, 4, 2), view: new DataView(shared, 8) }
    const [copy] = copyArguments([value], 'task', transfer ? 'taken' : 'copied') as [typeof value]
    new Int32Array(shared).set([1, 2, 3, 4])
    expect([...copy.list]).toEqual([2, 3])
    expect(copy.view.getInt32(0, true)).toBe(3)
    expect([copy.list.buffer, copy.view.buffer]).toEqual([copy.shared, copy.shared])
    copy.list[0] = 9
    expect(new Int32Array(shared)[1]).toBe(9)
  })
})

describe('what was transferred before', () => {
  const gone = new Uint8Array(4)
  structuredClone(gone, { transfer: [gone.buffer] })
  test.each<[string, unknown]>([
    ['a buffer', { data: gone.buffer }],
    ['a list', { data: gone }],
  ])('%s is refused, with and without transfer', (_, value) => {
    for (const transfer of [false, true]) {
      const error = thrownBy(() => copyArguments([value], 'mail', transfer ? 'taken' : 'copied'))
      expect(error).toBeInstanceOf(PayloadError)
      expect(error.message).toContain("task 'mail': args[0].data")
    }
  })

  test('an empty buffer is not taken for one', () => {
    expect(copyOf(new ArrayBuffer(0)).byteLength).toBe(0)
    expect(takenFrom(new Uint8Array(0))).toHaveLength(0)
  })
})

describe('taking over', () => {
  test('detaches what the caller has, and keeps views on one buffer together', () => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer
    const value = { bytes: new Uint8Array(buffer, 2, 3), view: new DataView(buffer), note: { text: 'x' } }
    const taken = takenFrom(value)
    expect([buffer.byteLength, value.bytes.length]).toEqual([0, 0])
    expect([...taken.bytes]).toEqual([3, 4, 5])
    expect(taken.view.buffer).toBe(taken.bytes.buffer)
    expect(taken.note).toEqual({ text: 'x' })
    expect(taken.note).not.toBe(value.note)
  })

  test('a Buffer with memory of its own is taken, one of the pool is copied', () => {
    const [own, pooled] = [Buffer.alloc(100_000, 1), Buffer.from('abc')]
    const [first, second] = copyArguments([own, pooled], 'task', 'taken') as [Uint8Array, Uint8Array]
    expect([own.length, pooled.toString()]).toEqual([0, 'abc'])
    expect([first.length, first[0], ...second]).toEqual([100_000, 1, 97, 98, 99])
    expect(second.buffer.byteLength).toBe(3)
  })

  test('takes nothing when anything is refused', () => {
    const bytes = new Uint8Array([1, 2, 3])
    const error = thrownBy(() => copyArguments([bytes, { run: () => 1 }], 'mail', 'taken'))
    expect(error.message).toContain("task 'mail': args[1].run: a function")
    expect([...bytes]).toEqual([1, 2, 3])
  })

  test('leaves the rest as copying leaves it', () => {
    const circle: { self?: unknown; error: Error } = { error: new TypeError('no') }
    circle.self = circle
    const taken = copyArguments([circle, new Uint8Array(1), circle], 'task', 'taken')
    expect(taken[2]).toBe(taken[0])
    expect((taken[0] as typeof circle).self).toBe(taken[0])
    expect((taken[0] as typeof circle).error).toBeInstanceOf(TypeError)
    const args = [1, 'a']
    expect(copyArguments(args, 'task', 'taken')).toBe(args)
  })
})

describe('lists', () => {
  test('holes stay holes, and one that is nearly empty costs nothing', () => {
    const sparse: number[] = []
    sparse[1_000_000_000] = 1
    const copy = copyOf(sparse)
    expect([copy.length, Object.keys(copy)]).toEqual([1_000_000_001, ['1000000000']])
  })
})

test('a DOMException arrives as an error or is refused, not as an object without content', () => {
  const error = new DOMException('gone', 'AbortError')
  let outcome: unknown
  try {
    outcome = copyOf(error)
  } catch (thrown) {
    outcome = thrown
  }
  expect(outcome).toBeInstanceOf(Error)
  expect((outcome as Error).message).toMatch(/^gone$|a DOMException cannot be copied/)
})
