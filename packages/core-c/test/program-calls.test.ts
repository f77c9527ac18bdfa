// Programs as a whole: arrays, control, calls, results, what makes them give up, and bytes that are no program.
import { expect, test } from 'vitest'
import type { NativeProgram } from '../src/native-programs.ts'
import type { FunctionText, Line } from './assembler.ts'
import { assemble, B, I, K, N, RECORD, S, viewType, viewTypes } from './assembler.ts'
import { describeNative, theCore } from './core.ts'

const open = (...functions: readonly FunctionText[]): NativeProgram =>
  theCore().programs.openProgram(assemble(...functions))
const bailed = (): object => theCore().programs.BAILED
const f64 = viewType('Float64Array')

interface Constructor {
  new (length: number): { readonly [index: number]: number; fill(value: number, from?: number, to?: number): object }
}
const constructorOf = (name: string): Constructor =>
  (globalThis as unknown as Record<string, Constructor>)[name] ?? Array

const stored = [
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -2.5,
  127,
  128,
  255,
  256,
  254.5,
  255.5,
  65535,
  65537,
  2 ** 31,
  2 ** 32 + 3,
  1e40,
  NaN,
]

/** `view[index] = value`, then the array. */
const setting = (type: number): FunctionText => ({
  parameters: [type, N, N],
  result: type,
  lines: [
    ['VIEW_SET', 0, [0, 1, 2]],
    ['RETURN', 0, [0, 1]],
  ],
})

/** f(n) = n < 2 ? n : f(n - 1) + f(n - 2) */
const fibonacci: FunctionText = {
  parameters: [N],
  constants: [
    [N, 2],
    [N, 1],
  ],
  locals: [B, N, N],
  result: N,
  lines: [
    ['F64_LT', 3, [0, 1]],
    ['JUMP_IF', 0, [3], 8],
    ['F64_SUB', 4, [0, 2]],
    ['CALL', 4, [4], 0],
    ['F64_SUB', 5, [0, 1]],
    ['CALL', 5, [5], 0],
    ['F64_ADD', 4, [4, 5]],
    ['RETURN', 0, [4, 1]],
    ['RETURN', 0, [0, 1]],
  ],
}

/** f(n) = n === 0 ? 0 : f(n - 1) + 1 */
const descent: FunctionText = {
  parameters: [N],
  constants: [
    [N, 0],
    [N, 1],
  ],
  locals: [B, N],
  result: N,
  lines: [
    ['F64_EQ', 3, [0, 1]],
    ['JUMP_IF', 0, [3], 6],
    ['F64_SUB', 4, [0, 2]],
    ['CALL', 4, [4], 0],
    ['F64_ADD', 4, [4, 2]],
    ['RETURN', 0, [4, 1]],
    ['RETURN', 0, [0, 1]],
  ],
}

/** let text = ''; for (let i = 0; i < times; i++) text += part; return text */
const appending: FunctionText = {
  parameters: [S, K],
  constants: [
    [S, ''],
    [K, 0],
    [K, 1],
  ],
  locals: [S, K, B],
  result: S,
  lines: [
    ['MOVE', 5, [2]],
    ['MOVE', 6, [3]],
    ['K_LT', 7, [6, 1]],
    ['JUMP_UNLESS', 0, [7], 8],
    ['STR_CONCAT', 5, [5, 0]],
    ['K_ADD', 6, [6, 4]],
    ['POLL'],
    ['JUMP', 0, [], 2],
    ['RETURN', 0, [5, 1]],
  ],
}

