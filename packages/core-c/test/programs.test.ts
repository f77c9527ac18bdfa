// Each operation of numbers, conversions and texts, alone, against JavaScript on edge values: the same value, or BAILED.
import { expect, test } from 'vitest'
import { assemble, B, I, K, N, S } from './assembler.ts'
import { describeNative, theCore } from './core.ts'

const numbers = [
  [0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, 0.1, 1 / 3, 7, -7, 10, 255, 256, 1e21, -1e21, 1e-7, 123456789.125],
  [0.49999999999999994, 1.005, 6.5625, 4503599627370495.5, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32, 2 ** 32 + 5],
  [2 ** 53, -(2 ** 53), 2 ** 63, 2 ** 64, -(2 ** 63), 1e300, 5e-324, 2 ** -1022, Number.MAX_VALUE, 0.000001234],
  [Infinity, -Infinity, NaN, 2 ** 53 + 2, 1e15 + 0.5, 9007199254740991, 4294967295, 3, 20, 36],
].flat()
const whole = [0, 1, -1, 2, 31, 32, 33, 255, -256, 65536, 2 ** 31 - 1, -(2 ** 31), 123456789, -7]
const counters = [0, 1, -1, 2 ** 31, -(2 ** 32) - 3, 2 ** 53 - 1, -(2 ** 53) + 1, 12]
const booleans = [false, true]
const texts = [
  [
    '',
    'a',
    'abc',
    'abcabc',
    'ABCxyz',
    ' \t\n x \u00a0\ufeff\u2003',
    'é',
    'Straße',
    '\ud83d\ude00',
    '\ud83d',
    '\ude00x',
  ],
  [
    '日本語',
    'a日',
    '12',
    '-0',
    '+12.5',
    ' 1e3 ',
    '0x1F',
    '0b101',
    '0o17',
    '1e',
    '1e+',
    '.5',
    '5.',
    '.',
    '-',
    'Infinity',
  ],
  ['-Infinity', 'NaN', '1_000', '0x', '123abc', '9007199254740993', '1e400', '-1e-400', '4.9e-324', '2.5e-324', 'x$y'],
  ['0.1e-6', '179769313486231580793728971405301e276', '1'.repeat(400), `0.${'0'.repeat(350)}1`, 'bc', 'c', '$&'],
  ['0x20000000000001', '0x20000000000003', '0x1fffffffffffff8', '-0x1', '\u2028 7 \u2029', 'zz', 'ab'.repeat(20)],
].flat()

type Values = readonly (number | boolean | string)[]
const values: Readonly<Record<string, Values>> = { n: numbers, i: whole, k: counters, b: booleans, s: texts }
const types: Readonly<Record<string, number>> = { n: N, i: I, k: K, b: B, s: S }

const few = (list: Values): Values => list.filter((_, index) => index % 5 === 0 || index < 4)

/** All tuples of values of the operands; of the third and fourth only some. */
function tuples(operands: string): Values[] {
  let all: Values[] = [[]]
  for (const [index, letter] of operands.split('').entries()) {
    const list = values[letter] ?? []
    all = all.flatMap((tuple) =>
      (index < 2 && operands.length < 3 ? list : few(list)).map((value) => [...tuple, value]),
    )
  }
  return all
}

type Twin = (...args: never[]) => unknown
const bails = Symbol('bails')
const ascii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

