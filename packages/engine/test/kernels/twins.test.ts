// The JavaScript twins by themselves: signatures, check values, edges.
import { readFileSync } from 'node:fs'
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInKernels, kernelNamed } from '../../src/kernels/built-in-kernels.ts'
import type { BuiltInKernelName, BuiltInKernels } from '../../src/kernels/built-in-kernels.ts'
import { kernelTypes } from '../../src/kernels/kernel-type.ts'

function twin<N extends BuiltInKernelName>(name: N): BuiltInKernels[N] {
  return kernelNamed(name)?.run as BuiltInKernels[N]
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const numbers = (...values: number[]): Float64Array => Float64Array.from(values)

describe('the table', () => {
  test('names each kernel once and finds it', () => {
    expect(new Set(builtInKernels.map(({ name }) => name)).size).toBe(builtInKernels.length)
    for (const kernel of builtInKernels) expect(kernelNamed(kernel.name)).toBe(kernel)
    expect(kernelNamed('toString')).toBeUndefined()
  })

  test('has types in the order of ctz_type', () => {
    const header = readFileSync(new URL('../../../core-c/include/ctz/kernel.h', import.meta.url), 'utf8')
    const inC = [...header.matchAll(/^ {2}CTZ_([A-Z0-9_]+) = (\d+)/gm)].filter(([, name]) => !name?.includes('KERNEL'))
    const expected = inC.map(([, name, index]) => [name?.toLowerCase().replaceAll('_', '-'), Number(index)])
    expect(expected.slice(0, -1)).toEqual(kernelTypes.map((name, index) => [name, index]))
    expect(expected.at(-1)).toEqual(['type-count', kernelTypes.length])
  })
})

describe('arguments', () => {
  const wrong: [BuiltInKernelName, unknown[], string][] = [
    ['noop', [1], "kernel 'noop' takes no arguments, got 1"],
    ['add', [1], "kernel 'add' takes 2 (f64, f64), got 1"],
    ['add', [1, '2'], `kernel 'add': args[1] must be a number, got "2"`],
    ['crc32', ['abc'], `kernel 'crc32': args[0] must be a Uint8Array, got "abc"`],
    ['crc32', [new Uint8ClampedArray(1)], `kernel 'crc32': args[0] must be a Uint8Array, got {"0":0}`],
    ['sum', [[1, 2]], "kernel 'sum': args[0] must be a Float64Array, got [1,2]"],
    ['dot', [numbers(1), new Float32Array(1)], `kernel 'dot': args[1] must be a Float64Array, got {"0":0}`],
    ['bytes-of', [7], "kernel 'bytes-of': args[0] must be a string, got 7"],
  ]
  test.each(wrong)('%s refuses %j', (name, args, message) => {
    const error = thrownBy(() => kernelNamed(name)?.run(...(args as never[])))
    expect(error).toMatchObject({ name: 'PayloadError', code: 'ERR_CATZILLA_PAYLOAD', message })
  })

  test('a Buffer is bytes', () => {
    expect(twin('crc32')(Buffer.from('123456789'))).toBe(0xcbf43926)
  })
})

describe('hashes', () => {
  test('crc32 is that of zlib', () => {
    expect(twin('crc32')(bytes(''))).toBe(0)
    expect(twin('crc32')(bytes('a'))).toBe(0xe8b7be43)
    expect(twin('crc32')(bytes('123456789'))).toBe(0xcbf43926)
  })

  test('xxh32 is that of the specification', () => {
    const hash = twin('xxh32')
    expect(hash(bytes(''))).toBe(0x02cc5d05)
    expect(hash(bytes('a'))).toBe(0x550d7456)
    expect(hash(bytes('abc'))).toBe(0x32d153ff)
    expect(hash(bytes('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f)
    const buffer = new Uint8Array(101)
    let generator = 2654435761
    for (let index = 0; index < buffer.length; index++) {
      buffer[index] = generator >>> 24
      generator = Math.imul(generator, generator)
    }
    expect(hash(buffer.subarray(0, 1))).toBe(0xb85cbee5)
    expect(hash(buffer.subarray(0, 14))).toBe(0xe5aa0ab4)
    expect(hash(buffer)).toBe(0x1f1aa412)
  })

  test('do not depend on where the bytes lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(8), (values, offset) => {
        const moved = new Uint8Array(values.length + offset)
        moved.set(values, offset)
        for (const name of ['crc32', 'xxh32'] as const) {
          expect(twin(name)(moved.subarray(offset))).toBe(twin(name)(values))
        }
      }),
      seeded,
    )
  })
})

describe('numbers', () => {
  test('add and multiply are + and *', () => {
    expect(twin('add')(-0, -0)).toBe(-0)
    expect(twin('multiply')(-0, 3)).toBe(-0)
    expect(twin('multiply')(0, Infinity)).toBeNaN()
  })

  test('sum goes from left to right', () => {
    expect(twin('sum')(numbers())).toBe(0)
    expect(twin('sum')(numbers(-0))).toBe(0)
    expect(twin('sum')(numbers(1e16, 1, 1, -1e16))).toBe(0)
    expect(twin('sum')(numbers(1, 1, 1e16, -1e16))).toBe(2)
  })

  test('dot needs arrays of the same length', () => {
    expect(twin('dot')(numbers(1, 2, 3), numbers(4, 5, 6))).toBe(32)
    expect(twin('dot')(numbers(), numbers())).toBe(0)
    const error = thrownBy(() => twin('dot')(numbers(1), numbers()))
    expect(error).toMatchObject({ name: 'RangeError', message: 'dot: both arrays must have the same length' })
  })

  test('scale gives a new array', () => {
    const values = numbers(1, -0, NaN)
    expect([...twin('scale')(values, -2)]).toEqual([-2, 0, NaN])
    expect([...values]).toEqual([1, -0, NaN])
  })

  test('stats of edges', () => {
    const ofNone = { mean: NaN, min: NaN, max: NaN, variance: NaN, stddev: NaN }
    expect(twin('stats')(numbers())).toEqual({ count: 0, sum: 0, ...ofNone })
    expect(twin('stats')(numbers(1, NaN))).toEqual({ count: 2, sum: NaN, ...ofNone })
    const known = { count: 8, sum: 40, mean: 5, min: 2, max: 9, variance: 4, stddev: 2 }
    expect(twin('stats')(numbers(2, 4, 4, 4, 5, 5, 7, 9))).toEqual(known)
    expect(Object.keys(known)).toEqual(kernelNamed('stats')?.fields)
    expect(twin('stats')(numbers(0, -0))).toMatchObject({ min: -0, max: 0 })
    expect(twin('stats')(numbers(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)).variance).toBe(22.5)
  })

  test('spin lasts as long as asked', () => {
    expect(twin('spin')(200)).toBeGreaterThanOrEqual(200)
    expect(twin('spin')(0)).toBe(0)
    for (const wrong of [-1, NaN, Infinity]) expect(() => twin('spin')(wrong)).toThrow(RangeError)
  })

  test('bytes-of counts UTF-8', () => {
    expect(['', 'grüß', '😀', '\ud800'].map((text) => twin('bytes-of')(text))).toEqual([0, 6, 4, 3])
  })
})
