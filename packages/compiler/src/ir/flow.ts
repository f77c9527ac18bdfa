// The flow of control through instructions, in blocks.
import type { Instruction, Label } from './ir.ts'
import { isEnd, isJump } from './ir.ts'

export interface Block {
  /** Instructions from `start` to before `end`. */
  readonly start: number
  readonly end: number
  /** Numbers of the blocks that may come next. */
  readonly next: number[]
}

export function blocksOf(instructions: readonly Instruction[]): Block[] {
  const starts = new Set([0])
  instructions.forEach(({ op }, index) => {
    if (op === 'LABEL') starts.add(index)
    if (isJump(op) || isEnd(op)) starts.add(index + 1)
  })
  const ordered = [...starts].filter((start) => start < instructions.length).toSorted((a, b) => a - b)
  const blockAt = new Map(ordered.map((start, index) => [start, index]))
  const labels = labelPlaces(instructions)
  return ordered.map((start, index) => {
    const end = ordered[index + 1] ?? instructions.length
    const last = instructions[end - 1]
    const next: number[] = []
    if (last !== undefined && !isEnd(last.op) && index + 1 < ordered.length) next.push(index + 1)
    const target = last?.label === undefined || !isJump(last.op) ? undefined : blockAt.get(labels.get(last.label) ?? -1)
    if (target !== undefined) next.push(target)
    return { start, end, next }
  })
}

export function labelPlaces(instructions: readonly Instruction[]): Map<Label, number> {
  const places = new Map<Label, number>()
  instructions.forEach(({ op, label }, index) => {
    if (op === 'LABEL' && label !== undefined) places.set(label, index)
  })
  return places
}

/** Whether each block can be come to. */
export function reachableBlocks(blocks: readonly Block[]): boolean[] {
  const reached = blocks.map(() => false)
  const waiting = blocks.length > 0 ? [0] : []
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached[at] === true) continue
    reached[at] = true
    waiting.push(...(blocks[at]?.next ?? []))
  }
  return reached
}
