// What stays JavaScript: each blocker, with its code and its place.
import { describe, expect, it } from 'vitest'
import { blockerTable, compileFunction } from '../src/index.ts'
import { blockersOf } from './exact.ts'

describe('blockers', () => {
  it('says what is not compiled, and where', () => {
    const text = `(a) => {
  fetch(a)
  a = "x"
  if (false) eval(a)
  return this
}`
    expect(blockersOf(text, ['number'])).toStrictEqual([
      "CZ1003: 'fetch' is not available in compiled tasks (line 2, column 3)",
      "CZ1008: 'a' holds a number and a string: a variable keeps one type (line 3, column 3)",
      'CZ1006: `this` is not compiled (line 5, column 10)',
    ])
  })

  it('counts lines from where the function stands', () => {
    const compilation = compileFunction('function f() {\n  return nowhere }', { types: [], line: 40 })
    expect(compilation).toMatchObject({ blockers: [{ code: 'CZ1004', line: 41, column: 10 }] })
  })

  it.each([
    ['', 'CZ1001'],
    ['not a function', 'CZ1001'],
    ['(a) => a +', 'CZ1001'],
    ['class A {}', 'CZ1002'],
    ['async (a) => a', 'CZ1002'],
    ['function* f() {}', 'CZ1002'],
    ['get x() { return 1 }', 'CZ1002'],
    ['function f() { [native code] }', 'CZ1002'],
    ['(a) => process.env.HOME', 'CZ1003'],
    ['(a) => console.table(a)', 'CZ1003'],
    ['(a) => console.log({ a })', 'CZ1011'],
    ['(a) => Math.nothing(a)', 'CZ1003'],
    ['(a) => a[0]', 'CZ1010'],
    ['(a) => /x/.test(a)', 'CZ1006'],
    ['(a) => 1n', 'CZ1006'],
    ['(a) => arguments', 'CZ1006'],
    ['(a) => [a, "x"]', 'CZ1011'],
    ['(a) => [, a]', 'CZ1006'],
    ['(a) => [{ a }]', 'CZ1011'],
    ['(a) => new Array(a)', 'CZ1006'],
    ['(a) => [a].flat()', 'CZ1010'],
    ['(a) => [a].map(a)', 'CZ1006'],
    ['(a) => Atomics.wait(a, 0, 0, a)', 'CZ1011'],
    ['(a) => a in a', 'CZ1006'],
    ['(a) => delete a', 'CZ1006'],
    ['(a) => new Date()', 'CZ1006'],
    ['(a) => String.raw`x`', 'CZ1006'],
    ['(a) => { for (const x in a) return x }', 'CZ1006'],
    ['(a) => { const f = a; f() }', 'CZ1006'],
    ['(a) => a == "1"', 'CZ1007'],
    ['(a) => a < "1"', 'CZ1007'],
    ['(a) => a ? 1 : "x"', 'CZ1007'],
    ['(a) => { if (a) return 1; return "x" }', 'CZ1016'],
    ['(a) => { if (a) return 1; return null; return void 0 }', ''],
    ['(a) => a.foo', 'CZ1010'],
    ['(a) => a.toPrecision(2)', 'CZ1010'],
    ['(a) => "x".includes()', 'CZ1011'],
    ['(a) => Math.hypot(a, a, a)', 'CZ1011'],
    ['(a) => new Uint8Array("x")', 'CZ1011'],
    ['(a) => { x = a; let x; return x }', 'CZ1012'],
    ['(a) => { const y = x; const x = 1; return y }', 'CZ1012'],
    ['(a) => { x = 1; let x = a; return x }', 'CZ1012'],
    ['(a) => { x; let x = a; return x }', 'CZ1012'],
    ['(a) => { void x; const x = a; return 1 }', 'CZ1012'],
    ['(a) => { switch (a) { case 1: let x = 1; break; case 2: return x } return 0 }', 'CZ1012'],
    ['(a, b, c = d, d) => c', 'CZ1012'],
    ['(a) => { const x = 1; x = 2; return x }', 'CZ1015'],
    ['function f(a) { f = 1; return a }', 'CZ1015'],
    ['([a]) => 1', 'CZ1007'],
    ['(...a) => 1', 'CZ1018'],
    ['(a) => { cov_1x().s[0]++; return a }', 'CZ1020'],
    ['(a) => { with (a) { return 1 } }', 'CZ1006'],
    ['function (a) { return new.target }', 'CZ1006'],
    ['function (a) { class A {} return a }', 'CZ1006'],
    ['(a) => import("x")', 'CZ1006'],
    ['(a) => { label: while (a) { a<!--a\n } }', 'CZ1006'],
  ])('%s: %s', (text, code) => {
    expect(blockersOf(text, ['number', 'number'])[0]?.slice(0, code.length) ?? '').toBe(code)
    const compilation = compileFunction(text, { types: ['number', 'number'] })
    const blockers = compilation.ok ? [] : compilation.blockers
    expect(blockers.filter(({ remedy }) => !isAdvice(remedy))).toStrictEqual([])
  })

  it.each(Object.entries(blockerTable))('%s says what to do instead', (_, { message, remedy }) => {
    expect(isAdvice(remedy)).toBe(true)
    expect(message).not.toContain(remedy)
  })

  it('says it of the very construct, where there is something to say', () => {
    const remedyOf = (text: string) => {
      const compilation = compileFunction(text, { types: ['number'] })
      return compilation.ok ? '' : compilation.blockers[0]?.remedy
    }
    expect(remedyOf('(a) => /x/.test(a)')).toContain('search by `indexOf`')
    expect(remedyOf('(a) => this')).toContain('as an argument')
    expect(remedyOf('async (a) => a')).toContain('a task of its own')
    expect(remedyOf('(a) => new Map()')).toContain('two arrays')
    expect(remedyOf('(a) => new Worker(a)')).toBe(blockerTable.CZ1006.remedy)
  })

  it.each([
    ['(o) => ({ ...o })', 'CZ1017', 'one that is handed in may have more fields than are known'],
    ['(o) => { o.x = 1; return o.x }', 'CZ1017', 'one that was handed in may not be changed'],
    ['(o) => o', 'CZ1017', 'one that was handed in may not be returned'],
    ['(o) => { const p = { x: o.x }; p.y = 1; return p.x }', 'CZ1017', "it has no field 'y'"],
    ['(o) => { const p = { when: o.when }; return 1 }', 'CZ1009', "'when' is a value of type Date"],
  ])('of objects: %s', (text, code, why) => {
    const [first] = blockersOf(text, [{ record: { x: 'number', when: 'Date' } }])
    expect(first).toMatch(new RegExp(`^${code}: .*${why}`))
  })

  it('does not compile what is too large', () => {
    expect(blockersOf(`(a) => ${'('.repeat(20_000)}a${')'.repeat(20_000)}`, ['number'])[0]).toContain('CZ1019')
    expect(blockersOf(`(a) => a${' '.repeat(70_000)}`, ['number'])[0]).toContain('CZ1019')
  })

  it('does not compile what it cannot name', () => {
    const captures = { list: [1], changing: { a: 1 }, when: new Date(0) }
    for (const name of Object.keys(captures)) {
      expect(blockersOf(`() => ${name}`, [], { captures }).join()).toContain(`CZ1005: '${name}'`)
    }
    expect(blockersOf('(a) => a + 1', ['Map']).join()).toContain('a value of type Map')
    expect(blockersOf('(a) => 1', ['Map'])).toStrictEqual([])
  })
})

/** A sentence with nothing left to fill in. */
function isAdvice(remedy: string): boolean {
  return remedy.split(' ').length > 2 && !/\{\d\}/.test(remedy)
}
