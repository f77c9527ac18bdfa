// Calls of the helpers of a program.
import type { Hint } from '../program.ts'
import type { Context } from './context.ts'

export function callOf(context: Context, result: Hint, depth: number): string | undefined {
  const { random } = context
  const fitting = context.callees.filter(
    (callee) => callee.result === result && (!callee.recursive || context.repeats <= 16),
  )
  if (fitting.length === 0) return undefined
  const callee = random.pick(fitting)
  const values = callee.parameters.map((type) => context.of(type, depth))
  if (callee.recursive)
    values[values.length - 1] = random.chance(0.7) ? `${random.between(0, 6)}` : `Math.min(${context.number(1)}, 5)`
  return `${callee.name}(${values.join(', ')})`
}
