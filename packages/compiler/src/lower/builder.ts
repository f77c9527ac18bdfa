// Writes the instructions of one function. Operations on constants are done at once, and what cannot be reached is left out.
import { Refusal } from '../check/blockers.ts'
import { fold } from '../ir/fold.ts'
import type { Constant, Instruction, Label, Operand, Operation, Position, Register, RegisterType } from '../ir/ir.ts'
import { isConstant, isEnd } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { opcodes } from '../ir/opcodes.generated.ts'

/** Of one function. */
const MAX_INSTRUCTIONS = 1 << 15

export const constant = (type: Constant['type'], value: Constant['value']): Constant => ({ type, value })

export class Builder {
  #instructions: Instruction[] = []
  readonly #jumpedTo = new Set<Label>()
  #registers = 0
  #labels = 0
  /** Whether control can come here at all. */
  reachable = true
  /** Of what is being lowered. */
  at: Position

  constructor(at: Position) {
    this.at = at
  }

  get instructions(): readonly Instruction[] {
    return this.#instructions
  }

  register(type: RegisterType, name = ''): Register {
    return { id: this.#registers++, type, name }
  }

  /** Emits an operation with a result, or gives that of constants. */
  emit(op: OpName, operands: readonly Operand[], type: RegisterType = resultType(op, operands)): Operand {
    if (operands.every(isConstant)) {
      const known = fold(op, operands, type)
      if (known !== undefined) return known
    }
    const result = this.register(type)
    this.#add({ op, result, operands, at: this.at })
    return result
  }

  /** Emits an operation without a result. */
  act(op: OpName, operands: readonly Operand[]): void {
    this.#add({ op, result: undefined, operands, at: this.at })
  }

  move(to: Register, from: Operand): void {
    if (to !== from) this.#add({ op: 'MOVE', result: to, operands: [from], at: this.at })
  }

  mark(op: 'SET' | 'UNSET', register: Register): void {
    this.#add({ op, result: register, operands: [], at: this.at })
  }

  use(register: Register): void {
    this.#add({ op: 'USE', result: undefined, operands: [register], at: this.at })
  }

  call(callee: number, operands: readonly Operand[], result: RegisterType | undefined): Operand | undefined {
    const to = result === undefined ? undefined : this.register(result)
    this.#add({ op: 'CALL', result: to, operands, callee, at: this.at })
    return to
  }

  /** A call that gives the fields of a record. */
  callFor(fields: readonly Register[], callee: number, operands: readonly Operand[]): void {
    this.#add({ op: 'CALL', result: undefined, fields, operands, callee, at: this.at })
  }

  bail(reason: number): void {
    this.#add({ op: 'BAIL', result: undefined, operands: [], reason, at: this.at })
  }

  label(): Label {
    return { id: this.#labels++ }
  }

  /** @param again something later jumps back here */
  place(label: Label, again = false): void {
    this.reachable ||= again || this.#jumpedTo.has(label)
    this.#add({ op: 'LABEL', result: undefined, operands: [], label, at: this.at })
  }

  isJumpedTo(label: Label): boolean {
    return this.#jumpedTo.has(label)
  }

  jump(label: Label): void {
    this.#jump('JUMP', [], label)
  }

  /** Jumps when `condition` is `when`. */
  branch(condition: Operand, when: boolean, label: Label): void {
    if (isConstant(condition)) {
      if (condition.value === when) this.jump(label)
    } else this.#jump(when ? 'JUMP_IF' : 'JUMP_UNLESS', [condition], label)
  }

  /** How many instructions there are: a place for `insertAt`. */
  here(): { readonly index: number; readonly reachable: boolean } {
    return { index: this.#instructions.length, reachable: this.reachable }
  }

  /** Puts what `write` emits where the instructions were as long as at `mark`. */
  insertAt(mark: { readonly index: number; readonly reachable: boolean }, write: () => void): void {
    const all = this.#instructions
    const { reachable } = this
    this.#instructions = []
    this.reachable = mark.reachable
    write()
    all.splice(mark.index, 0, ...this.#instructions)
    this.#instructions = all
    this.reachable = reachable
  }

  #jump(op: Operation, operands: readonly Operand[], label: Label): void {
    if (this.reachable) this.#jumpedTo.add(label)
    this.#add({ op, result: undefined, operands, label, at: this.at })
  }

  #add(instruction: Instruction): void {
    if (!this.reachable) return
    if (this.#instructions.length >= MAX_INSTRUCTIONS) {
      throw new Refusal('CZ1019', instruction.at, `it has more than ${MAX_INSTRUCTIONS} instructions`)
    }
    this.#instructions.push(instruction)
    if (isEnd(instruction.op)) this.reachable = false
  }
}

function resultType(op: OpName, operands: readonly Operand[]): RegisterType {
  const { result } = opcodes[op]
  if (result === '=' && operands[0] !== undefined) return operands[0].type
  return result as RegisterType
}
