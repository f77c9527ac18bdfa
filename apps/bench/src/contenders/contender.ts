// What takes part in a comparison: one small interface for our lanes, for other queues and for bare baselines. A contender
// has what its library has; what it lacks stays out of the table, and nothing is put together here to stand in for it.
import type { Order } from './bodies.ts'

/** `ours`, what a user would take instead, and what a queue cannot beat because it queues nothing. */
export type Group = 'ours' | 'peer' | 'bare'

export interface Contender {
  readonly name: string
  readonly group: Group
  /** Where bodies run. */
  readonly where: string
  /** What stands beside its figures, where they need it. */
  readonly about?: string
  /** So many tasks at most are under way at once where nothing else is said: what is slow takes smaller windows. */
  readonly window: number
  /** The scenarios it is for; all of them by default. */
  readonly only?: readonly string[]
  /** Why it cannot take part on this machine; undefined when it can. */
  readonly missing?: () => string | undefined
  readonly open: () => Promise<Queue>
}

/** A contender that runs, in a process of its own. Everything but `close` may be lacking. */
export interface Queue {
  /** `a + b`, by a task: the no-op of the comparisons, whose result can be checked. */
  readonly add?: (a: number, b: number) => Promise<number>
  /** Keeps a processor busy for so many turns; see `spinsPerMs`. */
  readonly spin?: (turns: number) => Promise<number>
  /** Gives an object of some 200 bytes back. */
  readonly echo?: (order: Order) => Promise<Order>
  /** The length of a text. */
  readonly lengthOf?: (text: string) => Promise<number>
  /** The length of bytes, which are copied, or transferred where that is asked for. */
  readonly sizeOf?: (bytes: Uint8Array, transfer: boolean) => Promise<number>
  /** So many `add(i, 1)` of which nobody looks at a result; settles when all have run. */
  readonly forget?: (count: number) => Promise<void>
  /** So many `add(i, 1)`, a handle held of each, which are looked at once all have ended. Gives the sum. */
  readonly handles?: (count: number) => Promise<number>
  /** So many `add(i, 1)` handed over in one call. Gives the sum. */
  readonly batch?: (count: number) => Promise<number>
  /** `add` over columns. */
  readonly columns?: (xs: Float64Array, ys: Float64Array) => Promise<Float64Array>
  /** Milliseconds that a bare loop of `add` over so many rows took; it times itself. */
  readonly addLoop?: (rows: number) => Promise<number>
  /** So many `spin(turns)` of the lowest class; settles when all have run. */
  readonly backlog?: (count: number, turns: number) => Promise<void>
  /** `a + b` as urgent as it can be made. */
  readonly urgent?: (a: number, b: number) => Promise<number>
  /** Epoch milliseconds at which a task started that was given this delay. */
  readonly startedAfter?: (delayMs: number) => Promise<number>
  /** Gives its argument back in the second run: the first one throws, and is retried at once. */
  readonly flaky?: (value: number) => Promise<number>
  /** Takes in so many `add(i, 1)` and starts none of them until `release`, which settles when all have run. */
  readonly hold?: (count: number) => Promise<void>
  readonly release?: () => Promise<void>
  /** Bytes that it keeps outside of this process. */
  readonly bytesElsewhere?: () => Promise<number>
  /** Settles when the task is where a crash does not reach it. */
  readonly accept?: (value: number) => Promise<void>
  /** Has `work` accept so many tasks, of which none starts meanwhile; settles when all have run. Gives the milliseconds of the work. */
  readonly acceptHeld?: (count: number, work: () => Promise<void>) => Promise<number>
  /** `spin(turns)` so many times with nothing in between, on one thread. */
  readonly spinTimes?: (turns: number, times: number) => Promise<number>
  readonly close: () => Promise<void>
}

/** Threads of a pool, slots of an inline queue: as many for everybody. */
export const THREADS = 2
export const SLOTS = 64

/** More than any scenario queues at once. */
export const ROOM = 2_000_000

/** What `add(i, 1)` for 0..count-1 adds up to. */
export function sumOfAdds(count: number): number {
  return (count * (count + 1)) / 2
}

/** For those who give nothing but promises: every one of them is counted as it settles. */
export function forgetting(add: (a: number, b: number) => unknown): (count: number) => Promise<void> {
  return (count) =>
    new Promise((resolve, reject) => {
      let left = count
      const ended = (): void => {
        if (--left === 0) resolve()
      }
      for (let value = 0; value < count; value++) Promise.resolve(add(value, 1)).then(ended, reject)
    })
}
