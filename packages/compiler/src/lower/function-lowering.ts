// One function of the program in one round: its variables, and the rooms of the lowering put together.
import type { AnyNode, CallExpression, Expression, Identifier, NewExpression, Statement } from 'acorn'
import type { Blocker, BlockerCode } from '../check/blockers.ts'
import { Refusal } from '../check/blockers.ts'
import type { Instruction, Operand, Position, Register } from '../ir/ir.ts'
import type { Binding, Scopes } from '../scope/scopes.ts'
import { declaredNames } from '../scope/syntax.ts'
import type { FunctionNode } from '../source/function-source.ts'
import type { Type } from '../types/types.ts'
import type { Elements } from '../types/elements.ts'
import { join, typeName, unknownType, widened } from '../types/types.ts'
import { bind } from './assignments.ts'
import { Builder, constant } from './builder.ts'
import { fitted, snapshot, store, toBoolean } from './convert.ts'
import { condition, effect, expression } from './expressions.ts'
import type { Inference, Instance } from './inference.ts'
import type { AnyExpression, Arm, GivenFunction, Lowering, Target, Unit, Want } from './lowering.ts'
import { statement } from './statements.ts'
import type { RecordValue, Value } from './values.ts'
import { operandsOf, storageOf, typeOf, undefinedValue, unknownValue } from './values.ts'
import { Variables } from './variables.ts'

/** The reason of a BAIL where a value is undefined or null that had to be there. */
export const BAIL_NONE = 2

/** What a function needs of the program that it is part of. */
export interface ProgramRound {
  readonly inference: Inference
  readonly blockers: Blocker[]
  /** The number of a function that is called; it is lowered in this round too. */
  indexOf(instance: Instance): number
  capturedUnit(unit: Unit, name: string, at: Position): Unit | undefined
  prelude(text: string, given: ReadonlyMap<string, GivenFunction>, node: AnyNode, at: Position): Unit
  looping(): void
}

export class FunctionLowering implements Lowering {
  readonly build: Builder
  /** That of the text which is being lowered: another than the function's own where one is a part of it. */
  unit: Unit
  readonly node: FunctionNode
  readonly isBody: boolean
  readonly targets: Target[] = []
  pendingLabels: string[] = []
  /** Arguments, then what is handed in from around. */
  readonly params: Register[]
  readonly variables: Variables
  readonly #instance: Instance
  readonly #program: ProgramRound
  readonly #arguments: Value[]
  /** Functions whose text is a part of this one. */
  readonly #inlined = new Set<FunctionNode>()
  /** Where what is returned goes, of a function that is a part of this one. */
  #returned: ((value: Value) => void) | undefined

