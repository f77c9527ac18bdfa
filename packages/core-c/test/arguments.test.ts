// Arguments that are not all numbers, and results that are no scalars: attached and taken by calls.
import { beforeAll, expect, test } from 'vitest'
import { borrowingLibrary, describeNative, exampleLibrary, newClient } from './core.ts'
import type { PortClient } from './port-client.ts'

let client: PortClient

function exampleClient(): void {
  client = newClient()
  client.engine.loadLibrary(exampleLibrary())
}

async function call(kernel: string, ...args: unknown[]): Promise<unknown> {
  return (await client.runAttached(client.plan(kernel), args)).value
}

describeNative('attached arguments', () => {
  beforeAll(exampleClient)

  test('of every type arrive, and results of every type come back', async () => {
    expect(await call('add', 0.5, 0.25)).toBe(0.75)
    expect(await call('example.negate', -(2 ** 31) + 1)).toBe(2 ** 31 - 1)
    expect((await client.runAttached(client.plan('example.flip'), [false])).settled.scalar).toBe(1)
    expect(await call('crc32', Buffer.from('123456789'))).toBe(0xcbf43926)
    expect(await call('bytes-of', 'aé€😀')).toBe(10)
    expect(await call('sum', Float64Array.of(1, 2, 3.5))).toBe(6.5)
    expect(await call('example.reverse', Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(3, 2, 1))
    expect(await call('example.upper', 'grüße, 世界')).toBe('GRüßE, 世界')
    expect(await call('example.halve', Float32Array.of(1, 3))).toEqual(Float32Array.of(0.5, 1.5))
    expect(await call('example.differences', Int32Array.of(3, 5, 4))).toEqual(Int32Array.of(3, 2, -1))
    expect(await call('example.ranks', Uint32Array.of(30, 10, 20))).toEqual(Uint32Array.of(2, 0, 1))
    expect(await call('scale', Float64Array.of(1, 2), 3)).toEqual(Float64Array.of(3, 6))
    expect(await call('noop')).toBeUndefined()
  })

  test('may be empty', async () => {
    expect(await call('sum', new Float64Array())).toBe(0)
    expect(await call('bytes-of', '')).toBe(0)
    expect(await call('example.reverse', new Uint8Array())).toEqual(new Uint8Array())
    expect(await call('example.upper', '')).toBe('')
  })

  test('named numbers come back as an object', async () => {
    expect(await call('stats', Float64Array.of(2, 4))).toEqual({
      count: 2,
      sum: 6,
      mean: 3,
      min: 2,
      max: 4,
      variance: 1,
      stddev: 1,
    })
  })

  test('named numbers keep their names when the plan was released before they are taken', async () => {
    const plan = client.plan('stats')
    const slot = client.takeSlot()
    client.engine.attach(slot, plan, [Float64Array.of(5)])
    client.fill(slot, plan, [], true)
    const settled = await client.settle(slot)
    client.engine.releasePlan(plan)
    client.plan('noop')
    expect(client.outcome(settled)).toMatchObject({ count: 1, sum: 5 })
    client.engine.free(slot)
    client.giveSlot(slot)
  })

  test('are views: offset and length hold', async () => {
    const whole = Float64Array.of(1, 2, 4, 8, 16)
    expect(await call('sum', whole.subarray(1, 4))).toBe(14)
    expect(await call('example.reverse', new Uint8Array(Uint8Array.of(9, 8, 7).buffer, 1))).toEqual(Uint8Array.of(7, 8))
  })

  test('may lie in shared memory', async () => {
    const shared = new Float64Array(new SharedArrayBuffer(24))
    shared.set([1, 2, 3])
    expect(await call('sum', shared)).toBe(6)
  })

  test('large results come back whole, and are memory like any other', async () => {
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251)
    const reversed = (await call('example.reverse', bytes)) as Uint8Array<ArrayBuffer>
    expect(Buffer.compare(reversed, bytes.toReversed())).toBe(0)
    reversed[0] = 77
    const moved = structuredClone(reversed)
    expect(moved[0]).toBe(77)
    const many = await Promise.all(Array.from({ length: 20 }, () => call('example.reverse', bytes.subarray(0, 5000))))
    expect(many.every((one) => Buffer.compare(one as Uint8Array, bytes.slice(0, 5000).toReversed()) === 0)).toBe(true)
  })

  test('a result is handed over once', async () => {
    const plan = client.plan('example.upper')
    const slot = client.takeSlot()
    client.engine.attach(slot, plan, ['once'])
    client.fill(slot, plan, [], true)
    await client.settle(slot)
    expect(client.engine.result(slot)).toBe('ONCE')
    expect(client.engine.result(slot)).toBeUndefined()
    client.engine.free(slot)
    expect(client.engine.result(slot)).toBeUndefined()
    client.giveSlot(slot)
  })

  test('the memory of results and arguments is given back', async () => {
    for (let i = 0; i < 100; i++) await call('example.reverse', new Uint8Array(1_000_000))
    expect(client.engine.statistics().memoryUsed).toBeLessThan(3_000_000)
  })

  test('results longer than an array can be are refused', async () => {
    // the pool counts in advance what is never written to
    const vast = newClient({ memoryPoolBytes: 2 ** 40 })
    vast.engine.loadLibrary(borrowingLibrary())
    const plan = vast.plan('borrowing.vast', { memoryLimitBytes: Infinity })
    const tooLong = expect.objectContaining({
      name: 'RangeError',
      code: 'CTZ_INVALID',
      message: 'the result is longer than an array can be',
    }) as Error
    await expect(vast.runAttached(plan, [2 ** 32 + 1])).rejects.toThrow(tooLong)
    expect((await vast.runAttached(plan, [5000])).value).toHaveLength(5000)
  })

  test('a slot takes new arguments in place of those it has', async () => {
    const plan = client.plan('bytes-of')
    const slot = client.takeSlot()
    client.engine.attach(slot, plan, ['not this'])
    client.engine.attach(slot, plan, ['this'])
    client.fill(slot, plan, [], true)
    expect((await client.settle(slot)).scalar).toBe(4)
    client.engine.free(slot)
    client.giveSlot(slot)
  })
})

