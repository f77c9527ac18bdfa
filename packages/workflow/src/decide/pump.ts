// Starts what is ready, as far as the run may have tasks in flight.
import { startItem } from './map-items.ts'
import { at } from './plan.ts'
import { StepState } from './run-state.ts'
import type { RunState } from './run-state.ts'
import type { Turn } from './turn.ts'

/** So many places at the front of the queue may be used up before it is moved. */
const SLACK = 1024

export function pump(turn: Turn): void {
  const { state, plan } = turn
  if (state.phase !== 'running' || state.paused) return
  while (state.inFlight < plan.concurrency && state.readyHead < state.ready.length) {
    const step = at(state.ready, state.readyHead++)
    const status = state.status[step]
    if (status === StepState.ready) begin(turn, step)
    else if (status === StepState.running) startItem(turn, step)
  }
  tidy(state)
}

function begin(turn: Turn, step: number): void {
  const { state } = turn
  state.status[step] = StepState.running
  state.startedAt[step] = turn.at
  switch (turn.step(step).kind) {
    case 'map':
      return turn.command('expand', step, 0)
    case 'choice':
      return turn.command('choose', step, 0)
    case 'compute':
      return turn.command('compute', step, 0)
    case 'loop':
      state.pick[step] = 0
      break
    case 'task':
    case 'merge':
    case 'all':
    case 'settled':
    case 'race':
      break
  }
  state.inFlight++
  turn.command('start', step, 0)
}

function tidy(state: RunState): void {
  if (state.readyHead < SLACK || state.readyHead * 2 < state.ready.length) return
  state.ready.splice(0, state.readyHead)
  state.readyHead = 0
}
