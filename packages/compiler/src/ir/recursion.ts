// Functions that come back to themselves ask at their beginning whether the task is to stop, as loops do at each turn.
import type { IrFunction } from './ir.ts'

export interface Polled {
  readonly functions: readonly IrFunction[]
  readonly recursive: boolean
}

export function pollRecursion(functions: readonly IrFunction[]): Polled {
  const called = callsOf(functions)
  const polled = functions.map((each, index) => {
    const at = each.instructions[0]?.at
    if (at === undefined || !comesBack(called, index)) return each
    return {
      ...each,
      instructions: [{ op: 'POLL' as const, result: undefined, operands: [], at }, ...each.instructions],
    }
  })
  return { functions: polled, recursive: polled.some((each, index) => each !== functions[index]) }
}

/** Whether calls out of a function may come to it again. */
export function callsItself(functions: readonly IrFunction[], index: number): boolean {
  return comesBack(callsOf(functions), index)
}

function callsOf(functions: readonly IrFunction[]): number[][] {
  return functions.map(({ instructions }) => {
    const callees = instructions.flatMap(({ op, callee }) => (op === 'CALL' && callee !== undefined ? [callee] : []))
    return [...new Set(callees)]
  })
}

function comesBack(called: readonly (readonly number[])[], from: number): boolean {
  const seen = new Set<number>()
  const waiting = [...(called[from] ?? [])]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === from) return true
    if (seen.has(at)) continue
    seen.add(at)
    waiting.push(...(called[at] ?? []))
  }
  return false
}
