// One connection that waits on the markers of all queues that somebody waits for. BullMQ puts a marker beside each queue:
// with score 0 when a task may be taken at once, or the time at which the next one comes due.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Doorbell } from './broker.ts'

/** Seconds that one command waits. Afterwards everybody looks for himself: a marker may have been taken by a process that died. */
const WAIT_SECONDS = 5

/** Milliseconds after a command that failed. */
const PAUSE_MS = 200

interface Armed {
  readonly queue: string
  readonly ring: (dueAt: number) => void
}

export class RedisBell implements Doorbell {
  readonly #waiting: Redis
  readonly #main: Redis
  /** A key of our own: what is put there ends the wait. */
  readonly #own: string
  readonly #silenceMs: number
  /** By the key of the marker. */
  readonly #armed = new Map<string, Armed>()
  readonly #markers = new Map<string, string>()
  /** What the command under way waits on. */
  #waitsOn: ReadonlySet<string> = new Set()
  #isWaiting = false
  #interrupted = false
  #wake: (() => void) | null = null
  #closed = false

  /** @param silenceMs after which a connection that answers nothing, when it should have, is made anew */
  constructor(waiting: Redis, main: Redis, ownKey: string, silenceMs: number) {
    this.#waiting = waiting
    this.#main = main
    this.#silenceMs = silenceMs
    this.#own = `${ownKey}:${randomUUID()}`
  }

  start(): void {
    void this.#listen()
  }

  arm(queue: string, marker: string, ring: (dueAt: number) => void): void {
    this.#armed.set(marker, { queue, ring })
    this.#markers.set(queue, marker)
    if (!this.#waitsOn.has(marker)) this.#interrupt()
  }

  disarm(queue: string): void {
    const marker = this.#markers.get(queue)
    if (marker !== undefined) this.#armed.delete(marker)
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  /** The wait begins anew with the queues of now. */
  #interrupt(): void {
    this.#wake?.()
    if (!this.#isWaiting || this.#interrupted) return
    this.#interrupted = true
    // gone by itself when this process dies before it takes it
    this.#main
      .multi()
      .zadd(this.#own, 0, '0')
      .pexpire(this.#own, 60_000)
      .exec()
      .catch(() => {})
  }

  async #listen(): Promise<void> {
    while (!this.#closed) {
      if (this.#armed.size === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
        this.#wake = null
        continue
      }
      await this.#waitOnce()
    }
  }

  async #waitOnce(): Promise<void> {
    const markers = [...this.#armed.keys()]
    this.#waitsOn = new Set(markers)
    this.#isWaiting = true
    // ioredis has a timer for silent sockets too, which keeps the process alive; the command is sent again afterwards
    const silent = setTimeout(() => this.#waiting.disconnect(true), WAIT_SECONDS * 1000 + this.#silenceMs).unref()
    try {
      const found = await this.#waiting.bzpopmin(this.#own, ...markers, WAIT_SECONDS)
      this.#isWaiting = false
      if (found === null) this.#ringAll()
      else if (found[0] !== this.#own) this.#ring(found[0], Number(found[2]))
    } catch {
      this.#isWaiting = false
      if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref())
    } finally {
      clearTimeout(silent)
      this.#interrupted = false
      this.#waitsOn = new Set()
    }
  }

  #ring(marker: string, dueAt: number): void {
    const armed = this.#armed.get(marker)
    // last in the row next time, so that a busy queue does not hide the others
    this.#armed.delete(marker)
    armed?.ring(dueAt)
  }

  #ringAll(): void {
    for (const marker of this.#armed.keys()) this.#ring(marker, 0)
  }
}
