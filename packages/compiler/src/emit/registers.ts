// Numbers for registers: parameters, constants, variables, and what lies between instructions, which shares registers as
// soon as nobody needs it any more.
import { labelPlaces } from '../ir/flow.ts'
import type { Constant, Instruction, IrFunction, Operand, Register, RegisterType } from '../ir/ir.ts'
import { isConstant, isJump, resultsOf } from '../ir/ir.ts'

export interface RegisterPlan {
  /** By number: parameters, constants, the rest. */
  readonly types: readonly RegisterType[]
  readonly constants: readonly Constant[]
  numberOf(operand: Operand): number
  /** The first of a row of registers of these types. */
  rowOf(types: readonly RegisterType[]): number
}

export function planRegisters({ params, instructions }: IrFunction): RegisterPlan {
  const types: RegisterType[] = params.map(({ type }) => type)
  const numbers = new Map<Register, number>(params.map((param, index) => [param, index]))
  const constants = new Map<string, { readonly number: number; readonly constant: Constant }>()
  for (const each of instructions.flatMap(({ operands }) => operands.filter(isConstant))) {
    const key = keyOf(each)
    if (!constants.has(key)) constants.set(key, { number: types.push(each.type) - 1, constant: each })
  }
  const rows = new Map<string, number>()
  const rowOf = (row: readonly RegisterType[]): number => {
    const key = row.join()
    const first = rows.get(key) ?? types.length
    if (!rows.has(key)) types.push(...row)
    rows.set(key, first)
    return first
  }
  for (const { op, operands, fields } of instructions) {
    if (fields !== undefined && fields.length > 1) rowOf(fields.map(({ type }) => type))
    if ((op === 'CALL' || op === 'RETURN') && operands.length > 1) rowOf(operands.map(({ type }) => type))
  }
  share(instructions, numbers, types)
  return {
    types,
    constants: [...constants.values()].map(({ constant }) => constant),
    numberOf: (operand) => (isConstant(operand) ? constants.get(keyOf(operand))?.number : numbers.get(operand)) ?? 0,
    rowOf,
  }
}

function keyOf({ type, value }: Constant): string {
  return `${type} ${Object.is(value, -0) ? '-0' : String(value)}`
}

interface Life {
  readonly register: Register
  readonly from: number
  to: number
}

function share(instructions: readonly Instruction[], numbers: Map<Register, number>, types: RegisterType[]): void {
  const lives = livesOf(instructions, numbers)
  const free = new Map<RegisterType, number[]>()
  const ending: Life[] = []
  for (const life of lives) {
    for (let index = ending.length - 1; index >= 0; index--) {
      const ended = ending[index]
      if (ended === undefined || ended.to >= life.from) continue
      ending.splice(index, 1)
      const of = free.get(ended.register.type) ?? []
      of.push(numbers.get(ended.register) ?? 0)
      free.set(ended.register.type, of)
    }
    const { type } = life.register
    numbers.set(life.register, free.get(type)?.pop() ?? types.push(type) - 1)
    if (life.register.name === '') ending.push(life)
  }
}

/** From the first assignment to the last use, in the order of the first. What lives round a loop lives to its end. */
function livesOf(instructions: readonly Instruction[], known: ReadonlyMap<Register, number>): Life[] {
  const lives = new Map<Register, Life>()
  instructions.forEach((instruction, index) => {
    for (const each of [...instruction.operands, ...resultsOf(instruction)]) {
      if (isConstant(each) || known.has(each)) continue
      const life = lives.get(each)
      if (life === undefined) lives.set(each, { register: each, from: index, to: index })
      else life.to = index
    }
  })
  const places = labelPlaces(instructions)
  const loops = instructions.flatMap(({ op, label }, index) => {
    const start = label === undefined || !isJump(op) ? index : (places.get(label) ?? index)
    return start < index ? [{ start, end: index }] : []
  })
  const ordered = [...lives.values()]
  // the inner loops first: what they lengthen may then reach round an outer one
  for (const { start, end } of loops.toSorted((a, b) => a.end - b.end)) {
    for (const life of ordered) if (life.from < start && life.to >= start && life.to < end) life.to = end
  }
  return ordered
}
