// The items of a list that C can do at once.
import type { GraphStep } from '@catzilla/api/extend'
import { ItemState } from '../decide/run-state.ts'
import type { Items } from '../decide/run-state.ts'
import { CallLists } from './call-lists.ts'
import { FEWEST_STEPS } from './region.ts'

/** More items, in milliseconds on one processor, are left for the next graph. */
const LONGEST_MS = 25

/** Items in the order of their list, and the calls that they are. */
export interface ItemRegion {
  readonly items: readonly number[]
  readonly lists: CallLists
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
  const taken: number[] = []
  const lists = new CallLists()
  const take = (item: number): void => {
    const value = list[item]
    if (call === null || typeof value !== 'number' || isOut(item)) return
    lists.addNumber(value)
    if (lists.addStep(call, runMs)) taken.push(item)
  }
  for (const item of starting) take(item)
  for (let item = items.next; item < items.count && lists.expectedMs < LONGEST_MS; item++) {
    if (items.state[item] === ItemState.waiting) take(item)
  }
  return taken.length >= FEWEST_STEPS ? { items: taken, lists } : null
}
