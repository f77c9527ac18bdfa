// Which bodies may run on the thread that submits them: those of which their instructions prove that they are short whatever they
// are given. The proof is of the bytes, by whichever way they come to the engine.
import { loadCore } from '@catzilla/core-c'
import { expect, it } from 'vitest'
import type { Options } from './exact.ts'
import { compiled, describeRun } from './exact.ts'

function isBounded(text: string, types: readonly string[], options: Options = {}): boolean | undefined {
  return loadCore().core?.programs.openProgram(compiled(text, types, options).program).signature.bounded
}

const bounded: readonly (readonly [string, readonly string[]])[] = [
  ['(a, b) => a + b', ['number', 'number']],
  ['(a, b) => (a > b ? Math.sqrt(a) : b | 0)', ['number', 'number']],
  ['(a, on) => on && a > 0', ['number', 'boolean']],
  ['(a) => ({ half: a / 2, whole: a })', ['number']],
  ['(a) => { if (a < 0) throw new RangeError(); return a }', ['number']],
  ['(a) => { const twice = (x) => x * 2; return twice(twice(a)) }', ['number']],
]

const unbounded: readonly (readonly [string, readonly string[]])[] = [
  ['(n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum }', ['number']],
  ['(n) => { while (n > 1) n /= 2; return n }', ['number']],
  ['(n) => { const f = (x) => (x < 2 ? x : f(x - 1) + f(x - 2)); return f(n) }', ['number']],
  ['(text) => text.length', ['string']],
  ['(n) => "a".repeat(n).length', ['number']],
  ['(list) => list[0]', ['Float64Array']],
  ['(n) => new Float64Array(n).length', ['number']],
  ['(n) => { const list = []; list.push(n); return list.length }', ['number']],
  ['(n) => { console.log(n); return n }', ['number']],
  ['(n) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, n)', ['number']],
]

describeRun('a body is bounded', () => {
  it.each(bounded)('%s', (text, types) => expect(isBounded(text, types)).toBe(true))
})

describeRun('a body is not bounded', () => {
  it.each(unbounded)('%s', (text, types) => expect(isBounded(text, types)).toBe(false))
})
