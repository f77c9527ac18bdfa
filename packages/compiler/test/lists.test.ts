// Arrays in compiled functions, against V8.
import { expect, it } from 'vitest'
import { BAILED, compiled, describeRun, differences, differencesInC, run } from './exact.ts'
import { numbers as edges, texts as edgeTexts } from './rows.ts'

const some = [[], [1], [3, 1, 2], [NaN, 0, -0, NaN], [10, 9, 1, 100, -1, 1e21, 0.5], [2, 2, 1, 2], edges]
const numbers = some.flatMap((a) => [0, 1, -1, 2, NaN, -0, 1.5, Infinity, -Infinity, 7].map((x) => [a, x] as const))
const words = [[], [''], ['b', 'a'], ['ä', 'a', 'Z', 'z', '日', '\ud800', '\u{1f600}'], ['a', 'a', 'b'], [...edgeTexts]]
const texts = words.flatMap((a) => ['', 'a', '日', ', '].map((x) => [a, x] as const))
const flags = [[], [true], [false, true, false, true], [false, false]].flatMap((a) =>
  [true, false].map((x) => [a, x] as const),
)

const ofAny = [
  '(a) => a.length',
  '(a) => a',
  '(a, x) => { a.push(x); return a }',
  '(a, x) => [a.push(x), a.push(x, x), a.push(), a.length]',
  '(a, x) => { const n = a.unshift(x, x); return { a, n } }',
  '(a, x) => a.concat(a, x)',
  '(a, x) => [...a, x, ...a]',
  '(a) => a.slice(1)',
  '(a) => a.slice(-2, -1)',
  '(a) => a.slice().reverse()',
  '(a) => a.toReversed()',
  '(a) => { const b = a; b.reverse(); return a }',
  '(a) => a.toSorted()',
  '(a) => { a.sort(); return a }',
  '(a) => a.sort(undefined)',
  '(a, x) => a.fill(x)',
  '(a, x) => a.fill(x, 1)',
  '(a, x) => a.fill(x, -2, -1)',
  '(a, x) => a.indexOf(x)',
  '(a, x) => a.indexOf(x, 1)',
  '(a, x) => a.indexOf(x, -1)',
  '(a, x) => a.lastIndexOf(x)',
  '(a, x) => a.lastIndexOf(x, 1)',
  '(a, x) => a.lastIndexOf(x, -2)',
  '(a, x) => a.lastIndexOf(x, undefined)',
  '(a, x) => a.includes(x)',
  '(a, x) => a.includes(x, 1)',
  '(a) => a.join()',
  '(a) => a.join("")',
  '(a) => a.join("日")',
  '(a) => `${a}` + a.toString() + String(a)',
  '(a) => a.pop()',
  '(a) => { const x = a.pop(); return { x, a } }',
  '(a) => { const x = a.shift(); return { x, a } }',
  '(a) => { let n = 0; while (a.pop() !== undefined) n++; return n + a.length }',
  '(a) => [a.at(0) === undefined, a.at(-1) === undefined, a.at(9) === undefined]',
  '(a) => { let n = 0; for (const x of a) n += x === x ? 1 : 2; return n }',
  '(a) => { const out = []; for (let i = a.length - 1; i >= 0; i--) out.push(a[i]); return out }',
  '(a) => { const out = []; for (let i = 0; i < a.length; i++) out[i] = a[i]; return out }',
  '(a, x) => { for (let i = 0; i < a.length; i++) a[i] = x; return a }',
  '(a) => a.map((x) => x)',
  '(a) => a.map((x, i) => i)',
  '(a) => a.map((x, i, all) => all.length - i)',
  '(a) => a.map(String)',
  '(a, x) => a.filter((y) => y === x)',
  '(a) => a.filter(Boolean)',
  '(a, x) => a.find((y) => y === x)',
  '(a, x) => a.findLast((y) => y !== x)',
  '(a, x) => a.findIndex((y) => y === x)',
  '(a, x) => a.findLastIndex((y) => y === x)',
  '(a, x) => a.some((y) => y === x)',
  '(a, x) => a.every((y) => y !== x)',
  '(a) => { let n = 0; a.forEach((x, i) => { n += i * 2 }); return n }',
  '(a) => a.reduce((s, x) => s + String(x), "")',
  '(a) => a.reduceRight((s, x, i) => `${s}${i}${x}`, "")',
  '(a) => a.reduce((list, x) => { list.push(x); return list }, [])',
  '(a) => { const r = a.splice(1, 2); return { a, r } }',
  '(a, x) => { const r = a.splice(-1, 1, x, x); return { a, r } }',
  '(a, x) => { a.splice(1, 0, ...a); return a }',
  '(a) => { const r = a.splice(1); return { a, r } }',
  '(a) => { a.splice(0, -1); return a.splice(9, 9) }',
  '(a) => { a.length = 0; return a }',
  '(a) => Array.from(a)',
  '(a) => Array.from(a, (x, i) => i)',
  '(a, x) => Array.of(x, x)',
  '(a, x) => new Array(3).fill(x)',
  '(a, x) => Array(a.length).fill(x).concat(a)',
  '(a) => Array.from({ length: a.length }, (_, i) => a.length - i)',
  '(a) => Array.isArray(a) && !Array.isArray(a.length)',
  '(a) => { const b = a; const c = a.slice(); return [a === b, a === c, a !== c] }',
  '(a) => { const f = (l) => { l.length = 0 }; f(a); return a }',
  '(a) => { const o = { a, n: 1 }; o.a.length = 0; return a }',
  '(a, x) => { const out = []; const add = (y) => { out.push(y) }; add(x); add(x); return out }',
  '(a, x) => { let b = a; b = [x]; b.push(x); return { a, b } }',
  '(a) => { const empty = []; return [empty.length, empty.indexOf(1), empty.length] }',
  '(a) => typeof a',
  '(a) => (a ? 1 : 0)',
  '(a) => { const n = a.length; const [x, y, ...rest] = a.concat(a); return n > 1 ? [x, y, ...rest] : [] }',
]

