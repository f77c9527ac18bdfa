// The variables of one function: where they are kept, and that none is read before it has a value.
import type { AnyNode } from 'acorn'
import type { Refusal } from '../check/blockers.ts'
import type { Register } from '../ir/ir.ts'
import { isConstant } from '../ir/ir.ts'
import type { Binding } from '../scope/scopes.ts'
import type { FunctionNode } from '../source/function-source.ts'
import type { Type } from '../types/types.ts'
import { sameType, unknownType } from '../types/types.ts'
import { store } from './convert.ts'
import type { Inference, Instance } from './inference.ts'
import type { Lowering } from './lowering.ts'
import type { RecordValue, Value } from './values.ts'
import { operandsOf, storageOf, typeOf, undefinedValue, unknownValue } from './values.ts'

export class Variables {
  readonly #l: Lowering
  readonly #instance: Instance
  readonly #inference: Inference
  readonly #storages = new Map<Binding, Value>()
  /** Constants, which need no register. */
  readonly #constants = new Map<Binding, Value>()
  /** Of variables without registers: stands for "it has a value". */
  readonly #markers = new Map<Binding, Register>()
  /** Declarations that the text has come by. */
  readonly #declared = new Set<Binding>()
  /** Why there is no value for it: what its declaration was refused for. */
  readonly #refused = new Map<Binding, Refusal>()
  /** Whose register it is. */
  readonly owners: Map<Register, Binding> = new Map()

  constructor(l: Lowering, instance: Instance, inference: Inference) {
    this.#l = l
    this.#instance = instance
    this.#inference = inference
  }

