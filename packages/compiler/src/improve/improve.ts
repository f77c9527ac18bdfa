// Small repairs of what the lowering wrote: nothing that is never come to, no jumps to jumps, no copies that nobody needs.
import { blocksOf, labelPlaces, reachableBlocks } from '../ir/flow.ts'
import type { Instruction, IrFunction, Label, Register } from '../ir/ir.ts'
import { isConstant, isEnd, isJump, isMark, resultsOf } from '../ir/ir.ts'
import { opcodes } from '../ir/opcodes.generated.ts'
import { narrowed } from './narrow.ts'

export function improve(each: IrFunction): IrFunction {
  let instructions: Instruction[] = withoutMarks(each.instructions)
  for (let turn = 0, size = -1; turn < 4 && size !== instructions.length; turn++) {
    size = instructions.length
    instructions = straightened(reachable(instructions))
    instructions = withoutUnused(withMultiples(withoutCopies(instructions)))
  }
  const whole = narrowed(each.params, instructions)
  return { ...each, instructions: whole === instructions ? instructions : withoutUnused(withoutCopies(whole)) }
}

export function reachable(instructions: readonly Instruction[]): Instruction[] {
  const blocks = blocksOf(instructions)
  const reached = reachableBlocks(blocks)
  return blocks.flatMap(({ start, end }, index) => (reached[index] === true ? instructions.slice(start, end) : []))
}

function withoutMarks(instructions: readonly Instruction[]): Instruction[] {
  return instructions.filter(({ op }) => op === 'LABEL' || !isMark(op))
}

/** Jumps go where the jump that they lead to goes; those to what follows anyway, and labels of none, are dropped. */
function straightened(instructions: readonly Instruction[]): Instruction[] {
  const places = labelPlaces(instructions)
  const final = (label: Label): Label => {
    let to = label
    for (let steps = 0; steps < 8; steps++) {
      const first = firstBehind(instructions, places.get(to) ?? 0)
      if (first?.op !== 'JUMP' || first.label === undefined || first.label === to) break
      to = first.label
    }
    return to
  }
  const jumps = instructions.map((each) =>
    isJump(each.op) && each.label !== undefined ? { ...each, label: final(each.label) } : each,
  )
  const kept = jumps.filter((each, index) => each.op !== 'JUMP' || !followsRight(jumps, index, each.label))
  const used = new Set(kept.flatMap(({ op, label }) => (isJump(op) && label !== undefined ? [label] : [])))
  return turnedRound(kept).filter(({ op, label }) => op !== 'LABEL' || (label !== undefined && used.has(label)))
}

/** `if (c) goto A; goto B; A:` is `unless (c) goto B; A:`. */
function turnedRound(instructions: readonly Instruction[]): Instruction[] {
  const result: Instruction[] = []
  for (let index = 0; index < instructions.length; index++) {
    const [branch, jump] = [instructions[index], instructions[index + 1]]
    if (branch === undefined) continue
    const conditional = branch.op === 'JUMP_IF' || branch.op === 'JUMP_UNLESS'
    if (conditional && jump?.op === 'JUMP' && jump.label && followsRight(instructions, index + 1, branch.label)) {
      result.push({ ...branch, op: branch.op === 'JUMP_IF' ? 'JUMP_UNLESS' : 'JUMP_IF', label: jump.label })
      index++
    } else if (!conditional || !followsRight(instructions, index, branch.label)) result.push(branch)
  }
  return result
}

function firstBehind(instructions: readonly Instruction[], place: number): Instruction | undefined {
  let at = place
  while (instructions[at]?.op === 'LABEL') at++
  return instructions[at]
}

function followsRight(instructions: readonly Instruction[], index: number, label: Label | undefined): boolean {
  for (let at = index + 1; instructions[at]?.op === 'LABEL'; at++) if (instructions[at]?.label === label) return true
  return false
}

/** `t = …; x = t`, where `t` is used nowhere else, is `x = …`. */
function withoutCopies(instructions: readonly Instruction[]): Instruction[] {
  const [reads, writes] = [countReads(instructions), countWrites(instructions)]
  const result: Instruction[] = []
  for (const each of instructions) {
    const before = result.at(-1)
    const [from] = each.operands
    const once =
      each.op === 'MOVE' && from !== undefined && !isConstant(from) && from.name === '' && before?.result === from
    if (once && reads.get(from) === 1 && writes.get(from) === 1 && before !== undefined) {
      result[result.length - 1] = { ...before, result: each.result }
    } else if (each.op !== 'MOVE' || each.result !== from) result.push(each)
  }
  return result
}

/** `t = a % b; c = t == 0` is one question, where `t` is used nowhere else. */
function withMultiples(instructions: readonly Instruction[]): Instruction[] {
  const reads = countReads(instructions)
  return instructions.map((each, index) => {
    const before = instructions[index - 1]
    const [from, zero] = each.operands
    const asked = each.op === 'F64_EQ' && zero !== undefined && isConstant(zero) && zero.value === 0
    if (!asked || before?.op !== 'F64_MOD' || before.result !== from || reads.get(from as Register) !== 1) return each
    return { ...each, op: 'F64_IS_MULTIPLE', operands: before.operands }
  })
}

/** What cannot give up and gives what nobody reads is left out. */
function withoutUnused(instructions: readonly Instruction[]): Instruction[] {
  const reads = countReads(instructions)
  return instructions.filter(({ op, result }) => {
    if (result === undefined || isMark(op) || isEnd(op) || op === 'CALL' || op === 'F64_RANDOM') return true
    return opcodes[op].bails || (reads.get(result) ?? 0) > 0
  })
}

function countReads(instructions: readonly Instruction[]): Map<Register, number> {
  const counts = new Map<Register, number>()
  for (const { operands } of instructions) {
    for (const each of operands) if (!isConstant(each)) counts.set(each, (counts.get(each) ?? 0) + 1)
  }
  return counts
}

function countWrites(instructions: readonly Instruction[]): Map<Register, number> {
  const counts = new Map<Register, number>()
  for (const result of instructions.flatMap(resultsOf)) counts.set(result, (counts.get(result) ?? 0) + 1)
  return counts
}
