// Steps, and items of a list, that completed together in C: what it means for them is what it means for each that completes.
import { goOnWithItems } from './map-items.ts'
import { byteAt } from './plan.ts'
import { ItemState, Mark, StepState } from './run-state.ts'
import { settle } from './settle.ts'
import type { Turn } from './turn.ts'

/**
 * @param steps each after those that it needs. One whose needs have not all completed, or that has settled, is left as it is.
 * @param began when C was given them
 */
export function completeSteps(turn: Turn, steps: ArrayLike<number>, began: number): void {
  const { state, plan } = turn
  if (state.phase !== 'running') return
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] ?? 0
    const status = byteAt(state.status, step)
    if (status === StepState.running) state.inFlight--
    else if (status === StepState.ready || (status === StepState.waiting && mayRun(turn, step)))
      state.startedAt[step] = began
    else continue
    turn.mark(step, Mark.inC)
    if (plan.compensates[step] === 1) state.undo.push(step, 0)
    settle(turn, step, StepState.completed)
  }
}

function mayRun(turn: Turn, step: number): boolean {
  const { state } = turn
  if (turn.has(step, Mark.poisoned) || turn.has(step, Mark.skipped)) return false
  const { needs, guard } = turn.step(step)
  if (guard !== undefined && turn.pickOf(guard.choice) !== guard.branch) return false
  for (const need of needs) if (state.status[need] !== StepState.completed) return false
  return true
}

/** @param done items that are running, or have not been started */
export function completeItems(turn: Turn, step: number, done: ArrayLike<number>): void {
  const { state } = turn
  const items = state.items.get(step)
  if (state.phase !== 'running' || state.status[step] !== StepState.running || items === undefined) return
  const { compensates } = turn.step(step)
  for (let index = 0; index < done.length; index++) {
    const item = done[index] ?? 0
    const was = items.state[item]
    if (was === ItemState.running) {
      items.running--
      state.inFlight--
    } else if (was !== ItemState.waiting) continue
    items.state[item] = ItemState.completed
    items.completed++
    if (compensates) state.undo.push(step, item)
  }
  turn.mark(step, Mark.inC)
  goOnWithItems(turn, step, items)
}
