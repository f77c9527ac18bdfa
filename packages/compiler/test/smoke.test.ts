import { expect, it } from 'vitest'
import { BAILED, blockersOf, compiled, describeRun, expectSame, expectSameInC } from './exact.ts'
import { hasCompiler } from './library.ts'

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  2.5,
  -7,
  1e10,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  NaN,
  Infinity,
  -Infinity,
  1e300,
  5e-324,
]
const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b]))
const singles = numbers.map((a) => [a])
const n = ['number']
const nn = ['number', 'number']

describeRun('smoke', () => {
  it.each([
    '(a, b) => a + b',
    '(a, b) => a * b - b / a',
    '(a, b) => a % b',
    '(a, b) => a ** b',
    '(a, b) => (a | b) ^ (a & ~b)',
    '(a, b) => a << b',
    '(a, b) => a >>> b',
    '(a, b) => (a >>> 0) + (b >>> 0)',
    '(a, b) => a < b ? a : b',
    '(a, b) => a <= b && b > 0',
    '(a, b) => a && b',
    '(a, b) => a || b',
    '(a, b) => a ?? b',
    '(a, b) => !a',
    '(a, b) => -a',
    '(a, b) => (a | 0) + (b | 0)',
    '(a, b) => ((a | 0) + (b | 0)) | 0',
    '(a, b) => ((a | 0) * 31 + b) | 0',
    '(a, b) => Math.max(a, b, 3)',
    '(a, b) => Math.hypot(a, b)',
    '(a, b) => { a += b; b -= a; a *= 2; return a + (a = 3) + a++ + ++b }',
    '(a, b) => { let s = 0; for (let i = 0; i < 10; i++) s += i * a; return s }',
    '(a, b) => { let n = 0; outer: for (let i = 0; i < 10; i++) { for (let j = 0; j < 10; j++) { if (j > i) continue outer; if (i * j > 50) break outer; n++ } } return n }',
    '(a, b) => { switch (a) { case 0: return 1; case 1: b++; case 2: return b; default: return -1 } }',
    'function (a, b) { var x; if (a > b) x = a; else x = b; return x }',
    'function (a, b) { var x; if (a > b) x = a; return x }',
    '(a, b) => { do { a = a / 2; b++ } while (a > 1 && b < 1000 && b > -100); return b }',
    '(a, b) => { let i = 5; while (i--) { if (i === 2) continue; a += i } return a }',
    '(a, b) => Math.imul(a, b) + Math.clz32(a)',
    '(a, b) => { const x = a > 1, y = b; return x ? y : -y }',
    '(a, b) => `${a} and ${b}!`',
    '(a, b) => a + "" + b',
    '(a, b) => String(a).length + b',
    '(a, b) => ({ sum: a + b, big: a > b, text: "x" + a })',
    '(a, b) => { if (a > b) return; return a }',
    '(a, b) => a == null ? 1 : void 0',
    '(a) => typeof a',
    '(a, b) => { [a, b] = [b, a]; return a - b }',
    '(a, b) => { const f = (x) => x * b; return f(a) + f(2) }',
    'function f(a, b) { return b > 3 ? a : f(a + 1, b + 1) }',
    '(a, b) => { let k = 0; for (const c of "a\u{1f600}b") k += c.length; return k }',
    '(a, b) => { let r = a; r ||= b; r &&= 4; return r }',
    '(a, b) => { const v = new Float64Array(4); v[1] = a; v[2] += b; return v }',
    '(a, b) => { const v = new Uint8Array(4); v[0] = a; v[1] = v[0] + 250; return v[1] + v.length }',
    '(a, b) => { const o = { x: 1, y: a }; o.x += b; o.y++; return o }',
    '(a, b) => { throw new Error("x") }',
    '(a, b) => (a > 0 ? "p" : "n") + (a >= b)',
    '(a, b) => { let h = 2166136261; for (let i = 0; i < 5; i++) { h ^= i; h = Math.imul(h, 16777619) } return h >>> 0 }',
    '(a, b) => { let x = a >>> 0; x = x >>> 3; return x - 1 }',
    '(a, b = 4) => a + b',
    '(a, b) => { const half = (x) => ({ low: x / 2, text: String(x) }); const h = half(a); return h.low + h.text + half(b).text }',
    '(a, b) => { function find(x) { if (x > b) return x } const f = find(a); return f === undefined ? -1 : f + 1 }',
    '(a, b) => { function find(x) { return x > b ? null : x } return find(a) ?? 7 }',
    '(a, b) => { { function g(x) { return x + b } a = g(a) } return a }',
    '(a, b) => { const g = (x, y = x) => ((x |= 5) * y); return g(a) + b }',
    '(a, b) => { const none = () => ({}); const r = none(); return { r, a } }',
    '(a, b) => NaN.toFixed(2) + Infinity',
    '(a, b) => { let best; for (let i = 0; i < 5; i++) if (i * a > b && best === undefined) best = i; return best }',
    '(a, b) => { let best = null; for (let i = 0; i < 5; i++) if (best == null || i * a > best) best = i * a; return best }',
    '(a, b, c = 7) => a + c',
    '(a,b) => a.toFixed(2) + b.toString(16)',
  ])('%s', (text) => {
    expectSame(text, nn, pairs, { mayBail: /toFixed|for.*of|=> \[a|return x \}$/.test(text) })
  })
  it.runIf(hasCompiler)('does the same in C', () => expectSameInC())
  it('prints', () => {
    expect(
      compiled(
        '(a, b) => { let s = 0; for (let i = 0; i < b; i++) { s = (s + i) | 0; if (s === a) break } return s }',
        nn,
      ).ir,
    ).toMatchInlineSnapshot(`
      "function 0 body(a: n, b: n): n
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
      "
    `)
    expect(blockersOf('(a) => { fetch(a); a = "x"; return this }', n)).toMatchInlineSnapshot(`
      [
        "CZ1003: 'fetch' is not available in compiled tasks (line 1, column 10)",
        "CZ1008: 'a' holds a number and a string: a variable keeps one type (line 1, column 20)",
        "CZ1006: \`this\` is not compiled (line 1, column 36)",
      ]
    `)
    expect(singles.length + BAILED.length).toBeGreaterThan(0)
  })
})
