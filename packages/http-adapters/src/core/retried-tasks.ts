// Which tasks have been retried over HTTP: doing it twice to all that a filter means must not submit them twice. A retry that
// fails is a task of its own, which the filter means too.
import type { BackgroundTasks } from '@catzilla/api'

/** Ids remembered; more failed tasks than that are kept by nobody. */
const KEPT = 100_000

const all = new WeakMap<BackgroundTasks, RetriedTasks>()

/** The same for all mounts of the same tasks. */
export function retriedTasksOf(tasks: BackgroundTasks): RetriedTasks {
  const found = all.get(tasks) ?? new RetriedTasks()
  all.set(tasks, found)
  return found
}

export class RetriedTasks {
  readonly #ids = new Set<string>()

  /** Retries the task, unless it has been or is being retried; then it answers false. @throws what `retry` throws */
  async once(taskId: string, retry: () => Promise<unknown>): Promise<boolean> {
    if (this.#ids.has(taskId)) return false
    this.note(taskId)
    try {
      await retry()
      return true
    } catch (thrown) {
      this.#ids.delete(taskId)
      throw thrown
    }
  }

  /** It has been retried for itself. */
  note(taskId: string): void {
    this.#ids.add(taskId)
    if (this.#ids.size <= KEPT) return
    const [oldest = ''] = this.#ids
    this.#ids.delete(oldest)
  }
}
