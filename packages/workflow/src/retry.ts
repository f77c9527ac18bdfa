// What a run that repeats another one need not do again.
import type { KeptItems, KeptStep } from './decide/events.ts'
import { byteAt, intAt } from './decide/plan.ts'
import type { StepKind } from './decide/plan.ts'
import { Mark, StepState } from './decide/run-state.ts'
import type { Run } from './run.ts'

/** Steps that follow from others, and are found out anew. */
const derived: ReadonlySet<StepKind> = new Set(['merge', 'all', 'settled'])

/**
 * Steps that completed, or whose failure was met, are kept, unless they have been undone or build on what is done again.
 * Items of a list are kept one by one.
 */
export function keptOf(run: Run): { kept: KeptStep[]; keptItems: KeptItems[] } {
  const { graph, state, values } = run
  const kept: KeptStep[] = []
  const keptItems: KeptItems[] = []
  const again = toDoAgain(run)
  const stands = new Uint8Array(graph.steps.length)
  for (const step of graph.order) {
    const { kind, needs } = values.step(step)
    const status = byteAt(state.status, step)
    const marks = byteAt(state.marks, step)
    const builtOn = kind === 'race' ? [state.pick[step] ?? -1] : needs
    const grounded = status !== StepState.compensated && builtOn.every((need) => need < 0 || stands[need] === 1)
    if (!grounded) continue
    if (derived.has(kind) || status === StepState.skipped) stands[step] = 1
    else if (isKept(status, marks, again.has(step))) {
      stands[step] = 1
      const fellBack = (marks & Mark.fellBack) !== 0
      kept.push({
        step,
        end: endOf(status),
        pick: intAt(state.pick, step),
        fellBack,
        ...resultOf(step),
        ...itemsOf(step),
      })
    } else if (kind === 'map' && state.items.has(step)) {
      keptItems.push({ step, count: state.items.get(step)?.count ?? 0, values: [...values.itemsDone(step)] })
    }
  }
  return { kept, keptItems }

  function resultOf(step: number): Pick<KeptStep, 'value' | 'error'> {
    if (state.status[step] === StepState.completed) return { value: values.valueOf(step) }
    return state.status[step] === StepState.failed ? { error: values.errorOf(step) } : {}
  }

  function itemsOf(step: number): Pick<KeptStep, 'items'> {
    const count = state.items.get(step)?.count
    return count === undefined ? {} : { items: { count, done: [...values.itemsDone(step)].map(([item]) => item) } }
  }
}

/** Steps that failed for good, and, of a race that nobody won, those that lost it, with whatever kept those from running. */
function toDoAgain({ state, values }: Run): ReadonlySet<number> {
  const again = new Set<number>()
  const open = [...state.failures]
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (again.has(step)) continue
    again.add(step)
    open.push(...values.step(step).needs.filter((need) => byteAt(state.status, need) !== StepState.completed))
  }
  return again
}

function isKept(status: number, marks: number, isToDoAgain: boolean): boolean {
  if (status === StepState.completed) return true
  if (status === StepState.failed) return !isToDoAgain
  return status === StepState.cancelled && (marks & Mark.lost) !== 0
}

function endOf(status: number): KeptStep['end'] {
  if (status === StepState.completed) return 'completed'
  return status === StepState.failed ? 'failed' : 'lost'
}
