// The syntax of JavaScript: what is compiled, under which conditions, and what is not. Nodes that the lowering does not know
// are turned down by this table, and the documentation is written from it.
import type { BlockerCode } from './blockers.ts'

export interface Construct {
  /** As messages and the documentation name it. */
  readonly shown: string
  /** The conditions under which it is compiled; absent: it is not. */
  readonly compiled?: string
  readonly code?: BlockerCode
}

const compiled = (shown: string, conditions = ''): Construct => ({ shown, compiled: conditions })
const refused = (shown: string, code: BlockerCode = 'CZ1006'): Construct => ({ shown, code })

/** By type of node, as ESTree names them. */
export const constructs: Readonly<Record<string, Construct>> = {
  ArrayExpression: compiled('`[a, b]`', 'of numbers, strings or booleans, all of one type; no holes'),
  ArrayPattern: compiled('`[a, b] = …`', 'both sides written out, or an array, which has as many elements'),
  ArrowFunctionExpression: compiled(
    'functions inside',
    'called by name: they may use what stays as it is around them; given to a method of an array: they may change it too',
  ),
  AssignmentExpression: compiled(
    'assignments',
    'to variables, fields of own objects, elements and `length` of arrays, elements of typed arrays',
  ),
  AssignmentPattern: compiled('default values'),
  AwaitExpression: refused('`await`'),
  BinaryExpression: compiled(
    'operators',
    '`==` and `<` between values of one type; `===` of objects, `in` and `instanceof` are not',
  ),
  BlockStatement: compiled('blocks'),
  BreakStatement: compiled('`break`', 'with and without a label'),
  CallExpression: compiled('calls', 'of built-ins listed below, of functions inside, of itself, of captured functions'),
  ChainExpression: compiled('`a?.b`', 'of objects and strings'),
  ClassDeclaration: refused('a class'),
  ClassExpression: refused('a class'),
  ConditionalExpression: compiled('`a ? b : c`', 'both of one type, or one undefined or null'),
  ContinueStatement: compiled('`continue`', 'with and without a label'),
  DebuggerStatement: refused('`debugger`'),
  DoWhileStatement: compiled('`do … while`'),
  EmptyStatement: compiled('`;`'),
  ExpressionStatement: compiled('expressions as statements'),
  ForInStatement: refused('`for … in`'),
  ForOfStatement: compiled('`for … of`', 'over arrays, typed arrays and strings'),
  ForStatement: compiled('`for`'),
  FunctionDeclaration: compiled('function declarations', 'called by name'),
  FunctionExpression: compiled('function expressions', 'kept in a variable that stays as it is, or called at once'),
  Identifier: compiled('names', 'of variables, captured constants, `undefined`, `NaN`, `Infinity`'),
  IfStatement: compiled('`if`'),
  ImportExpression: refused('`import()`'),
  LabeledStatement: compiled('labels'),
  Literal: compiled('literals', 'no BigInt, no regular expressions'),
  LogicalExpression: compiled('`&&`, `||`, `??`', 'both of one type, or as a condition'),
  MemberExpression: compiled('`a.b`, `a[i]`', 'fields of objects, elements of arrays, typed arrays and strings'),
  MetaProperty: refused('`new.target` or `import.meta`'),
  NewExpression: compiled('`new`', 'of typed arrays, with a length or an array, and of `Array`, which is filled'),
  ObjectExpression: compiled('objects', 'with fields that are known; they are values'),
  ObjectPattern: compiled('`{ a, b = 1 }`', 'of objects'),
  ParenthesizedExpression: compiled('parentheses'),
  PrivateIdentifier: refused('a private field'),
  RestElement: compiled('`...rest`', 'at the end of a pattern of an array; not as a parameter'),
  ReturnStatement: compiled('`return`', 'everywhere of one type, or also undefined or null'),
  SequenceExpression: compiled('`a, b`'),
  SpreadElement: compiled(
    '`...spread`',
    'of arrays and strings, in arrays and in calls of `push` and `Math.max`; of own objects',
  ),
  Super: refused('`super`'),
  SwitchStatement: compiled('`switch`'),
  TaggedTemplateExpression: refused('a tagged template'),
  TemplateLiteral: compiled('templates', 'of numbers, strings and booleans'),
  ThisExpression: refused('`this`'),
  ThrowStatement: compiled('`throw`', 'the call runs again in JavaScript, which throws'),
  TryStatement: compiled('`try`', 'what throws runs again in JavaScript'),
  UnaryExpression: compiled('`-`, `+`, `!`, `~`, `typeof`, `void`', 'no `delete`'),
  UpdateExpression: compiled('`++`, `--`'),
  VariableDeclaration: compiled('`let`, `const`, `var`', 'a variable keeps one type, or is also undefined or null'),
  WhileStatement: compiled('`while`'),
  WithStatement: refused('`with`'),
  YieldExpression: refused('`yield`'),
}
