// The whole program: rounds of lowering, until nothing more is learnt of its types.
import type { AnyNode } from 'acorn'
import type { Blocker } from '../check/blockers.ts'
import { Refusal } from '../check/blockers.ts'
import { earlyReads } from '../ir/assigned.ts'
import type { Instruction, IrFunction, Position, ResultForm } from '../ir/ir.ts'
import type { Binding } from '../scope/scopes.ts'
import { resolveScopes } from '../scope/scopes.ts'
import { readSource } from '../source/function-source.ts'
import type { Type } from '../types/types.ts'
import { storageRegisters } from './convert.ts'
import type { ProgramRound } from './function-lowering.ts'
import { FunctionLowering } from './function-lowering.ts'
import type { Instance } from './inference.ts'
import { Inference } from './inference.ts'
import type { GivenFunction, Unit } from './lowering.ts'
import { isText } from './names.ts'
import { reachable } from '../improve/improve.ts'

export interface LoweredProgram {
  readonly functions: readonly IrFunction[]
  readonly args: readonly Type[]
  readonly result: Type
  readonly loops: boolean
  /** Fields that objects are taken not to have. */
  readonly absent: ReadonlySet<string>
}

const MAX_ROUNDS = 32

/** The program of a body, or what keeps it from being one. */
export function lowerProgram(body: Unit, args: readonly Type[]): LoweredProgram | readonly Blocker[] {
  const inference = new Inference()
  const units = new Units()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    inference.beginRound(round)
    const lowered = new Round(inference, units).run(body, args)
    if (inference.changed) inference.final = false
    else if (inference.sawUnknown && !inference.final) inference.final = true
    else if (lowered.blockers.length > 0) return distinct(lowered.blockers)
    else if (inference.sawUnknown) settle(lowered.instances, inference)
    else {
      const blockers = lowered.functions.flatMap(({ lowering, instructions }) =>
        early(lowering, instructions, inference),
      )
      if (blockers.length > 0) return distinct(blockers)
      if (!inference.changed) return programOf(lowered, inference)
      inference.final = false
    }
  }
  return [new Refusal('CZ1019', body.source.at(body.source.node), 'its types do not settle').blocker]
}

/** What is still not known is undefined. Functions that never come to a `return` give nothing. */
function settle(instances: readonly Instance[], inference: Inference): void {
  inference.final = false
  inference.settleUnknown()
  if (inference.changed) return
  const endless = instances.filter(({ result }) => result.kind === 'unknown')
  for (const each of endless) inference.noteResult(each, { kind: 'undefined' })
}

function distinct(blockers: readonly Blocker[]): Blocker[] {
  const seen = new Map(blockers.map((each) => [`${each.code} ${each.line} ${each.column} ${each.message}`, each]))
  return [...seen.values()].slice(0, 20)
}

/** Reads of variables that may have no value: such a variable begins as undefined, if it may. */
function early(lowering: FunctionLowering, instructions: readonly Instruction[], inference: Inference): Blocker[] {
  const before = new Set(inference.startUndefined)
  return earlyReads(lowering.params, reachable(instructions)).flatMap(({ register, instruction }) => {
    const binding = lowering.variables.owners.get(register)
    if (binding === undefined) return [new Refusal('CZ1099', instruction.at, 'a value was lost').blocker]
    if (!mayBeUndefined(binding) || before.has(binding)) {
      return [new Refusal('CZ1012', instruction.at, binding.name).blocker]
    }
    inference.startAsUndefined(binding)
    return []
  })
}

/** `var x`, and `let x` without a value: whether it is read before its declaration is seen once it begins as undefined. */
function mayBeUndefined({ kind, fn, declared }: Binding): boolean {
  return fn === undefined && (kind === 'var' || kind === 'let') && declared.name !== ''
}

function programOf(lowered: RoundResult, { absent }: Inference): LoweredProgram {
  const [body] = lowered.instances
  const functions = lowered.functions.map(({ lowering, instructions, instance }) => ({
    name: instance.name,
    params: lowering.params,
    result: formOf(instance.result),
    instructions,
  }))
  return {
    functions,
    args: body?.args ?? [],
    result: body?.result ?? { kind: 'undefined' },
    loops: lowered.loops,
    absent,
  }
}

