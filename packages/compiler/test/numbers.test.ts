// Numbers of all classes in compiled functions, against V8.
import { describe, expect, it } from 'vitest'
import { compiled, describeRun, differences, differencesInC } from './exact.ts'
import { pairs, singles } from './rows.ts'

const two = ['number', 'number']

describeRun('numbers', () => {
  it.each([
    '(a, b) => a + b',
    '(a, b) => a * b - b / a',
    '(a, b) => a % b',
    '(a, b) => a % b === 0',
    '(a, b) => (a % b !== 0 ? a % b : b % 2 === 0 ? 1 : 2)',
    '(a, b) => Math.min(a | 0, b | 0, 7) - Math.max(a | 0, b >>> 0)',
    '(a, b) => 1 / Math.abs(a | 0) + Math.abs(b | 0)',
    '(a, b) => { let h = 0x811c9dc5; for (let i = 0; i < 4; i++) h = Math.imul(h ^ (a | 0), b); return h >>> 0 }',
    '(a, b) => a ** b',
    '(a, b) => a ** b ** 2',
    '(a, b) => (a | b) ^ (a & ~b)',
    '(a, b) => a << b',
    '(a, b) => a >> b',
    '(a, b) => a >>> b',
    '(a, b) => (a >>> 0) + (b >>> 0)',
    '(a, b) => ((a >>> 0) - (b >>> 0)) | 0',
    '(a, b) => (a >>> 0) === (b >>> 0)',
    '(a, b) => (a >>> 0) < (b >>> 0)',
    '(a, b) => (a | 0) + (b | 0)',
    '(a, b) => ((a | 0) + (b | 0)) | 0',
    '(a, b) => ((a | 0) * 31 + b) | 0',
    '(a, b) => ((a | 0) * (b | 0)) | 0',
    '(a, b) => (-(a | 0)) | 0',
    '(a, b) => -(a | 0)',
    '(a, b) => -(a | 0) * 0',
    '(a, b) => (a | 0) % (b | 0)',
    '(a, b) => (a & 7) / (b & 3)',
    '(a, b) => +a - -b',
    '(a, b) => a < b',
    '(a, b) => a <= b',
    '(a, b) => a > b',
    '(a, b) => a >= b',
    '(a, b) => a === b',
    '(a, b) => a != b',
    '(a, b) => Object.is(a, b)',
    '(a, b) => !a',
    '(a, b) => !(a | 0)',
    '(a, b) => (a > 1) + (b > 1)',
    '(a, b) => a * true - false',
    '(a, b) => { let h = 2166136261; for (let i = 0; i < 5; i++) { h ^= i + a; h = Math.imul(h, 16777619) } return h >>> 0 }',
    '(a, b) => { let x = a >>> 0; x = x >>> 3; return x - 1 }',
    '(a, b) => { let x = a | 0; x++; x += b | 0; return x }',
    '(a, b) => { let x = 2147483640; for (let i = 0; i < 20; i++) x++; return x + a }',
    '(a, b) => { let x = 2147483640; for (let i = 0; i < 20; i++) x += i; return x }',
    '(a, b) => { let x = 1; for (let i = 0; i < 70; i++) x = x + x; return x }',
    '(a, b) => { let x = 0; for (let i = 0; i < 9; i++) x = -x; return x }',
    '(a, b) => { let x = 0; x--; x -= 3; return x * 0 }',
    '(a, b) => Math.max(a, b, 3) - Math.min(a, b)',
    '(a, b) => Math.max() + Math.min(a)',
    '(a, b) => Math.hypot(a, b)',
    '(a, b) => Math.atan2(a, b)',
    '(a, b) => Math.imul(a, b)',
    '(a, b) => Math.imul(a) + Math.floor()',
    '(a, b) => Math.pow(a, b)',
    '(a, b) => Math.PI * Number.EPSILON',
    '(a, b) => -9007199254740991 - a',
    '(a, b) => 0.1 + 0.2 + 1e21 + .5e-7 + 0xff + 1_000',
    '(a, b) => (0 * -1) / a',
  ])('%s', (text) => {
    expect(differences(text, two, pairs)).toStrictEqual([])
  })

  it.each(
    `abs acos acosh asin asinh atan atanh cbrt ceil clz32 cos cosh exp expm1 floor fround log log10 log1p log2 round sign sin sinh sqrt tan tanh trunc`
      .split(' ')
      .map((name) => `(a) => Math.${name}(a)`),
  )('%s', (text) => {
    expect(differences(text, ['number'], singles)).toStrictEqual([])
  })

  it.each([
    '(a) => Number.isInteger(a)',
    '(a) => Number.isSafeInteger(a)',
    '(a) => Number.isNaN(a)',
    '(a) => Number.isFinite(a)',
    '(a) => isNaN(a) || isFinite(a)',
    '(a) => Number(a) + Number(a > 1) + Number(null)',
    '(a) => Boolean(a)',
    '(a) => a ? 1 : 2',
    '(a) => typeof a',
    '(a) => a === void 0',
    '(a) => a ?? 5',
  ])('%s', (text) => {
    expect(differences(text, ['number'], singles)).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describe('the instructions of numbers', () => {
  it('keeps whole numbers whole', () => {
    expect(compiled('(a, b) => ((a | 0) + (b | 0)) | 0', two).ir).toBe(`function 0 body(a: n, b: n): n
  #0: i = I32_FROM_F64 a
  #1: i = I32_FROM_F64 b
  #2: i = I32_ADD #0 #1
  #3: n = F64_FROM_I32 #2
  RETURN #3
`)
  })

  it('counts loops by counters', () => {
    const text = '(a, b) => { let s = 0; for (let i = 0; i < b; i++) { s = (s + i) | 0; if (s === a) break } return s }'
    expect(compiled(text, two).ir).toBe(`function 0 body(a: n, b: n): n
  s: i = MOVE 0i
  i: k = MOVE 0k
  JUMP L0
L1:
  #0: i = I32_FROM_K i
  s: i = I32_ADD s #0
  #1: n = F64_FROM_I32 s
  #2: b = F64_EQ #1 a
  JUMP_IF #2 L2
  i: k = K_ADD i 1k
  POLL
L0:
  #3: n = F64_FROM_K i
  #4: b = F64_LT #3 b
  JUMP_IF #4 L1
L2:
  #5: n = F64_FROM_I32 s
  RETURN #5
`)
  })

  it('holds as int32 what is only looked at as one', () => {
    const text =
      '(a) => { let h = 0x811c9dc5; for (let i = 0; i < 4; i++) h = Math.imul(h ^ i, 0x01000193); return h >>> 0 }'
    const { ir } = compiled(text, ['number'])
    expect(ir).toContain('h: i = MOVE -2128831035i')
    expect(ir).not.toContain('I32_FROM_F64')
  })

  it('holds as a number what is also looked at as one', () => {
    const text = '(a) => { let h = 0x811c9dc5; for (let i = 0; i < 4; i++) h = h ^ i; return h }'
    expect(compiled(text, ['number']).ir).toContain('h: n = MOVE 2166136261n')
  })

  it('asks for a multiple, not for the remainder, and finds extremes of whole numbers', () => {
    expect(compiled('(a, b) => a % b === 0', two).ir).toContain('F64_IS_MULTIPLE a b')
    const { ir } = compiled('(a, b) => Math.min(a | 0, b | 0) + Math.max(a | 0, 3) + Math.abs(b | 0)', two)
    expect(ir).not.toMatch(/F64_(MIN|MAX|ABS)/)
  })

  it('does what is known at once', () => {
    expect(compiled('() => 2 * 3 + (1 << 4) + "x".length - -0', []).ir).toBe(`function 0 body(): n
  RETURN 23n
`)
  })
})