describeNative('typed arrays', () => {
  test.each(viewTypes)('%s stores and reads as JavaScript does', (name) => {
    const type = viewType(name)
    const store = open(setting(type))
    const read = open({
      parameters: [type, N],
      locals: [N],
      result: N,
      lines: [
        ['VIEW_GET', 2, [0, 1]],
        ['RETURN', 0, [2, 1]],
      ],
    })
    const Elements = constructorOf(name)
    for (const value of stored) {
      const wanted = new Elements(3).fill(value, 1, 2)
      const given = new Elements(3)
      const got = store.call([given, 1, value])
      expect(got).toEqual(wanted)
      expect(given).toEqual(new Elements(3)) // it wrote to a copy
      expect(read.call([got, 1])).toBe((wanted as Record<number, number>)[1])
    }
    for (const index of [-1, 3, 0.5, NaN, Infinity]) expect(store.call([new Elements(3), index, 1])).toBe(bailed())
    expect(store.lastBail()).toMatchObject({ reason: 'RANGE', function: 0, instruction: 0 })
  })

  test('makes, fills and measures arrays', () => {
    const lines: Line[] = [
      ['VIEW_NEW', 4, [0]],
      ['VIEW_FILL', 0, [4, 1, 2, 3]],
      ['RETURN', 0, [4, 1]],
    ]
    const make = open({ parameters: [N, N, N, N], locals: [f64], result: f64, lines })
    for (const [length, value, from, to] of [
      [4, 1.5, 1, 3],
      [5, -0, -2, Infinity],
      [0, 1, 0, 1],
      [3, 7, 2, 1],
      [2.9, 1, NaN, 9],
    ] as const)
      expect(make.call([length, value, from, to])).toEqual(new Float64Array(length).fill(value, from, to))
    for (const length of [-1, 2 ** 40]) expect(make.call([length, 0, 0, 0])).toBe(bailed())
    expect(make.call([2 ** 20, 0, 0, 0], Infinity, 1000)).toBe(bailed())
    expect(make.lastBail()).toMatchObject({ reason: 'MEMORY' })
    const measure = open({
      parameters: [f64],
      locals: [K],
      result: K,
      lines: [
        ['VIEW_LENGTH', 1, [0]],
        ['RETURN', 0, [1, 1]],
      ],
    })
    expect(measure.call([new Float64Array(7)])).toBe(7)
  })

  test('knows which arrays are written to, also by others', () => {
    const lines: Line[] = [
      ['MOVE', 3, [1]],
      ['CALL', 0, [3, 2], 1],
      ['RETURN', 0, [0, 0]],
    ]
    const inner: FunctionText = {
      parameters: [f64, N],
      result: 0,
      lines: [
        ['VIEW_SET', 0, [0, 1, 1]],
        ['RETURN', 0, [0, 0]],
      ],
    }
    const program = open(
      { parameters: [f64, f64, N], locals: [f64, N], result: 0, lines: [['MOVE', 4, [2]], ...lines] },
      inner,
    )
    expect(program.signature.written).toEqual([false, true, false])
    const array = new Float64Array(4)
    expect(program.call([new Float64Array(1), array, 2])).toBeUndefined()
    expect(program.call([array, array, 2])).toBe(bailed())
    expect(program.lastBail()).toMatchObject({ reason: 'SHARED' })
    expect(array).toEqual(new Float64Array(4))
  })

  test('takes plain arrays of its type only', () => {
    const program = open(setting(f64))
    const shared = new Float64Array(new SharedArrayBuffer(16))
    const detached = new Float64Array(2)
    structuredClone(detached, { transfer: [detached.buffer] })
    for (const value of [
      shared,
      detached,
      new Float32Array(2),
      [1, 2],
      undefined,
      'x',
      new DataView(new ArrayBuffer(8)),
    ])
      expect(program.call([value, 0, 1])).toBe(bailed())
    expect(program.lastBail()).toMatchObject({ reason: 'ARGUMENT', function: 0, instruction: 0 })
  })
})

