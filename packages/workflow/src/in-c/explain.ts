// Which steps of a run C ran, together with others, and why it did not run the rest.
import { Mark, StepState } from '../decide/run-state.ts'
import type { RunState } from '../decide/run-state.ts'
import type { Graph } from '../graph.ts'
import { Candidate, candidatesOf, whyNoCandidate } from './candidates.ts'
import { FEWEST_STEPS, Refusal } from './region.ts'
import type { Regions } from './regions.ts'

export interface StepExplanation {
  readonly id: string
  /** C ran it as a step of a graph; of a map, items of it. Steps that ran as tasks may have run in C as well: see `explain()` of the task. */
  readonly inC: boolean
  /** In one sentence. */
  readonly reason: string
}

export interface RunExplanation {
  /** Graphs that were handed to C. */
  readonly graphs: number
  /** Steps that C ran as part of them, and lists of which it ran items. */
  readonly stepsInC: number
  readonly steps: readonly StepExplanation[]
}

/** By `Refusal`, but `body`, of which the engine tells more. */
const refusals: Readonly<Record<number, string>> = {
  [Refusal.none]: 'it was not asked for while its body could run in C',
  [Refusal.argument]: 'it was given something that is no number',
  [Refusal.tooFew]: `fewer than ${FEWEST_STEPS} steps could run in C together with it`,
  [Refusal.gaveUp]: 'C gave it up, so that it ran as a task; so do steps that fail',
  [Refusal.listened]: 'somebody listens to each step in time',
  [Refusal.others]: 'it has another engine or class than those that it could have run with',
}

/** @param regions null where no step of the graph can run in C */
export function explainRun(graph: Graph, state: RunState, regions: Regions | null): RunExplanation {
  const { codes } = candidatesOf(graph)
  const steps = graph.steps.map(({ id }, step) => {
    const inC = ((state.marks[step] ?? 0) & Mark.inC) !== 0
    return { id, inC, reason: reasonOf(step, inC) }
  })
  return { graphs: regions?.graphs ?? 0, stepsInC: steps.filter(({ inC }) => inC).length, steps }

  function reasonOf(step: number, inC: boolean): string {
    const refusal = regions?.refusalOf(step) ?? Refusal.none
    const isMap = graph.steps[step]?.kind === 'map'
    if (inC && isMap && refusal === Refusal.gaveUp) return 'C ran items of it, and gave up others, which ran as tasks'
    if (inC) return isMap ? 'C ran items of it at once' : 'C ran it together with other steps'
    const code = codes[step] ?? Candidate.otherKind
    if (code > Candidate.list) return whyNoCandidate[code] ?? ''
    if ((state.status[step] ?? 0) < StepState.running) return 'it has not been started'
    const body = graph.steps[step]?.body
    const why = refusal === Refusal.body && body !== undefined ? regions?.bodies.whyNot(body) : undefined
    return why ?? refusals[refusal] ?? 'the body could not run in C at that moment'
  }
}
