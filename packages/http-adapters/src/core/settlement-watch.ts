// Those who wait for tasks to settle. Listens to the engine only while somebody waits.
import type { BackgroundTasks } from '@catzilla/api'
import { HttpProblem } from './problem.ts'

const endings = ['completed', 'failed', 'cancelled', 'expired'] as const

export class SettlementWatch {
  readonly #tasks: BackgroundTasks
  readonly #limit: number
  readonly #waiters = new Map<string, Set<() => void>>()
  #waiting = 0
  #stop: (() => void)[] = []

  constructor(tasks: BackgroundTasks, limit: number) {
    this.#tasks = tasks
    this.#limit = limit
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting
  }

  /**
   * Settles when the task has settled, when `waitMs` are over, or when the client has gone. One that settled before is not
   * noticed: look for it once more after the call.
   * @throws HttpProblem 429 when too many wait
   */
  wait(
    taskId: string,
    waitMs: number,
    signal: AbortSignal,
  ): { readonly over: Promise<void>; readonly stop: () => void } {
    if (this.#waiting >= this.#limit) {
      throw new HttpProblem('busy', `${this.#limit} clients wait for results already; ask again without waitMs`)
    }
    let stop = (): void => {}
    const over = new Promise<void>((resolve) => {
      const timer = setTimeout(() => stop(), waitMs)
      stop = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        this.#remove(taskId, stop)
        resolve()
      }
      this.#add(taskId, stop)
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
    })
    return { over, stop }
  }

  #add(taskId: string, settled: () => void): void {
    if (this.#waiting++ === 0) this.#listen()
    const others = this.#waiters.get(taskId)
    if (others === undefined) this.#waiters.set(taskId, new Set([settled]))
    else others.add(settled)
  }

  #remove(taskId: string, settled: () => void): void {
    const waiters = this.#waiters.get(taskId)
    if (waiters?.delete(settled) !== true) return
    if (waiters.size === 0) this.#waiters.delete(taskId)
    if (--this.#waiting > 0) return
    for (const stop of this.#stop) stop()
    this.#stop = []
  }

  #listen(): void {
    const tell = ({ taskId }: { readonly taskId: string }): void => {
      for (const settled of this.#waiters.get(taskId) ?? []) settled()
    }
    this.#stop = endings.map((type) => this.#tasks.on(type, tell))
  }
}
