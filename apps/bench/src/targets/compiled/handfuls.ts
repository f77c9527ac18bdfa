// The pace at which everybody hands work over: some in a turn of the event loop, and so many of them under way at most.
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Bodies that are handed over in one turn, and such handfuls under way at most. */
export const HANDFUL = 200
export const UNDER_WAY = 5

/** @param handOver settles when the bodies from `from` on, before `until`, have ended */
export async function inHandfuls(
  count: number,
  handOver: (from: number, until: number) => Promise<unknown>,
): Promise<void> {
  const handfuls: Promise<unknown>[] = []
  for (let from = 0; from < count; from += HANDFUL) {
    handfuls.push(handOver(from, Math.min(count, from + HANDFUL)))
    await nextTurn()
    // waits asleep: a main thread that looks again and again would take a core from the workers
    if (handfuls.length >= UNDER_WAY) await handfuls.shift()
  }
  await Promise.all(handfuls)
}
