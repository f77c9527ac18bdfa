// Checks a program against the table of operations. What it finds is a defect of the compiler, never of the source.
import { earlyReads } from './assigned.ts'
import { labelPlaces } from './flow.ts'
import type { Instruction, IrFunction, IrProgram, Operand } from './ir.ts'
import { isEnd, isJump, isMark, resultsOf } from './ir.ts'
import { opcodes } from './opcodes.generated.ts'

/** What is wrong; empty when nothing is. */
export function verify(program: IrProgram): string[] {
  return program.functions.flatMap((each, index) =>
    functionProblems(program, each).map((problem) => `function ${index}, ${problem}`),
  )
}

function functionProblems(program: IrProgram, each: IrFunction): string[] {
  const labels = new Set(labelPlaces(each.instructions).keys())
  const last = each.instructions.at(-1)
  return [
    ...each.instructions.flatMap((instruction, index) =>
      instructionProblems(program, each, instruction, labels).map(
        (problem) => `${index} ${instruction.op}: ${problem}`,
      ),
    ),
    ...(last === undefined || !isEnd(last.op) ? ['it falls out at its end'] : []),
    ...earlyReads(each.params, each.instructions).map(({ register }) => `register ${register.id} has no value yet`),
  ]
}

function instructionProblems(
  program: IrProgram,
  within: IrFunction,
  instruction: Instruction,
  labels: ReadonlySet<unknown>,
): string[] {
  const { op, result, operands, label, callee } = instruction
  if (isMark(op)) return op === 'LABEL' ? [] : ['a mark was left']
  if (isJump(op) && !labels.has(label)) return ['it jumps nowhere']
  if (op === 'RETURN') return typeProblems(operands, within.result.types)
  if (op === 'CALL') {
    const called = program.functions[callee ?? -1]
    if (called === undefined) return ['it calls nothing']
    return [
      ...typeProblems(
        operands,
        called.params.map(({ type }) => type),
      ),
      ...typeProblems(resultsOf(instruction), called.result.types),
    ]
  }
  const shape = opcodes[op]
  const given = [...operands.map(({ type }) => type), ...(result === undefined ? [] : [result.type])]
  const wanted = [...shape.operands.split(''), ...(shape.result === '.' ? [] : [shape.result])]
  if (given.length !== wanted.length) return ['another number of operands']
  return wanted.some((letter, index) => !isOf(letter, given[index])) || !areAlike(wanted, given) ? ['another type'] : []
}

function isOf(letter: string, type: string | undefined): boolean {
  if (letter === 'a') return type === 'N' || type === 'B' || type === 'S'
  return letter === '=' || letter === type?.[0]
}

/** What is of any type, or any array, is all of the same. */
function areAlike(wanted: readonly string[], given: readonly string[]): boolean {
  const free = given.filter((_, index) => wanted[index] === '=' || wanted[index] === 'a')
  return free.every((type) => type === free[0])
}

function typeProblems(operands: readonly Operand[], types: readonly string[]): string[] {
  return operands.length === types.length && operands.every(({ type }, index) => type === types[index])
    ? []
    : ['operands of other types']
}
