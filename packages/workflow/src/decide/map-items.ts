// The items of a map: started a few at a time, and together one step.
import { byteAt } from './plan.ts'
import { ItemState, Items, StepState } from './run-state.ts'
import { failStep, settle } from './settle.ts'
import type { Turn } from './turn.ts'

/** The list is known. Items that had completed in the run that this one repeats are left out. */
export function expandItems(turn: Turn, step: number, count: number): void {
  const { state } = turn
  if (state.phase !== 'running' || state.status[step] !== StepState.running) return
  const known = state.items.get(step)
  if (known !== undefined && known.running > 0) return
  const items = known?.count === count ? known : new Items(count)
  state.items.set(step, items)
  if (!endIfDone(turn, step, items)) queue(turn, step, items)
}

export function completeItem(turn: Turn, step: number, item: number): void {
  const items = runningItem(turn, step, item)
  if (items === undefined) return
  items.state[item] = ItemState.completed
  items.completed++
  if (turn.step(step).compensates) turn.state.undo.push(step, item)
  goOnWithItems(turn, step, items)
}

export function failItem(turn: Turn, step: number, item: number): void {
  const items = runningItem(turn, step, item)
  if (items === undefined) {
    // the list itself could not be had
    if (!turn.state.items.has(step)) failStep(turn, step)
    return
  }
  items.state[item] = ItemState.failed
  items.failed++
  const { policy } = turn.step(step)
  if (policy === 'failFast' || policy === 'handled') return giveUp(turn, step, items)
  goOnWithItems(turn, step, items)
}

function runningItem({ state }: Turn, step: number, item: number): Items | undefined {
  const items = state.items.get(step)
  if (items === undefined || items.state[item] !== ItemState.running) return undefined
  items.running--
  state.inFlight--
  return items
}

/** One has failed, and that is enough: the others are called off. */
function giveUp(turn: Turn, step: number, items: Items): void {
  const { state } = turn
  if (items.running > 0) turn.cancel(step)
  state.inFlight -= items.running
  items.running = 0
  failStep(turn, step)
}

/** Some of them have settled: the step has, or the next may start. */
export function goOnWithItems(turn: Turn, step: number, items: Items): void {
  if (!endIfDone(turn, step, items)) queue(turn, step, items)
}

function endIfDone(turn: Turn, step: number, items: Items): boolean {
  if (items.settled < items.count) return false
  const { policy } = turn.step(step)
  if (items.failed > 0 && policy === 'collect') failStep(turn, step)
  else settle(turn, step, StepState.completed)
  return true
}

function queue(turn: Turn, step: number, items: Items): void {
  if (items.queued || items.next >= items.count) return
  items.queued = true
  turn.state.ready.push(step)
}

/** Starts the next item. The step keeps its place in the queue while it may start more. */
export function startItem(turn: Turn, step: number): void {
  const { state } = turn
  const items = state.items.get(step)
  if (items === undefined) return
  items.queued = false
  while (items.next < items.count && byteAt(items.state, items.next) !== ItemState.waiting) items.next++
  const { concurrency } = turn.step(step)
  if (items.next >= items.count || items.running >= concurrency) return
  const item = items.next++
  items.state[item] = ItemState.running
  items.running++
  state.inFlight++
  turn.command('start', step, item)
  if (items.running < concurrency) queue(turn, step, items)
}
