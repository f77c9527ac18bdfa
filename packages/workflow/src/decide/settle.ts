// Steps that settle, and what that means for those that wait for them.
import { cancelStep, unwind } from './ending.ts'
import { StepKinds, byteAt, intAt } from './plan.ts'
import { Mark, StepState } from './run-state.ts'
import type { Turn } from './turn.ts'

/** Ends a step. Those that wait for it are told by `spread`. */
export function settle(turn: Turn, step: number, status: StepState): void {
  const { state } = turn
  state.status[step] = status
  state.endedAt[step] = turn.at
  if (Number.isNaN(state.startedAt[step])) state.startedAt[step] = turn.at
  state.unsettled--
  turn.settled.push(step)
  turn.note(step)
}

/** Tells all that wait for steps that have settled; a list and no recursion, since graphs may be deep. */
export function spread(turn: Turn): void {
  const { plan, settled } = turn
  for (let from = settled.pop(); from !== undefined; from = settled.pop()) {
    const end = intAt(plan.userStart, from + 1)
    for (let index = intAt(plan.userStart, from); index < end; index++) arrive(turn, intAt(plan.users, index), from)
  }
}

/** `from` has settled, and `step` waits for it. */
function arrive(turn: Turn, step: number, from: number): void {
  const { state } = turn
  if (state.status[step] !== StepState.waiting) return
  state.open[step] = intAt(state.open, step) - 1
  note(turn, step, from)
  if (isWon(turn, step, from)) return winRace(turn, step, from)
  if (state.open[step] === 0) makeReady(turn, step)
}

/** Marks the step by how `from` ended. */
function note(turn: Turn, step: number, from: number): void {
  const { state, plan } = turn
  const status = state.status[from]
  // most steps, by far
  if (status === StepState.completed && plan.kinds[from] !== StepKinds.choice) return
  const { kind, guard, choice } = turn.step(step)
  if (guard?.choice === from && status === StepState.completed && turn.pickOf(from) !== guard.branch) {
    turn.mark(step, Mark.skipped)
  }
  if (status === StepState.skipped) {
    // of the branches that a merge brings together one is always skipped
    if (kind !== 'merge' || from === choice || from === guard?.choice) turn.mark(step, Mark.skipped)
  } else if (status === StepState.failed || status === StepState.cancelled || status === StepState.blocked) {
    const tolerant = (kind === 'settled' || kind === 'race') && from !== guard?.choice
    if (!tolerant) turn.mark(step, Mark.poisoned)
  }
}

function isWon(turn: Turn, step: number, from: number): boolean {
  if (turn.plan.kinds[step] !== StepKinds.race) return false
  const completed = turn.state.status[from] === StepState.completed
  return completed && from !== turn.step(step).guard?.choice && !turn.has(step, Mark.skipped)
}

/** The race is over; the others are called off, and what was done for them alone. */
function winRace(turn: Turn, race: number, winner: number): void {
  turn.state.pick[race] = winner
  settle(turn, race, StepState.completed)
  const { needs, guard } = turn.step(race)
  const idle = needs.filter((need) => need !== guard?.choice)
  for (let step = idle.pop(); step !== undefined; step = idle.pop()) {
    if (!isIdle(turn, step)) continue
    turn.mark(step, Mark.lost)
    cancelStep(turn, step)
    turn.state.unsettled--
    idle.push(...turn.step(step).needs)
  }
}

/** It has not settled, and nobody waits for it any longer. */
function isIdle({ plan, state }: Turn, step: number): boolean {
  if (byteAt(state.status, step) >= StepState.completed || plan.isOutput[step] === 1) return false
  const end = intAt(plan.userStart, step + 1)
  for (let index = intAt(plan.userStart, step); index < end; index++) {
    if (byteAt(state.status, intAt(plan.users, index)) < StepState.completed) return false
  }
  return true
}

/** All that the step needs has settled. */
export function makeReady(turn: Turn, step: number): void {
  const { state } = turn
  if (turn.has(step, Mark.skipped)) return settle(turn, step, StepState.skipped)
  if (turn.has(step, Mark.poisoned)) return settle(turn, step, StepState.blocked)
  switch (turn.plan.kinds[step]) {
    case StepKinds.all:
    case StepKinds.settled:
    case StepKinds.merge:
      return settle(turn, step, StepState.completed)
    case StepKinds.race:
      return failStep(turn, step)
    default:
      state.status[step] = StepState.ready
      state.ready.push(step)
  }
}

/** A step has failed for good; its policy says what that means. */
export function failStep(turn: Turn, step: number): void {
  const { policy } = turn.step(step)
  if (policy === 'ignore' || policy === 'fallback') {
    turn.mark(step, Mark.fellBack)
    return settle(turn, step, StepState.completed)
  }
  settle(turn, step, StepState.failed)
  if (policy === 'handled') return
  turn.state.failures.push(step)
  if (policy === 'failFast') unwind(turn, 'failed')
}