describeRun('arrays of numbers', () => {
  it.each([
    ...ofAny,
    '(a, x) => a[x]',
    '(a, x) => { a[x] = 5; return a }',
    '(a, x) => { a.length = x; return a }',
    '(a, x) => a.at(x)',
    '(a, x) => a.slice(x)',
    '(a, x) => a.splice(x, x)',
    '(a, x) => a.fill(x, x, x)',
    '(a, x) => a.indexOf(2, x)',
    '(a, x) => a.lastIndexOf(2, x)',
    '(a) => Math.max(...a) - Math.min(...a)',
    '(a, x) => a.map((y) => y * x)',
    '(a, x) => a.map(Math.abs).map(Math.sqrt)',
    '(a) => a.map((y) => y > 0).filter((y) => y).length',
    '(a) => a.reduce((s, y) => s + y)',
    '(a) => a.reduceRight((s, y) => s - y)',
    '(a) => { let s = 0; a.forEach((y) => { s += y }); return s }',
    '(a) => { let best = -Infinity; for (const y of a) if (y > best) best = y; return best }',
    '(a) => { const s = a.slice().sort((p, q) => p - q); const m = s.length >> 1; return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2 }',
    '(a) => a.sort((p, q) => q - p)',
    '(a) => a.sort((p, q) => p > q)',
    '(a) => a.toSorted((p, q) => (p % 3) - (q % 3))',
    '(a) => a.toSorted(() => 0)',
    '(a) => a.toSorted(() => NaN)',
    '(a, x) => { const by = (p, q) => Math.abs(p - x) - Math.abs(q - x); return a.sort(by) }',
    '(a) => new Float64Array(a)',
    '(a) => new Int32Array(a)',
    '(a) => { const v = new Uint8Array(a); return v.length + new Float64Array(v).length }',
    '(a) => { a[0] += 2; a[a.length - 1]++; return a }',
    '(a, x) => { const m = [0, 1]; for (let i = 2; i < 20; i++) m[i] = m[i - 1] + m[i - 2]; return m[x] }',
    '(a) => { for (const y of a) if (a.length < 20) a.push(y); return a }',
    '(a) => { a.forEach(() => { a.push(1) }); return a.length }',
    '(a, x) => Array.from({ length: x }, (_, i) => i)',
    '(a, x) => Array(x).fill(1)',
    '(a) => { let i = 0; return a.map(() => i++) }',
    '(a) => { const rows = [1, 2].map((r) => a.reduce((s, y) => s + y * r, 0)); return rows }',
    '(a) => { [a[0], a[1]] = [a[1], a[0]]; return a }',
    '([p, q], x) => p + q + x',
    '(a, x) => { const [p = x] = a; return p }',
  ])('%s', (text) => {
    expect(differences(text, ['number[]', 'number'], numbers, { mayBail: true })).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describeRun('arrays of strings', () => {
  it.each([
    ...ofAny,
    '(a, x) => x.split("")',
    '(a, x) => a.join(x).split(x)',
    '(a, x) => a.join("|").split("|", 2)',
    '(a, x) => [...x]',
    '(a, x) => Array.from(a.join(x))',
    '(a, x) => a.map((y) => y + x).sort()',
    '(a) => a.map((y) => y.length)',
    '(a) => a.map(Number)',
    '(a) => a.sort((p, q) => p.length - q.length)',
    '(a) => a.sort((p, q) => (p < q ? -1 : p > q ? 1 : 0))',
    '(a) => { let longest = ""; for (const y of a) if (y.length > longest.length) longest = y; return longest }',
    '(a) => a.map((y) => y.split("").reverse().join("")).join(" ")',
    '(a) => { const seen = []; for (const y of a) if (!seen.includes(y)) seen.push(y); return seen }',
    '(a) => { const [first = "none"] = a; return first }',
    '(a) => a.find((y) => y.length > 1)?.length',
  ])('%s', (text) => {
    expect(differences(text, ['string[]', 'string'], texts, { mayBail: true })).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describeRun('arrays of booleans', () => {
  it.each([
    ...ofAny,
    '(a) => a.every(Boolean)',
    '(a) => a.map((y) => !y)',
    '(a) => a.reduce((n, y) => n + (y ? 1 : 0), 0)',
    '(a, x) => { a[0] = x; return a[0] }',
  ])('%s', (text) => {
    expect(differences(text, ['boolean[]', 'boolean'], flags, { mayBail: true })).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describeRun('arrays and what is rare', () => {
  it.each([
    ['(a) => a[3]', [[1, 2]]],
    ['(a) => a[0.5]', [[1, 2]]],
    ['(a) => a[-1]', [[1, 2]]],
    ['(a) => { a[3] = 1; return a }', [[1, 2]]],
    ['(a) => { a.length = 3; return a }', [[1, 2]]],
    ['(a) => { a.forEach(() => { a.pop() }); return a }', [[1, 2]]],
    ['(a) => ({ a, b: a })', [[1, 2]]],
    ['(a) => a.reduce((s, x) => s + x)', [[]]],
    ['(a) => { for (;;) a.push(1) }', [[1]]],
  ])('gives up: %s', (text, args) => {
    expect(run(compiled(text, ['number[]']), args)).toBe(BAILED)
  })
})