describeNative('calls', () => {
  test('functions call themselves', () => {
    const program = open(fibonacci)
    expect(program.signature).toMatchObject({ parameters: [N], result: N, loops: true })
    expect(program.call([20])).toBe(6765)
    expect(program.lastBail()).toBeUndefined()
  })

  test('deep calls, and too deep ones', () => {
    const program = open(descent)
    expect(program.call([1900])).toBe(1900)
    expect(program.call([-1])).toBe(bailed())
    expect(program.lastBail()).toMatchObject({ reason: 'DEPTH', instruction: 3 })
  })

  test('records as results, of a body and of another function', () => {
    const pair: FunctionText = { parameters: [N, S], result: RECORD, lines: [['RETURN', 0, [0, 2]]] }
    expect(open(pair).call([1.5, 'x'])).toEqual([1.5, 'x'])
    const lines: Line[] = [
      ['CALL', 2, [0], 1],
      ['BOOL_FROM_STR', 4, [3]],
      ['RETURN', 0, [2, 3]],
    ]
    const program = open({ parameters: [N, S], locals: [N, S, B], result: RECORD, lines }, pair)
    expect(program.signature.results).toEqual([N, S, B])
    expect(program.call([-0, 'é'])).toEqual([-0, 'é', true])
  })

  test('a body without a result, and a throw', () => {
    expect(open({ result: 0, lines: [['RETURN']] }).call([])).toBeUndefined()
    const thrown = open({ result: 0, lines: [['BAIL', 0, [], 7]] })
    expect(thrown.call([])).toBe(bailed())
    expect(thrown.lastBail()).toEqual({
      reason: 'THROWN',
      message: 'the body throws',
      number: 7,
      function: 0,
      instruction: 0,
    })
  })

  test('what no one has written yet is empty', () => {
    const program = open({ locals: [S, f64, N], result: RECORD, lines: [['RETURN', 0, [0, 3]]] })
    expect(program.call([])).toEqual(['', new Float64Array(0), 0])
  })

  test.each([
    [N, ['1', null, 1n, undefined]],
    [I, [1.5, -0, 2 ** 31, NaN, true]],
    [K, [0.5, -0, 2 ** 53, Infinity]],
    [B, [1, 'true', undefined]],
    [S, [1, {}, Symbol.iterator, Object('x')]],
  ])('an argument that is no %i', (type, unfit) => {
    const program = open({ parameters: [type], result: type, lines: [['RETURN', 0, [0, 1]]] })
    for (const value of [...unfit, [1]]) expect(program.call([value])).toBe(bailed())
    for (const args of [[], [1, 2]]) expect(program.call(args)).toBe(bailed())
    expect(() => program.call(1 as unknown as [])).toThrow('args must be an Array, got 1')
  })
})

describeNative('texts', () => {
  const same = { parameters: [S], result: S, lines: [['RETURN', 0, [0, 1]]] } satisfies FunctionText

  test.each(['', 'a', 'é\u00ff', '\ud83d', 'x\udc00', '日本', 'a'.repeat(1e5), '\u0000', '日'.repeat(1e5)])(
    '%j passes unchanged',
    (text) => {
      expect(open(same).call([text])).toBe(text)
      expect(open({ constants: [[S, text]], result: S, lines: [['RETURN', 0, [0, 1]]] }).call([])).toBe(text)
    },
  )

  test('appending, narrow and wide, with pieces in between', () => {
    const program = open(appending)
    for (const part of ['x', 'ab', '日', 'é日', '']) expect(program.call([part, 3000])).toBe(part.repeat(3000))
    // s + 'x' and s + 'y' of the same s must not meet in memory
    const lines: Line[] = [
      ['STR_CONCAT', 3, [0, 1]],
      ['STR_CONCAT', 4, [3, 1]],
      ['STR_CONCAT', 5, [3, 2]],
      ['STR_CONCAT', 6, [4, 5]],
      ['RETURN', 0, [3, 4]],
    ]
    const twice = open({ parameters: [S, S, S], locals: [S, S, S, S], result: RECORD, lines })
    expect(twice.call(['s', 'x', 'y'])).toEqual(['sx', 'sxx', 'sxy', 'sxxsxy'])
    expect(twice.call(['s', '日', 'y'])).toEqual(['s日', 's日日', 's日y', 's日日s日y'])
  })

  test('too long a text, and no memory', () => {
    const doubling = open({
      ...appending,
      lines: appending.lines.map((line): Line => (line[0] === 'STR_CONCAT' ? ['STR_CONCAT', 0, [0, 0]] : line)),
    })
    expect(doubling.call(['x', 40])).toBe(bailed())
    expect(doubling.lastBail()).toMatchObject({ reason: 'MEMORY' })
    expect(doubling.call(['x', 40], Infinity, 2 ** 31)).toBe(bailed())
    expect(doubling.lastBail()).toMatchObject({ reason: 'LENGTH' })
  })
})

