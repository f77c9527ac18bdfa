// The names of tasks that an engine knows. Those that are defined stay, and so do those with limits, a pause or keys in use.
// The others go when no task and no plan has them any more: ever new names must not fill the memory.
import type { NamedTask } from './plan.ts'

/** So many names are kept without looking which of them are in use. */
const NAMES_KEPT = 1024

export class Names {
  /** One that may go is held weakly: while a task of it is kept, a pause of its name has to find it. */
  readonly #entries = new Map<string, NamedTask | WeakRef<NamedTask>>()
  #sweepAt = NAMES_KEPT

  get size(): number {
    return this.#entries.size
  }

  find(name: string, plain = false): NamedTask | undefined {
    const entry = this.#entries.get(keyOf(name, plain))
    return entry instanceof WeakRef ? entry.deref() : entry
  }

  /**
   * Finds or makes what is kept of a name.
   * @param plain that of functions which are no defined task
   * @param inUse names that stay as they are, besides those with something to keep
   */
  of(name: string, plain: boolean, inUse: () => Iterable<NamedTask>): NamedTask {
    if (this.size >= this.#sweepAt) this.#sweep(new Set(inUse()))
    const there = this.find(name, plain)
    const named = there ?? {
      name,
      handler: undefined,
      kernel: undefined,
      gate: null,
      keyGates: null,
      unique: null,
      delayed: null,
    }
    this.#entries.set(keyOf(name, plain), named)
    return named
  }

  *all(): Generator<NamedTask> {
    for (const entry of this.#entries.values()) {
      const named = entry instanceof WeakRef ? entry.deref() : entry
      if (named !== undefined) yield named
    }
  }

  #sweep(inUse: ReadonlySet<NamedTask>): void {
    for (const [key, entry] of this.#entries) {
      const named = entry instanceof WeakRef ? entry.deref() : entry
      if (named === undefined) this.#entries.delete(key)
      else if (hasToStay(named) || inUse.has(named)) this.#entries.set(key, named)
      else if (named === entry) this.#entries.set(key, new WeakRef(named))
    }
    this.#sweepAt = Math.max(NAMES_KEPT, 2 * this.size)
  }
}

function keyOf(name: string, plain: boolean): string {
  return plain ? `plain ${name}` : `task ${name}`
}

function hasToStay({ handler, kernel, gate, keyGates, unique }: NamedTask): boolean {
  if (handler !== undefined || kernel !== undefined || gate !== null) return true
  return (keyGates !== null && keyGates.size > 0) || (unique !== null && unique.size > 0)
}
