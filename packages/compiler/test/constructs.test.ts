// The table of constructs, which the documentation is written from, against what becomes of each.
import { expect, it } from 'vitest'
import { constructs } from '../src/check/constructs.ts'
import { remedyFor } from '../src/check/remedies.ts'
import { blockersOf, describeRun, differences } from './exact.ts'

/** One for each row of the table; `a` and `b` are numbers, `s` is a string. */
const examples: Readonly<Record<keyof typeof constructs, string>> = {
  ArrayExpression: '(a, b) => { const list = [a, b]; return list.length }',
  ArrayPattern: '(a, b) => { [a, b] = [b, a]; return a - b }',
  ArrowFunctionExpression: '(a) => { const twice = (x) => x * 2; return twice(a) }',
  AssignmentExpression: '(a, b) => { a -= b; return a }',
  AssignmentPattern: '(a, b, s, d = 3) => a + d',
  AwaitExpression: 'async (a) => await a',
  BinaryExpression: '(a, b) => a * b - a',
  BlockStatement: '(a) => { { let a = 1; a++ } return a }',
  BreakStatement: '(a) => { for (let i = 0; ; i++) if (i > 5 || i > a) return i; else if (i > 3) break; return -1 }',
  CallExpression: '(a) => Math.abs(a)',
  ChainExpression: '(a, b, s) => s?.length',
  ClassDeclaration: '(a) => { class A {} return a }',
  ClassExpression: '(a) => { const A = class {}; return a }',
  ConditionalExpression: '(a, b) => a < b ? a : b',
  ContinueStatement:
    '(a) => { let sum = 0; for (let i = 0; i < 9; i++) { if (i % 2) continue; sum += i } return sum + a }',
  DebuggerStatement: '(a) => { debugger; return a }',
  DoWhileStatement: '(a) => { let i = 0; do i++; while (i < a && i < 9); return i }',
  EmptyStatement: '(a) => { ; return a }',
  ExpressionStatement: '(a) => { a + 1; return a }',
  ForInStatement: '(a) => { for (const x in a) return x }',
  ForOfStatement: '(a, b, s) => { let n = 0; for (const unit of s) if (unit === "x") n++; return n }',
  ForStatement: '(a) => { let sum = a; for (let i = 0; i < 5; i++) sum += i; return sum }',
  FunctionDeclaration: '(a) => { function half(x) { return x / 2 } return half(a) }',
  FunctionExpression: '(a) => (function (x) { return x - 1 })(a)',
  Identifier: '(a) => a === Infinity || a === undefined',
  IfStatement: '(a) => { if (a > 0) return 1; else return -1 }',
  ImportExpression: '(a) => import("x")',
  LabeledStatement: '(a) => { outer: for (;;) { for (;;) { a++; break outer } } return a }',
  Literal: '(a) => 0x10 + 1.5e3 + a',
  LogicalExpression: '(a, b) => a && b || 7',
  MemberExpression: '(a, b, s) => s.length + s["length"]',
  MetaProperty: 'function (a) { return new.target }',
  NewExpression: '(a) => { const view = new Int8Array(2); view[1] = a; return view[1] }',
  ObjectExpression: '(a, b) => { const point = { x: a, y: b }; return point.x - point.y }',
  ObjectPattern: '(a, b) => { const { x, y = 1 } = { x: a, y: b }; return x - y }',
  ParenthesizedExpression: '(a, b) => (a - (b))',
  PrivateIdentifier: '(a) => { class A { #x = 1; f() { return #x in a } } return a }',
  RestElement: '(a, b) => { const [x, ...others] = [a, b, 1]; return x + others.length + others[0] }',
  ReturnStatement: '(a) => { return a }',
  SequenceExpression: '(a, b) => (a++, a - b)',
  SpreadElement: '(a, b) => Math.max(...[a, b])',
  Super: 'f(a) { return super.f(a) }',
  SwitchStatement: '(a) => { switch (a) { case 1: return 10; case 2: a++; default: return a } }',
  TaggedTemplateExpression: '(a) => String.raw`x`',
  TemplateLiteral: '(a, b, s) => `${s} ${a}`',
  ThisExpression: '(a) => this',
  ThrowStatement: '(a) => { if (a > 1) throw new Error("large"); return a }',
  TryStatement: '(a) => { try { return a + 1 } catch { return 0 } }',
  UnaryExpression: '(a) => -a + ~a + +!a',
  UpdateExpression: '(a) => a++ + --a',
  VariableDeclaration: '(a) => { let x = a; const y = x; var z = y; return z }',
  WhileStatement: '(a) => { let i = 0; while (i < a && i < 9) i += 2; return i }',
  WithStatement: '(a) => { with (a) { return 1 } }',
  YieldExpression: 'function* (a) { yield a }',
}

const rows = [0, -0, 1, 2, 2.5, -7, NaN, Infinity].flatMap((a) => [3, -1].map((b) => [a, b, 'xyx']))
const types = ['number', 'number', 'string'] as const
const compiledOnes = Object.entries(constructs).filter(([, { compiled }]) => compiled !== undefined)
const refusedOnes = Object.entries(constructs).filter(([, { compiled }]) => compiled === undefined)

it('each has an example', () => {
  expect(Object.keys(examples).toSorted()).toStrictEqual(Object.keys(constructs).toSorted())
})

describeRun('what the table has as compiled', () => {
  it.each(compiledOnes)('%s does what V8 does', (node) => {
    expect(differences(examples[node] ?? '', types, rows)).toStrictEqual([])
  })
})

/** They stand only in what is refused as a whole. */
const within: Readonly<Record<string, string>> = {
  AwaitExpression: 'CZ1002: an async function',
  PrivateIdentifier: 'CZ1006: a class',
  YieldExpression: 'CZ1002: a generator',
}

it.each(refusedOnes)('%s is refused', (node, { code, shown }) => {
  expect(blockersOf(examples[node] ?? '', types)[0]).toContain(within[node] ?? `${code}: ${shown}`)
})

it.each(refusedOnes)('%s has a remedy of its own', (_, { code = 'CZ1006', shown }) => {
  expect(remedyFor(code, shown)).toMatch(/ /)
})
