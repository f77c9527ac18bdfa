// What steps call and take, as lists of numbers: a graph of a hundred thousand steps is gone through many times faster than by
// the objects that stand for them.
import type { Graph, Runnable } from '../graph.ts'
import type { Template } from '../wiring.ts'

/** In `froms`: not the whole result of a step, but whatever the template of the argument says. */
export const NO_RESULT = -1

export interface Wires {
  readonly bodies: readonly Runnable[]
  /** By step: which of `bodies`; nothing for steps that are no calls. */
  readonly calls: Int32Array
  /** By step: where its arguments begin, and by one step more: where they end. */
  readonly argStart: Int32Array
  /** By argument: the step whose whole result it is, or `NO_RESULT`. */
  readonly froms: Int32Array
  /** By argument. One that stands for many arguments is there for each. */
  readonly templates: readonly Template[]
}

/** @param isWanted steps whose arguments are looked at; the others have none */
export function wiresOf({ steps }: Graph, isWanted: (step: number) => boolean): Wires {
  const numbers = new Map<Runnable, number>()
  const calls = new Int32Array(steps.length)
  const argStart = new Int32Array(steps.length + 1)
  const templates: Template[] = []
  steps.forEach(({ body, args }, step) => {
    argStart[step] = templates.length
    if (body === undefined || !isWanted(step)) return
    let number = numbers.get(body)
    if (number === undefined) numbers.set(body, (number = numbers.size))
    calls[step] = number
    for (const template of args) templates.push(template)
  })
  argStart[steps.length] = templates.length
  const froms = Int32Array.from(templates, (template) =>
    template.kind === 'step' && template.path.length === 0 ? template.step : NO_RESULT,
  )
  return { bodies: [...numbers.keys()], calls, argStart, froms, templates }
}