const twins: Readonly<Record<string, Twin>> = {
  F64_ADD: (a: number, b: number) => a + b,
  F64_SUB: (a: number, b: number) => a - b,
  F64_MUL: (a: number, b: number) => a * b,
  F64_DIV: (a: number, b: number) => a / b,
  F64_MOD: (a: number, b: number) => a % b,
  F64_IS_MULTIPLE: (a: number, b: number) => a % b === 0,
  F64_POW: (a: number, b: number) => a ** b,
  F64_NEG: (a: number) => -a,
  F64_LT: (a: number, b: number) => a < b,
  F64_LE: (a: number, b: number) => a <= b,
  F64_EQ: (a: number, b: number) => a === b,
  F64_SAME: Object.is,
  F64_ABS: Math.abs,
  F64_FLOOR: Math.floor,
  F64_CEIL: Math.ceil,
  F64_ROUND: Math.round,
  F64_TRUNC: Math.trunc,
  F64_SIGN: Math.sign,
  F64_SQRT: Math.sqrt,
  F64_FROUND: Math.fround,
  F64_MIN: Math.min,
  F64_MAX: Math.max,
  F64_HYPOT: Math.hypot,
  F64_ATAN2: Math.atan2,
  F64_SIN: Math.sin,
  F64_COS: Math.cos,
  F64_TAN: Math.tan,
  F64_ASIN: Math.asin,
  F64_ACOS: Math.acos,
  F64_ATAN: Math.atan,
  F64_SINH: Math.sinh,
  F64_COSH: Math.cosh,
  F64_TANH: Math.tanh,
  F64_ASINH: Math.asinh,
  F64_ACOSH: Math.acosh,
  F64_ATANH: Math.atanh,
  F64_EXP: Math.exp,
  F64_EXPM1: Math.expm1,
  F64_LOG: Math.log,
  F64_LOG1P: Math.log1p,
  F64_LOG2: Math.log2,
  F64_LOG10: Math.log10,
  F64_CBRT: Math.cbrt,
  F64_IS_NAN: Number.isNaN,
  F64_IS_FINITE: Number.isFinite,
  F64_IS_INTEGER: Number.isInteger,
  F64_IS_SAFE_INTEGER: Number.isSafeInteger,
  I32_AND: (a: number, b: number) => a & b,
  I32_OR: (a: number, b: number) => a | b,
  I32_XOR: (a: number, b: number) => a ^ b,
  I32_NOT: (a: number) => ~a,
  I32_SHL: (a: number, b: number) => a << b,
  I32_SHR: (a: number, b: number) => a >> b,
  I32_USHR: (a: number, b: number) => (a >>> b) | 0,
  I32_ADD: (a: number, b: number) => (a + b) | 0,
  I32_SUB: (a: number, b: number) => (a - b) | 0,
  I32_MUL: Math.imul,
  I32_CLZ: Math.clz32,
  I32_LT: (a: number, b: number) => a < b,
  I32_LE: (a: number, b: number) => a <= b,
  I32_EQ: (a: number, b: number) => a === b,
  K_ADD: (a: number, b: number) => Number(BigInt(a) + BigInt(b)),
  K_SUB: (a: number, b: number) => Number(BigInt(a) - BigInt(b)),
  K_MIN: Math.min,
  K_MAX: Math.max,
  K_LT: (a: number, b: number) => a < b,
  K_LE: (a: number, b: number) => a <= b,
  K_EQ: (a: number, b: number) => a === b,
  I32_FROM_F64: (a: number) => a | 0,
  I32_FROM_K: (a: number) => a | 0,
  I32_FROM_BOOL: Number,
  F64_FROM_I32: (a: number) => a,
  F64_FROM_U32: (a: number) => a >>> 0,
  F64_FROM_K: (a: number) => a,
  F64_FROM_BOOL: Number,
  F64_FROM_STR: Number,
  F64_PARSE_FLOAT: Number.parseFloat,
  F64_PARSE_INT: Number.parseInt,
  K_FROM_I32: (a: number) => a,
  BOOL_FROM_F64: Boolean,
  BOOL_FROM_I32: Boolean,
  BOOL_FROM_STR: Boolean,
  BOOL_NOT: (a: boolean) => !a,
  BOOL_EQ: (a: boolean, b: boolean) => a === b,
  STR_FROM_F64: String,
  STR_FROM_I32: String,
  STR_FROM_BOOL: String,
  STR_FROM_CHAR_CODE: (a: number) => String.fromCharCode(a),
  STR_TO_FIXED: (a: number, digits: number) => a.toFixed(digits),
  STR_TO_RADIX: (a: number, radix: number) =>
    Math.trunc(radix) === 10 || (Number.isInteger(a) && Math.abs(a) < 2 ** 53) ? a.toString(radix) : bails,
  STR_CONCAT: (a: string, b: string) => a + b,
  STR_LENGTH: (a: string) => a.length,
  STR_EQ: (a: string, b: string) => a === b,
  STR_LT: (a: string, b: string) => a < b,
  STR_CHAR_CODE_AT: (a: string, at: number) => a.charCodeAt(at),
  STR_UNIT_AT: (a: string, at: number) => (at >= 0 && at < a.length ? a.charCodeAt(at) : bails),
  STR_CODE_POINT_AT: (a: string, at: number) => a.codePointAt(at) ?? bails,
  STR_CHAR_AT: (a: string, at: number) => a.charAt(at),
  STR_INDEX: (a: string, at: number) => a[at] ?? bails,
  STR_AT: (a: string, at: number) => a.at(at) ?? bails,
  STR_SLICE: (a: string, from: number, to: number) => a.slice(from, to),
  STR_SUBSTRING: (a: string, from: number, to: number) => a.substring(from, to),
  STR_SUBSTR: (a: string, from: number, length: number) => a.substr(from, length),
  STR_INDEX_OF: (a: string, b: string, from: number) => a.indexOf(b, from),
  STR_LAST_INDEX_OF: (a: string, b: string, from: number) => a.lastIndexOf(b, from),
  STR_INCLUDES: (a: string, b: string, from: number) => a.includes(b, from),
  STR_STARTS_WITH: (a: string, b: string, from: number) => a.startsWith(b, from),
  STR_ENDS_WITH: (a: string, b: string, end: number) => a.endsWith(b, end),
  STR_TRIM: (a: string) => a.trim(),
  STR_TRIM_START: (a: string) => a.trimStart(),
  STR_TRIM_END: (a: string) => a.trimEnd(),
  STR_PAD_START: (a: string, length: number, fill: string) => (length > 1e5 && fill ? bails : a.padStart(length, fill)),
  STR_PAD_END: (a: string, length: number, fill: string) => (length > 1e5 && fill ? bails : a.padEnd(length, fill)),
  STR_REPEAT: (a: string, times: number) => (times > 1e5 && a ? bails : a.repeat(times)),
  STR_LOWER: (a: string) => (ascii(a) ? a.toLowerCase() : bails),
  STR_UPPER: (a: string) => (ascii(a) ? a.toUpperCase() : bails),
  STR_REPLACE: (a: string, b: string, by: string) => (by.includes('$') && a.includes(b) ? bails : a.replace(b, by)),
  STR_REPLACE_ALL: (a: string, b: string, by: string) =>
    by.includes('$') && a.includes(b) ? bails : a.replaceAll(b, by),
  K_INDEX: (a: number) => (Number.isInteger(a) && a >= 0 && a < 2 ** 53 ? Math.abs(a) : bails),
}

