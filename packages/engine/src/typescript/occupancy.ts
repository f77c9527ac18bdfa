// How many tasks wait and how many are unsettled; who waits for room, and who waits for the end of everything.

/** Somebody who looks after unsettled tasks outside of the walk. They count as queued until he says that they run. */
export interface Elsewhere {
  /** How many of them run. It may take a while to find out, so it is asked only when it matters. */
  running(): number
  /** Somebody waits for room: `letIn` is to be called when tasks may have started. */
  roomWanted(): void
}

export class Occupancy {
  readonly capacity: number
  /** Ready, parked, scheduled and retrying tasks, and all that are looked after elsewhere. */
  queued = 0
  /** Queued and running ones. */
  unsettled = 0
  elsewhere: Elsewhere | null = null
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
    if (this.#forRoom.length > 0) this.letIn()
  }

  /** A running task waits again, for a retry. It may exceed the capacity: a retry is never refused. */
  requeued(): void {
    this.queued++
  }

  /** Tasks that were looked after elsewhere settled. */
  settledElsewhere(count: number): void {
    this.queued -= count
    this.unsettled -= count
    if (this.#forRoom.length > 0) this.letIn()
    if (this.unsettled === 0 && this.#forIdle.length > 0) this.#tellIdle()
  }

  /** A task settled. @param wasQueued whether it was waiting, not running */
  settled(wasQueued: boolean): void {
    this.unsettled--
    if (wasQueued) this.started()
    if (this.unsettled === 0 && this.#forIdle.length > 0) this.#tellIdle()
  }

  /** Tasks that wait. */
  get waiting(): number {
    return this.elsewhere === null ? this.queued : this.queued - this.elsewhere.running()
  }

  hasRoom(places: number): boolean {
    return this.queued + places <= this.capacity || this.waiting + places <= this.capacity
  }

  /** Settles when there is room, first come, first served. */
  room(): Promise<void> {
    if (this.#forRoom.length === 0 && this.hasRoom(1)) return Promise.resolve()
    return new Promise((resolve) => {
      this.#forRoom.push(resolve)
      this.elsewhere?.roomWanted()
    })
  }

  /** Whether somebody waits for room. */
  get wanted(): boolean {
    return this.#forRoom.length > 0
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

  /** Lets in as many as there is room for. */
  readonly letIn = (): void => {
    for (let places = this.capacity - this.waiting; places > 0; places--) this.#forRoom.shift()?.()
    // one that was let in may not take its place after all: it goes to the next in a later turn
    if (this.#forRoom.length > 0 && this.hasRoom(1)) setImmediate(this.letIn)
  }

  #tellIdle(): void {
    const listeners = this.#forIdle
    this.#forIdle = []
    for (const listener of listeners) listener()
  }
}
