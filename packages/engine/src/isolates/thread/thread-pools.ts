// The pools of the thread lane, one for each memory limit: made when a task needs one, and given up when nothing needs them any
// more or when their memory is damaged. Each has some megabytes of memory, so there are not many.
import type { PoolSetup } from './pool-setup.ts'
import { ThreadPool } from './thread-pool.ts'

/** Pools there may be at once. Tasks with yet another limit wait until one of them has nothing to do. */
export const MOST_POOLS = 16

export class ThreadPools {
  readonly #setup: PoolSetup
  /** The pool of this limit stays. */
  readonly kept: number | undefined
  /** By memory limit, in MiB. */
  readonly #pools = new Map<number, ThreadPool>()
  /** Pools that were given up, until their threads have ended. */
  readonly #closing = new Set<Promise<void>>()
  #paused = false

  /** @param kept limit of the pool that has threads from the beginning, which is never given up */
  constructor(setup: PoolSetup, kept: number | undefined) {
    this.#setup = setup
    this.kept = kept
  }

  get size(): number {
    return this.#pools.size
  }

  [Symbol.iterator](): IterableIterator<ThreadPool> {
    return this.#pools.values()
  }

  /** The pool for tasks with a limit; undefined when there are as many pools as may be and all have tasks. */
  poolFor(memoryLimitMb: number): ThreadPool | undefined {
    const there = this.#pools.get(memoryLimitMb)
    if (there !== undefined) return there
    if (this.#pools.size >= MOST_POOLS && !this.#makeRoom()) return undefined
    const pool = new ThreadPool(memoryLimitMb, this.#setup)
    if (this.#paused) pool.pause(true)
    this.#pools.set(memoryLimitMb, pool)
    return pool
  }

  /** Gives up the pool that has had nothing to do for longest. */
  #makeRoom(): boolean {
    const idle = [...this].filter((pool) => pool.inFlight === 0 && pool.memoryLimitMb !== this.kept)
    const [longest] = idle.toSorted((one, other) => one.slots.idleSince - other.slots.idleSince)
    if (longest !== undefined) this.giveUp(longest)
    return longest !== undefined
  }

  /** Gives up those without threads that have had nothing to do since then. */
  giveUpIdle(since: number): void {
    for (const pool of this) {
      const isIdle = pool.inFlight === 0 && pool.everyone.length === 0 && pool.slots.idleSince <= since
      if (isIdle && pool.memoryLimitMb !== this.kept) this.giveUp(pool)
    }
  }

  giveUp(pool: ThreadPool): void {
    if (this.#pools.get(pool.memoryLimitMb) === pool) this.#pools.delete(pool.memoryLimitMb)
    const closing = pool.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    for (const pool of this) pool.pause(paused)
  }

  /** Resolves when no thread is left. */
  async close(): Promise<void> {
    for (const pool of this) this.giveUp(pool)
    await Promise.all(this.#closing)
  }
}
