// What steps call and take, as lists of numbers: a graph of a hundred thousand steps is gone through many times faster than by
// the objects that stand for them.
import type { Graph, Runnable } from '../graph.ts'
import type { Template } from '../wiring.ts'

export interface Wires {
  readonly bodies: readonly Runnable[]
  /** By step: which of `bodies`; nothing for steps that are no calls. */
  readonly calls: Int32Array
  /** By step: where its arguments begin, and by one step more: where they end. */
  readonly argStart: Int32Array
  /** By argument: the step whose whole result it is; or, below 0, `-1 -` which of `templates` says what it is. */
  readonly froms: Int32Array
  /** One that stands for many arguments in a row is there once. */
  readonly templates: readonly Template[]
}

const known = new WeakMap<Graph, Wires>()

/** Made when they are asked for first: most graphs never run in C. */
export function wiresOf(graph: Graph): Wires {
  let wires = known.get(graph)
  if (wires === undefined) known.set(graph, (wires = makeWires(graph)))
  return wires
}

function makeWires({ steps }: Graph): Wires {
  const numbers = new Map<Runnable, number>()
  const calls = new Int32Array(steps.length)
  const argStart = new Int32Array(steps.length + 1)
  const froms = new Int32Array(steps.reduce((sum, { args }) => sum + args.length, 0))
  const templates: Template[] = []
  let place = 0
  steps.forEach(({ body, args }, step) => {
    argStart[step] = place
    if (body === undefined) return
    let number = numbers.get(body)
    if (number === undefined) numbers.set(body, (number = numbers.size))
    calls[step] = number
    for (const template of args) froms[place++] = fromOf(template, templates)
  })
  argStart[steps.length] = place
  return { bodies: [...numbers.keys()], calls, argStart, froms, templates }
}

function fromOf(template: Template, templates: Template[]): number {
  if (template.kind === 'step' && template.path.length === 0) return template.step
  if (template !== templates.at(-1)) templates.push(template)
  return -templates.length
}
