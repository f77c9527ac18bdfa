// Many tasks submitted together, and what becomes of them.
import type { TaskOutcome } from '@catzilla/engine'
import type { TaskResult } from './task-result.ts'

/** One task of a batch that has settled. */
export interface BatchItem<R> {
  /** Place in the batch. */
  readonly index: number
  readonly result: TaskResult<R>
  readonly outcome: TaskOutcome<R>
}

/**
 * The tasks of one `batch`, in the order of their arguments.
 * @example
 * for await (const { index, outcome } of sendEmail.batch([['a@b.c', 'x'], ['d@e.f', 'y']])) …
 */
export class TaskBatch<R, Collected = R[]> implements AsyncIterable<BatchItem<R>> {
  readonly results: readonly TaskResult<R>[]
  readonly #collect: (values: R[]) => Collected

  /** @param collect makes what `wait` gives out of the results in order */
  constructor(results: readonly TaskResult<R>[], collect: (values: R[]) => Collected) {
    this.results = results
    this.#collect = collect
  }

  get size(): number {
    return this.results.length
  }

  /** Tasks that have completed so far. */
  get completed(): number {
    // counted when asked for: listening to each task would pass for looking at its failure
    return this.results.filter(({ status }) => status === 'completed').length
  }

  /** Tasks that have failed, were cancelled or have expired so far. */
  get failed(): number {
    return this.results.filter((result) => result.isReady()).length - this.completed
  }

  /** All results in order; rejects with the first failure, while the others go on. */
  async wait(): Promise<Collected> {
    return this.#collect(await Promise.all(this.results.map((result) => result.wait())))
  }

  /** How each task ended, in order. Never rejects. */
  outcomes(): Promise<TaskOutcome<R>[]> {
    return Promise.all(
      this.results.map((result) => new Promise<TaskOutcome<R>>((resolve) => void result.addCallback(resolve))),
    )
  }

  /** Cancels every task that has not settled; gives how many this call ended. */
  cancel(reason?: string): number {
    return this.results.filter((result) => result.cancel(reason)).length
  }

  /** The tasks in the order in which they settle. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BatchItem<R>, void, undefined> {
    const settled: BatchItem<R>[] = []
    let wake = (): void => {}
    this.results.forEach((result, index) => {
      result.addCallback((outcome) => {
        settled.push({ index, result, outcome })
        wake()
      })
    })
    for (let told = 0; told < this.size; told++) {
      if (settled.length === told) await new Promise<void>((resolve) => (wake = resolve))
      const item = settled[told]
      if (item !== undefined) yield item
    }
  }
}
