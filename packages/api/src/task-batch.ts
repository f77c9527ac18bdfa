// Many tasks submitted together, and what becomes of them.
import { allSettled, isSettled } from '@catzilla/engine'
import type { Clock, TaskHandle, TaskOutcome } from '@catzilla/engine'
import { TaskResult } from './task-result.ts'

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
  readonly #handles: readonly TaskHandle<R>[]
  readonly #clock: Clock
  readonly #collect: (values: R[]) => Collected
  #results: readonly TaskResult<R>[] | undefined

  /** @param collect makes what `wait` gives out of the results in order */
  constructor(handles: readonly TaskHandle<R>[], clock: Clock, collect: (values: R[]) => Collected) {
    this.#handles = handles
    this.#clock = clock
    this.#collect = collect
  }

  get size(): number {
    return this.#handles.length
  }

  /** One result for each task; made when first asked for. */
  get results(): readonly TaskResult<R>[] {
    return (this.#results ??= this.#handles.map((handle) => new TaskResult(handle, this.#clock)))
  }

  /** Tasks that have completed so far. */
  get completed(): number {
    // counted when asked for: listening to each task would pass for looking at its failure
    return this.#handles.filter(({ status }) => status === 'completed').length
  }

  /** Tasks that have failed, were cancelled or have expired so far. */
  get failed(): number {
    return this.#handles.filter(({ status }) => isSettled(status)).length - this.completed
  }

  /** All results in order; rejects with the first failure, while the others go on. */
  async wait(): Promise<Collected> {
    await allSettled(this.#handles, true)
    const values: R[] = []
    for (let index = 0; index < this.size; index++) values.push(valueOf(this.#handles[index] as TaskHandle<R>))
    return this.#collect(values)
  }

  /** How each task ended, in order. Never rejects. */
  async outcomes(): Promise<TaskOutcome<R>[]> {
    await allSettled(this.#handles, false)
    return this.#handles.map((handle) => outcomeOf(handle))
  }

  /** Cancels every task that has not settled; gives how many this call ended. */
  cancel(reason?: string): number {
    return this.#handles.filter((handle) => handle.cancel(reason)).length
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

function valueOf<R>(handle: TaskHandle<R>): R {
  const outcome = outcomeOf(handle)
  if (outcome.status === 'completed') return outcome.value
  throw outcome.error
}

/** Of a task that has settled. */
function outcomeOf<R>(handle: TaskHandle<R>): TaskOutcome<R> {
  const { outcome } = handle
  if (outcome !== undefined) return outcome
  throw new TypeError(`task ${handle.taskId} was said to have settled, and has not`)
}
