// Which steps of a graph may run in C as far as the graph alone says: worked out once for each graph.
import { intAt } from '../decide/plan.ts'
import type { Graph, Step } from '../graph.ts'
import type { Template } from '../wiring.ts'

/** What the graph says of a step: it may run in C, or items of its list may, or why it never does. */
export const Candidate = { step: 0, list: 1, otherKind: 2, workflow: 3, otherArguments: 4, races: 5 } as const

/** By code. */
export const whyNoCandidate: readonly string[] = [
  '',
  '',
  'it is no call of a task',
  'it is a workflow, with a run of its own',
  'an argument is put together, or no number',
  'a race waits for it, which the first that completes decides',
]

/** What of a graph is the same for all its runs. The two lists of numbers are scratch: all 0 whenever nobody works with them. */
export interface Candidates {
  /** By step: one of `Candidate`. */
  readonly codes: Uint8Array
  readonly any: boolean
  /** By step: 1 + its place in what is being put together. */
  readonly places: Int32Array
  /** By step: how many of its needs are in there. */
  readonly met: Int32Array
}

const known = new WeakMap<Graph, Candidates>()

export function candidatesOf(graph: Graph): Candidates {
  const found = known.get(graph)
  if (found !== undefined) return found
  const { steps } = graph
  const races = racersOf(graph)
  const codes = Uint8Array.from(steps, (step, index) => (races[index] === 1 ? Candidate.races : codeOf(step)))
  const any = codes.includes(Candidate.step) || codes.includes(Candidate.list)
  const scratch = any ? steps.length : 0
  const made = { codes, any, places: new Int32Array(scratch), met: new Int32Array(scratch) }
  known.set(graph, made)
  return made
}

/** 1 for steps that a race waits for, whatever way leads there: one after the other they decide it, and who loses is called off. */
function racersOf({ plan, steps, order }: Graph): Uint8Array {
  const races = new Uint8Array(steps.length)
  for (const index of order.toReversed()) {
    for (let place = intAt(plan.userStart, index); place < intAt(plan.userStart, index + 1); place++) {
      const user = intAt(plan.users, place)
      if (steps[user]?.kind === 'race' || races[user] === 1) races[index] = 1
    }
  }
  return races
}

function codeOf({ kind, body, args }: Step): number {
  if (kind !== 'task' && kind !== 'map') return Candidate.otherKind
  if (body?.inGraphs === undefined) return Candidate.workflow
  if (kind === 'map') return Candidate.list
  return args.every(mayBeNumber) ? Candidate.step : Candidate.otherArguments
}

function mayBeNumber(template: Template): boolean {
  if (template.kind === 'constant') return typeof template.value === 'number'
  return template.kind === 'step' || template.kind === 'input'
}
