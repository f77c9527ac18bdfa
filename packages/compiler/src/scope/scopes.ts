// Which variable each name means: the scopes of a function and of the functions inside it.
import type { AnyNode, Identifier } from 'acorn'
import type { FunctionNode } from '../source/function-source.ts'
import { childrenOf, isFunction, patternNames } from './syntax.ts'

/** A variable, wherever it is declared. */
export interface Binding {
  readonly name: string
  readonly kind: 'parameter' | 'var' | 'let' | 'const' | 'function' | 'class' | 'self' | 'catch'
  /** The function whose variable it is. */
  readonly owner: FunctionNode
  /** The identifier that declares it. */
  readonly declared: Identifier
  /** What it is, when it is a function that is never anything else. */
  fn: FunctionNode | undefined
  /** Assigned to, other than where it is declared. */
  reassigned: boolean
  /** Used by a function inside its own. */
  captured: boolean
  /** Read in another way than `name.field`, so that a change of a field could be seen under another name. */
  escapes: boolean
  /** Begins as an object of its own: `{ … }` written out. */
  own: boolean
  /** One of its fields is assigned to. */
  fieldsChange: boolean
}

export interface Scopes {
  /** The variable that an identifier means; undefined when it comes from outside. */
  bindingOf(name: Identifier): Binding | undefined
  /** Variables that may be assigned to while `node` is evaluated. */
  writesOf(node: AnyNode): ReadonlySet<Binding>
  /** Variables declared by `let`, `const` or `class` right in a block, loop or switch. */
  declaredIn(node: AnyNode): readonly Binding[]
  /** Variables declared by `var`, and functions, of a function. */
  hoistedIn(node: FunctionNode): readonly Binding[]
}

type Names = Map<string, Binding>

interface Scope {
  readonly names: Names
  readonly outer: Scope | undefined
  readonly owner: FunctionNode
}

const noWrites: ReadonlySet<Binding> = new Set()

export function resolveScopes(root: FunctionNode): Scopes {
  const resolver = new Resolver()
  resolver.function(root, undefined)
  const written = new Map<AnyNode, ReadonlySet<Binding>>()
  const writesOf = (node: AnyNode): ReadonlySet<Binding> => {
    const known = written.get(node)
    if (known !== undefined) return known
    const own = resolver.targets.get(node) ?? []
    const below = childrenOf(node).flatMap((child) => [...writesOf(child)])
    const all = own.length + below.length === 0 ? noWrites : new Set([...own, ...below])
    written.set(node, all)
    return all
  }
  return {
    bindingOf: (name) => resolver.bindings.get(name),
    writesOf,
    declaredIn: (node) => resolver.blocks.get(node) ?? [],
    hoistedIn: (node) => resolver.hoisted.get(node) ?? [],
  }
}

class Resolver {
  readonly bindings = new Map<Identifier, Binding>()
  readonly blocks = new Map<AnyNode, Binding[]>()
  readonly hoisted = new Map<FunctionNode, Binding[]>()
  /** Of assignments: what they assign to. */
  readonly targets = new Map<AnyNode, Binding[]>()

