// A program as bytes; docs/decisions/0011-compiled-bodies.md says what is where.
import type { Constant, Instruction, IrFunction, IrProgram, Label, Operand, Position, RegisterType } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { opcodes, PROGRAM_VERSION } from '../ir/opcodes.generated.ts'
import type { RegisterPlan } from './registers.ts'
import { planRegisters } from './registers.ts'

export interface Bytecode {
  readonly bytes: Uint8Array
  /** By function and instruction. */
  readonly positions: readonly (readonly Position[])[]
  /** By function: the number that each instruction of the intermediate form has in the bytes. */
  readonly numbers: readonly (readonly number[])[]
}

const MAGIC = 0x505a5443
const MAX_REGISTERS = 65_535
const MAX_ROW = 256
const types: Readonly<Record<string, number>> = { n: 1, i: 2, k: 3, b: 4, s: 5, N: 6, B: 7, S: 8 }
const RECORD = 32

/** Undefined when a function has more registers than there are numbers for. */
export function emitBytecode(program: IrProgram): Bytecode | undefined {
  const functions = program.functions.map(emitFunction)
  if (functions.some(({ plan, longest }) => plan.types.length > MAX_REGISTERS || longest > MAX_ROW)) return undefined
  const units: number[] = []
  const constants = functions.flatMap(({ plan }) => plan.constants.flatMap((each) => constantWords(each, units)))
  const code = functions.flatMap(({ lines }) => lines.flatMap((line) => line.words))
  const heads: number[] = []
  const registerTypes: number[] = []
  let [constant, instruction] = [0, 0]
  for (const { of, plan, lines } of functions) {
    heads.push(of.params.length, constant, plan.constants.length, plan.types.length, resultType(of))
    heads.push(instruction, lines.length, registerTypes.length)
    registerTypes.push(...plan.types.map(typeNumber))
    constant += plan.constants.length
    instruction += lines.length
  }
  const start = [MAGIC, PROGRAM_VERSION, functions.length, constant, units.length, instruction, ...heads]
  const bytes = [words(start), padded(Uint8Array.from(registerTypes)), words(constants)]
  return {
    bytes: joined([...bytes, padded(halves(units)), words(code)]),
    positions: functions.map(({ lines }) => lines.map(({ at }) => at)),
    numbers: functions.map(({ numbers }) => numbers),
  }
}

interface Line {
  readonly words: readonly number[]
  readonly at: Position
}

interface EmittedFunction {
  readonly of: IrFunction
  readonly plan: RegisterPlan
  readonly lines: readonly Line[]
  readonly numbers: readonly number[]
  /** Operands of the longest CALL or RETURN. */
  readonly longest: number
}

function emitFunction(of: IrFunction): EmittedFunction {
  const plan = planRegisters(of)
  const places = new Map<Label, number>()
  const pending: { readonly parts: Parts; readonly at: Position }[] = []
  const numbers: number[] = []
  for (const each of of.instructions) {
    if (each.op === 'LABEL') {
      if (each.label !== undefined) places.set(each.label, pending.length)
      numbers.push(pending.length)
      continue
    }
    const parts = partsOf(each, plan)
    // there are copies before and behind a CALL
    numbers.push(pending.length + parts.findIndex(({ code }) => code === opcodes[each.op as OpName].code))
    pending.push(...parts.map((part) => ({ parts: part, at: each.at })))
  }
  const lines = pending.map(({ parts, at }) => ({ words: instructionWords(parts, places), at }))
  const longest = of.instructions.reduce(
    (most, { operands, fields = [] }) => Math.max(most, operands.length, fields.length),
    0,
  )
  return { of, plan, lines, numbers, longest }
}

interface Parts {
  readonly code: number
  readonly result: number
  readonly operands: readonly number[]
  readonly extra: number | Label
}

function partsOf(instruction: Instruction, plan: RegisterPlan): Parts[] {
  const { op, result, operands, label, callee, reason } = instruction
  if (op === 'LABEL' || op === 'SET' || op === 'UNSET' || op === 'USE') return []
  const to = result === undefined ? 0 : plan.numberOf(result)
  const { code } = opcodes[op]
  if (op !== 'CALL' && op !== 'RETURN') {
    return [{ code, result: to, operands: operands.map((each) => plan.numberOf(each)), extra: label ?? reason ?? 0 }]
  }
  const row = rowFor(operands, plan)
  const answer = answerFor(instruction, plan)
  const last = op === 'CALL' ? [row.first] : [row.first, operands.length]
  return [...row.moves, { code, result: answer.first ?? to, operands: last, extra: callee ?? 0 }, ...answer.moves]
}

/** The registers of a CALL or RETURN follow each other. */
function rowFor(operands: readonly Operand[], plan: RegisterPlan): { readonly first: number; readonly moves: Parts[] } {
  const [only] = operands
  if (operands.length <= 1) return { first: only === undefined ? 0 : plan.numberOf(only), moves: [] }
  const first = plan.rowOf(operands.map(({ type }) => type))
  const { code } = opcodes.MOVE
  const moves = operands.map((each, index) => ({
    code,
    result: first + index,
    operands: [plan.numberOf(each)],
    extra: 0,
  }))
  return { first, moves }
}

/** The fields that a CALL gives follow each other too. */
function answerFor({ fields }: Instruction, plan: RegisterPlan): { readonly first?: number; readonly moves: Parts[] } {
  const [only] = fields ?? []
  if (fields === undefined || only === undefined) return { moves: [] }
  if (fields.length === 1) return { first: plan.numberOf(only), moves: [] }
  const first = plan.rowOf(fields.map(({ type }) => type))
  const { code } = opcodes.MOVE
  const moves = fields.map((each, index) => ({
    code,
    result: plan.numberOf(each),
    operands: [first + index],
    extra: 0,
  }))
  return { first, moves }
}

function instructionWords({ code, result, operands, extra }: Parts, places: ReadonlyMap<Label, number>): number[] {
  const half = [code, result, ...operands, 0, 0, 0, 0]
  const word = (at: number): number => (half[at] ?? 0) | ((half[at + 1] ?? 0) << 16)
  return [word(0), word(2), word(4), typeof extra === 'number' ? extra : (places.get(extra) ?? 0)]
}

function resultType({ result }: IrFunction): number {
  if (result.kind === 'record') return RECORD
  const [type] = result.types
  return type === undefined ? 0 : typeNumber(type)
}

function typeNumber(type: RegisterType): number {
  return types[type] ?? 16 + Number(type.slice(1))
}

function constantWords(each: Constant, units: number[]): number[] {
  const type = typeNumber(each.type)
  if (typeof each.value === 'string') {
    const first = units.length
    for (let at = 0; at < each.value.length; at++) units.push(each.value.charCodeAt(at))
    return [type, each.value.length, first, 0]
  }
  const view = new DataView(new ArrayBuffer(8))
  if (each.type === 'n') view.setFloat64(0, Number(each.value), true)
  else if (each.type === 'k') view.setBigInt64(0, BigInt(each.value), true)
  else view.setInt32(0, Number(each.value), true)
  return [type, 0, view.getUint32(0, true), view.getUint32(4, true)]
}

function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, index) => view.setUint32(index * 4, value, true))
  return new Uint8Array(view.buffer)
}

function halves(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2))
  values.forEach((value, index) => view.setUint16(index * 2, value, true))
  return new Uint8Array(view.buffer)
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  result.set(bytes)
  return result
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