describeNative('time', () => {
  test('an endless loop stops, also one that does not ask', () => {
    for (const lines of [[['POLL'], ['JUMP', 0, [], 0]], [['JUMP', 0, [], 0]]] as Line[][]) {
      const program = open({ result: 0, lines })
      expect(program.call([], 5)).toBe(bailed())
      expect(program.lastBail()).toMatchObject({ reason: 'STOPPED' })
    }
  })

  test('random numbers and the time of day', () => {
    const program = open({
      locals: [N, N, N],
      result: RECORD,
      lines: [
        ['F64_RANDOM', 0],
        ['F64_RANDOM', 1],
        ['F64_NOW', 2],
        ['RETURN', 0, [0, 3]],
      ],
    })
    const before = Date.now()
    const [first, second, now] = program.call([]) as [number, number, number]
    expect(first !== second && first >= 0 && first < 1 && second >= 0 && second < 1).toBe(true)
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })
})

describeNative('bytes that are no program', () => {
  const good = (): Uint8Array => assemble(fibonacci)
  const lineOf =
    (lines: readonly Line[], locals: readonly number[] = [N, S]) =>
    () =>
      assemble({ locals, result: 0, lines })
  const changed = (word: number, value: number) => (): Uint8Array => {
    const bytes = good()
    new DataView(bytes.buffer).setUint32(word * 4, value, true)
    return bytes
  }

  test.each([
    ['nothing', () => new Uint8Array(0), 'it has only 0 bytes'],
    ['the start of one', () => good().subarray(0, 30), 'it ends within its functions'],
    ['less than all', () => good().subarray(0, good().length - 4), /it has \d+ bytes, its header says \d+/],
    ['another magic', changed(0, 1), 'it does not begin as a program does'],
    ['another version', changed(1, 99), 'it has version 99, wanted is'],
    ['no function', changed(2, 0), 'or no function'],
    ['too many registers', changed(9, 1 << 20), 'registers'],
    ['a result that is none', changed(10, 9), 'answers a type that is none'],
    [
      'an unknown operation',
      () => assemble({ result: 0, lines: [['RETURN'], ['RETURN']] }).fill(255, -32, -30),
      'there is no such operation',
    ],
    [
      'an operand of another type',
      lineOf([['F64_NEG', 0, [1]], ['RETURN']]),
      'instruction 0, F64_NEG: an operand of another type',
    ],
    ['a result of another type', lineOf([['F64_NEG', 1, [0]], ['RETURN']]), 'a result of another type'],
    ['a register too far', lineOf([['F64_NEG', 0, [9]], ['RETURN']]), 'an operand of another type'],
    ['a jump into nothing', lineOf([['JUMP', 0, [], 5]]), 'it leads nowhere'],
    ['no end', lineOf([['MOVE', 0, [0]]]), 'function 0 does not end'],
    ['a call of nothing', lineOf([['CALL', 0, [0], 3], ['RETURN']]), 'there is no such function'],
    ['a return of too much', lineOf([['RETURN', 0, [0, 1]]]), 'it does not return what the function answers'],
    ['int32 out of floats', lineOf([['VIEW_GET_I', 2, [0, 1]], ['RETURN']], [f64, K, I]), 'elements that are no int32'],
  ])('%s', (_, bytes, message) => {
    expect(() => theCore().programs.openProgram(bytes())).toThrow(message)
  })

  test('what is no Uint8Array', () => {
    expect(() => theCore().programs.openProgram('x' as unknown as Uint8Array)).toThrow(
      'bytes must be a Uint8Array, got string',
    )
  })
})
