// Typed arrays in compiled functions, against V8.
import { describe, expect, it } from 'vitest'
import type { ViewName } from '../src/ir/views.ts'
import { viewNames } from '../src/ir/views.ts'
import { BAILED, compiled, describeRun, differences, differencesInC, run } from './exact.ts'
import { numbers } from './rows.ts'

const makers: Readonly<Record<ViewName, (length: number) => { fill(value: number): unknown }>> = {
  Int8Array: (n) => new Int8Array(n),
  Uint8Array: (n) => new Uint8Array(n),
  Uint8ClampedArray: (n) => new Uint8ClampedArray(n),
  Int16Array: (n) => new Int16Array(n),
  Uint16Array: (n) => new Uint16Array(n),
  Int32Array: (n) => new Int32Array(n),
  Uint32Array: (n) => new Uint32Array(n),
  Float32Array: (n) => new Float32Array(n),
  Float64Array: (n) => new Float64Array(n),
}

describeRun('typed arrays', () => {
  it.each(viewNames)('reads and writes a %s', (name) => {
    const rows = numbers.map((value) => [makers[name](3).fill(value), value])
    const types = [name, 'number']
    for (const text of [
      '(v, x) => { v[1] = x; v[2] += 1; return v }',
      '(v, x) => { v[0]++; --v[1]; return v[0] + v[1] * (v[2] = x) }',
      '(v, x) => v.fill(x, 1)',
      '(v, x) => v.fill(x, -1, 9).length',
      '(v, x) => { let s = 0; for (let i = 0; i < v.length; i++) s += v[i]; return s }',
      '(v, x) => { let s = 0; for (const e of v) s = (s * 3 + e) | 0; return s }',
      '(v, x) => v.BYTES_PER_ELEMENT + v.length + v[2 - 1]',
      '(v, x) => { v[1] = v[0] | 0; v[0] = x | 0; v[2] = x >>> 0; return v }',
      `(v, x) => { const w = new ${name}(4); w[3] = x; w[0] = v[0]; return w }`,
    ]) {
      expect(differences(text, types, rows)).toStrictEqual([])
    }
  })

  it('tells arrays apart', () => {
    const text =
      '(out, a) => { if (out === a) return 1; if (out !== out) return 2; out[0] = a[0]; return a === out ? 3 : out[0] }'
    const types = ['Float64Array', 'Float64Array']
    expect(differences(text, types, [[new Float64Array(1), new Float64Array([7])]])).toStrictEqual([])
    const twice = new Float64Array(1)
    const program = compiled('(a, b) => a === b', types)
    const empty = new Float64Array(0)
    const given = [
      [twice, twice],
      [twice, new Float64Array(1)],
      [empty, empty],
      [empty, new Float64Array(0)],
    ]
    expect(given.map((args) => run(program, args))).toStrictEqual([BAILED, false, BAILED, BAILED])
  })

  it('gives up outside', () => {
    const program = compiled('(v, i) => v[i]', ['Float64Array', 'number'])
    const given = [0, 1, -0, 2, -1, 0.5, NaN].map((index) => run(program, [new Float64Array([7, 8]), index]))
    expect(given).toStrictEqual([7, 8, 7, BAILED, BAILED, BAILED, BAILED])
  })

  it('sorts, and sees which arguments are written to', () => {
    const sort = `(v) => {
      const swap = (i, j) => { const t = v[i]; v[i] = v[j]; v[j] = t }
      function quick(lo, hi) {
        if (lo >= hi) return
        const pivot = v[(lo + hi) >> 1]
        let i = lo, j = hi
        while (i <= j) {
          while (v[i] < pivot) i++
          while (v[j] > pivot) j--
          if (i <= j) { swap(i, j); i++; j-- }
        }
        quick(lo, j)
        quick(i, hi)
      }
      quick(0, v.length - 1)
      return v
    }`
    const rows = [[new Float64Array([5, 3, 9, -1, 4, 4, 0, 2])], [new Float64Array(0)], [new Float64Array([1])]]
    expect(differences(sort, ['Float64Array'], rows)).toStrictEqual([])
    expect(compiled(sort, ['Float64Array']).signature.params).toStrictEqual([
      { kind: 'view', view: 'Float64Array', written: true },
    ])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describe('the signature of typed arrays', () => {
  it.each([
    ['(v, w) => v[0] + w[0]', false, false],
    ['(v, w) => { v[0] = w[0]; return 1 }', true, false],
    ['(v, w) => { const x = w; x[0] = 1; return v }', false, true],
    ['(v, w) => { let x = v; if (w[0] > 1) x = w; x.fill(1); return 0 }', true, true],
    ['(v, w) => { const f = (x) => { x[0] = 1; return x }; f(v); return w[0] }', true, false],
    ['(v, w) => { const f = (x) => ({ x }); const { x } = f(w); x[0] = 1; return v[0] }', false, true],
  ])('%s', (text, first, second) => {
    const { params } = compiled(text, ['Int32Array', 'Int32Array']).signature
    expect(params.map((each) => each.kind === 'view' && each.written)).toStrictEqual([first, second])
  })
})
