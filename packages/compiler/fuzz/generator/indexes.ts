// Indexes, inside most of the time: a program whose every run bails proves nothing.
import type { Context, Variable } from './context.ts'

export function nearIndex(context: Context, view: Variable, depth: number): string {
  const { random } = context
  if (context.hazard()) return context.number(depth)
  const counters = context.all().filter((variable) => variable.indexOf === view.name)
  if (counters.length > 0 && random.chance(0.8)) return random.pick(counters).name
  if (random.chance(0.3)) return `${random.between(0, 3)}`
  return `(${context.number(depth)} >>> 0) % ${view.name}.length`
}

/** Of the methods of strings, which take any number. */
export function textIndex(context: Context, depth: number): string {
  const { random } = context
  if (random.chance(0.6)) return `${random.between(0, 4)}`
  return context.number(depth)
}