  function(node: FunctionNode, outer: Scope | undefined): void {
    const self = node.type === 'FunctionExpression' && node.id ? node.id : undefined
    let around = outer
    if (self) {
      around = { names: new Map(), outer, owner: node }
      this.#declare(around, self, 'self').fn = node
    }
    const params: Scope = { names: new Map(), outer: around, owner: node }
    for (const each of node.params.flatMap(patternNames)) this.#declare(params, each, 'parameter')
    for (const each of node.params) this.#defaults(each, params)
    if (node.body.type !== 'BlockStatement') return this.#visitCopied(node.body, params)
    const body: Scope = { names: new Map(), outer: params, owner: node }
    const hoisted: Binding[] = []
    for (const [name, kind] of hoistedNames(node.body)) {
      const known = body.names.get(name.name) ?? params.names.get(name.name)
      if (known !== undefined) {
        this.bindings.set(name, known)
        if (kind === 'function') known.reassigned = true
      } else hoisted.push(this.#declare(body, name, kind))
    }
    this.hoisted.set(node, hoisted)
    this.#block(node.body, body)
  }

  /** Declares what stands right in `node`, then goes through it. */
  #block(node: AnyNode & { body?: unknown; cases?: unknown }, scope: Scope): void {
    const statements =
      node.type === 'SwitchStatement' ? node.cases.flatMap((each) => each.consequent) : childrenOf(node)
    const own = statements.flatMap((statement) => this.#declareLexical(statement, scope))
    this.blocks.set(node, own)
    for (const child of childrenOf(node)) this.#visit(child, scope)
  }

  #declareLexical(statement: AnyNode, scope: Scope): Binding[] {
    if (statement.type === 'ClassDeclaration') return statement.id ? [this.#declare(scope, statement.id, 'class')] : []
    if (statement.type === 'FunctionDeclaration') {
      if (!statement.id) return []
      const known = this.bindings.get(statement.id)
      const binding = known ?? this.#declare(scope, statement.id, 'function')
      binding.fn = statement
      // sloppy code would assign it to a variable of that name outside of the block as well
      if (known === undefined && this.#isVariable(statement.id.name, scope)) binding.reassigned = true
      return known === undefined ? [binding] : []
    }
    if (statement.type !== 'VariableDeclaration' || statement.kind === 'var') return []
    const kind = statement.kind === 'let' ? 'let' : 'const'
    return statement.declarations.flatMap((each) => patternNames(each.id).map((id) => this.#declare(scope, id, kind)))
  }

  /** Whether a function has a parameter, `var` or function of that name. */
  #isVariable(name: string, { outer, owner }: Scope): boolean {
    for (let at = outer; at?.owner === owner; at = at.outer) {
      const kind = at.names.get(name)?.kind
      if (kind === 'parameter' || kind === 'var' || kind === 'function') return true
    }
    return false
  }

  #declare(scope: Scope, declared: Identifier, kind: Binding['kind']): Binding {
    const binding: Binding = {
      name: declared.name,
      kind,
      owner: scope.owner,
      declared,
      fn: undefined,
      reassigned: false,
      captured: false,
      escapes: false,
      own: false,
      fieldsChange: false,
    }
    scope.names.set(declared.name, binding)
    this.bindings.set(declared, binding)
    return binding
  }

  #visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.#read(node, scope).forEach((binding) => (binding.escapes = true))
        return
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ArrowFunctionExpression':
        return this.function(node, scope)
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
        this.#loopTarget(node, scope)
        return this.#block(node, { names: new Map(), outer: scope, owner: scope.owner })
      case 'CatchClause': {
        const inside: Scope = { names: new Map(), outer: scope, owner: scope.owner }
        if (node.param) for (const id of patternNames(node.param)) this.#declare(inside, id, 'catch')
        return this.#visit(node.body, inside)
      }
      case 'LabeledStatement':
        return this.#visit(node.body, scope)
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      case 'Property':
        if (node.computed) this.#visit(node.key, scope)
        return this.#visit(node.value, scope)
      case 'MemberExpression':
        return this.#member(node, scope, false)
      case 'AssignmentExpression':
        this.#assign(node, node.left, scope)
        return this.#visit(node.right, scope)
      case 'UpdateExpression':
        return this.#assign(node, node.argument, scope)
      case 'VariableDeclarator':
        return this.#declarator(node, scope)
      case 'ReturnStatement':
      case 'SpreadElement':
        if (node.argument) this.#visitCopied(node.argument, scope)
        return
      default:
        for (const child of childrenOf(node)) this.#visit(child, scope)
    }
  }

  #declarator(node: AnyNode & { type: 'VariableDeclarator' }, scope: Scope): void {
    if (node.id.type === 'Identifier') {
      const binding = this.#find(node.id, scope)
      if (binding && node.init) {
        if (isFunction(node.init)) binding.fn = node.init
        binding.own = node.init.type === 'ObjectExpression'
        // a parameter, or a variable that is declared twice
        if (binding.declared !== node.id || binding.kind === 'parameter') binding.reassigned = true
        this.targets.set(node, [binding])
      }
    } else {
      const bound = patternNames(node.id).flatMap((id) => this.#find(id, scope) ?? [])
      this.targets.set(node, bound)
      this.#defaults(node.id, scope)
    }
    if (node.init && node.id.type === 'ObjectPattern') this.#visitCopied(node.init, scope)
    else if (node.init) this.#visit(node.init, scope)
  }

