// Each kernel in C and its twin in JavaScript give the same: to the bit, for any input, and the same failures. All NaNs
// are one, for JavaScript cannot tell them apart.
import { loadCore } from '@catzilla/core-c'
import type { NativeEngineBinding } from '@catzilla/core-c'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskCall } from '../../src/contract/task.ts'
import { builtInKernels, kernelNamed } from '../../src/kernels/built-in-kernels.ts'
import { kernelTypes } from '../../src/kernels/kernel-type.ts'
import type { KernelType } from '../../src/kernels/kernel-type.ts'
import { kernelCall, startNative } from '../native/native-engines.ts'

const { core, source } = loadCore()
if (core === undefined) console.info(`kernels of C and JavaScript are not compared: ${source}`)

/** Any 64 bits as a double: NaNs with payloads, denormals, infinities; and the edges by themselves, that they occur. */
const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE, 1 / 3),
  fc.integer(),
)

/** Arrays that may begin anywhere in their buffer, and be longer than the blocks in which C goes. */
function arrays(number: fc.Arbitrary<number>): fc.Arbitrary<Float64Array> {
  const drawn = fc.array(number, { maxLength: 40 })
  return fc.tuple(drawn, fc.nat(3), fc.constantFrom(1, 1, 1, 70)).map(([values, skipped, times]) => {
    const all = new Float64Array(skipped + values.length * times)
    for (let index = skipped; index < all.length; index++) all[index] = values[(index - skipped) % values.length] ?? 0
    return all.subarray(skipped)
  })
}

const byteArrays = fc
  .tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(9), fc.constantFrom(1, 1, 1, 100))
  .map(([values, skipped, times]) => {
    const all = new Uint8Array(skipped + values.length * times)
    for (let index = skipped; index < all.length; index++) all[index] = values[(index - skipped) % values.length] ?? 0
    return all.subarray(skipped)
  })

/** Letters of every length in UTF-8, and halves of pairs that stand alone. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.nat(0xffff), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
)

const arbitraries: Partial<Record<KernelType, fc.Arbitrary<unknown>>> = {
  f64: anyNumber,
  bytes: byteArrays,
  string: texts,
  'f64-array': fc.oneof(arrays(anyNumber), arrays(fc.double({ min: -1e6, max: 1e6, noNaN: true }))),
}

const nativePlan = {
  priority: 2,
  tell: false,
  maxRetries: 0,
  backoff: 0,
  retryDelayMs: 0,
  retryMaxDelayMs: 0,
  retryJitter: 0,
  timeoutMs: Infinity,
  memoryLimitBytes: 0,
  series: 0,
}

/** How a call ended, with doubles as their bits. */
async function ending(call: () => unknown): Promise<unknown> {
  try {
    return exactly(await call())
  } catch (thrown) {
    const { name, message } = thrown as Error
    return { name, message }
  }
}

function exactly(value: unknown): unknown {
  if (typeof value === 'number') return bitsOf(value)
  if (value instanceof Float64Array) return Array.from(value, bitsOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([key, member]) => [key, exactly(member)])
}

function bitsOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : (new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n).toString(16)
}

describe.skipIf(core === undefined)('kernels in C and in JavaScript', () => {
  let engine: TaskEngine
  let binding: NativeEngineBinding | undefined
  beforeAll(() => {
    const config = { slots: 1, workers: 1, maxWorkers: 1, memoryPoolBytes: 0, seed: 1, statistics: false, nice: 0 }
    binding = core?.createEngine(config, performance.now(), () => {})
  })
  afterAll(() => {
    binding?.close()
  })
  beforeEach(async () => {
    engine = await startNative()
  })

  const inC = (name: string, ...args: readonly unknown[]): Promise<unknown> =>
    engine.submit(kernelCall(name), args).wait()

  test('are the same ones, with the same signatures, in the same order', () => {
    const described = binding?.kernels.map(({ name, args, result, fields }) => ({
      name,
      args: args.map((type) => kernelTypes[type]),
      result: kernelTypes[result],
      fields,
    }))
    expect(described).toEqual(builtInKernels.map(({ name, args, result, fields }) => ({ name, args, result, fields })))
  })

  const compared = builtInKernels.filter(({ name }) => name !== 'spin')
  test.each(compared)('$name gives the same', async ({ name, args, run }) => {
    const inputs = fc.tuple(...args.map((type) => arbitraries[type] ?? fc.constant(undefined)))
    await fc.assert(
      fc.asyncProperty(inputs, async (values) => {
        const expected = await ending(() => run(...(values as never[])))
        expect(await ending(() => inC(name, ...values))).toEqual(expected)
      }),
      { ...seeded, numRuns: args.length === 0 ? 1 : 400 },
    )
  })

  test('dot gives the same for arrays of one length', async () => {
    const pairs = arrays(anyNumber).chain((a) => fc.tuple(fc.constant(a), sameLength(a)))
    const twin = kernelNamed('dot')?.run as (a: Float64Array, b: Float64Array) => number
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        expect(bitsOf((await inC('dot', a, b)) as number)).toBe(bitsOf(twin(a, b)))
      }),
      { ...seeded, numRuns: 400 },
    )
  })

  test.each(['add', 'multiply'])('%s gives the same for columns', async (name) => {
    const twin = kernelNamed(name)?.run as (a: number, b: number) => number
    const columns = arrays(anyNumber).chain((a) => fc.tuple(fc.constant(a), sameLength(a)))
    const call: TaskCall = { ...kernelCall(name), columns: true }
    await fc.assert(
      fc.asyncProperty(columns, async ([a, b]) => {
        const expected = a.map((value, row) => twin(value, b[row] ?? 0))
        expect(exactly(await engine.submit(call, [a, b]).wait())).toEqual(exactly(expected))
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('spin lasts as long as asked, and refuses the same', async () => {
    const twin = kernelNamed('spin')?.run as (microseconds: number) => number
    for (const microseconds of [0, 1, 500]) {
      expect(await inC('spin', microseconds)).toBeGreaterThanOrEqual(microseconds)
    }
    for (const microseconds of [-1, -Infinity, Infinity, Number.NaN]) {
      expect(await ending(() => inC('spin', microseconds))).toEqual(await ending(() => twin(microseconds)))
    }
  })

  const refused: [string, unknown[]][] = [
    ['add', [1, '2']],
    ['add', [1]],
    ['crc32', ['text']],
    ['crc32', [new Int8Array(1)]],
    ['sum', [[1, 2]]],
    ['scale', [new Float32Array(2), 1]],
    ['bytes-of', [null]],
  ]
  test.each(refused)('%s refuses %j on both sides', (name, args) => {
    expect(() => kernelNamed(name)?.run(...(args as never[]))).toThrow(/takes|must be/)
    const kernel = binding?.kernels.find((each) => each.name === name)?.index ?? -1
    const plan = binding?.definePlan({ ...nativePlan, kernel }) ?? -1
    expect(() => binding?.attach(0, plan, args)).toThrow(TypeError)
  })
})

function sameLength(array: Float64Array): fc.Arbitrary<Float64Array> {
  const { length } = array
  return fc.array(anyNumber, { minLength: Math.min(length, 1), maxLength: 40 }).map((values) => {
    return Float64Array.from({ length }, (_, index) => values[index % values.length] ?? 0)
  })
}
