// Branches, loops, switches and labels in compiled functions, against V8.
import { expect, it } from 'vitest'
import { compiled, describeRun, differences, differencesInC } from './exact.ts'
import { pairs } from './rows.ts'

const two = ['number', 'number']

describeRun('the flow of control', () => {
  it.each([
    '(a, b) => a < b ? a : b',
    '(a, b) => a <= b && b > 0',
    '(a, b) => a && b',
    '(a, b) => a || b',
    '(a, b) => (a && b, a || b) ? 1 : 2',
    '(a, b) => !(a > 1 || b > 1) && !(a < -1 && !(b < 0))',
    '(a, b) => { if (a > 1) { if (b > 1) return 1; else return 2 } else if (b > 1) return 3; return 4 }',
    '(a, b) => { a += b; b -= a; a *= 2; return a + (a = 3) + a++ + ++b + b-- + a }',
    '(a, b) => { let x = a; return x + (x = b) + x }',
    '(a, b) => { let x = a; const y = x++ + x++; return x - y + (x += x + (x = 2)) }',
    '(a, b) => { let s = 0; for (let i = 0; i < 10; i++) s += i * a; return s }',
    '(a, b) => { let s = 0; for (let i = 9; i >= 0; i -= 2) { if (i === 5) continue; s += i / b } return s }',
    '(a, b) => { let n = 0; outer: for (let i = 0; i < 10; i++) { for (let j = 0; j < 10; j++) { if (j > i) continue outer; if (i * j > 50) break outer; n++ } } return n }',
    '(a, b) => { let n = 0; one: two: while (true) { n++; if (n < 4) continue one; break two } return n + a }',
    '(a, b) => { let n = 0; out: { n = 1; if (a > b) break out; n = 2 } return n }',
    '(a, b) => { out: if (a > b) { if (a > 1) break out; return 1 } return 2 }',
    '(a, b) => { switch (a) { case 0: return 1; case 1: b++; case 2: return b; default: return -1 } }',
    '(a, b) => { let n = 0; switch (b) { default: n++; case 1: n += 10; break; case -1: n = 5 } return n }',
    '(a, b) => { let n = 0; for (;;) { switch (n) { case 3: n += 5; break; case 8: return n; default: n++; continue } n += 0 } }',
    '(a, b) => { switch (true) { case a > b: return 1; case a < b: return 2 } return 3 }',
    '(a, b) => { switch (a) { case b: { let x = 1; return x } case 2: { let x = 3; return x } } return 0 }',
    'function (a, b) { var x; if (a > b) x = a; else x = b; return x }',
    'function (a, b) { x = 1; if (a > b) { var x = a } return x }',
    'function (a, b) { for (var i = 0; i < 3; i++) { var y = i } return i + y }',
    '(a, b) => { do { a = a / 2; b++ } while (a > 1 && b < 1000 && b > -100); return b }',
    '(a, b) => { let n = 0; do { n++; if (n === 2) continue; if (n > 4) break } while (n < 10); return n }',
    '(a, b) => { let i = 5; while (i--) { if (i === 2) continue; a += i } return a }',
    '(a, b) => { while (false) { a = 1 } return a; b = 2 }',
    '(a, b) => { if (false) { fetch(a) } return 1 ? a : missing() }',
    '(a, b) => { const x = a > 1, y = b; return x ? y : -y }',
    '(a, b) => { [a, b] = [b, a]; return a - b }',
    '(a, b) => { let [x, y] = [a + 1, b]; [x, y] = [y + x, x]; return x * 2 - y }',
    '(a, b) => { let r = a; r ||= b; r &&= 4; r ??= 5; return r }',
    '(a, b) => { a > b && (a = 1); a < b || (b = 2); a == b ? a++ : b--; return a + b }',
    '(a, b) => { try { return a + b } catch { return 0 } }',
    '(a, b) => { let n = 0; try { n = a } catch (e) { n = 1 } finally { n += b } return n }',
    '(a, b) => { try { if (a > 1) return a; a = 5 } finally { b += 10 } return a + b }',
    '(a, b) => { let n = 0; for (let i = 0; i < 5; i++) { try { if (i === 2) continue; if (i > a) break; n += i } finally { n += 100 } } return n + b }',
    '(a, b) => { try { return a } finally { a = 7; b = 1 } }',
    '(a, b) => { try { return a } finally { if (b > 1) return b } }',
    '(a, b) => { let n = 0; for (;;) { n++; try { if (n > 3) return a } finally { if (n > 2 && b > 0) break } } return n }',
    '(a, b) => { let n = 0; out: for (let i = 0; i < 3; i++) { try { try { if (i === 1) continue out; n++ } finally { n += 10 } } finally { n += 100; if (b > 1) break out } } return n }',
    '(a, b) => { try { if (a > b) throw a; return 1 } finally { a = 2 } }',
    '(a, b) => { let n = 0; const f = (x) => { try { return x } finally { n2(x) } }; function n2(x) { return x } return f(a) + f(b) }',
    '(a, b) => { try { try { return a } finally { a++ } } finally { if (a > 5) return a } return 0 }',
    '(a, b) => { throw new RangeError(`${a}`) }',
    '(a, b) => { if (a > b) throw a; return b }',
    '(a, b) => { let a2 = a; { let a2 = b; a2++ } return a2 }',
    'function (a, b) { return void 0, a }',
    '(a, b) => { ; ; return !0 && !1 }',
    '(a, b) => { "use strict"; return a }',
  ])('%s', (text) => {
    expect(differences(text, two, pairs)).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

it.each([
  ['(a) => a', false],
  ['(a) => { for (;;) { if (a > 1) return a; a++ } }', true],
  ['function f(a) { return a > 1 ? a : f(a + 1) }', true],
  ['(a) => { do { a++ } while (false); return a }', false],
  ['(a) => { for (const x of "ab") a++; return a }', true],
])('knows whether %s has loops: %s', (text, loops) => {
  expect(compiled(text, ['number']).loops).toBe(loops)
})
