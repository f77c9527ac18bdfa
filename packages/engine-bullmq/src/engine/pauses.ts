// Pauses: of a name, which is BullMQ's pause of its queue, and of all, which is the pause of a queue without tasks. Both hold
// in every process that shares the broker.
import type { Messages } from './messages.ts'
import type { Queues } from './queues.ts'

export class Pauses {
  readonly #queues: Queues
  readonly #messages: Messages
  readonly #names = new Set<string>()
  #all = false
  #whenOpen: (() => void)[] = []
  /** Told after each change. */
  readonly #changed: () => void

  constructor(queues: Queues, messages: Messages, changed: () => void) {
    this.#queues = queues
    this.#messages = messages
    this.#changed = changed
  }

  get all(): boolean {
    return this.#all
  }

  get names(): string[] {
    return [...this.#names]
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** What was paused before this process came. */
  async start(): Promise<void> {
    this.hear(null, await this.#queues.control.isPaused())
  }

  async learn(name: string): Promise<void> {
    if (await this.#queues.of(name).isPaused()) this.hear(name, true)
  }

  async set(name: string | undefined, paused: boolean): Promise<void> {
    // here at once: nothing starts after the call
    if (paused) this.hear(name ?? null, true)
    const queue = name === undefined ? this.#queues.control : this.#queues.of(name)
    await (paused ? queue.pause() : queue.resume())
    if (!paused) this.hear(name ?? null, false)
    await this.#messages.toAll({ t: 'pause', name: name ?? null, paused })
  }

  /** Somebody has paused or resumed a name, or all. */
  hear(name: string | null, paused: boolean): void {
    if (name === null) this.#all = paused
    else if (paused) this.#names.add(name)
    else this.#names.delete(name)
    if (!this.#all) for (const open of this.#whenOpen.splice(0)) open()
    this.#changed()
  }

  /** Settles while not all is paused. */
  async open(): Promise<void> {
    while (this.#all) await new Promise<void>((resolve) => this.#whenOpen.push(resolve))
  }

  close(): void {
    this.#all = false
    for (const open of this.#whenOpen.splice(0)) open()
  }
}
