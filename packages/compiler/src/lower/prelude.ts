// What arrays do with a function, in JavaScript: these texts are compiled where they are called, and are what the
// specification says of arrays without holes. An array that a function makes shorter while it is gone through gives up.
// `f` is the function that was given.

const each = (body: string, before = '', after = ''): string =>
  `(a) => { ${before} for (let i = 0, n = a.length; i < n; i++) { ${body} } ${after} }`
const back = (body: string, after = ''): string =>
  `(a) => { for (let i = a.length - 1; i >= 0; i--) { ${body} } ${after} }`

/** Methods of arrays, of their array and a function of an element, its index and the array. */
export const withFunction: Readonly<Record<string, string>> = {
  every: each('if (!f(a[i], i, a)) return false', '', 'return true'),
  filter: each('const e = a[i]; if (f(e, i, a)) out.push(e)', 'const out = [];', 'return out'),
  find: each('const e = a[i]; if (f(e, i, a)) return e'),
  findIndex: each('if (f(a[i], i, a)) return i', '', 'return -1'),
  findLast: back('const e = a[i]; if (f(e, i, a)) return e'),
  findLastIndex: back('if (f(a[i], i, a)) return i', 'return -1'),
  forEach: each('f(a[i], i, a)'),
  map: each('out.push(f(a[i], i, a))', 'const out = [];', 'return out'),
  some: each('if (f(a[i], i, a)) return true', '', 'return false'),
}

/** `reduce` and `reduceRight`, without a first value and with one. */
export const reductions: Readonly<Record<string, readonly [without: string, withFirst: string]>> = {
  reduce: [
    '(a) => { let r = a[0]; for (let i = 1, n = a.length; i < n; i++) r = f(r, a[i], i, a); return r }',
    '(a, first) => { let r = first; for (let i = 0, n = a.length; i < n; i++) r = f(r, a[i], i, a); return r }',
  ],
  reduceRight: [
    '(a) => { let i = a.length - 1; let r = a[i]; for (i--; i >= 0; i--) r = f(r, a[i], i, a); return r }',
    '(a, first) => { let r = first; for (let i = a.length - 1; i >= 0; i--) r = f(r, a[i], i, a); return r }',
  ],
}

/** `Array.from({ length }, f)`. */
export const fromLength =
  '(length) => { const n = Math.max(0, Math.trunc(length) || 0); const out = []; for (let i = 0; i < n; i++) out.push(f(undefined, i)); return out }'

/** `Array.from(a, f)`, whose function is not given the array. */
export const fromElements =
  '(a) => { const out = []; for (let i = 0; i < a.length; i++) out.push(f(a[i], i)); return out }'

/** `Array(length).fill(value)`. */
export const filled =
  '(length, value) => { if (length !== length >>> 0) throw length; const out = []; for (let i = 0; i < length; i++) out.push(value); return out }'

/** The largest or smallest of an array: `Math.max(...a)`. */
export const extreme = (name: 'max' | 'min'): string =>
  `(a) => { let r = ${name === 'max' ? '-' : ''}Infinity; for (let i = 0; i < a.length; i++) r = Math.${name}(r, a[i]); return r }`

/** A typed array of the numbers of an array. */
export const typedFrom = (name: string): string =>
  `(a) => { const out = new ${name}(a.length); for (let i = 0; i < a.length; i++) out[i] = a[i]; return out }`
