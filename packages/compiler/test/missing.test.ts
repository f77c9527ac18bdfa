// Values that may be undefined or null in compiled functions, against V8.
import { expect, it } from 'vitest'
import { describeRun, differences, differencesInC } from './exact.ts'
import { pairs } from './rows.ts'

describeRun('values that may be missing', () => {
  it.each([
    'function (a, b) { if (a > b) return a }',
    '(a, b) => { if (a > b) return; return a }',
    '(a, b) => (a > b ? null : { x: a })',
    '(a, b) => { let best; for (let i = 0; i < 5; i++) if (i * a > b && best === undefined) best = i; return best }',
    '(a, b) => { let best = null; for (let i = 0; i < 5; i++) if (best == null || i * a > best) best = i * a; return best }',
    '(a, b) => { let x; return x ?? a }',
    '(a, b) => { let x = a > b ? "s" : undefined; return x ? x.length : -1 }',
    '(a, b) => { let x = a > b ? 0 : null; return x !== null && x === 0 }',
    '(a, b) => { let x; x ??= a; x ||= b; return x }',
    '(a, b) => { let x; let y = x; y = b; return x === undefined ? y : a }',
    '(a, b) => { var x = b > 1 ? a : void 0; x = x != null ? x : 5; return x }',
    '(a, b, c) => c === undefined ? a : b',
    '(a, b, c = 7) => a + c',
    '(a, b = 4) => a + b',
    '(a, b) => { let x; if (a > b) x = a; return typeof x === "undefined" ? -1 : typeof x === "number" ? x : 0 }',
    '(a, b) => { let x = null; if (a > b) x = a; return typeof x }',
    '(a, b) => { let x; if (a > b) x = "t"; return x?.length }',
    '(a, b) => { let x = null; if (a > b) x = { y: a }; return x?.y ?? b }',
    '(a, b) => { let x; if (a > b) x = { y: a }; if (x != null) return x.y; return b }',
    '(a, b) => { for (let i = 0; i < 3; i++) { let x; if (i === 1) x = a; if (x !== undefined) return x } return b }',
  ])('%s', (text) => {
    expect(differences(text, ['number', 'number'], pairs)).toStrictEqual([])
  })

  it.each([
    'function (a, b) { var x; if (a > b) x = a; return x + 1 }',
    '(a, b) => { let x; if (a > b) x = "t"; return x.length }',
    '(a, b) => { let x; if (a > b) x = new Uint8Array(2); return x[0] }',
  ])('%s, or gives up', (text) => {
    expect(differences(text, ['number', 'number'], pairs, { mayBail: true })).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})
