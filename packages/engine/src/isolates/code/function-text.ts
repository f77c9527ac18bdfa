// The text of a function as an expression that can be evaluated anywhere: functions and arrows as they are, methods and
// getters taken out of their object.
import { createRequire } from 'node:module'
import type { AnyNode, Comment, Program, parse as parseProgram } from 'acorn'
import { toError } from '../../contract/errors.ts'

/** A function whose text can be read. */
export interface ReadFunction {
  /** The function, or class, in the syntax tree; `loc` counts the lines of the text. */
  readonly node: AnyNode
  /** An expression that gives the function. */
  readonly expression: string
  /** Whether it is strict code. That of functions from before modules is not always. */
  readonly strict: boolean
}

/** The function's text, as its author (or transpiler) wrote it. */
export function textOf(handler: (...args: never[]) => unknown): string {
  // its own toString is not asked: it may be anybody's
  return Function.prototype.toString.call(handler)
}

/** Its name, which a program may have set to anything; empty when there is none. */
export function nameOf(handler: (...args: never[]) => unknown): string {
  const { name } = handler as { readonly name: unknown }
  return typeof name === 'string' ? name : ''
}

/** Built in, bound, or a proxy: there is a function, and no text of it. */
export function isNativeText(text: string): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(text)
}

/**
 * Reads the text of `handler`. Code of which nothing says whether it is strict is taken for strict, as in modules and
 * classes, unless it only makes sense as sloppy code.
 * @throws SyntaxError when it makes no sense either way
 */
export function readFunction(handler: (...args: never[]) => unknown): ReadFunction {
  const text = textOf(handler)
  const sloppy = isSloppy(handler)
  let first: unknown
  for (const strict of sloppy ? [false] : [true, false]) {
    for (const form of [asExpression, asMethod]) {
      try {
        const { source, comments, ...found } = read(text, nameOf(handler), strict, form)
        if (!sloppy) refuseHtmlComments(comments, source)
        return found
      } catch (thrown) {
        if (thrown instanceof AmbiguousComment) throw thrown
        first ??= thrown
      }
    }
  }
  throw new SyntaxError(toError(first).message, { cause: first })
}

/** Whether it is known to be sloppy code: only plain functions in such code may be asked who calls them. */
function isSloppy(handler: object): boolean {
  try {
    Reflect.get(handler, 'caller')
    return true
  } catch {
    return false
  }
}

/** One way to read a text: what goes round it, and what is found in there. */
interface Form {
  readonly before: string
  readonly after: string
  find(expression: AnyNode | null | undefined, text: (node: AnyNode) => string, name: string): Found
}

type Found = Pick<ReadFunction, 'node' | 'expression'>

const asExpression: Form = {
  before: '(',
  after: ')',
  find: (node, textOfNode, name) => {
    if (node === null || node === undefined) throw new SyntaxError('there is no function')
    return { node, expression: withName(name, textOfNode(node)) }
  },
}

const asMethod: Form = {
  before: '({',
  after: '})',
  find: (object, textOfNode, name) => {
    const [method] = object?.type === 'ObjectExpression' ? object.properties : []
    if (method?.type !== 'Property' || method.value.type !== 'FunctionExpression') {
      throw new SyntaxError('it is no function and no method')
    }
    const { value } = method
    const key = isPlainName(name) ? name : 'method'
    const before = `${value.async ? 'async ' : ''}${value.generator ? '*' : ''}${key}`
    // its value begins with its parameters: keys that are computed, get and set stay behind
    return { node: value, expression: `({ ${before}${textOfNode(value)} }).${key}` }
  },
}

/** An anonymous function gets back the name that its variable had given it, for stacks. */
function withName(name: string, text: string): string {
  return isPlainName(name) ? `({ ${name}: ${text} }).${name}` : `(${text})`
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__'
}

interface Reading extends ReadFunction {
  readonly source: string
  readonly comments: readonly Comment[]
}

function read(text: string, name: string, strict: boolean, form: Form): Reading {
  // inside a function, so that `new.target` is no syntax error; on one line, so that lines are those of the text
  const before = `(function () { ${strict ? "'use strict'; " : ''}return ${form.before}`
  const source = `${before}${text}${form.after} })`
  const comments: Comment[] = []
  const program = parser()(source, {
    ecmaVersion: 'latest',
    sourceType: 'script',
    locations: true,
    allowImportExportEverywhere: true,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
    onComment: comments,
  })
  const found = form.find(returned(program), (node) => source.slice(node.start, node.end), name)
  return { ...found, strict, source, comments }
}

class AmbiguousComment extends SyntaxError {}

/** In modules `<!--` is three operators, elsewhere it begins a comment: the text does not say which is meant. */
function refuseHtmlComments(comments: readonly Comment[], source: string): void {
  if (comments.some(({ start }) => /^(<!--|-->)/.test(source.slice(start, start + 4)))) {
    throw new AmbiguousComment('<!-- and --> are operators in a module and begin a comment elsewhere')
  }
}

function returned(program: Program): AnyNode | null | undefined {
  const [statement] = program.body
  const around = statement?.type === 'ExpressionStatement' ? statement.expression : undefined
  const last = around?.type === 'FunctionExpression' ? around.body.body.at(-1) : undefined
  return last?.type === 'ReturnStatement' ? last.argument : undefined
}

let parse: typeof parseProgram | undefined

/** Loaded with the first function that is read: programs without thread and process lanes do not need it. */
function parser(): typeof parseProgram {
  parse ??= (createRequire(import.meta.url)('acorn') as { readonly parse: typeof parseProgram }).parse
  return parse
}
