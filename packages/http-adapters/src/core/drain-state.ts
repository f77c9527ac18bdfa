// Whether the tasks, and the server before them, are shutting down: what answers requests asks here.
import type { BackgroundTasks } from '@catzilla/api'

export class DrainState {
  #draining = false
  readonly #listeners = new Set<() => void>()

  get draining(): boolean {
    return this.#draining
  }

  /** Calls `listener` when draining begins. */
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