const resizable = (bytes: number): ArrayBuffer =>
  new (ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer)(bytes, { maxByteLength: 64 })
const growable = (bytes: number): SharedArrayBuffer =>
  new (SharedArrayBuffer as unknown as new (bytes: number, options: object) => SharedArrayBuffer)(bytes, {
    maxByteLength: 64,
  })

function detached(): Float64Array {
  const array = new Float64Array(4)
  structuredClone(array, { transfer: [array.buffer] })
  return array
}

describeNative('arguments that do not fit', () => {
  beforeAll(exampleClient)

  const misfits: readonly (readonly [kernel: string, args: unknown, message: string])[] = [
    ['add', [1, '2'], 'args[1] must be a number, got string'],
    ['add', [1, null], 'args[1] must be a number, got null'],
    ['add', [1n, 2], 'args[0] must be a number, got bigint'],
    ['add', [1], 'args must have 2 values, as the kernel takes, got 1'],
    ['add', [1, 2, 3], 'args must have 2 values, as the kernel takes, got 3'],
    ['add', 'no', 'args must be an Array, got string'],
    ['example.negate', [2.5], 'args[0] must be a whole number from -2147483648 to 2147483647, got 2.5'],
    ['example.negate', [2 ** 31], 'args[0] must be a whole number from -2147483648 to 2147483647, got 2147483648'],
    ['example.negate', [NaN], 'args[0] must be a whole number from -2147483648 to 2147483647, got NaN'],
    ['example.flip', [1], 'args[0] must be a boolean, got 1'],
    ['bytes-of', [7], 'args[0] must be a string, got 7'],
    ['bytes-of', [Symbol('x')], 'args[0] must be a string, got symbol'],
    ['sum', ['x'], 'args[0] must be a Float64Array, got string'],
    ['sum', [[1, 2]], 'args[0] must be a Float64Array, got object'],
    ['sum', [{}], 'args[0] must be a Float64Array, got object'],
    ['sum', [new Float32Array(2)], 'args[0] must be a Float64Array, got object'],
    ['sum', [new DataView(new ArrayBuffer(8))], 'args[0] must be a Float64Array, got object'],
    ['crc32', [new Uint8ClampedArray(2)], 'args[0] must be a Uint8Array, got object'],
    ['example.differences', [() => {}], 'args[0] must be an Int32Array, got function'],
    [
      'dot',
      [new Float64Array(2), new Float64Array(resizable(16))],
      'args[1] must be an array over a buffer that is neither detached nor resizable',
    ],
    [
      'sum',
      [new Float64Array(growable(16))],
      'args[0] must be an array over a buffer that is neither detached nor resizable',
    ],
    ['sum', [detached()], 'args[0] must be an array over a buffer that is neither detached nor resizable'],
  ]

  test.each(misfits.map(([kernel, args, message]) => ({ kernel, args, message })))('$kernel: $message', (misfit) => {
    const { kernel, args, message } = misfit
    const plan = client.plan(kernel)
    const slot = client.takeSlot()
    const attempt = (): void => client.engine.attach(slot, plan, args as unknown[])
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
    client.giveSlot(slot)
  })

  test('pass on what a getter throws', () => {
    const args: unknown[] = [1, 2]
    Object.defineProperty(args, 1, {
      get() {
        throw new Error('from the getter')
      },
    })
    expect(() => client.engine.attach(0, client.plan('add'), args)).toThrow('from the getter')
  })

  test('slots and plans out of range', () => {
    const { engine } = client
    const plan = client.plan('add')
    for (const slot of [-1, 64, 1.5, NaN, 2 ** 32]) {
      expect(() => engine.attach(slot, plan, [1, 2])).toThrow(RangeError)
      expect(() => engine.result(slot)).toThrow(RangeError)
      expect(() => engine.error(slot)).toThrow(RangeError)
      expect(() => engine.free(slot)).toThrow(RangeError)
      expect(() => engine.cancelTimed(slot)).toThrow(RangeError)
    }
    expect(() => engine.free('0' as unknown as number)).toThrow('slot must be a number, got string')
    for (const wrong of [-1, 1e6, 0.5]) expect(() => engine.attach(0, wrong, [1, 2])).toThrow(RangeError)
  })
})

