// Ways of keeping a contender busy: window after window, or so many under way all the time.
import { median, msOf } from '../measure.ts'
import type { Effort } from './scenario.ts'

/** Milliseconds of windows that are dropped, and that are measured; at least one window each. */
const [WARM_UP_MS, MEASURED_MS] = [100, 200]

/** Milliseconds of a window, the median of as many as fit into the time. */
export function windowMs(effort: Effort, window: () => Promise<void>): Promise<number> {
  return ownWindowMs(effort, () => msOf(window))
}

/** As `windowMs`, of windows that say themselves how long they took: what comes before and after may be no part of it. */
export async function ownWindowMs(
  { quick }: Effort,
  window: () => Promise<number>,
  warmUpMs: number = WARM_UP_MS,
): Promise<number> {
  await repeat(quick ? warmUpMs / 5 : warmUpMs, window)
  return median(await repeat(quick ? MEASURED_MS / 5 : MEASURED_MS, window))
}

/** Per second, of windows of so many. */
export async function perSecond(effort: Effort, size: number, window: () => Promise<void>): Promise<number> {
  return (size * 1e3) / (await windowMs(effort, window))
}

async function repeat(forMs: number, window: () => Promise<number>): Promise<number[]> {
  const took: number[] = []
  const endsAt = performance.now() + forMs
  do {
    took.push(await window())
  } while (performance.now() < endsAt)
  return took
}

/** Submits `count` and waits for all of them, `check`ing each result. */
export async function awaitAll<R>(
  count: number,
  submit: (index: number) => Promise<R>,
  check: (result: R, index: number) => void,
): Promise<void> {
  const pending: Promise<R>[] = []
  for (let index = 0; index < count; index++) pending.push(submit(index))
  for (const [index, each] of pending.entries()) check(await each, index)
}

/** Does `work` `count` times, `atOnce` of them under way. */
export async function underWay(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one))
}
