// How a run ends: what runs is called off, what was done is undone in reverse order, and then it is over.
import type { RunEnd } from './events.ts'
import { byteAt } from './plan.ts'
import { StepState } from './run-state.ts'
import type { Turn } from './turn.ts'

/** Calls a step off. Who waits for it is not told: the caller knows that nobody does. */
export function cancelStep(turn: Turn, step: number): void {
  const { state } = turn
  if (state.status[step] === StepState.running) {
    const items = state.items.get(step)
    const { kind } = turn.step(step)
    const inFlight = kind === 'map' ? (items?.running ?? 0) : kind === 'task' || kind === 'loop' ? 1 : 0
    if (items !== undefined) items.running = 0
    state.inFlight -= inFlight
    turn.cancel(step)
  }
  state.status[step] = StepState.cancelled
  state.endedAt[step] = turn.at
  turn.note(step)
}

/** The run will not complete: nothing more is started, and what was done is undone. */
export function unwind(turn: Turn, ending: RunEnd): void {
  const { state } = turn
  if (state.phase !== 'running') return
  state.phase = 'compensating'
  state.ending = ending
  turn.cancelAll()
  state.inFlight = 0
  for (let step = 0; step < state.status.length; step++) {
    if (byteAt(state.status, step) >= StepState.completed) continue
    const items = state.items.get(step)
    if (items !== undefined) items.running = 0
    state.status[step] = StepState.cancelled
    state.endedAt[step] = turn.at
    turn.note(step)
  }
  state.unsettled = 0
  compensateNext(turn)
}

/** One at a time, the latest first. */
export function compensateNext(turn: Turn): void {
  const { state } = turn
  if (state.phase !== 'compensating' || state.undoing || state.paused) return
  const item = state.undo.pop()
  const step = state.undo.pop()
  if (step === undefined || item === undefined) return over(turn, state.ending)
  state.undoing = true
  turn.command('compensate', step, item)
}

/** Ends a run of which nothing is left to do. */
export function finish(turn: Turn): void {
  const { state } = turn
  if (state.phase !== 'running' || state.unsettled > 0) return
  if (state.failures.length > 0) unwind(turn, 'failed')
  else over(turn, 'completed')
}

function over(turn: Turn, end: RunEnd): void {
  const { state } = turn
  state.phase = end
  state.overAt = turn.at
  state.paused = false
  turn.end(end)
}