describeNative('columns', () => {
  beforeAll(exampleClient)

  async function map(kernel: string, columns: Float64Array[], out: Float64Array, rows: number): Promise<number> {
    const plan = client.plan(kernel)
    const slot = client.takeSlot()
    client.engine.attachColumns(slot, plan, columns, out, rows)
    client.fill(slot, plan, [], true)
    const settled = await client.settle(slot)
    expect(settled.state === client.at('SLOT_STATE_COMPLETED') ? client.outcome(settled) : undefined).toBeUndefined()
    client.engine.free(slot)
    client.giveSlot(slot)
    return settled.state
  }

  test.each([1, 3, 100, 4096, 1e9])('are filled in chunks of %d rows', async (rows) => {
    const a = new Float64Array(10_001).map((_, i) => i)
    const b = new Float64Array(10_001).map((_, i) => i / 2)
    const out = new Float64Array(10_001)
    expect(await map('add', [a, b], out, rows)).toBe(client.at('SLOT_STATE_COMPLETED'))
    expect(out).toEqual(a.map((value, i) => value + i / 2))
  })

  test('may be written in place, be empty, and need no body of their own in the kernel', async () => {
    const a = Float64Array.of(3, 6)
    await map('multiply', [a, Float64Array.of(2, 2)], a, 1)
    expect(a).toEqual(Float64Array.of(6, 12))
    await map('add', [new Float64Array(), new Float64Array()], new Float64Array(), 1)
    const out = new Float64Array(2)
    await map('example.hypotenuse', [Float64Array.of(3, 5), Float64Array.of(4, 12)], out, 1)
    expect(out).toEqual(Float64Array.of(5, 13))
  })

  test('must fit the kernel and each other', () => {
    const { engine } = client
    const add = client.plan('add')
    const two = new Float64Array(2)
    const three = new Float64Array(3)
    expect(() => engine.attachColumns(0, add, [two, three], two, 1)).toThrow('columns[1] must be as long as out, 2')
    expect(() => engine.attachColumns(0, add, [two, two], three, 1)).toThrow('columns[0] must be as long as out, 3')
    expect(() => engine.attachColumns(0, add, [two], two, 1)).toThrow('columns must have 2 values')
    expect(() => engine.attachColumns(0, add, [two, [1, 2] as never], two, 1)).toThrow(
      'columns[1] must be a Float64Array',
    )
    expect(() => engine.attachColumns(0, add, [two, two], new Float32Array(2) as never, 1)).toThrow(
      'out must be a Float64Array, got object',
    )
    expect(() => engine.attachColumns(0, add, [two, two], two, 0)).toThrow(RangeError)
    const wrongKernel = expect.objectContaining({ code: 'CTZ_BAD_ARGUMENT' }) as Error
    expect(() => engine.attachColumns(0, client.plan('sum'), [two], two, 1)).toThrow(wrongKernel)
  })
})