function expected(twin: Twin, args: Values): unknown {
  try {
    return twin(...(args as never[]))
  } catch {
    return bails
  }
}

describeNative('operations', () => {
  test.each(Object.keys(twins))('%s', (name) => {
    const { programs } = theCore()
    const operation = programs.operations.find((one) => one.name === name)
    const twin = twins[name]
    if (operation === undefined || twin === undefined) throw new Error(name)
    const parameters = operation.operands.split('').map((letter) => types[letter] ?? 0)
    const result = types[operation.result] ?? 0
    const at = parameters.length
    const operands = parameters.map((_, index) => index)
    const bytes = assemble({
      parameters,
      locals: [result],
      result,
      lines: [
        [name, at, operands],
        ['RETURN', 0, [at, 1]],
      ],
    })
    const program = programs.openProgram(bytes)
    const wrong: unknown[] = []
    for (const args of tuples(operation.operands)) {
      const wanted = expected(twin, args)
      const got = program.call(args, Infinity, 2 ** 24)
      if (!Object.is(got, wanted === bails ? programs.BAILED : wanted)) wrong.push({ args, got, wanted })
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('every operation on scalars has its row here', () => {
    const named = theCore().programs.operations.filter(
      ({ name, operands, result }) =>
        !/VIEW|LIST|^LOG_|SLEEP|JUMP|CALL|RETURN|BAIL|MOVE|POLL|RANDOM|NOW/.test(name) &&
        !/[vS]/.test(operands + result),
    )
    expect(named.map(({ name }) => name)).toEqual(Object.keys(twins))
  })
})
