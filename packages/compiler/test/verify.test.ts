// Programs that no source becomes: the verifier says what is wrong with each.
import { expect, it } from 'vitest'
import type { Instruction, IrFunction, Label, Operand, Register, RegisterType } from '../src/ir/ir.ts'
import { verify } from '../src/ir/verify.ts'

const a: Register = { id: 0, type: 'n', name: 'a' }
const sum: Register = { id: 1, type: 'n', name: 'sum' }
const whole: Register = { id: 2, type: 'i', name: 'whole' }
const end: Label = { id: 0 }

function instruction(
  op: Instruction['op'],
  result: Register | undefined,
  operands: readonly Operand[],
  more: Partial<Instruction> = {},
): Instruction {
  return { op, result, operands, at: { line: 1, column: 1 }, ...more }
}

const give = (operand: Operand): Instruction => instruction('RETURN', undefined, [operand])

/** What is wrong with a body of one number that gives one. */
function problemsOf(instructions: readonly Instruction[], ...others: readonly IrFunction[]): string[] {
  return verify({ functions: [functionOf('n', instructions), ...others] })
}

function functionOf(type: RegisterType, instructions: readonly Instruction[]): IrFunction {
  return { name: 'f', params: [a], result: { kind: 'single', types: [type] }, instructions }
}

it('finds nothing in a sound program', () => {
  const add = instruction('F64_ADD', sum, [a, { type: 'n', value: 1 }])
  const call = instruction('CALL', sum, [a], { callee: 1 })
  expect(problemsOf([add, give(sum)])).toStrictEqual([])
  expect(problemsOf([call, give(sum)], functionOf('n', [give(a)]))).toStrictEqual([])
  expect(
    problemsOf([
      instruction('JUMP', undefined, [], { label: end }),
      instruction('LABEL', undefined, [], { label: end }),
      give(a),
    ]),
  ).toStrictEqual([])
})

it.each<[what: string, instructions: readonly Instruction[], problem: string]>([
  [
    'an operand of another type',
    [instruction('F64_ADD', sum, [a, { type: 'i', value: 1 }]), give(sum)],
    '0 F64_ADD: another type',
  ],
  ['a result of another type', [instruction('F64_ADD', whole, [a, a]), give(a)], '0 F64_ADD: another type'],
  ['an operand too few', [instruction('F64_ADD', sum, [a]), give(sum)], '0 F64_ADD: another number of operands'],
  ['a move to another type', [instruction('MOVE', whole, [a]), give(a)], '0 MOVE: another type'],
  ['a jump to nowhere', [instruction('JUMP', undefined, [], { label: end })], '0 JUMP: it jumps nowhere'],
  ['a call of nothing', [instruction('CALL', sum, [a], { callee: 7 }), give(sum)], '0 CALL: it calls nothing'],
  ['a mark', [instruction('SET', sum, []), give(a)], '0 SET: a mark was left'],
  ['another result than the one it has', [give({ type: 'b', value: true })], '0 RETURN: operands of other types'],
  ['no end', [instruction('F64_ADD', sum, [a, a])], 'it falls out at its end'],
  ['a register without a value', [give(sum)], 'register 1 has no value yet'],
])('finds %s', (_, instructions, problem) => {
  expect(problemsOf(instructions)).toStrictEqual([`function 0, ${problem}`])
})

it('finds a value that is there on one way only', () => {
  const problems = problemsOf([
    instruction('JUMP_IF', undefined, [{ type: 'b', value: true }], { label: end }),
    instruction('MOVE', sum, [a]),
    instruction('LABEL', undefined, [], { label: end }),
    give(sum),
  ])
  expect(problems).toStrictEqual(['function 0, register 1 has no value yet'])
})

it('compares a call with the function that it calls', () => {
  const called = functionOf('i', [give({ type: 'i', value: 1 })])
  const call = (result: Register, operand: Operand): string[] =>
    problemsOf([instruction('CALL', result, [operand], { callee: 1 }), give(a)], called)
  expect(call(whole, a)).toStrictEqual([])
  expect(call(sum, a)).toStrictEqual(['function 0, 0 CALL: operands of other types'])
  expect(call(whole, { type: 's', value: '' })).toStrictEqual(['function 0, 0 CALL: operands of other types'])
})