  /** Taking an object apart, or returning it, makes no second name for it. */
  #visitCopied(node: AnyNode, scope: Scope): void {
    if (node.type === 'Identifier') this.#read(node, scope)
    else this.#visit(node, scope)
  }

  /** What is evaluated in a pattern: keys and defaults. */
  #defaults(pattern: AnyNode, scope: Scope): void {
    if (pattern.type === 'AssignmentPattern') {
      this.#defaults(pattern.left, scope)
      return this.#visit(pattern.right, scope)
    }
    if (pattern.type === 'Property') {
      if (pattern.computed) this.#visit(pattern.key, scope)
      return this.#defaults(pattern.value, scope)
    }
    if (pattern.type === 'Identifier') return
    if (pattern.type === 'MemberExpression') return this.#visit(pattern, scope)
    for (const child of childrenOf(pattern)) this.#defaults(child, scope)
  }

  #assign(node: AnyNode, target: AnyNode, scope: Scope): void {
    if (target.type === 'Identifier') {
      const bindings = this.#read(target, scope)
      for (const binding of bindings) binding.reassigned = true
      this.targets.set(node, bindings)
    } else if (target.type === 'MemberExpression') {
      this.#member(target, scope, true)
      const { object } = target
      const binding = object.type === 'Identifier' ? this.bindings.get(object) : undefined
      this.targets.set(node, binding ? [binding] : [])
    } else {
      const names = target.type === 'ObjectPattern' || target.type === 'ArrayPattern' ? patternNames(target) : []
      const bindings = names.flatMap((name) => this.#read(name, scope))
      for (const binding of bindings) binding.reassigned = true
      this.targets.set(node, bindings)
      this.#defaults(target, scope)
    }
  }

  #member(node: AnyNode & { type: 'MemberExpression' }, scope: Scope, written: boolean): void {
    const { object } = node
    if (object.type === 'Identifier') {
      for (const binding of this.#read(object, scope)) binding.fieldsChange ||= written
    } else this.#visit(object, scope)
    if (node.computed) this.#visit(node.property, scope)
  }

  /** `for (x of …)` without a declaration assigns. */
  #loopTarget(node: AnyNode, scope: Scope): void {
    if (node.type !== 'ForOfStatement' && node.type !== 'ForInStatement') return
    if (node.left.type !== 'VariableDeclaration') return this.#assign(node, node.left, scope)
    const names = node.left.declarations.flatMap((each) => patternNames(each.id))
    if (node.left.kind !== 'var') return
    for (const name of names) {
      const binding = this.#find(name, scope)
      if (binding) binding.reassigned = true
    }
  }

  #read(name: Identifier, scope: Scope): Binding[] {
    const binding = this.#find(name, scope)
    if (binding === undefined) return []
    if (binding.owner !== scope.owner) binding.captured = true
    return [binding]
  }

  #find(name: Identifier, scope: Scope): Binding | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      const binding = at.names.get(name.name)
      if (binding === undefined) continue
      this.bindings.set(name, binding)
      return binding
    }
    return undefined
  }
}

/** `var` anywhere in a function, and functions right in its body. */
function hoistedNames(body: AnyNode): [Identifier, 'var' | 'function'][] {
  const found: [Identifier, 'var' | 'function'][] = []
  const look = (node: AnyNode, top: boolean): void => {
    if (node.type === 'FunctionDeclaration' && top && node.id) found.push([node.id, 'function'])
    if (isFunction(node) || node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const id of node.declarations.flatMap((each) => patternNames(each.id))) found.push([id, 'var'])
    }
    for (const child of childrenOf(node)) look(child, node === body)
  }
  look(body, false)
  return found
}
