// Calls between compiled functions, and of functions from outside, against V8.
import { describe, expect, it } from 'vitest'
import { blockersOf, compiled, describeRun, differences, differencesInC } from './exact.ts'
import { numbers, pairs } from './rows.ts'

const two = ['number', 'number']
const small = [0, 1, 2, 5, 12].map((n) => [n])

describeRun('calls', () => {
  it.each([
    '(a, b) => { const f = (x) => x * b; return f(a) + f(2) }',
    '(a, b) => { function f(x, y = x) { return x + y } return f(a) + f(a, b) }',
    '(a, b) => { const g = (x, y = x) => ((x |= 5) * y); return g(a) + b }',
    '(a, b) => { return twice(a) + b; function twice(x) { return x * 2 } }',
    '(a, b) => { { function g(x) { return x + b } a = g(a) } return a }',
    '(a, b) => { const f = (x) => x + 1, g = (x) => f(f(x)) * a; return g(b) }',
    '(a, b) => { const s = (x) => `${x}!`; return s(a) + s("t") + s(true) }',
    '(a, b) => ((x, y) => x - y)(b, a)',
    '(a, b) => (function self(n) { return n > 3 ? b : self(n + 1) })(0)',
    '(a, b) => { const k = 3; const f = () => k * a; const g = () => f() + b; return g() }',
    '(a, b) => { const log = () => {}; log(a); return b }',
    '(a, b) => { function find(x) { if (x > b) return x } const f = find(a); return f === undefined ? -1 : f + 1 }',
    '(a, b) => { function find(x) { return x > b ? null : x } return find(a) ?? 7 }',
    '(a, b) => { let n = a; const f = (x) => x; n++; return f(n) + f(n++) + n }',
    '(a, b, ...[]) => a'.replace(', ...[]', ''),
  ])('%s', (text) => {
    expect(differences(text, two, pairs)).toStrictEqual([])
  })

  it.each([
    'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }',
    '(n) => { const even = (x) => x === 0 ? true : odd(x - 1); const odd = (x) => x === 0 ? false : even(x - 1); return even(n) }',
    '(n) => { const memo = new Float64Array(20); const f = (i) => { if (i < 2) return i; if (memo[i] > 0) return memo[i]; return memo[i] = f(i - 1) + f(i - 2) }; return f(n) }',
    '(n) => { const pad = (s, k) => k <= 0 ? s : pad("-" + s, k - 1); return pad("x", n) }',
  ])('%s', (text) => {
    expect(differences(text, ['number'], small)).toStrictEqual([])
  })

  it('gives up where V8 runs out of stack', () => {
    expect(differences('function f(n) { return f(n + 1) }', ['number'], [[0]])).toStrictEqual([])
    const deep = 'function f(n) { return n === 0 ? 0 : 1 + f(n - 1) }'
    expect(differences(deep, ['number'], [[1000], [5000]], { mayBail: true })).toStrictEqual([])
  })

  it('captures constants and functions', () => {
    const clamp = (x: number): number => (x > 100 ? 100 : x)
    const captures = {
      RATE: 0.25,
      NAME: 'tax',
      ON: true,
      clamp,
      LIMITS: Object.freeze({ low: 1, inner: Object.freeze({ high: 2 }) }),
      scaled: { source: '(x) => x * FACTOR', captures: { FACTOR: 3 } },
    }
    const rows = numbers.map((a) => [a])
    const own = { ...captures, scaled: (x: number) => x * 3 }
    const text = '(a) => (ON ? NAME : "") + clamp(a * RATE) + LIMITS.low + LIMITS.inner.high'
    expect(differences(text, ['number'], rows, { captures: own })).toStrictEqual([])
    const direct = differences('(a) => 3 * a', ['number'], rows)
    expect(direct).toStrictEqual([])
    expect(compiled('(a) => scaled(a)', ['number'], { captures }).ir).toContain('F64_MUL x 3n')
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describe('what calls may not do', () => {
  it.each([
    ['(a) => { const f = (x) => x; const g = f; return g(a) }', 'CZ1013'],
    ['(a) => { let n = 0; const f = () => n; n++; return f() }', 'CZ1014'],
    ['(a) => { let n = 0; const f = () => { n = 1 }; f(); return n }', 'CZ1014'],
    ['(a) => { const x = f(a); const f = (y) => y; return x }', 'CZ1012'],
    ['(a) => { const f = () => k; const x = f(); const k = 1; return x }', 'CZ1012'],
    ['(a) => { let f = (x) => x; f = (x) => 1; return f(a) }', 'a function as a value'],
    ['(a) => [1, 2].map(...a)', 'CZ1006'],
    ['(a) => a.map((x) => x)', "CZ1010: 'map' of a number"],
    ['(a) => { const f = async (x) => x; f(a); return 1 }', 'CZ1002'],
    ['(a) => { function f(...x) { return 1 } return f(a) }', 'CZ1018'],
    ['(a) => Math.hypot(...a)', 'CZ1006'],
    ['(a) => outside(a)', 'CZ1004'],
    ['(a) => { const f = (x) => g(x), g = (x) => h(x), h = (x) => { throw x }; return f("1") + f({ a: { a } }) }', ''],
  ])('%s: %s', (text, words) => {
    expect(blockersOf(text, ['number']).join()).toContain(words)
  })
})
