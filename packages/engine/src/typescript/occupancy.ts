// How many tasks wait and how many are unsettled; who waits for room, and who waits for the end of everything.

export class Occupancy {
  readonly capacity: number
  /** Ready, parked, scheduled and retrying tasks. */
  queued = 0
  /** Queued and running ones. */
  unsettled = 0
  readonly #forRoom: (() => void)[] = []
  #forIdle: (() => void)[] = []

  constructor(capacity: number) {
    this.capacity = capacity
  }

  entered(): void {
    this.queued++
    this.unsettled++
  }

  /** A queued task started. */
  started(): void {
    this.queued--
    if (this.#forRoom.length > 0) this.#letIn()
  }

  /** A running task waits again, for a retry. It may exceed the capacity: a retry is never refused. */
  requeued(): void {
    this.queued++
  }

  /** A task settled. @param wasQueued whether it was waiting, not running */
  settled(wasQueued: boolean): void {
    this.unsettled--
    if (wasQueued) this.started()
    if (this.unsettled === 0 && this.#forIdle.length > 0) this.#tellIdle()
  }

  /** Settles when there is room, first come, first served. */
  room(): Promise<void> {
    if (this.queued < this.capacity && this.#forRoom.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#forRoom.push(resolve))
  }

  /** Lets everyone go who waits for room: they will be refused by the closed engine. */
  close(): void {
    for (const resolve of this.#forRoom.splice(0)) resolve()
  }

  /** Calls `listener` once nothing is unsettled, at once when that is so already. */
  whenIdle(listener: () => void): void {
    if (this.unsettled === 0) listener()
    else this.#forIdle.push(listener)
  }

  readonly #letIn = (): void => {
    for (let places = this.capacity - this.queued; places > 0; places--) this.#forRoom.shift()?.()
    // one that was let in may not take its place after all: it goes to the next in a later turn
    if (this.#forRoom.length > 0 && this.queued < this.capacity) setImmediate(this.#letIn)
  }

  #tellIdle(): void {
    const listeners = this.#forIdle
    this.#forIdle = []
    for (const listener of listeners) listener()
  }
}
