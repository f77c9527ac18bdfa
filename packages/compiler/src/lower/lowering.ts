// What the rooms of the lowering share: one function of the program, while it is being lowered.
import type {
  AnyNode,
  CallExpression,
  Expression,
  NewExpression,
  PrivateIdentifier,
  SpreadElement,
  Statement,
  Super,
} from 'acorn'
import type { BlockerCode } from '../check/blockers.ts'
import type { Label, Operand, Position } from '../ir/ir.ts'
import type { Binding, Scopes } from '../scope/scopes.ts'
import type { FunctionNode, FunctionSource } from '../source/function-source.ts'
import type { Builder } from './builder.ts'
import type { Elements } from '../types/elements.ts'
import type { RecordValue, Value } from './values.ts'

/** One text: the body's, or that of a captured function. */
export interface Unit {
  readonly name: string
  readonly source: FunctionSource
  readonly scopes: Scopes
  readonly captures: Readonly<Record<string, unknown>>
  /** Of our own texts (`prelude.ts`): functions that they are given, by the names they call them by. */
  readonly given?: ReadonlyMap<string, GivenFunction>
}

/** A function that is handed to another: a call of it, in the function that is being lowered. */
export type GivenFunction = (l: Lowering, args: readonly Value[], node: CallExpression) => Value

/**
 * What the value is wanted for. `int32`: whole numbers may then wrap. `missing`: only what an element is compared with or
 * replaced by, so that it may be undefined where there is none.
 */
export type Want = 'int32' | 'missing' | undefined

/** A statement that `break` and `continue` may name, or the `finally` of one that they lead out of. */
export interface Target {
  readonly finalizer?: Statement
  readonly labels: readonly string[]
  readonly breakTo?: Label
  readonly continueTo?: Label
  /** Found by `break` without a label. */
  readonly plain: boolean
}

export type AnyExpression = Expression | PrivateIdentifier | Super | SpreadElement

export interface Lowering {
  readonly build: Builder
  readonly unit: Unit
  readonly scopes: Scopes
  readonly node: FunctionNode
  /** The function that the program is for, and none that it calls. */
  readonly isBody: boolean
  /** The innermost last. */
  readonly targets: Target[]
  /** Labels in front of the statement that comes next. */
  pendingLabels: string[]
  /** The value, which is neither undefined nor null where it could also have been one: that gives up. */
  value(node: AnyExpression, want?: Want): Value
  /** The value as it is. */
  raw(node: AnyExpression, want?: Want): Value
  /** The values, evaluated from left to right, each as it was then. */
  values(nodes: readonly AnyExpression[], want?: Want): Value[]
  raws(nodes: readonly AnyExpression[], want?: Want): Value[]
  /** Evaluates what nobody looks at. */
  effect(node: Expression): void
  /** Goes to `yes` or `no`; `next` says which of them follows right behind. */
  condition(node: Expression, yes: Label, no: Label, next: 'yes' | 'no'): void
  statement(node: Statement): void
  /** The value of one kind or another, whatever the flow of control came through. */
  merge(arms: readonly Arm[], node: AnyNode): Value
  /** ToBoolean, also of what may be undefined or null. */
  truth(value: Value): Operand
  given(value: Value): Value
  /** In registers of its own. */
  snapshot(value: Value): Value
  binding(node: AnyNode): Binding | undefined
  read(binding: Binding, node: AnyNode): Value
  assign(binding: Binding, value: Value, node: AnyNode): void
  /** The value of an own object of which one field has changed. */
  assignField(binding: Binding, value: RecordValue, name: string, node: AnyNode): void
  /** Notes what is asked of an object that is handed in. */
  lookedUp(record: RecordValue, name: string, value: Value): Value
  /** A local variable begins: without a value, or as undefined. */
  begin(binding: Binding): void
  beginUndefined(binding: Binding, node: AnyNode): void
  call(fn: FunctionNode, unit: Unit, args: readonly Value[], node: CallExpression | NewExpression, via?: Binding): Value
  /** The captured function of that name; undefined when it is none. */
  capturedUnit(name: string, node: AnyNode): Unit | undefined
  /** As `call`, but its text becomes a part of this function: it may assign to the variables around it. */
  inline(fn: FunctionNode, unit: Unit, args: readonly Value[], node: AnyNode): Value
  /** Whether the variables of `fn` are those of this function. */
  owns(fn: FunctionNode): boolean
  /** One of our own texts, for this place alone. */
  prelude(text: string, given: ReadonlyMap<string, GivenFunction>, node: AnyNode): Unit
  /** What is known of the elements of the array that begins here. */
  elements(node: AnyNode): Elements
  result(value: Value, node: AnyNode): void
  loops(): void
  at(node: AnyNode): Position
  refuse(code: BlockerCode, node: AnyNode, ...words: readonly string[]): never
}

/** One of the ways to a value, and where it ends. */
export interface Arm {
  readonly value: Value
  readonly end: ReturnType<Builder['here']>
}
