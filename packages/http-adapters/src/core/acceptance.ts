// Waiting until an engine holds a task. Engines that hold tasks at once give one promise for all of them, so that one is
// awaited once and known from then on.
import type { TaskResult } from '@catzilla/api'

type Submitted = Pick<TaskResult<unknown>, 'accepted'>

export class Acceptance {
  #settled: Promise<void> | undefined

  /** What to wait for; undefined when the engine holds the task already. Rejects when the engine could not take it. */
  of({ accepted }: Submitted): Promise<void> | undefined {
    return accepted === this.#settled ? undefined : this.#wait(accepted)
  }

  async #wait(accepted: Promise<void>): Promise<void> {
    await accepted
    this.#settled = accepted
  }
}
