// Strings in compiled functions, against V8.
import { expect, it } from 'vitest'
import { describeRun, differences, differencesInC } from './exact.ts'
import { numbers, pairs, singles, textAndNumber, textPairs, textRows } from './rows.ts'

describeRun('texts', () => {
  it.each([
    '(s) => s + s',
    '(s) => `<${s}> ${s.length}!`',
    '(s) => "".concat(s, 1, true, null, void 0)',
    '(s) => s.length',
    '(s) => s ? 1 : 2',
    '(s) => !s || s === "a"',
    '(s) => s.trim() + s.trimStart() + s.trimEnd()',
    '(s) => Number(s)',
    '(s) => +s * 2',
    '(s) => parseInt(s) + parseFloat(s)',
    '(s) => Number.parseInt(s, 16)',
    '(s) => s.charAt() + s.charCodeAt()',
    '(s) => s.slice() + s.slice(-2) + s.substring(1)',
    '(s) => s.padStart(8) + s.padEnd(8, "ab") + s.padStart(3, "")',
    '(s) => s.indexOf("a") + s.lastIndexOf("a")',
    '(s) => s.includes("b") || s.startsWith("x") || s.endsWith("y")',
    '(s) => s.repeat(3).length',
    '(s) => typeof s + s.toString() + s.valueOf() + String(s)',
    '(s) => { let r = ""; for (const c of s) r = c + r; return r }',
    '(s) => { let h = 0; for (let i = 0; i < s.length; i++) h = (h * 31 + s.charCodeAt(i)) | 0; return h }',
    '(s) => { let n = 0; for (let i = 0; i < s.length; i++) if (s[i] === "a") n++; return n }',
    '(s) => { let r = ""; for (let i = s.length - 1; i >= 0; i--) r += s[i]; return r }',
    '(s) => s.replace("a", "b") + s.replaceAll("a", "cd")',
    '(s) => { switch (s) { case "a": return 1; case "abc": return 2 } return 0 }',
    '(s) => s || "none"',
    '(s) => s && s.length > 1 ? "long" : "short"',
    '(s) => `${s}${-0}${1e21}${0.1}${NaN}`',
  ])('%s', (text) => {
    expect(differences(text, ['string'], textRows)).toStrictEqual([])
  })

  it.each([
    '(s) => s.toUpperCase() + s.toLowerCase()',
    '(s) => s.at(-1) + s.at(0)',
    '(s) => s.codePointAt(0)',
    '(s) => { let n = 0; for (let i = 0; i <= s.length; i++) n += s.charCodeAt(i); return n }',
    '(s) => s[0]',
    '(s) => s.replace("a", s)',
    '(s) => Math.abs(s)',
  ])('%s, or gives up', (text) => {
    expect(differences(text, ['string'], textRows, { mayBail: true })).toStrictEqual([])
  })

  it.each([
    '(a, b) => a < b',
    '(a, b) => a <= b',
    '(a, b) => a > b',
    '(a, b) => a >= b',
    '(a, b) => a === b',
    '(a, b) => a != b',
    '(a, b) => a + b',
    '(a, b) => a.indexOf(b) + a.lastIndexOf(b) * 100',
    '(a, b) => a.includes(b)',
    '(a, b) => a.startsWith(b) + a.endsWith(b) * 2',
    '(a, b) => a > b ? a : b',
  ])('%s', (text) => {
    expect(differences(text, ['string', 'string'], textPairs)).toStrictEqual([])
  })

  it.each([
    '(s, n) => s + n',
    '(s, n) => n + s',
    '(s, n) => s + (n | 0) + (n > 1)',
    '(s, n) => s.charAt(n) + s.charCodeAt(n)',
    '(s, n) => s.slice(n) + "|" + s.slice(0, n) + "|" + s.slice(n, -1)',
    '(s, n) => s.substring(n) + "|" + s.substring(2, n)',
    '(s, n) => s.substr(n, 2) + "|" + s.substr(n)',
    '(s, n) => s.indexOf("a", n)',
    '(s, n) => s.lastIndexOf("a", n)',
    '(s, n) => s.includes("a", n)',
    '(s, n) => s.startsWith("a", n)',
    '(s, n) => s.endsWith("a", n)',
    '(s, n) => parseInt(s, n)',
    '(s, n) => s === n',
    '(s, n) => { s += n; s += 1; return s }',
  ])('%s', (text) => {
    expect(differences(text, ['string', 'number'], textAndNumber)).toStrictEqual([])
  })

  it.each(['(s, n) => s.padStart(n, "xy")', '(s, n) => s.repeat(n)', '(s, n) => s[n]', '(s, n) => s.at(n)'])(
    '%s, or gives up',
    (text) => {
      expect(differences(text, ['string', 'number'], textAndNumber, { mayBail: true })).toStrictEqual([])
    },
  )

  it.each(['(a) => String(a)', '(a) => a + ""', '(a) => `${a}`', '(a) => a.toString()', '(a) => `${a | 0}`'])(
    '%s',
    (text) => {
      expect(differences(text, ['number'], singles)).toStrictEqual([])
    },
  )

  it('writes numbers with digits', () => {
    const rows = numbers.flatMap((a) => [0, 1, 2, 5, 20].map((b) => [a, b]))
    expect(differences('(a, b) => a.toFixed(b)', ['number', 'number'], rows)).toStrictEqual([])
    expect(differences('(a) => a.toFixed()', ['number'], singles)).toStrictEqual([])
    const radixes = { mayBail: true }
    expect(differences('(a, b) => a.toString(b)', ['number', 'number'], pairs, radixes)).toStrictEqual([])
    expect(differences('(a) => a.toString(10) + NaN.toFixed(2)', ['number'], singles)).toStrictEqual([])
    expect(differences('(a) => String.fromCharCode(a, 65, a)', ['number'], singles)).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})
