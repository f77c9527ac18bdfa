// The intermediate form: functions of typed registers and linear instructions, in A-normal form. Every operand is a register
// or a constant, so that the order of evaluation is the order of the instructions.
import type { OpName } from './opcodes.generated.ts'

/** `N`, `B` and `S` are arrays of numbers, booleans and strings; `v0` … `v8` are typed arrays, by kind. */
export type RegisterType = 'n' | 'i' | 'k' | 'b' | 's' | ListRegister | `v${number}`
export type ListRegister = 'N' | 'B' | 'S'

export interface Register {
  readonly id: number
  readonly type: RegisterType
  /** Of the variable that it holds; empty for what lies between two instructions. */
  readonly name: string
}

export interface Constant {
  readonly type: RegisterType
  readonly value: number | boolean | string
}

export type Operand = Register | Constant

/** Both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface Label {
  readonly id: number
}

/**
 * LABEL is a place to jump to. SET and UNSET say that a variable has a value, or none, from here on, USE that it must have one.
 * None of the four is there in a program.
 */
export type Operation = OpName | 'LABEL' | 'SET' | 'UNSET' | 'USE'

export function isMark(op: Operation): op is 'LABEL' | 'SET' | 'UNSET' | 'USE' {
  return op === 'LABEL' || op === 'SET' || op === 'UNSET' || op === 'USE'
}

export interface Instruction {
  readonly op: Operation
  readonly result: Register | undefined
  readonly operands: readonly Operand[]
  readonly at: Position
  /** Of a LABEL, and where a jump goes. */
  readonly label?: Label
  /** Index of the function that a CALL runs. */
  readonly callee?: number
  /** Where the fields go that a CALL gives; `result` is undefined then. */
  readonly fields?: readonly Register[]
  /** Of a BAIL. */
  readonly reason?: number
}

/** The registers that an instruction writes. */
export function resultsOf({ result, fields }: Instruction): readonly Register[] {
  return fields ?? (result === undefined ? [] : [result])
}

/** Nothing, one value, or the fields of a record. */
export interface ResultForm {
  readonly kind: 'nothing' | 'single' | 'record'
  readonly types: readonly RegisterType[]
}

export interface IrFunction {
  readonly name: string
  readonly params: readonly Register[]
  readonly result: ResultForm
  readonly instructions: readonly Instruction[]
}

/** Function 0 is the body. */
export interface IrProgram {
  readonly functions: readonly IrFunction[]
}

export function isConstant(operand: Operand): operand is Constant {
  return 'value' in operand
}

export function isJump(op: Operation): boolean {
  return op === 'JUMP' || op === 'JUMP_IF' || op === 'JUMP_UNLESS'
}

/** Nothing goes on behind it. */
export function isEnd(op: Operation): boolean {
  return op === 'JUMP' || op === 'RETURN' || op === 'BAIL'
}
