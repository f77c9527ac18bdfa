// The decision: state and event in, commands out. No clock, no I/O, no values of users: the same events in the same order
// always lead to the same state and the same commands, so that a run can be taken up again from its record.
import { compensateNext, finish, unwind } from './ending.ts'
import type { Command, KeptItems, KeptStep, RunEvent } from './events.ts'
import { completeItem, expandItems, failItem } from './map-items.ts'
import type { Plan } from './plan.ts'
import { pump } from './pump.ts'
import { ItemState, Items, Mark, StepState } from './run-state.ts'
import type { RunState } from './run-state.ts'
import { failStep, makeReady, settle, spread } from './settle.ts'
import { completeItems, completeSteps } from './together.ts'
import { Turn } from './turn.ts'

/**
 * What is to be done after `event`. The state is changed in place. Events that come too late, for steps that have settled or
 * runs that are over, change nothing.
 * @param changed gets the steps that settle
 */
export function decide(plan: Plan, state: RunState, event: RunEvent, changed?: number[]): readonly Command[] {
  const turn = new Turn(plan, state, event.at, changed)
  apply(turn, event)
  spread(turn)
  pump(turn)
  finish(turn)
  return turn.commands
}

function apply(turn: Turn, event: RunEvent): void {
  const { state } = turn
  switch (event.type) {
    case 'started':
      return start(turn, event.kept ?? [], event.keptItems ?? [])
    case 'completed':
      return complete(turn, event.step, event.item)
    case 'failed':
      return fail(turn, event.step, event.item)
    case 'ran':
      return completeSteps(turn, event.steps, event.began)
    case 'ranItems':
      return completeItems(turn, event.step, event.items)
    case 'chosen':
      return choose(turn, event.step, event.branch)
    case 'expanded':
      return expandItems(turn, event.step, event.count)
    case 'checked':
      return check(turn, event.step, event.again)
    case 'paused':
      state.paused = !state.isOver
      return
    case 'resumed':
      state.paused = false
      return compensateNext(turn)
    case 'cancelled':
      return unwind(turn, 'cancelled')
    case 'timedOut':
      return unwind(turn, 'timedOut')
    case 'compensated':
    case 'compensationFailed':
      return compensated(turn, event.step, event.item, event.type === 'compensated')
  }
}

function start(turn: Turn, kept: readonly KeptStep[], keptItems: readonly KeptItems[]): void {
  const { state, plan } = turn
  if (state.phase !== 'created') return
  state.phase = 'running'
  state.beganAt = turn.at
  for (const step of kept) keep(turn, step)
  for (const { step, count, values } of keptItems) {
    const done = values.map(([item]) => item)
    keepItems(turn, step, count, done)
  }
  spread(turn)
  for (let step = 0; step < plan.kinds.length; step++)
    if (state.open[step] === 0 && state.status[step] === StepState.waiting) makeReady(turn, step)
}

function keep(turn: Turn, { step, end, pick, fellBack, items }: KeptStep): void {
  const { state, plan } = turn
  state.pick[step] = pick
  if (fellBack) turn.mark(step, Mark.fellBack)
  if (end === 'lost') turn.mark(step, Mark.lost)
  if (items !== undefined) keepItems(turn, step, items.count, items.done)
  else if (end === 'completed' && plan.steps[step]?.compensates === true && !fellBack) state.undo.push(step, 0)
  settle(
    turn,
    step,
    end === 'completed' ? StepState.completed : end === 'failed' ? StepState.failed : StepState.cancelled,
  )
}

function keepItems({ plan, state }: Turn, step: number, count: number, done: readonly number[]): void {
  const items = new Items(count)
  for (const item of done) {
    items.state[item] = ItemState.completed
    items.completed++
    if (plan.steps[step]?.compensates === true) state.undo.push(step, item)
  }
  state.items.set(step, items)
}

function isRunning({ state }: Turn, step: number): boolean {
  return state.phase === 'running' && state.status[step] === StepState.running
}

function complete(turn: Turn, step: number, item: number): void {
  if (!isRunning(turn, step)) return
  const { state } = turn
  const planned = turn.step(step)
  if (planned.kind === 'map') return completeItem(turn, step, item)
  if (planned.kind === 'loop') {
    if (state.pick[step] === item) turn.command('check', step, item)
    return
  }
  if (planned.kind === 'task') state.inFlight--
  if (planned.compensates) state.undo.push(step, 0)
  settle(turn, step, StepState.completed)
}

function fail(turn: Turn, step: number, item: number): void {
  if (!isRunning(turn, step)) return
  const { kind } = turn.step(step)
  if (kind === 'map') return failItem(turn, step, item)
  if (kind === 'task' || kind === 'loop') turn.state.inFlight--
  failStep(turn, step)
}

function choose(turn: Turn, step: number, branch: number): void {
  if (!isRunning(turn, step)) return
  turn.state.pick[step] = branch
  settle(turn, step, StepState.completed)
}

function check(turn: Turn, step: number, again: boolean): void {
  if (!isRunning(turn, step)) return
  const { state } = turn
  const planned = turn.step(step)
  const round = turn.pickOf(step)
  if (!again) {
    state.inFlight--
    if (planned.compensates) state.undo.push(step, 0)
    return settle(turn, step, StepState.completed)
  }
  if (round + 1 >= planned.rounds) {
    state.inFlight--
    return failStep(turn, step)
  }
  state.pick[step] = round + 1
  turn.command('start', step, round + 1)
}

function compensated(turn: Turn, step: number, item: number, done: boolean): void {
  const { state } = turn
  if (state.phase !== 'compensating' || !state.undoing) return
  state.undoing = false
  const items = state.items.get(step)
  if (!done) state.compensationFailures.push(step)
  else if (items === undefined) markCompensated(turn, step)
  else {
    items.state[item] = ItemState.compensated
    items.compensated++
    const whole = items.compensated === items.completed && state.status[step] === StepState.completed
    if (whole) markCompensated(turn, step)
  }
  compensateNext(turn)
}

function markCompensated(turn: Turn, step: number): void {
  turn.state.status[step] = StepState.compensated
  turn.note(step)
}
