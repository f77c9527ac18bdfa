// Programs written by hand, each for one trap that random programs meet too seldom.
import type { Hint, Program } from './program.ts'
import { Random } from './random.ts'
import { randomArguments } from './values.ts'

const program = (source: string, ...types: Hint[]): Program => ({ source, types, captures: {} })

/** Each is called with many arguments of its types. */
export const directed: Readonly<Record<string, Program>> = {
  'a fused multiply-add rounds once': program('(a, b, c) => a * b + c', 'number', 'number', 'number'),
  'a fused multiply-subtract': program('(a, b, c) => a * b - c * a', 'number', 'number', 'number'),
  'a fused product in a loop': program(
    'function f(x) { let s = 0.1; for (let i = 0; i < 20; i++) s = s * x + 0.3; return s }',
    'number',
  ),
  'a product that is rounded to single': program(
    '(a, b) => Math.fround(a * b) + Math.fround(a + b)',
    'number',
    'number',
  ),
  'a constant is folded as V8 folds it': program('() => Math.sin(1) + Math.pow(2, 0.5) + 0.1 * 3 + 1e300 * 10'),
  'a check behind a conversion': program('(a) => (Math.abs(Math.cosh(a)) | 0) + (a >>> 0)', 'number'),
  'ToInt32 of everything': program('(a) => `${a | 0} ${a >>> 0} ${~a} ${a << 3} ${a >> 3} ${a >>> 3}`', 'number'),
  'a sum that is wrapped late': program('(a, b) => ((a | 0) + (b | 0) + 1) | 0', 'number', 'number'),
  'a product of int32 is no int32': program('(a, b) => ((a | 0) * (b | 0)) | 0', 'number', 'number'),
  'a product of uint32': program('(a, b) => ((a >>> 0) * (b >>> 0)) >>> 0', 'number', 'number'),
  'int32 minus int32 leaves int32': program('(a, b) => (a | 0) - (b | 0)', 'number', 'number'),
  'the negative of int32 0 is -0': program('(a) => 1 / -(a | 0)', 'number'),
  'a product with 0 is -0': program('(a) => 1 / ((a | 0) * 0)', 'number'),
  'a remainder of a negative is -0': program('(a) => 1 / ((a | 0) % 2)', 'number'),
  'the least int32 by -1': program('(a) => `${(a | 0) / -1} ${(a | 0) % -1} ${Math.abs(a | 0)} ${-(a | 0)}`', 'number'),
  'uint32 are compared as what they are': program(
    '(a, b) => `${a >>> 0 < b >>> 0} ${a >>> 0 <= b >>> 0} ${a >>> 0 > (b | 0)} ${a >>> 0 === (b | 0)}`',
    'number',
    'number',
  ),
  'the first whole number that is not safe': program(
    '(a) => `${Number.isSafeInteger(9007199254740992 + a * 0)} ${Number.isSafeInteger(a * 0 - 9007199254740992)} ${Number.isSafeInteger(9007199254740991 + a * 0)}`',
    'number',
  ),
  'what nobody reads may throw': program('(s, a) => { s.repeat(a); a.toFixed(a); return a }', 'string', 'number'),
  'shifts by any number': program('(a, b) => `${a << b} ${a >> b} ${a >>> b}`', 'number', 'number'),
  '-0 as text': program(
    '(a) => `${a} ${1 / a} ${String(-a)} ${a + ""} ${(-a).toFixed(1)} ${(a | 0).toString()}`',
    'number',
  ),
  'halves are rounded up': program(
    '(a) => `${Math.round(a)} ${Math.round(-a)} ${1 / Math.round(a)} ${Math.round(a + 0.5)}`',
    'number',
  ),
  'min and max of zeros and NaN': program(
    '(a, b) => `${1 / Math.min(a, b)} ${1 / Math.max(a, b)} ${Math.max(b, a)}`',
    'number',
    'number',
  ),
  'the sign of zeros': program('(a) => 1 / Math.sign(a)', 'number'),
  'min and max of none and one': program(
    '(a) => `${Math.min()} ${Math.max()} ${Math.min(a)} ${Math.max(a, a, 1)}`',
    'number',
  ),
  'hypot of everything': program(
    '(a, b) => `${Math.hypot(a, b)} ${Math.hypot(a)} ${Math.hypot()} ${Math.hypot(b, a)}`',
    'number',
    'number',
  ),
  'powers of everything': program(
    '(a, b) => `${a ** b} ${Math.pow(b, a)} ${a ** 0.5} ${a ** -0.5} ${(-8) ** (1 / 3)}`',
    'number',
    'number',
  ),
  'ties of toFixed': program(
    '(a) => `${a.toFixed(0)} ${a.toFixed(1)} ${a.toFixed(2)} ${a.toFixed(10)} ${a.toFixed(20)}`',
    'number',
  ),
  'digits out of range': program('(a, b) => a.toFixed(b)', 'number', 'number'),
  'any radix': program('(a, b) => a.toString(b)', 'number', 'number'),
  'the order of evaluation': program('(a) => { let x = a; return x + (x = 2) * x + (x += 1) - x++ + ++x }', 'number'),
  'the order of arguments': program(
    '(a) => { let x = a; return Math.atan2(x++, x) + Math.max(x, (x = 5), x) }',
    'number',
  ),
  'an index is evaluated before the value': program(
    '(v, a) => { let i = 0; v[i] = i = 1; v[i++] += i; v[i] = v[(i = 0)] + a; return v }',
    'Float64Array',
    'number',
  ),
  'what an assignment gives is not what was stored': program(
    '(v, a) => { const b = (v[0] = a); return b + v[0] }',
    'Int8Array',
    'number',
  ),
  '++ of an element gives the number': program(
    '(v) => { const b = v[0]++; const c = ++v[1]; return `${b} ${c} ${v[0]} ${v[1]}` }',
    'Uint8Array',
  ),
  'short circuits keep their value': program(
    '(a, b) => `${a || b} ${a && b} ${(a || b) && (b || a)} ${a ?? b}`',
    'number',
    'number',
  ),
  'texts that are empty are false': program('(s, t) => `${s || t}${s && t}${!s}${s ? 1 : 2}`', 'string', 'string'),
  'sums from the left': program('(a, s) => a + a + s + a + a + (a + a)', 'number', 'string'),
  'default in the middle, falling through': program(
    'function f(a) { let s = ""; switch (a) { case 1: s += "1"; default: s += "d"; case 2: s += "2"; break; case 3: s += "3" } return s }',
    'number',
  ),
  'cases are compared strictly, and -0 is 0': program(
    'function f(a) { switch (a) { case -0: return "zero"; case NaN: return "nan"; case 1 + 1: return "two" } return "other" }',
    'number',
  ),
  'continue of an outer loop does its step': program(
    'function f(n) { let s = 0; o: for (let i = 0; i < 5; i++) { for (let j = 0; j < 5; j++) { if (j > i) continue o; if (s > n) break o; s += i * j } s += 100 } return s }',
    'number',
  ),
  'break out of a block': program('function f(a) { let r = 1; b: { if (a > 0) break b; r = 2 } return r }', 'number'),
  'do once': program(
    'function f(a) { let n = 0; do { n++; if (n > 5) break; if (a > n) continue; n += 10 } while (n < a); return n }',
    'number',
  ),
  'a counter that crosses int32': program(
    'function f() { let s = 0; for (let i = 2147483640; i < 2147483655; i++) s += i; return s }',
  ),
  'a counter that is read as int32': program(
    'function f() { let s = 0; for (let i = 2147483640; i < 2147483655; i++) s = (s + (i | 0)) | 0; return s }',
  ),
  'a counter that sticks at 2^53': program(
    'function f() { let n = 0; for (let i = 9007199254740989; i < 9007199254740995; i++) { if (++n > 20) break } return n }',
  ),
  'a counter of fractions': program(
    'function f(a) { let n = 0; for (let x = 0; x < 1; x += 0.1) n++; return n + a }',
    'number',
  ),
  'a counter down to -0': program(
    'function f() { let s = 0; for (let i = 3; i >= 0; i--) s += 1 / (i * -1); return s }',
  ),
  'a sum past 2^53': program(
    'function f() { let x = 1, s = ""; for (let i = 0; i < 70; i++) { x += x; x -= 1; s += x + " " } return s }',
  ),
  'fibonacci numbers past 2^53': program(
    'function f() { let a = 0, b = 1; for (let i = 0; i < 90; i++) { const t = a + b; a = b; b = t } return a % 1000 + b }',
  ),
  'a variable that becomes a fraction late': program(
    'function f(a) { let x = 0; for (let i = 0; i < 3; i++) { x += i; if (i === 1) x = x / 2 } return x * a }',
    'number',
  ),
  'a parameter that is assigned': program('function f(a) { a |= 0; a += 0.5; return a }', 'number'),
  'names in blocks': program(
    'function f(a) { let x = a; { let x = "in"; { const x = true; if (x) a++ } if (x) a++ } return x + a }',
    'number',
  ),
  'var is one for the function': program(
    'function f(a) { var x = 1; { var x = a; } for (var i = 0; i < 2; i++) { var y = i } return x + i + y }',
    'number',
  ),
  'a parameter of a global name': program('(Math) => Math + 1', 'number'),
  'a parameter named undefined': program('(undefined) => undefined + 1', 'number'),
  'NaN as a parameter': program('(NaN, Infinity) => NaN + Infinity', 'number', 'number'),
  'a local of a global name': program('(a) => { const isNaN = a; const String = 2; return isNaN + String }', 'number'),
  'a function named like its parameter': program('function f(f) { return f + 1 }', 'number'),
  'functions that call each other': program(
    'function f(n) { function even(k) { return k <= 0 ? true : odd(k - 1) } function odd(k) { return k <= 0 ? false : even(k - 1) } return even(Math.min(n, 50)) }',
    'number',
  ),
  'deep recursion': program('function f(n) { return n <= 0 ? 0 : 1 + f(n - 1) }', 'number'),
  fibonacci: program('function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) }', 'Uint8Array'),
  'two texts from one': program('(s) => { const a = s + "x"; const b = s + "y"; return a + b + a }', 'string'),
  'a text appended to itself': program(
    '(s) => { let t = s; for (let i = 0; i < 6; i++) t += t; return t.length }',
    'string',
  ),
  'for-of goes by code points': program(
    'function f(s) { let t = "", n = 0; for (const c of s) { t = c + "." + t; n += c.length } return t + n }',
    'string',
  ),
  'narrow and wide': program(
    '(s) => { let t = s; t += "a"; t += "\\u0101"; t += s; t = t.slice(0, 2); t += "b"; return t }',
    'string',
  ),
  'halves of a pair': program(
    '(s) => { const a = s.charAt(0), b = s.charAt(1); return a + "|" + b + "|" + (a + b) + "|" + (b + a) }',
    'string',
  ),
  'texts are compared by units': program(
    '(s, t) => `${s < t} ${s <= t} ${s > t} ${s >= t} ${s === t} ${s != t}`',
    'string',
    'string',
  ),
  'cut anywhere': program(
    '(s, a, b) => `${s.slice(a, b)}|${s.substring(a, b)}|${s.substr(a, b)}|${s.slice(b)}|${s.charAt(a)}`',
    'string',
    'number',
    'number',
  ),
  'search from anywhere': program(
    '(s, t, a) => `${s.indexOf(t, a)} ${s.lastIndexOf(t, a)} ${s.includes(t, a)} ${s.startsWith(t, a)} ${s.endsWith(t, a)} ${s.lastIndexOf(t)}`',
    'string',
    'string',
    'number',
  ),
  'an empty text is everywhere': program(
    '(s, a) => `${s.indexOf("", a)} ${s.lastIndexOf("", a)} ${s.replaceAll("", "-")} ${s.replace("", "+")}`',
    'string',
    'number',
  ),
  'pad with anything': program(
    '(s, t, a) => s.padStart(a % 30, t) + "|" + s.padEnd(a % 30, t) + "|" + s.padStart(a % 30)',
    'string',
    'string',
    'number',
  ),
  'repeat anything': program('(s, a) => s.repeat(a % 20)', 'string', 'number'),
  'patterns of a replacement': program('(s, t) => s.replace("a", t) + s.replaceAll("b", t)', 'string', 'string'),
  'the ends of both halves of surrogates': program(
    '(s) => { let n = 0; for (const each of `${s}\\uD800\\uDC00\\uDBFF\\uDFFF\\uDC00\\uD800\\uE000\\uD800\\uDBFF`) n = n * 3 + each.length; return `${n} ${"\\uD800\\uDC00".codePointAt(s.length * 0)} ${`${s}\\uD834\\uDC00`.codePointAt(s.length)}` }',
    'string',
  ),
  'ties of toFixed behind an even digit': program(
    '(a) => `${(Math.trunc(a % 1e3) * 10 + 8.5).toFixed(0)} ${(Math.trunc(a % 1e3) + 0.125).toFixed(2)} ${(8.5).toFixed(0)} ${(a % 2 + 0.0625).toFixed(3)}`',
    'number',
  ),
  'patterns of a written replacement': program(
    '(s, t) => `${s}a${t}`.replace("a", s.length > 4 ? "$&$&" : "b") + `${t}b`.replaceAll("b", s < t ? "$$" : "c")',
    'string',
    'string',
  ),
  'trim what is white': program('(s) => `[${s.trim()}][${s.trimStart()}][${s.trimEnd()}]`', 'string'),
  'text to number': program(
    '(s) => `${Number(s)} ${+s} ${parseFloat(s)} ${parseInt(s)} ${parseInt(s, 16)} ${1 / Number(s)}`',
    'string',
  ),
  'any radix of parseInt': program('(s, a) => parseInt(s, a)', 'string', 'number'),
  'codes to text': program('(a, b) => String.fromCharCode(a) + String.fromCharCode(b)', 'number', 'number'),
  'letters change case': program('(s) => s.toUpperCase() + s.toLowerCase()', 'string'),
  'clamped elements': program(
    '(v, a) => { v[0] = a; v[1] = a + 0.5; v[2] = -a; return v }',
    'Uint8ClampedArray',
    'number',
  ),
  'elements of single precision': program(
    '(v, a) => { v[0] = a; v[1] = a * 1.1; return v[0] + v[1] }',
    'Float32Array',
    'number',
  ),
  'elements of uint32': program('(v, a) => { v[0] = a; v[1] = -1; return v[0] + v[1] }', 'Uint32Array', 'number'),
  'an array handed in twice': program(
    '(v, w) => { v[0] = 7; w[1] = 9; return `${w[0]} ${v[1]}` }',
    'Float64Array',
    'Float64Array',
  ),
  'the same array or another': program(
    '(v, w) => { const x = v; const y = new Float64Array(2); return `${v === w} ${v !== x} ${y == v} ${x === v} ${y === y}` }',
    'Float64Array',
    'Float64Array',
  ),
  'the same array or another, written to': program(
    '(v, w) => { if (v === w) return -1; v[0] = 5; return w[0] }',
    'Float64Array',
    'Float64Array',
  ),
  'arrays of different kinds': program('(v, w) => v === w', 'Float64Array', 'Int8Array'),
  'an array of odd length': program('(a) => new Float64Array(a % 10).length', 'number'),
  'fill anywhere': program('(v, a, b) => v.fill(a, b, a)', 'Int16Array', 'number', 'number'),
  'elements -0 and NaN': program(
    '(v, a) => { v[0] = -0; v[1] = NaN; v[2] = a; return `${1 / v[0]} ${v[1]} ${1 / v[2]}` }',
    'Float64Array',
    'number',
  ),
  'a record of everything': program('(a, s, b) => ({ s, n: -a, b: !b, t: s + a })', 'number', 'string', 'boolean'),
  'a throw on some way': program(
    'function f(a) { if (a > 5) throw new RangeError(`too large: ${a}`); return a }',
    'number',
  ),
  'a throw that is caught': program(
    'function f(a) { try { if (a > 5) throw new Error("x"); return a } catch { return -1 } }',
    'number',
  ),
  'a throw behind a change': program(
    'function f(v, a) { v[0] = 99; if (a > 5) throw new Error("x"); return v }',
    'Float64Array',
    'number',
  ),
}

/** What such a program is called with: edges, each with each, and four hundred lists at random. */
export function inputsFor({ types }: Program): unknown[][] {
  const random = new Random(1)
  const onlyNumbers = types.length <= 2 && types.every((type) => type === 'number')
  return [
    ...(onlyNumbers ? edgesOf(types.length) : []),
    ...Array.from({ length: 400 }, () => randomArguments(random, types)),
  ]
}

/** Each with each: zeros of both signs do not meet by chance. */
function edgesOf(parameters: number): number[][] {
  const edges = [0, -0, Number.NaN, 1, -0.5, Infinity]
  let lists: number[][] = [[]]
  for (let at = 0; at < parameters; at++) lists = lists.flatMap((list) => edges.map((edge) => [...list, edge]))
  return lists
}
