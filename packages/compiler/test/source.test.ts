// The texts that functions may have.
import { expect, it } from 'vitest'
import { blockersOf, compiled, describeRun, run } from './exact.ts'

describeRun('forms of functions', () => {
  it.each([
    '(a) => a + 1',
    'a => { return a + 1 }',
    'function (a) { return a + 1 }',
    'function named(a) { return a + 1 }',
    'method(a) { return a + 1 }',
    '"a method"(a) { return a + 1 }',
    '["computed"](a) { return a + 1 }',
    'static method(a) { return a + 1 }',
    'function f(a) { "use strict"; return a + 1 } // behind',
    '/* before */ (a) => a + 1',
    '(a) => (void 0, a + 1)',
    'function(t){var e;return e=null!=t?t:0,e+1}',
    '(a) => { return [, (a) => a + 1][1](a) }'.replace('[, (a) => a + 1][1](a)', '((a) => a + 1)(a)'),
  ])('%s', (text) => {
    expect(run(compiled(text, ['number']), [41])).toBe(42)
  })
})

it('knows names that are shadowed', () => {
  expect(blockersOf('(Math) => Math.abs(1)', ['number']).join()).toContain("'abs' of a number")
  expect(blockersOf('(String) => String(1)', ['number']).join()).toContain('CZ1006')
  expect(blockersOf('(undefined) => undefined + 1', ['number'])).toStrictEqual([])
  expect(blockersOf('(a) => Math.abs(a)', ['number'], { captures: { Math: 1 } }).join()).toContain('CZ1010')
})

it('says where an instruction came from', () => {
  const program = compiled('(a) => {\n  return a * 2 +\n    a.toFixed(1)\n}', ['number'], { line: 10 })
  const places = [0, 1, 2, 3, 4].map((index) => program.positionOf(0, index))
  expect(places).toContainEqual({ line: 12, column: 5 })
  expect(places.at(-1)).toStrictEqual({ line: 11, column: 3 })
})