  /** A variable from around the function, which is handed to it. */
  handed(binding: Binding, type: Type): Value {
    const storage = storageOf(type, this.#l.build, binding.name)
    this.#storages.set(binding, storage)
    return storage
  }

  read(binding: Binding, node: AnyNode): Value {
    if (binding.kind === 'class' || binding.kind === 'catch') {
      return this.#l.refuse('CZ1006', node, binding.kind === 'class' ? 'a class' : 'the error of a `catch`')
    }
    if (binding.fn !== undefined) return this.#l.refuse('CZ1013', node, binding.name)
    if (!this.#l.owns(binding.owner)) return this.#readOuter(binding, node)
    this.#mustNotBeRefused(binding)
    const known = this.#constants.get(binding)
    const storage = known ?? this.#storage(binding)
    const early = binding.kind !== 'var' && !this.#declared.has(binding)
    if (storage.kind === 'unknown') return this.#readUnknown(binding, node)
    // also what is read for nothing must have a value
    this.#mustBeDeclared(binding)
    const registerless = operandsOf(storage).every(isConstant) && binding.kind !== 'var'
    if (early && (registerless || binding.kind === 'parameter')) return this.#l.refuse('CZ1012', node, binding.name)
    return storage
  }

  #readOuter(binding: Binding, node: AnyNode): Value {
    if (binding.reassigned) return this.#l.refuse('CZ1014', node, binding.name)
    const handed = this.#storages.get(binding)
    if (handed?.kind === 'record' && binding.fieldsChange) return this.#l.refuse('CZ1014', node, binding.name)
    if (handed !== undefined) return handed
    this.#inference.lift(this.#l.node, binding)
    return unknownValue
  }

  /** Only once nothing more is learnt does it mean that there never is a value. */
  #readUnknown(binding: Binding, node: AnyNode): Value {
    this.#inference.sawUnknown = true
    if (!this.#inference.final) return unknownValue
    if (binding.kind !== 'var' && !this.#declared.has(binding)) return this.#l.refuse('CZ1012', node, binding.name)
    this.#inference.unknownReads.add(binding)
    return unknownValue
  }

  assign(binding: Binding, value: Value, node: AnyNode): void {
    const isDeclaration = node === binding.declared
    const fixed = ['self', 'function', 'class', 'catch'].includes(binding.kind)
    if (fixed || (binding.kind === 'const' && !isDeclaration)) return this.#l.refuse('CZ1015', node, binding.name)
    if (!this.#l.owns(binding.owner)) return this.#l.refuse('CZ1014', node, binding.name)
    if (isDeclaration) this.#declare(binding)
    else {
      this.#mustNotBeRefused(binding)
      this.#mustBeDeclared(binding)
    }
    if (binding.fn !== undefined) {
      if (!isFunctionValue(value)) return this.#l.refuse('CZ1008', node, binding.name, 'a function and something else')
      return this.#l.build.mark('SET', this.#marker(binding))
    }
    if (value.kind === 'unknown') {
      this.#inference.unknownWrites.add(binding)
      return undefined
    }
    if (this.#keepsConstant(binding, value)) {
      this.#constants.set(binding, value)
      return this.#l.build.mark('SET', this.#marker(binding))
    }
    this.#write(binding, value, node)
  }

  assignField(binding: Binding, value: RecordValue, name: string, node: AnyNode): void {
    this.#mustBeDeclared(binding)
    const type = this.#note(binding, value, node)
    const storage = this.#storage(binding)
    const field = value.fields.get(name)
    const target = storage.kind === 'record' ? storage.fields.get(name) : undefined
    if (field === undefined || target === undefined || !sameType(this.#typeOf(binding), type)) return
    store(this.#l.build, target, field)
  }

  /** The statement that declares it was refused: whoever uses it has the same reason, and no other. */
  refuse(binding: Binding | undefined, why: Refusal): void {
    if (binding !== undefined && !this.#declared.has(binding)) this.#refused.set(binding, why)
  }

  #mustNotBeRefused(binding: Binding): void {
    const why = this.#refused.get(binding)
    if (why !== undefined) throw why
  }

  /** Enters the block of a `let` or `const`: it has no value (again). */
  begin(binding: Binding): void {
    if (binding.kind === 'class' || binding.kind === 'function') return
    const registers = binding.fn === undefined ? operandsOf(this.#storage(binding)) : []
    for (const each of registers) this.#l.build.mark('UNSET', each as Register)
    this.#l.build.mark('UNSET', this.#marker(binding))
  }

  /** Comes by `let x`. */
  beginUndefined(binding: Binding, node: AnyNode): void {
    if (this.#inference.startUndefined.has(binding)) return this.assign(binding, undefinedValue, node)
    this.begin(binding)
    this.#declare(binding)
  }

  /** From here on a `let` or `const` may be assigned to. */
  #declare(binding: Binding): void {
    this.#declared.add(binding)
    if (binding.kind === 'let' || binding.kind === 'const') this.#l.build.mark('SET', this.#marker(binding))
  }

  #mustBeDeclared(binding: Binding): void {
    if (binding.kind === 'let' || binding.kind === 'const') this.#l.build.use(this.#marker(binding))
  }

  /** Begins a `var`, as the function is entered. */
  hoist(binding: Binding): void {
    if (binding.kind === 'var' && this.#inference.startUndefined.has(binding)) {
      this.#write(binding, undefinedValue, binding.declared)
    }
  }

  /** What `fn` uses of the variables around it, for a call of it. */
  handOver(fn: FunctionNode, via: Binding | undefined, node: AnyNode): (readonly [Binding, Value])[] {
    if (via !== undefined) this.#needsFunction(via, node)
    return [...this.#inference.liftedBy(fn)].flatMap((binding) => {
      if (binding.fn === undefined) return [[binding, this.read(binding, node)] as const]
      this.#needsFunction(binding, node)
      return []
    })
  }

  /** A function that a variable holds can be called once the variable has it. */
  #needsFunction(binding: Binding, node: AnyNode): void {
    if (binding.kind === 'function' || binding.kind === 'self') return
    if (!this.#l.owns(binding.owner)) return this.#inference.lift(this.#l.node, binding)
    if (!this.#declared.has(binding)) return this.#l.refuse('CZ1012', node, binding.name)
    this.#l.build.use(this.#marker(binding))
  }

  #write(binding: Binding, found: Value, node: AnyNode): void {
    // fields may come from fields of the same variable
    const value = found.kind === 'record' || found.kind === 'maybe' ? this.#l.snapshot(found) : found
    const type = this.#note(binding, value, node)
    if (binding.kind === 'parameter' && node === binding.declared) this.#adopt(binding, value, type)
    const storage = this.#storage(binding)
    if (!sameType(this.#typeOf(binding), type)) return
    store(this.#l.build, storage, value)
    const registerless = operandsOf(storage).length === 0
    if (registerless) this.#l.build.mark('SET', this.#marker(binding))
  }

  /** A parameter stays where it came in, if its variable never holds anything else. */
  #adopt(binding: Binding, value: Value, type: Type): void {
    const registers = operandsOf(value)
    const taken = registers.some((each) => isConstant(each) || each.name === '' || this.owners.has(each))
    if (taken || !sameType(typeOf(value), type)) return
    this.#assumed.set(binding, type)
    this.#storages.set(binding, value)
    for (const each of registers) this.owners.set(each as Register, binding)
  }

  #note(binding: Binding, value: Value, node: AnyNode): Type {
    const type = this.#inference.noteVariable(this.#instance, binding, typeOf(value))
    // where it is declared it was still of one type
    const first = node === binding.declared && binding.reassigned
    if (type.kind === 'mixed' && !first) return this.#l.refuse('CZ1008', node, binding.name, type.what)
    return type
  }

  #typeOf(binding: Binding): Type {
    return this.#assumed.get(binding) ?? unknownType
  }

  /** What was known of variables when their registers were made. */
  readonly #assumed = new Map<Binding, Type>()

  #storage(binding: Binding): Value {
    const known = this.#storages.get(binding)
    if (known !== undefined) return known
    const type = this.#instance.variables.get(binding) ?? unknownType
    const storage = type.kind === 'mixed' ? unknownValue : storageOf(type, this.#l.build, binding.name)
    this.#assumed.set(binding, type)
    this.#storages.set(binding, storage)
    for (const each of operandsOf(storage)) this.owners.set(each as Register, binding)
    return storage
  }

  #marker(binding: Binding): Register {
    const known = this.#markers.get(binding) ?? this.#l.build.register('b', binding.name)
    this.#markers.set(binding, known)
    this.owners.set(known, binding)
    return known
  }

  #keepsConstant(binding: Binding, value: Value): boolean {
    if (binding.captured || binding.reassigned || (binding.kind !== 'const' && binding.kind !== 'let')) return false
    // the fields of an object may change
    if (value.kind === 'record') return false
    const operands = operandsOf(value)
    return operands.length === 1 && operands.every(isConstant) && !this.#inference.startUndefined.has(binding)
  }
}

function isFunctionValue(value: Value): boolean {
  return value.kind === 'opaque' && value.what === 'a function'
}
