// Pools share the threads there may be: one that has tasks and no thread gets one from a pool that can do without.
import type { ThreadIsolate } from './thread-isolate.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { ThreadPools } from './thread-pools.ts'

export class ThreadShares {
  readonly #pools: ThreadPools
  readonly #most: number

  constructor(pools: ThreadPools, most: number) {
    this.#pools = pools
    this.#most = most
  }

  /** Asks one thread to end when another pool needs its place. Nobody is interrupted: it ends after what it runs. */
  balance(): void {
    if (this.#pools.size < 2) return
    const pools = [...this.#pools]
    const threads = pools.flatMap((pool) => pool.threads)
    if (threads.length < this.#most || threads.some((each) => each.retires)) return
    const short = pools.find((pool) => pool.inFlight > pool.threads.length)
    const starving = pools.find((pool) => pool.inFlight > 0 && pool.threads.length === 0)
    if (short === undefined) return
    const spare = pools.find((pool) => pool !== short && pool.inFlight === 0 && pool.threads.length > 0)
    const giver = spare ?? (starving === undefined ? undefined : largest(pools))
    if (giver === undefined) return
    leastBusy(giver)?.retire()
    giver.wake()
  }

  /** Starts threads where there are tasks for them; pools that have none first. */
  start(): void {
    const pools = [...this.#pools].filter((pool) => pool.inFlight > 0)
    for (const pool of pools.toSorted(byNeed)) pool.startForBacklog()
  }
}

/** Those with the fewest threads first, and among them the one whose latest start is longest ago. */
function byNeed(one: ThreadPool, other: ThreadPool): number {
  return one.threads.length - other.threads.length || one.startedAt - other.startedAt
}

function largest(pools: readonly ThreadPool[]): ThreadPool | undefined {
  return pools.toSorted((a, b) => b.threads.length - a.threads.length)[0]
}

/** Where there are tasks, one that has done some: a thread that is ended before that was started for nothing. */
function leastBusy({ inFlight, threads }: ThreadPool): ThreadIsolate | undefined {
  const able = threads.filter((each) => inFlight === 0 || each.done > 0)
  return able.find((each) => each.current < 0) ?? able[0]
}