function formOf(result: Type): ResultForm {
  const types = storageRegisters(result)
  if (result.kind === 'record' || result.kind === 'maybe') return { kind: 'record', types }
  return { kind: types.length === 0 ? 'nothing' : 'single', types }
}

interface LoweredFunction {
  readonly instance: Instance
  readonly lowering: FunctionLowering
  readonly instructions: readonly Instruction[]
}

interface RoundResult {
  readonly instances: readonly Instance[]
  readonly functions: readonly LoweredFunction[]
  readonly blockers: readonly Blocker[]
  readonly loops: boolean
}

class Round implements ProgramRound {
  readonly inference: Inference
  readonly blockers: Blocker[] = []
  readonly #units: Units
  readonly #instances: Instance[] = []
  #loops = false

  constructor(inference: Inference, units: Units) {
    this.inference = inference
    this.#units = units
  }

  run(body: Unit, args: readonly Type[]): RoundResult {
    const { node } = body.source
    const types = node.params.map((_, index): Type => args[index] ?? { kind: 'undefined' })
    const first = this.inference.instance(body, node, body.name, types, [])
    if (first !== undefined) this.indexOf(first)
    const functions: LoweredFunction[] = []
    for (const instance of this.#instances) {
      const lowering = new FunctionLowering(instance, this)
      functions.push({ instance, lowering, instructions: lowering.lower() })
    }
    return { instances: this.#instances, functions, blockers: this.blockers, loops: this.#loops }
  }

  indexOf(instance: Instance): number {
    const known = this.#instances.indexOf(instance)
    if (known >= 0) return known
    return this.#instances.push(instance) - 1
  }

  capturedUnit(unit: Unit, name: string, at: Position): Unit | undefined {
    return this.#units.captured(unit, name, at)
  }

  prelude(text: string, given: ReadonlyMap<string, GivenFunction>, node: AnyNode, at: Position): Unit {
    return this.#units.prelude(text, given, node, at)
  }

  looping(): void {
    this.#loops = true
  }
}

/** Captured functions, each read once, and our own texts. */
class Units {
  readonly #known = new Map<unknown, Unit>()
  readonly #preludes = new Map<AnyNode, Map<string, Unit>>()

  /** One of our own texts: read anew for each place, since what it is given differs. */
  prelude(text: string, given: ReadonlyMap<string, GivenFunction>, node: AnyNode, at: Position): Unit {
    const here = this.#preludes.get(node) ?? new Map<string, Unit>()
    this.#preludes.set(node, here)
    const known = here.get(text)
    if (known !== undefined) return { ...known, given }
    const source = readSource(text)
    const scopes = resolveScopes(source.node)
    const unit: Unit = { name: 'prelude', source: { ...source, at: () => at }, scopes, captures: {}, given }
    here.set(text, unit)
    return unit
  }

  captured({ captures }: Unit, name: string, at: Position): Unit | undefined {
    if (!Object.hasOwn(captures, name)) return undefined
    const captured = captures[name]
    const text = isText(captured) ? captured.source : textOf(captured)
    if (text === undefined) return undefined
    const known = this.#known.get(captured)
    if (known !== undefined) return known
    const source = inCaller(() => readSource(text), name, at)
    // one without captures of its own stands beside the body, and sees the same
    const own = isText(captured) ? (captured.captures ?? {}) : captures
    const unit: Unit = { name, source: { ...source, at: () => at }, scopes: resolveScopes(source.node), captures: own }
    this.#known.set(captured, unit)
    return unit
  }
}

function textOf(captured: unknown): string | undefined {
  return typeof captured === 'function' ? Function.prototype.toString.call(captured) : undefined
}

/** A captured function that cannot be read blocks where it is called. */
function inCaller<T>(read: () => T, name: string, at: Position): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    throw new Refusal('CZ1005', at, name, `a function that cannot be compiled (${thrown.message})`)
  }
}
