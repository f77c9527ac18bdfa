// Fetches tasks while there are places for them: one loop for each name, which waits for a place, takes a task, and rests
// until the bell rings when there is none.
import type { Source } from '../broker/source.ts'
import type { BrokerJob, Fetched } from '../broker/source.ts'
import type { Hub } from './hub.ts'
import type { Occupancy } from './occupancy.ts'
import type { Pauses } from './pauses.ts'
import type { Runner } from './runner.ts'
import type { Slots } from './slots.ts'

/** After a failure of the broker. */
const PAUSE_MS = 250

/** Fetches under way at a time, for one name. */
const MOST_AT_ONCE = 16

export interface Places {
  readonly slotsOf: (taskName: string) => Slots
  readonly occupancy: Occupancy
}

export class Fetching {
  readonly #hub: Hub
  readonly #runner: Runner
  readonly #pauses: Pauses
  readonly #places: Places
  readonly #names = new Set<string>()
  readonly #resting = new Map<string, () => void>()
  readonly #chains = new Set<Promise<void>>()
  #stopped = false
  /** How often all were woken: whoever was on his way to rest meanwhile looks again instead. */
  #wakes = 0

  constructor(hub: Hub, runner: Runner, pauses: Pauses, places: Places) {
    this.#hub = hub
    this.#runner = runner
    this.#pauses = pauses
    this.#places = places
  }

  get names(): ReadonlySet<string> {
    return this.#names
  }

  serve(taskName: string): void {
    if (this.#names.has(taskName)) return
    this.#names.add(taskName)
    void this.#loop(taskName)
  }

  /** Everybody looks for work now. */
  wake(): void {
    this.#wakes++
    for (const wake of this.#resting.values()) wake()
  }

  /** Fetches nothing more. */
  stop(): void {
    this.#stopped = true
    this.wake()
  }

  /** Settles when what was fetched has ended. */
  async finished(): Promise<void> {
    while (this.#chains.size > 0) await Promise.all(this.#chains)
  }

  async #loop(taskName: string): Promise<void> {
    const source = this.#hub.queues.sourceOf(taskName)
    while (!this.#stopped) {
      await this.#pauses.open()
      const slots = this.#places.slotsOf(taskName)
      await slots.take(source.name, () => this.#places.occupancy.rankOf(taskName))
      const wakes = this.#wakes
      const notBefore = await this.#fetchSome(source, taskName, slots)
      if (notBefore !== null && wakes === this.#wakes && !this.#stopped) await this.#rest(source, notBefore)
    }
  }

  /**
   * As many at a time as are known to wait, so that they do not come one by one. Null when there may be more; else when to
   * look again.
   */
  async #fetchSome(source: Source, taskName: string, slots: Slots): Promise<number | null> {
    let count = 1
    const most = Math.min(this.#places.occupancy.waitingOf(taskName), MOST_AT_ONCE)
    while (count < most && slots.tryTake()) count++
    const all = await Promise.all(Array.from({ length: count }, () => this.#fetchOne(source, slots)))
    const last = all.at(-1)
    return last === undefined || last.job !== undefined ? null : last.notBefore
  }

  /** Runs what it finds, or gives the place back. */
  async #fetchOne(source: Source, slots: Slots): Promise<Fetched> {
    const fetched = this.#stopped ? undefined : await this.#fetch(source)
    if (fetched?.job === undefined) slots.release()
    else this.#follow(source, fetched.job, slots)
    return fetched ?? { job: undefined, notBefore: Date.now() + PAUSE_MS }
  }

  /** Undefined when the broker did not answer. */
  async #fetch(source: Source): Promise<Fetched | undefined> {
    try {
      const fetched = await source.fetch()
      if (fetched.job === undefined || !(this.#pauses.all || this.#stopped)) return fetched
      await source.whole(fetched.job).moveToWait(source.token)
      return { job: undefined, notBefore: 0 }
    } catch {
      return undefined
    }
  }

  #follow(source: Source, job: BrokerJob, slots: Slots): void {
    const chain = this.#chain(source, job, slots).finally(() => this.#chains.delete(chain))
    this.#chains.add(chain)
  }

  /** A task, and those that came with the end of the one before. */
  async #chain(source: Source, first: BrokerJob, slots: Slots): Promise<void> {
    const mayFetch = (): boolean => !this.#stopped && !this.#pauses.all && slots.mayKeep(source.name)
    let job: BrokerJob | undefined = first
    try {
      while (job !== undefined) job = (await this.#runner.run(source, job, mayFetch)).job
    } catch {
      // the lock runs out, and the task is run again
    } finally {
      slots.release()
      this.#resting.get(source.name)?.()
    }
  }

  #rest(source: Source, notBefore: number): Promise<void> {
    const { bell } = this.#hub.broker
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const end = (): void => {
        clearTimeout(timer)
        bell.disarm(source.name)
        this.#resting.delete(source.name)
        resolve()
      }
      const alarm = (at: number): void => {
        clearTimeout(timer)
        timer = setTimeout(end, Math.min(Math.max(1, at - Date.now()), 2 ** 31 - 1)).unref()
      }
      const ring = (dueAt: number): void => {
        if (dueAt <= Date.now()) return end()
        alarm(notBefore > 0 ? Math.min(dueAt, notBefore) : dueAt)
        bell.arm(source.name, source.marker, ring)
      }
      if (notBefore > 0) alarm(notBefore)
      this.#resting.set(source.name, end)
      bell.arm(source.name, source.marker, ring)
    })
  }
}
