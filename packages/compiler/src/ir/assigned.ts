// Which registers are read where they may have no value yet: on every way to a use there must be an assignment.
import { blocksOf } from './flow.ts'
import type { Block } from './flow.ts'
import type { Instruction, Register } from './ir.ts'
import { isConstant, resultsOf } from './ir.ts'

export interface EarlyRead {
  readonly register: Register
  readonly instruction: Instruction
}

export function earlyReads(params: readonly Register[], instructions: readonly Instruction[]): EarlyRead[] {
  const blocks = blocksOf(instructions)
  const numbers = numbered(params, instructions)
  const entries = entrySets(params, instructions, blocks, numbers)
  const found: EarlyRead[] = []
  for (const [index, { start, end }] of blocks.entries()) {
    const assigned = entries[index]
    if (assigned === undefined) continue
    for (let at = start; at < end; at++) {
      const instruction = instructions[at]
      if (instruction === undefined) continue
      for (const each of instruction.operands) {
        if (!isConstant(each) && !has(assigned, numbers.get(each) ?? 0)) found.push({ register: each, instruction })
      }
      apply(assigned, instruction, numbers)
    }
  }
  return found
}

/** A bit for each register. */
type Bits = Uint32Array
type Numbers = ReadonlyMap<Register, number>

function numbered(params: readonly Register[], instructions: readonly Instruction[]): Numbers {
  const numbers = new Map<Register, number>()
  const add = (register: Register): void => {
    if (!numbers.has(register)) numbers.set(register, numbers.size)
  }
  params.forEach(add)
  for (const instruction of instructions) {
    resultsOf(instruction).forEach(add)
    for (const each of instruction.operands) if (!isConstant(each)) add(each)
  }
  return numbers
}

function has(bits: Bits, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
}

function apply(assigned: Bits, instruction: Instruction, numbers: Numbers): void {
  for (const result of resultsOf(instruction)) write(assigned, numbers.get(result) ?? 0, instruction.op !== 'UNSET')
}

function write(bits: Bits, at: number, value: boolean): void {
  const bit = 1 << (at & 31)
  const word = bits[at >>> 5] ?? 0
  bits[at >>> 5] = value ? word | bit : word & ~bit
}

/** What has a value at the beginning of each block; undefined for those that are never come to. */
function entrySets(
  params: readonly Register[],
  instructions: readonly Instruction[],
  blocks: readonly Block[],
  numbers: Numbers,
): (Bits | undefined)[] {
  const entries: (Bits | undefined)[] = blocks.map(() => undefined)
  const first = new Uint32Array((numbers.size >>> 5) + 1)
  for (const each of params) write(first, numbers.get(each) ?? 0, true)
  if (blocks.length > 0) entries[0] = first
  const waiting = new Set(blocks.length > 0 ? [0] : [])
  for (const index of waiting) {
    waiting.delete(index)
    const block = blocks[index]
    const exit = entries[index]?.slice()
    if (block === undefined || exit === undefined) continue
    for (let at = block.start; at < block.end; at++) {
      const instruction = instructions[at]
      if (instruction !== undefined) apply(exit, instruction, numbers)
    }
    for (const next of block.next) {
      const before = entries[next]
      if (before === undefined) entries[next] = exit.slice()
      else if (!meet(before, exit)) continue
      waiting.add(next)
    }
  }
  return entries
}

/** Keeps what both have; whether that is less than before. */
function meet(before: Bits, exit: Bits): boolean {
  let less = false
  for (let word = 0; word < before.length; word++) {
    const old = before[word] ?? 0
    const both = (old & (exit[word] ?? 0)) >>> 0
    less ||= both !== old
    before[word] = both
  }
  return less
}