  constructor(instance: Instance, program: ProgramRound) {
    this.unit = instance.unit
    this.node = instance.fn
    this.isBody = program.indexOf(instance) === 0
    this.#instance = instance
    this.#program = program
    this.build = new Builder(this.at(instance.fn))
    this.variables = new Variables(this, instance, program.inference)
    this.#arguments = instance.args.map((type, index) => storageOf(type, this.build, this.#parameterName(index)))
    const lifted = instance.lifted.map(([binding, type]) => this.variables.handed(binding, type))
    this.params = [...this.#arguments, ...lifted].flatMap(operandsOf) as Register[]
  }

  /** The instructions of the function. */
  lower(): readonly Instruction[] {
    this.#guarded(this.node, () => this.#text(this.node, this.#arguments))
    return this.build.instructions
  }

  get scopes(): Scopes {
    return this.unit.scopes
  }

  /** The text of a function, with these arguments. */
  #text(node: FunctionNode, args: readonly Value[]): void {
    for (const binding of this.scopes.hoistedIn(node)) this.variables.hoist(binding)
    node.params.forEach((param, index) =>
      this.#guarded(param, () => {
        if (param.type === 'RestElement') this.refuse('CZ1018', param, '`...rest`')
        bind(this, param, args[index] ?? undefinedValue)
      }),
    )
    if (node.body.type !== 'BlockStatement') return this.result(this.raw(node.body), node.body)
    for (const binding of this.scopes.declaredIn(node.body)) this.begin(binding)
    for (const each of node.body.body) this.statement(each)
    if (this.build.reachable) this.result(undefinedValue, node)
  }

  raw(node: AnyExpression, want?: Want): Value {
    const { at } = this.build
    this.build.at = this.at(node)
    const value = expression(this, node, want)
    this.build.at = at
    return value
  }

  value(node: AnyExpression, want?: Want): Value {
    return this.given(this.raw(node, want))
  }

  values(nodes: readonly AnyExpression[], want?: Want): Value[] {
    return this.#inOrder(nodes, (node) => this.value(node, want))
  }

  raws(nodes: readonly AnyExpression[], want?: Want): Value[] {
    return this.#inOrder(nodes, (node) => this.raw(node, want))
  }

  effect(node: Expression): void {
    effect(this, node)
  }

  condition(...parameters: Parameters<Lowering['condition']>): void {
    const { at } = this.build
    this.build.at = this.at(parameters[0])
    condition(this, ...parameters)
    this.build.at = at
  }

  statement(node: Statement): void {
    // what is never come to blocks nothing
    if (this.build.reachable) this.#guarded(node, () => statement(this, node))
  }

  merge(arms: readonly Arm[], node: AnyNode): Value {
    const [first] = arms
    if (first === undefined) return unknownValue
    if (arms.length === 1) return first.value
    const type = arms.map(({ value }) => typeOf(value)).reduce(join)
    if (type.kind === 'mixed' || type.kind === 'opaque') return this.refuse('CZ1007', node, 'a choice', typeName(type))
    const storage = storageOf(type, this.build, '')
    for (const { value, end } of arms.toReversed()) this.build.insertAt(end, () => store(this.build, storage, value))
    return storage
  }

  given(value: Value): Value {
    if (value.kind !== 'maybe') return value
    const there = this.build.label()
    this.build.branch(value.given, true, there)
    this.build.bail(BAIL_NONE)
    this.build.place(there)
    return value.of
  }

  truth(value: Value): Operand {
    if (value.kind !== 'maybe') return toBoolean(this.build, value)
    const end = this.build.label()
    const result = this.build.register('b')
    this.build.move(result, constant('b', false))
    this.build.branch(value.given, false, end)
    this.build.move(result, toBoolean(this.build, value.of))
    this.build.place(end)
    return result
  }

  snapshot(value: Value): Value {
    return snapshot(this.build, value)
  }

  binding(node: AnyNode): Binding | undefined {
    return this.scopes.bindingOf(node as Identifier)
  }

  read(binding: Binding, node: AnyNode): Value {
    return this.variables.read(binding, node)
  }

  assign(binding: Binding, value: Value, node: AnyNode): void {
    this.variables.assign(binding, value, node)
  }

  assignField(binding: Binding, value: RecordValue, name: string, node: AnyNode): void {
    this.variables.assignField(binding, value, name, node)
  }

  begin(binding: Binding): void {
    this.variables.begin(binding)
  }

  beginUndefined(binding: Binding, node: AnyNode): void {
    this.variables.beginUndefined(binding, node)
  }

  lookedUp(record: RecordValue, name: string, value: Value): Value {
    if (record.argument && value.kind === 'undefined') this.#program.inference.absent.add(name)
    return value
  }

  capturedUnit(name: string, node: AnyNode): Unit | undefined {
    return this.#program.capturedUnit(this.unit, name, this.at(node))
  }

  call(
    fn: FunctionNode,
    unit: Unit,
    args: readonly Value[],
    node: CallExpression | NewExpression,
    via?: Binding,
  ): Value {
    if (fn.async || fn.generator) return this.refuse('CZ1002', node, 'an async function or generator')
    const { inference } = this.#program
    const lifted = this.variables.handOver(fn, via, node)
    const given = fn.params.map((_, index) => args[index] ?? undefinedValue)
    if ([...given, ...lifted.map(([, value]) => value)].some(({ kind }) => kind === 'unknown')) return unknownValue
    const types = given.map((each) => widened(typeOf(each)))
    const liftedTypes = lifted.map(([binding, value]) => [binding, widened(typeOf(value))] as const)
    const name = via?.name ?? (fn.id ? fn.id.name : unit.name)
    const instance = inference.instance(unit, fn, name, types, liftedTypes)
    if (instance === undefined) return this.refuse('CZ1019', node, 'its functions are called with too many types')
    const operands = [
      ...given.flatMap((each, index) => fitted(this.build, each, types[index] ?? unknownType)),
      ...lifted.flatMap(([, value], index) => fitted(this.build, value, liftedTypes[index]?.[1] ?? unknownType)),
    ]
    return this.#called(this.#program.indexOf(instance), instance.result, operands)
  }

  inline(fn: FunctionNode, unit: Unit, args: readonly Value[], node: AnyNode): Value {
    if (fn.async || fn.generator) return this.refuse('CZ1002', node, 'an async function or generator')
    const { build } = this
    const end = build.label()
    const arms: Arm[] = []
    const kept = { unit: this.unit, returned: this.#returned, labels: this.pendingLabels }
    const targets = this.targets.splice(0)
    this.#inlined.add(fn)
    this.unit = unit
    this.pendingLabels = []
    this.#returned = (value) => {
      arms.push({ value, end: build.here() })
      build.jump(end)
    }
    try {
      this.#text(fn, args)
    } finally {
      this.unit = kept.unit
      this.#returned = kept.returned
      this.pendingLabels = kept.labels
      this.targets.splice(0, Infinity, ...targets)
    }
    const merged = this.merge(arms, node)
    build.place(end)
    return merged
  }

  owns(fn: FunctionNode): boolean {
    return fn === this.node || this.#inlined.has(fn)
  }

  prelude(text: string, given: ReadonlyMap<string, GivenFunction>, node: AnyNode): Unit {
    return this.#program.prelude(text, given, node, this.at(node))
  }

  elements(node: AnyNode): Elements {
    return this.#program.inference.elementsAt(this.#instance, node)
  }

  result(value: Value, node: AnyNode): void {
    if (this.#returned !== undefined) return this.#returned(value)
    const { inference } = this.#program
    if (value.kind === 'unknown') {
      inference.sawUnknown = true
      return this.build.act('RETURN', [])
    }
    if (isHandedIn(value)) this.refuse('CZ1017', node, 'one that was handed in may not be returned')
    const type = inference.noteResult(this.#instance, widened(typeOf(value)))
    if (type.kind === 'mixed' || type.kind === 'opaque') this.refuse('CZ1016', node, type.what)
    this.build.act('RETURN', fitted(this.build, value, type))
  }

  loops(): void {
    this.#program.looping()
  }

  at(node: AnyNode): Position {
    return this.unit.source.at(node)
  }

  refuse(code: BlockerCode, node: AnyNode, ...words: readonly string[]): never {
    throw new Refusal(code, this.at(node), ...words)
  }

  #called(index: number, type: Type, operands: readonly Operand[]): Value {
    switch (type.kind) {
      case 'unknown':
        this.#program.inference.sawUnknown = true
        return unknownValue
      case 'undefined':
      case 'null':
        this.build.call(index, operands, undefined)
        return { kind: type.kind }
      case 'record':
      case 'maybe': {
        const shape = storageOf(type, this.build, '')
        this.build.callFor(operandsOf(shape) as Register[], index, operands)
        return shape
      }
      default: {
        const shape = storageOf(type, this.build, '')
        const [register] = operandsOf(shape)
        const result = this.build.call(index, operands, register?.type)
        return result === undefined ? unknownValue : ({ ...shape, operand: result } as Value)
      }
    }
  }

  /** Values that a later one of the same expression might change are copied first. */
  #inOrder(nodes: readonly AnyExpression[], lower: (node: AnyExpression) => Value): Value[] {
    const last = nodes.findLastIndex((node) => this.scopes.writesOf(node).size > 0)
    return nodes.map((node, index) => {
      const value = lower(node)
      return index < last ? this.snapshot(value) : value
    })
  }

  /** Notes a blocker and goes on behind the statement, to find more of them. */
  #guarded(node: AnyNode, lower: () => void): void {
    const { build, targets } = this
    const [at, reachable, depth] = [build.at, build.reachable, targets.length]
    build.at = this.at(node)
    try {
      lower()
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      this.#program.blockers.push(thrown.blocker)
      for (const id of declaredNames(node)) this.variables.refuse(this.scopes.bindingOf(id), thrown)
      build.reachable = reachable
      targets.length = depth
      this.pendingLabels = []
    }
    build.at = at
  }

  #parameterName(index: number): string {
    const param = this.node.params[index]
    const pattern = param?.type === 'AssignmentPattern' ? param.left : param
    return pattern?.type === 'Identifier' ? pattern.name : `argument${index}`
  }
}

function isHandedIn(value: Value): boolean {
  if (value.kind === 'maybe') return isHandedIn(value.of)
  return value.kind === 'record' && (value.argument || [...value.fields.values()].some(isHandedIn))
}
