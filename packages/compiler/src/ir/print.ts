// The intermediate form as text, the same for the same source.
import type { Instruction, IrFunction, IrProgram, Operand } from './ir.ts'
import { isConstant, isJump, isMark } from './ir.ts'

export function printProgram(program: IrProgram): string {
  return program.functions.map((each, index) => printFunction(each, index)).join('\n')
}

function printFunction(each: IrFunction, index: number): string {
  const params = each.params.map((param) => `${shown(param)}: ${param.type}`).join(', ')
  const result = each.result.kind === 'record' ? `{${each.result.types.join(', ')}}` : (each.result.types[0] ?? '.')
  const lines = each.instructions.map((instruction) => `${printInstruction(instruction)}\n`)
  return `function ${index} ${each.name}(${params}): ${result}\n${lines.join('')}`
}

function printInstruction({ op, result, fields, operands, label, callee, reason }: Instruction): string {
  if (op === 'LABEL') return `L${label?.id}:`
  const words: string[] = [op]
  if (callee !== undefined) words.push(`f${callee}`)
  words.push(...operands.map(shown))
  if (isMark(op)) return `  ${op} ${[...(result ? [result] : []), ...operands].map(shown).join(' ')}`
  if (isJump(op)) words.push(`L${label?.id}`)
  if (reason !== undefined) words.push(`reason ${reason}`)
  const to = (fields ?? (result === undefined ? [] : [result])).map((each) => `${shown(each)}: ${each.type}`).join(', ')
  return `  ${to}${to === '' ? '' : ' = '}${words.join(' ')}`
}

function shown(operand: Operand): string {
  if (!isConstant(operand)) return operand.name === '' ? `t${operand.id}` : `${operand.name}.${operand.id}`
  if (operand.type === 's') return JSON.stringify(operand.value)
  if (operand.type === 'b') return String(operand.value)
  return `${Object.is(operand.value, -0) ? '-0' : String(operand.value)}${operand.type}`
}
