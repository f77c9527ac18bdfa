// What is known of the whole program from one round of lowering to the next: types only ever widen, so that rounds settle.
import type { Binding } from '../scope/scopes.ts'
import type { AnyNode } from 'acorn'
import type { FunctionNode } from '../source/function-source.ts'
import { Elements } from '../types/elements.ts'
import type { Type } from '../types/types.ts'
import { join, sameType, typeKey, unknownType, widened } from '../types/types.ts'
import type { Unit } from './lowering.ts'

/** A function with the types of one kind of call. */
export interface Instance {
  readonly unit: Unit
  readonly fn: FunctionNode
  readonly name: string
  readonly args: readonly Type[]
  /** Variables around the function that it uses; they are handed to it behind its arguments. */
  readonly lifted: readonly (readonly [Binding, Type])[]
  readonly variables: Map<Binding, Type>
  /** By the place where an array begins. */
  readonly elements: Map<AnyNode, Elements>
  result: Type
}

const MAX_INSTANCES = 192
/** Rounds after which numbers that still change class are any numbers. */
const PATIENCE = 8

export class Inference {
  readonly #instances = new Map<string, Instance>()
  readonly #ids = new Map<FunctionNode, number>()
  /** Those of which nothing was known when they were made. */
  readonly #open: Elements[] = []
  readonly #lifted = new Map<FunctionNode, Set<Binding>>()
  /** Variables that may be read before they are assigned to: they begin as undefined. */
  readonly startUndefined: Set<Binding> = new Set()
  /** Of objects that are handed in: fields that were asked for and not there. */
  readonly absent: Set<string> = new Set()
  /** Variables without a type that were read in this round, and that were given something without one. */
  readonly unknownReads: Set<Binding> = new Set()
  readonly unknownWrites: Set<Binding> = new Set()
  /** Something has been learnt in this round. */
  changed = false
  /** Something was used of which nothing is known yet. */
  sawUnknown = false
  /** Nothing more will be learnt: what is unknown stays it. */
  final = false
  round = 0

  /** Undefined when there are too many of them. */
  instance(
    unit: Unit,
    fn: FunctionNode,
    name: string,
    args: readonly Type[],
    lifted: Instance['lifted'],
  ): Instance | undefined {
    const types = [...args, ...lifted.map(([, type]) => type)]
    const key = `${this.#id(fn)}(${types.map(typeKey).join()})`
    const known = this.#instances.get(key)
    if (known !== undefined || this.#instances.size >= MAX_INSTANCES) return known
    const made: Instance = {
      unit,
      fn,
      name,
      args,
      lifted,
      variables: new Map(),
      elements: new Map(),
      result: unknownType,
    }
    this.#instances.set(key, made)
    this.changed = true
    return made
  }

  /** What is known of the elements of an array that begins at `node`. */
  elementsAt(instance: Instance, node: AnyNode): Elements {
    const known =
      instance.elements.get(node) ??
      new Elements(undefined, this.#open.length + 1, () => {
        this.changed = true
      })
    if (!instance.elements.has(node)) this.#open.push(known)
    instance.elements.set(node, known)
    if (known.kind === undefined) this.sawUnknown = true
    return known
  }

  noteVariable(instance: Instance, binding: Binding, type: Type): Type {
    const before = instance.variables.get(binding) ?? unknownType
    const joined = this.#joined(before, type)
    if (!sameType(before, joined)) {
      instance.variables.set(binding, joined)
      this.changed = true
    }
    return joined
  }

  noteResult(instance: Instance, type: Type): Type {
    const joined = this.#joined(instance.result, type)
    if (!sameType(instance.result, joined)) {
      instance.result = joined
      this.changed = true
    }
    return joined
  }

  /** The variables around `fn` that it is handed. */
  liftedBy(fn: FunctionNode): ReadonlySet<Binding> {
    return this.#lifted.get(fn) ?? new Set()
  }

  lift(fn: FunctionNode, binding: Binding): void {
    const lifted = this.#lifted.get(fn) ?? new Set()
    if (lifted.has(binding)) return
    lifted.add(binding)
    this.#lifted.set(fn, lifted)
    this.changed = true
  }

  startAsUndefined(binding: Binding): void {
    if (this.startUndefined.has(binding)) return
    this.startUndefined.add(binding)
    this.changed = true
  }

  /** Nothing is learnt any more: what was read and never given anything is undefined, then what hangs on itself. */
  settleUnknown(): void {
    // nothing is ever put into such an array: any kind will do
    for (const each of this.#open) if (each.kind === undefined) each.learn('number')
    if (this.changed) return
    const roots = [...this.unknownReads].filter((binding) => !this.unknownWrites.has(binding))
    for (const binding of roots) this.startAsUndefined(binding)
    if (!this.changed) for (const binding of this.unknownReads) this.startAsUndefined(binding)
  }

  beginRound(round: number): void {
    this.round = round
    this.changed = false
    this.sawUnknown = false
    this.unknownReads.clear()
    this.unknownWrites.clear()
  }

  #joined(before: Type, type: Type): Type {
    const joined = join(before, type)
    return this.round > PATIENCE && !sameType(before, joined) ? widened(joined) : joined
  }

  #id(fn: FunctionNode): number {
    const known = this.#ids.get(fn) ?? this.#ids.size
    this.#ids.set(fn, known)
    return known
  }
}
