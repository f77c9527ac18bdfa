// Which registers are read where they may have no value yet: on every way to a use there must be an assignment.
import { blocksOf } from './flow.ts'
import type { Block } from './flow.ts'
import type { Instruction, Register } from './ir.ts'
import { isConstant } from './ir.ts'

export interface EarlyRead {
  readonly register: Register
  readonly instruction: Instruction
}

export function earlyReads(params: readonly Register[], instructions: readonly Instruction[]): EarlyRead[] {
  const blocks = blocksOf(instructions)
  const entries = entrySets(params, instructions, blocks)
  return blocks.flatMap((block, index) => {
    const entry = entries[index]
    if (entry === undefined) return []
    const assigned = new Set(entry)
    return instructions.slice(block.start, block.end).flatMap((instruction) => {
      const early = instruction.operands.flatMap((each) =>
        isConstant(each) || assigned.has(each) ? [] : [{ register: each, instruction }],
      )
      apply(assigned, instruction)
      return early
    })
  })
}

function apply(assigned: Set<Register>, { op, result }: Instruction): void {
  if (result === undefined) return
  if (op === 'UNSET') assigned.delete(result)
  else assigned.add(result)
}

/** What has a value at the beginning of each block; undefined for those that are never come to. */
function entrySets(
  params: readonly Register[],
  instructions: readonly Instruction[],
  blocks: readonly Block[],
): (ReadonlySet<Register> | undefined)[] {
  const entries: (ReadonlySet<Register> | undefined)[] = blocks.map(() => undefined)
  if (blocks.length > 0) entries[0] = new Set(params)
  const waiting = new Set(entries.length > 0 ? [0] : [])
  for (const index of waiting) {
    waiting.delete(index)
    const block = blocks[index]
    const exit = new Set(entries[index])
    if (block === undefined) continue
    for (const instruction of instructions.slice(block.start, block.end)) apply(exit, instruction)
    for (const next of block.next) {
      const before = entries[next]
      const met = before === undefined ? exit : new Set([...before].filter((each) => exit.has(each)))
      if (before !== undefined && met.size === before.size) continue
      entries[next] = met
      waiting.add(next)
    }
  }
  return entries
}
