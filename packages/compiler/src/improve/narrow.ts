// Numbers of which only the int32 is ever looked at are held as int32: hashes that begin beyond it, say.
import type { Constant, Instruction, Operand, Operation, Register } from '../ir/ir.ts'
import { isConstant, resultsOf } from '../ir/ir.ts'

const MAX_EXACT = 2 ** 53

/** What gives a whole number below 2^53, and what gives its int32. */
const narrower: Partial<Record<Operation, Operation>> = {
  F64_FROM_I32: 'MOVE',
  F64_FROM_U32: 'MOVE',
  F64_FROM_K: 'I32_FROM_K',
  F64_FROM_BOOL: 'I32_FROM_BOOL',
}

export function narrowed(params: readonly Register[], instructions: readonly Instruction[]): readonly Instruction[] {
  const narrow = narrowRegisters(params, instructions)
  if (narrow.size === 0) return instructions
  const renamed = new Map<Register, Register>([...narrow].map((each) => [each, { ...each, type: 'i' }]))
  return instructions.map((each) => rewritten(each, renamed))
}

/** Begins with all numbers, and drops those that are given or used in another way, until none is left to drop. */
function narrowRegisters(params: readonly Register[], instructions: readonly Instruction[]): ReadonlySet<Register> {
  const narrow = new Set(instructions.flatMap(resultsOf).filter(({ type }) => type === 'n'))
  for (const each of params) narrow.delete(each)
  for (let before = -1; before !== narrow.size;) {
    before = narrow.size
    for (const each of instructions) {
      if (!givesWhole(each, narrow)) for (const result of resultsOf(each)) narrow.delete(result)
      if (!takesInt32(each, narrow)) for (const operand of each.operands) narrow.delete(operand as Register)
    }
  }
  return narrow
}

function givesWhole({ op, operands: [from] }: Instruction, narrow: ReadonlySet<Operand>): boolean {
  if (op !== 'MOVE' || from === undefined) return narrower[op] !== undefined
  return isConstant(from)
    ? Number.isInteger(from.value) && Math.abs(from.value as number) < MAX_EXACT
    : narrow.has(from)
}

function takesInt32({ op, result }: Instruction, narrow: ReadonlySet<Register>): boolean {
  return op === 'I32_FROM_F64' || (op === 'MOVE' && result !== undefined && narrow.has(result))
}

function rewritten(each: Instruction, renamed: ReadonlyMap<Operand, Register>): Instruction {
  const { op, operands } = each
  const to = each.result === undefined ? undefined : renamed.get(each.result)
  if (to !== undefined) {
    return { ...each, op: narrower[op] ?? op, result: to, operands: operands.map((from) => int32Of(from, renamed)) }
  }
  const [from] = operands
  const narrow = from === undefined ? undefined : renamed.get(from)
  return op === 'I32_FROM_F64' && narrow !== undefined ? { ...each, op: 'MOVE', operands: [narrow] } : each
}

function int32Of(from: Operand, renamed: ReadonlyMap<Operand, Register>): Operand {
  if (isConstant(from))
    return from.type === 'n' ? ({ type: 'i', value: Number(from.value) | 0 } satisfies Constant) : from
  return renamed.get(from) ?? from
}
