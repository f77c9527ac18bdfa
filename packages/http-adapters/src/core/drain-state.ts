// Whether the tasks, and the server before them, are shutting down, or take nothing new for a while: what answers requests asks
// here.
import type { BackgroundTasks } from '@catzilla/api'

export class DrainState {
  #draining = false
  #asked = false
  readonly #listeners = new Set<() => void>()

  /** The server shuts down, for good. */
  get draining(): boolean {
    return this.#draining
  }

  /** Somebody wants nothing new to be taken over HTTP, until that is taken back. */
  get asked(): boolean {
    return this.#asked
  }

  ask(): void {
    this.#asked = true
  }

  takeBack(): void {
    this.#asked = false
  }

  /** Calls `listener` when the server begins to shut down. */
  onDrain(listener: () => void): void {
    this.#listeners.add(listener)
  }

  begin(): void {
    if (this.#draining) return
    this.#draining = true
    for (const listener of this.#listeners) listener()
  }
}

const states = new WeakMap<BackgroundTasks, DrainState>()

/** The one state of these tasks. */
export function drainStateOf(tasks: BackgroundTasks): DrainState {
  let state = states.get(tasks)
  if (state === undefined) {
    state = new DrainState()
    states.set(tasks, state)
  }
  return state
}
