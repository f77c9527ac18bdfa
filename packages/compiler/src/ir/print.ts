// The intermediate form as text, the same for the same source: variables by their names, what lies between by numbers.
import type { Instruction, IrFunction, IrProgram, Label, Operand, Register } from './ir.ts'
import { isConstant, isJump, isMark, resultsOf } from './ir.ts'

export function printProgram(program: IrProgram): string {
  return program.functions.map((each, index) => printFunction(each, index)).join('\n')
}

function printFunction(each: IrFunction, index: number): string {
  const names = new Names()
  const params = each.params.map((param) => `${names.shown(param)}: ${param.type}`).join(', ')
  const result = each.result.kind === 'record' ? `{${each.result.types.join(', ')}}` : (each.result.types[0] ?? '.')
  const lines = each.instructions.map((instruction) => `${printInstruction(instruction, names)}\n`)
  return `function ${index} ${each.name}(${params}): ${result}\n${lines.join('')}`
}

function printInstruction(instruction: Instruction, names: Names): string {
  const { op, operands, label, callee, reason } = instruction
  if (op === 'LABEL') return `${names.label(label)}:`
  const written = resultsOf(instruction)
  if (isMark(op)) return `  ${op} ${[...written, ...operands].map((each) => names.shown(each)).join(' ')}`
  const words: string[] = [op]
  if (callee !== undefined) words.push(`f${callee}`)
  words.push(...operands.map((each) => names.shown(each)))
  if (isJump(op)) words.push(names.label(label))
  if (reason !== undefined) words.push(`reason ${reason}`)
  const to = written.map((each) => `${names.shown(each)}: ${each.type}`).join(', ')
  return `  ${to}${to === '' ? '' : ' = '}${words.join(' ')}`
}

/** Numbers in the order in which they are first printed. */
class Names {
  readonly #registers = new Map<Register, string>()
  readonly #taken = new Map<string, number>()
  readonly #labels = new Map<Label, string>()

  shown(operand: Operand): string {
    if (!isConstant(operand)) return this.#register(operand)
    if (operand.type === 's') return JSON.stringify(operand.value)
    if (operand.type === 'b') return String(operand.value)
    return `${Object.is(operand.value, -0) ? '-0' : String(operand.value)}${operand.type}`
  }

  label(label: Label | undefined): string {
    if (label === undefined) return 'nowhere'
    const known = this.#labels.get(label) ?? `L${this.#labels.size}`
    this.#labels.set(label, known)
    return known
  }

  #register(register: Register): string {
    const known = this.#registers.get(register)
    if (known !== undefined) return known
    const before = this.#taken.get(register.name) ?? 0
    this.#taken.set(register.name, before + 1)
    const number = register.name === '' ? `#${before}` : before === 0 ? '' : `#${before + 1}`
    const made = `${register.name}${number}`
    this.#registers.set(register, made)
    return made
  }
}
