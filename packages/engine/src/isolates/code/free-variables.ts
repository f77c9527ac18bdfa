// What a function takes from its surroundings, by scope analysis of its text: variables that nothing in it declares, and
// `this`, `super` and the like, which belong to what stands round it.
import type { AnyNode, Class, Function as FunctionNode, Node } from 'acorn'
import { blockNames, childrenOf, patternNames, varNames } from './declarations.ts'

/** Something that a function takes from outside. Globals are among the variables. */
export interface OuterReference {
  readonly kind: 'variable' | 'typeof' | 'this' | 'super' | 'new.target' | 'import.meta' | 'private' | 'import'
  /** The variable, the private name without its `#`, or the specifier of a dynamic import; else as `kind`. */
  readonly name: string
  /** Counted from 1, the first line of the function. */
  readonly line: number
}

/** The names known at one place, and what else holds there. */
interface Scope {
  readonly names: ReadonlySet<string>
  readonly outer: Scope | undefined
  /** Inside a function, method or class of its own, where `this` and `super` are not those of the surroundings. */
  readonly ownThis: boolean
  /** Inside something for which `new.target` is known: any function that is no arrow. */
  readonly ownNewTarget: boolean
  readonly strict: boolean
  /** The private names of the classes round this place. */
  readonly privates: readonly string[]
}

/** Stands for `import()` in what vitest makes of a module. */
export const VITE_DYNAMIC_IMPORT = '__vite_ssr_dynamic_import__'

/** What `node`, a function or a method's function, takes from outside, in the order of its text; repetitions included. */
export function outerReferences(node: AnyNode, strict: boolean): OuterReference[] {
  const outside: Scope = {
    names: new Set(),
    outer: undefined,
    ownThis: false,
    ownNewTarget: false,
    strict,
    privates: [],
  }
  const walk = new ScopeWalk()
  if (isFunction(node)) walk.function(node, outside, false)
  else walk.visit(node, outside)
  return walk.found
}

function isFunction(node: AnyNode): node is AnyNode & FunctionNode {
  return (
    node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration' || node.type === 'ArrowFunctionExpression'
  )
}

function within(outer: Scope, names: readonly string[], changes: Partial<Scope> = {}): Scope {
  return { ...outer, ...changes, names: new Set(names), outer }
}

/** Goes through a text from the outside inwards. All names of a scope are known before anything in it is looked at. */
class ScopeWalk {
  readonly found: OuterReference[] = []

  visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        return this.#name(node, node.name, scope)
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ArrowFunctionExpression':
        return this.function(node, scope, true)
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.#class(node, scope)
      case 'BlockStatement':
        return this.#all(node.body, within(scope, blockNames(node.body)))
      case 'ForStatement':
        return this.#all(childrenOf(node), within(scope, blockNames(node.init ? [node.init] : [])))
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#all(childrenOf(node), within(scope, blockNames([node.left])))
      case 'SwitchStatement': {
        this.visit(node.discriminant, scope)
        return this.#all(node.cases, within(scope, blockNames(node.cases.flatMap((each) => each.consequent))))
      }
      case 'CatchClause':
        return this.#all(childrenOf(node), within(scope, patternNames(node.param)))
      case 'LabeledStatement':
        return this.visit(node.body, scope)
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      case 'Property':
        if (node.computed) this.visit(node.key, scope)
        return this.visit(node.value, scope)
      case 'MemberExpression':
        this.visit(node.object, scope)
        if (node.computed || node.property.type === 'PrivateIdentifier') this.visit(node.property, scope)
        return
      default:
        return this.#special(node, scope)
    }
  }

  /** Whatever is neither a scope nor a name that is read in the usual way. */
  #special(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'ThisExpression':
        if (!scope.ownThis) this.#add('this', node)
        return
      case 'Super':
        if (!scope.ownThis) this.#add('super', node)
        return
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#add('import.meta', node)
        else if (!scope.ownNewTarget) this.#add('new.target', node)
        return
      case 'PrivateIdentifier':
        if (!scope.privates.includes(node.name)) this.#add('private', node, node.name)
        return
      case 'ImportExpression':
        this.#import(node.source, /^(\.{1,2}(\/|$)|#)/)
        return this.#all(childrenOf(node), scope)
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === VITE_DYNAMIC_IMPORT)
          this.#import(node.arguments[0], /^(\.|#|\/(?!@fs\/))/)
        return this.#all(childrenOf(node), scope)
      case 'UnaryExpression':
        if (node.operator === 'typeof' && node.argument.type === 'Identifier') {
          return this.#name(node.argument, node.argument.name, scope, 'typeof')
        }
        return this.visit(node.argument, scope)
      default:
        return this.#all(childrenOf(node), scope)
    }
  }

  /** @param nested false for the function that is looked at, whose `this` would come from whoever calls it */
  function(node: AnyNode & FunctionNode, scope: Scope, nested: boolean): void {
    const arrow = node.type === 'ArrowFunctionExpression'
    const strict = scope.strict || isStrictBody(node.body)
    const own = node.type === 'FunctionExpression' ? patternNames(node.id) : []
    const changes = arrow ? { strict } : { strict, ownNewTarget: true, ownThis: scope.ownThis || nested }
    const named = within(scope, own)
    const params = within(named, [...node.params.flatMap(patternNames), ...(arrow ? [] : ['arguments'])], changes)
    this.#all(node.params, params)
    if (node.body.type !== 'BlockStatement') return this.visit(node.body, params)
    // a scope of its own: what the body declares is not seen by the defaults of the parameters
    this.#all(node.body.body, within(params, [...varNames(node.body, strict), ...blockNames(node.body.body)]))
  }

  #class(node: AnyNode & Class, scope: Scope): void {
    const privates = node.body.body.flatMap((member) =>
      'key' in member && member.key.type === 'PrivateIdentifier' ? [member.key.name] : [],
    )
    const inside = within(scope, patternNames(node.id), { strict: true, privates: [...scope.privates, ...privates] })
    if (node.superClass) this.visit(node.superClass, inside)
    for (const member of node.body.body) {
      const own: Scope = { ...inside, ownThis: true, ownNewTarget: true }
      if (member.type === 'StaticBlock') {
        this.#all(member.body, within(own, [...varNames(member.body, true), ...blockNames(member.body)]))
        continue
      }
      if (member.computed) this.visit(member.key, inside)
      if (member.value) this.visit(member.value, own)
    }
  }

  #all(nodes: readonly (AnyNode | null)[], scope: Scope): void {
    for (const node of nodes) if (node !== null) this.visit(node, scope)
  }

  #name(node: Node, name: string, scope: Scope, kind: 'variable' | 'typeof' = 'variable'): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return
    this.#add(kind, node, name)
  }

  /** A specifier that is relative to the module, or one of its package's own names, means nothing elsewhere. */
  #import(source: AnyNode | undefined, relative: RegExp): void {
    if (source?.type !== 'Literal' || typeof source.value !== 'string') return
    if (relative.test(source.value)) this.#add('import', source, source.value)
  }

  #add(kind: OuterReference['kind'], node: Node, name: string = kind): void {
    this.found.push({ kind, name, line: node.loc?.start.line ?? 1 })
  }
}

function isStrictBody(body: AnyNode): boolean {
  if (body.type !== 'BlockStatement') return false
  return body.body.some((statement) => 'directive' in statement && statement.directive === 'use strict')
}
