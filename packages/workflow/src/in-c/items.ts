// The items of a list that C can do at once: columns, and nothing made for each item.
import { NO_STEP } from '@catzilla/api/extend'
import type { CallGraph, GraphStep } from '@catzilla/api/extend'
import { ItemState } from '../decide/run-state.ts'
import type { Items } from '../decide/run-state.ts'
import { FIRST_PLACES, withRoom } from './growing.ts'
import { FEWEST_STEPS, MOST_MISSES } from './region.ts'

/** More items, in milliseconds on one processor, are left for the next graph. */
const LONGEST_MS = 25

/** Items in the order of their list, and the graph that they are. */
export interface ItemRegion {
  readonly items: Int32Array
  readonly graph: CallGraph
}

/**
 * Items that are to start, with all behind them that have not started.
 * @param isOut items that C is not to have
 * @returns null where there are too few
 */
export function itemRegion(
  { call, runMs }: GraphStep,
  list: readonly unknown[],
  items: Items,
  starting: readonly number[],
  isOut: (item: number) => boolean,
): ItemRegion | null {
  if (call === null) return null
  let taken = new Int32Array(FIRST_PLACES)
  let numbers = new Float64Array(FIRST_PLACES)
  let count = 0
  const take = (item: number): boolean => {
    const value = list[item]
    if (typeof value !== 'number' || isOut(item)) return false
    if (count === taken.length) [taken, numbers] = [withRoom(taken, count), withRoom(numbers, count)]
    taken[count] = item
    numbers[count++] = value
    return true
  }
  for (const item of starting) take(item)
  // a list of other things is not gone through again whenever one of them is done
  let misses = 0
  for (let item = items.next; item < items.count && misses < MOST_MISSES; item++) {
    if (count * runMs >= LONGEST_MS) break
    if (items.state[item] === ItemState.waiting && !take(item)) misses++
  }
  if (count < FEWEST_STEPS) return null
  return { items: taken.slice(0, count), graph: graphOf(call, numbers.subarray(0, count)) }
}

/** One call for each number. */
function graphOf(call: NonNullable<GraphStep['call']>, argNumbers: Float64Array): CallGraph {
  const { length } = argNumbers
  const argEnds = new Uint32Array(length)
  for (let index = 0; index < length; index++) argEnds[index] = index + 1
  const argSteps = new Uint32Array(length).fill(NO_STEP)
  return { calls: [call], stepCalls: new Uint32Array(length), argEnds, argSteps, argNumbers }
}
