// What must hold of a graph before it can run: no circle, and no step that waits for what may never be.
import { WorkflowError } from '@catzilla/api'
import type { Guard } from './decide/plan.ts'
import type { Step } from './graph.ts'

/**
 * @returns the steps in an order in which each comes after all that it needs
 * @throws WorkflowError with the path of a cycle, or for a workflow without steps
 */
export function checkGraph(name: string, steps: readonly Step[]): readonly number[] {
  if (steps.length === 0) throw new WorkflowError(`workflow '${name}' has no steps`, { workflow: name })
  const order = topologicalOrder(steps)
  if (order.length < steps.length) throw cycleError(name, steps, new Set(order))
  return order
}

/** Kahn's algorithm; steps of a cycle, and those behind one, are left out. */
function topologicalOrder(steps: readonly Step[]): number[] {
  const open = steps.map(({ needs }) => needs.length)
  const users: number[][] = steps.map(() => [])
  steps.forEach(({ needs }, index) => {
    for (const need of needs) users[need]?.push(index)
  })
  const order = open.flatMap((count, index) => (count === 0 ? [index] : []))
  for (const step of order) {
    for (const user of users[step] ?? []) {
      const left = (open[user] ?? 0) - 1
      open[user] = left
      if (left === 0) order.push(user)
    }
  }
  return order
}

function cycleError(name: string, steps: readonly Step[], sound: ReadonlySet<number>): WorkflowError {
  const isOpen = (index: number): boolean => !sound.has(index)
  const path: number[] = []
  let at = steps.findIndex((_, index) => isOpen(index))
  // each step that is left needs another one that is left: whoever goes on must come back
  while (!path.includes(at)) {
    path.push(at)
    at = steps[at]?.needs.find(isOpen) ?? at
  }
  const circle = [...path.slice(path.indexOf(at)), at].toReversed().map((index) => steps[index]?.id)
  return new WorkflowError(`workflow '${name}' has a cycle: ${circle.join(' → ')}; each waits for the one before it`, {
    workflow: name,
  })
}

/**
 * A step may use what runs whenever it does itself: steps of its own branch and of those around it.
 * @throws WorkflowError for a step of another branch, or of one that is over
 */
export function requireInScope(
  name: string,
  steps: readonly Step[],
  used: number,
  user: string,
  guard: Guard | undefined,
): void {
  const needed = steps[used]?.guard
  if (needed === undefined) return
  for (let around = guard; around !== undefined; around = steps[around.choice]?.guard) {
    if (around.choice === needed.choice && around.branch === needed.branch) return
  }
  const usedId = steps[used]?.id
  throw new WorkflowError(
    `workflow '${name}': '${user}' uses '${usedId}', which runs in one branch of '${steps[needed.choice]?.id}' only, so it may be out of reach; return it from the branch and use what when() gives`,
    { workflow: name, step: user },
  )
}
