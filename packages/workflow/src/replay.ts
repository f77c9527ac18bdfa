// Takes a run up from its record: the events are decided on again, and what had been asked for and not answered stands.
import { decide } from './decide/decide.ts'
import type { Command, RunEvent } from './decide/events.ts'
import { intAt } from './decide/plan.ts'
import type { Plan } from './decide/plan.ts'
import { ItemState, StepState } from './decide/run-state.ts'
import type { RunState } from './decide/run-state.ts'
import type { RunValues } from './run-values.ts'

/** Brings the state to where it was, and gives the commands that are still to be obeyed. */
export function replayEvents(
  plan: Plan,
  state: RunState,
  values: RunValues,
  events: readonly RunEvent[],
): readonly Command[] {
  /** By step and item: one command at a time stands for either. */
  const open = new Map<string, Command>()
  for (const event of events) {
    for (const answered of answeredBy(state, event)) open.delete(answered)
    values.absorb(event)
    for (const command of decide(plan, state, event)) {
      if (command.type === 'end') open.set('end', command)
      else if (command.type !== 'cancel' && command.type !== 'cancelAll')
        open.set(keyOf(command.step, command.item), command)
    }
  }
  return [...open.values()].filter((command) => stands(plan, state, command))
}

function keyOf(step: number, item: number): string {
  return `${step}:${item}`
}

function answeredBy(state: RunState, event: RunEvent): readonly string[] {
  switch (event.type) {
    case 'completed':
    case 'failed':
    case 'compensated':
    case 'compensationFailed':
      return [keyOf(event.step, event.item)]
    case 'ran':
      return Array.from(event.steps, (step) => keyOf(step, 0))
    case 'ranItems':
      return Array.from(event.items, (item) => keyOf(event.step, item))
    case 'chosen':
    case 'expanded':
      return [keyOf(event.step, 0)]
    case 'checked':
      return [keyOf(event.step, intAt(state.pick, event.step))]
    case 'started':
    case 'paused':
    case 'resumed':
    case 'cancelled':
    case 'timedOut':
      return []
  }
}

/** What was asked for may have been called off since. */
function stands(plan: Plan, state: RunState, command: Command): boolean {
  if (command.type === 'end') return state.isOver
  if (command.type === 'cancel' || command.type === 'cancelAll') return false
  if (command.type === 'compensate') return state.phase === 'compensating'
  const { step, item } = command
  if (state.phase !== 'running' || state.status[step] !== StepState.running) return false
  const isItem = plan.steps[step]?.kind === 'map' && command.type === 'start'
  return !isItem || state.items.get(step)?.state[item] === ItemState.running
}
