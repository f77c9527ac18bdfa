// Texts of functions and what each takes from outside. The texts are made functions in a realm of their own, sloppy unless
// they say otherwise, so that nothing that runs the tests has touched them.
import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { outerReferences } from '../../src/isolates/code/free-variables.ts'
import { isGlobalName } from '../../src/isolates/code/global-names.ts'
import { readFunction } from '../../src/isolates/code/function-text.ts'
import { taskCodeOf } from '../../src/isolates/code/task-code.ts'
import type { TaskHandler } from '../../src/contract/task.ts'

/** The function that an expression gives; what is free in it does not matter, since it is never called. */
function functionOf(expression: string): TaskHandler {
  return vm.runInNewContext(`(${expression})`, { console }) as TaskHandler
}

/** What it takes from outside, in order, each once; globals left out, kinds but variables as `kind:name`. */
function freeIn(expression: string): string[] {
  const { node, strict } = readFunction(functionOf(expression))
  const found = outerReferences(node, strict)
    .filter(({ kind, name }) => !(kind === 'variable' && isGlobalName(name)))
    .map(({ kind, name }) => (kind === 'variable' ? name : kind === name ? kind : `${kind}:${name}`))
  return [...new Set(found)].toSorted()
}

const cases: readonly (readonly [about: string, text: string, free: readonly string[]])[] = [
  ['nothing', '() => 1', []],
  ['parameters', '(a, b) => a + b', []],
  ['a variable', '(a) => a + b', ['b']],
  ['several', '(a) => a + b + c(d)', ['b', 'c', 'd']],
  [
    'globals',
    '() => [Math.max(1, NaN), console, Buffer, process, undefined, globalThis, structuredClone, Infinity]',
    [],
  ],
  ['a property', '(a) => a.b.c?.d', []],
  ['a computed property', '(a) => a[b]', ['b']],
  ['a key', '() => ({ b: 1 })', []],
  ['a computed key', '() => ({ [b]: 1 })', ['b']],
  ['a shorthand', '() => ({ b })', ['b']],
  ['a spread', '() => ({ ...b, c: [...d] })', ['b', 'd']],
  [
    'methods, getters and setters of a literal',
    '() => ({ b() { return c }, get d() { return 1 }, set e(v) { f = v } })',
    ['c', 'f'],
  ],
  ['object patterns', '({ a, b: { c }, ...rest }) => [a, c, rest, b]', ['b']],
  ['array patterns', '([a, , [b = c], ...rest]) => [a, b, rest]', ['c']],
  ['a computed key of a pattern', '({ [k]: a }) => a', ['k']],
  ['defaults', '(a = b, c = a) => c', ['b']],
  ['a default that sees a later parameter', '(a = b, b) => a', []],
  ['a default does not see the body', '(a = () => b) => { var b = 1; return a() + b }', ['b']],
  ['assignment patterns', '(o) => { let a; ({ a, b: [c] } = o); return a }', ['c']],
  ['an assignment', '() => { a = 1 }', ['a']],
  ['updates', '() => { a++; b += 1; c ??= 2 }', ['a', 'b', 'c']],
  ['shadowing', '() => { const Math = { max: 1 }; return Math.max }', []],
  ['shadowing in a block only', '() => { { const a = 1 } return a }', ['a']],
  ['var in a block', '() => { { var a = 1 } return a }', []],
  ['var in a loop', '() => { for (var i = 0; ; ) break; return i }', []],
  [
    'var in a switch, a try and behind a label',
    '() => { switch (1) { case 1: var a } try { var b } catch { var c } l: { var d } return [a, b, c, d] }',
    [],
  ],
  ['let in a loop', '() => { for (let i = 0; i < 1; i++) {} return i }', ['i']],
  ['for of and for in', '(xs) => { for (const x of xs) x; for (const k in xs) k; for (y of xs); }', ['y']],
  ['for await', 'async (xs) => { for await (const { a = b } of xs) a }', ['b']],
  ['TDZ: the name is bound, though too early', '() => { a; let a = 1 }', []],
  ['TDZ of a loop', '() => { for (const x of x) x }', []],
  ['a function that is hoisted', '() => { return f(); function f() { return g } }', ['g']],
  ['the own name of a function', 'function fact(n) { return n < 2 ? 1 : n * fact(n - 1) }', []],
  ['the own name of a function expression inside', '() => { const a = function b() { return b }; return b }', ['b']],
  ['a closure over parameters', '(a) => (b) => () => a + b + c', ['c']],
  ['a closure over a later const', '() => { const f = () => later; const later = 1; return f() }', []],
  ['catch', '() => { try {} catch (e) { e } }', []],
  ['catch with a pattern', '() => { try {} catch ({ message = m }) { message } }', ['m']],
  ['catch without binding', '() => { try {} catch { e } }', ['e']],
  ['the name of a catch is gone after it', '() => { try {} catch (e) {} return e }', ['e']],
  ['labels', '() => { outer: for (;;) { for (;;) { continue outer } break outer } }', []],
  ['arguments of a function', 'function () { return arguments[0] }', []],
  ['arguments of an arrow', '() => arguments[0]', ['arguments']],
  ['arguments of the function round an arrow', 'function () { return () => arguments }', []],
  ['this of an arrow', '() => this.a', ['this']],
  ['this of a function', 'function () { return this.a }', ['this']],
  ['this of an arrow in a function', 'function () { return () => this }', ['this']],
  ['this of a function inside', '() => function () { return this }', []],
  ['this of a method inside', '() => ({ m() { return this.a } })', []],
  ['this of a class inside', '() => class { a = this.b; static c = this; static { this.d } m() { return this } }', []],
  ['this in a computed key of a class', '() => class { [this.a]() {} }', ['this']],
  [
    'super in a class inside',
    '() => class extends Map { constructor() { super() } get(k) { return super.get(k) } }',
    [],
  ],
  ['super of a method', '({ m() { return super.m() } }).m', ['super']],
  ['new.target of a function', 'function () { return new.target }', []],
  ['a method', '({ m(a) { return a + b } }).m', ['b']],
  ['an async method', '({ async m(a) { await a } }).m', []],
  ['a generator method', '({ *m(a) { yield a } }).m', []],
  ['an async generator method', '({ async *m(a) { yield b } }).m', ['b']],
  ['a method with a text as its name', `({ 'a b'(c) { return c } })['a b']`, []],
  ['a method with a computed name', `(() => { const n = 'x'; return ({ [n + n](c) { return c + d } }).xx })()`, ['d']],
  ['a method with a number as its name', '({ 1(a) { return a } })[1]', []],
  ['a method of a static class', '(class { static m(a) { return a + b } }).m', ['b']],
  ['a method that uses private names', '(class { static #p = 1; static m(o) { return o.#p } }).m', ['private:p']],
  ['methods named get, set, async, static and function', '({ get(a) { return a } }).get', []],
  ['a method named async', '({ async(a) { return a } }).async', []],
  ['a method named function', '({ function(a) { return a } }).function', []],
  ['a method named await', '({ await(a) { return a } }).await', []],
  ['a getter', `Object.getOwnPropertyDescriptor({ get a() { return b } }, 'a').get`, ['b']],
  ['a setter', `Object.getOwnPropertyDescriptor({ set a(v) { b = v } }, 'a').set`, ['b']],
  ['generators', 'function* (a) { yield* b; return a }', ['b']],
  ['async', 'async function (a) { await b }', ['b']],
  ['async as a name', 'async => async + 1', []],
  ['async as a parameter of an async arrow', 'async (async) => async', []],
  [
    'await, yield, let, of and static as names',
    'function (await, of) { var let_ = await; var yield = of; return yield + let_ }',
    [],
  ],
  ['typeof of a variable', '() => typeof a', ['typeof:a']],
  ['typeof of a parameter', '(a) => typeof a', []],
  ['template literals', '(a) => `${a} ${b} $c \\${d} ${`${e}`}`', ['b', 'e']],
  ['a tagged template', '() => tag`a ${b}`', ['b', 'tag']],
  ['regex after a parenthesis', '(a) => { if (a) /b/.test(a); return (a) / b / c }', ['b', 'c']],
  ['regex with a slash in a class', '(a) => /[/b]c/u.test(a)', []],
  ['division', '(a) => a / b / 1', ['b']],
  ['comments', '(a /* b */) => { // c\n /* d */ return a }', []],
  ['strings', `() => 'a' + "b" + \`c\``, []],
  ['unicode escapes are the letters they stand for', '(\\u0061) => a + \\u{62}', ['b']],
  ['letters of other scripts', '(größe) => größe + 大', ['大']],
  ['a class with a name inside', '() => { class A { static make() { return new A() } } return A }', []],
  ['the name of a class expression', '() => { const X = class A {}; return A }', ['A']],
  ['extends', '() => class extends Base {}', ['Base']],
  ['fields and static blocks', '() => class { a = b; static c = d; static { var e = 1; f(e) } }', ['b', 'd', 'f']],
  ['var of a static block stays there', '() => { class A { static { var e } } return e }', ['e']],
  [
    'private names of its own',
    '() => class { #a = 1; #m() { return #a in this && this.#a } static s(o) { return o.#m() } }',
    [],
  ],
  ['private names of a class round a class', '() => class { #a; m() { return class { n(o) { return o.#a } } } }', []],
  ['accessors of a class', '() => class { get a() { return b } set a(v) {} static get c() { return d } }', ['b', 'd']],
  ['eval: what it declares is not known', `() => { eval('var a = 1'); return a }`, ['a']],
  ['indirect eval', `() => (0, eval)('1')`, []],
  ['with: its names are taken for variables', 'function (o) { with (o) { return a } }', ['a']],
  ['sloppy: a function in a block is seen by the function', 'function () { { function f() {} } return f }', []],
  ['sloppy: unless a let has the name', 'function () { { let f; { function f() {} } } return f }', ['f']],
  ['sloppy: not an async one', 'function () { { async function f() {} } return f }', ['f']],
  ['strict: a function in a block stays there', `function () { 'use strict'; { function f() {} } return f }`, ['f']],
  ['an if with a function', 'function (a) { if (a) function f() {} return f }', []],
  ['a labelled function', 'function () { l: function f() {} return f }', []],
  ['octals', 'function () { return 010 }', []],
  ['HTML comments in sloppy code', 'function (a) { <!-- b\n return a\n--> c\n }', []],
  [
    'switch: its cases are one block',
    '(a) => { switch (b) { case 1: let c = 1; break; default: c } return c }',
    ['b', 'c'],
  ],
  ['optional calls and sequences', '(a) => (a?.(b), a?.[c])', ['b', 'c']],
  ['new', '(a) => new Foo(a.Bar)', ['Foo']],
  ['delete and void', '(a) => { delete a[b]; void c }', ['b', 'c']],
  ['debugger, empty statements, while and do', '(a) => { ;; while (a) { a = b } do { c } while (a) }', ['b', 'c']],
  ['import of node:', `() => import('node:fs')`, []],
  ['import of a package', `() => import('pkg')`, []],
  ['import of a path relative to its module', `() => import('./a.js')`, ['import:./a.js']],
  ['import of a name of its own package', `() => import('#a')`, ['import:#a']],
  ['import of something computed', '(a) => import(a + b)', ['b']],
  [
    'names of CommonJS',
    '() => [require, module, exports, __filename, __dirname]',
    ['__dirname', '__filename', 'exports', 'module', 'require'],
  ],
  ['exports of transpiled CommonJS', `() => (0, pkg_1.default)(1)`, ['pkg_1']],
  ['new Function', `new Function('a', 'b = a', 'return a + b + c')`, ['c']],
  [
    'names of the prototype of objects',
    '() => [constructor, hasOwnProperty, toString, valueOf, __proto__]',
    ['constructor', 'hasOwnProperty', 'toString', 'valueOf', '__proto__'].toSorted(),
  ],
]

describe('free variables', () => {
  test.each(cases)('%s: %s', (_, text, free) => {
    expect(freeIn(text)).toEqual(free)
  })

  test('lines are those of the function', () => {
    const { node, strict } = readFunction(functionOf('(a) => {\n  const b = a\n  return [b,\n    c]\n}'))
    expect(outerReferences(node, strict)).toEqual([{ kind: 'variable', name: 'c', line: 4 }])
  })

  test('what begins a comment in sloppy code and is an operator in a module is refused where either may be meant', () => {
    const sloppy = 'function (a) { return a <!--b\n }'
    expect(taskCodeOf('t', functionOf(sloppy), undefined)).toMatchObject({
      kind: 'source',
      text: expect.stringContaining(sloppy),
    })
    expect(() => taskCodeOf('t', functionOf('(a) => { return a <!--b\n }'), undefined)).toThrow(
      /operators in a module and begin a comment elsewhere/,
    )
  })
})
