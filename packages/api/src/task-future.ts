// A promise-like view of a result that can also cancel its task.

/** What a future stands on. */
interface Source<T> {
  wait(): Promise<T>
  cancel(reason?: string): boolean
}

/**
 * `await` it, or chain it: each link is a future again, and cancels the same task.
 * @example
 * const length = await sendEmail.delay('a@b.c', 'hi').future().then((id) => id.length)
 */
export class TaskFuture<T> implements PromiseLike<T> {
  readonly [Symbol.toStringTag] = 'TaskFuture'
  readonly #promise: () => Promise<T>
  readonly #cancel: (reason?: string) => boolean

  constructor(source: Source<T>) {
    this.#promise = () => source.wait()
    this.#cancel = (reason) => source.cancel(reason)
  }

  // a future is awaited like a promise: being thenable is its purpose
  // oxlint-disable-next-line unicorn/no-thenable
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: Error) => B | PromiseLike<B>) | null,
  ): TaskFuture<A | B> {
    return this.#linked(this.#promise().then(onValue, onError))
  }

  catch<B = never>(onError?: ((error: Error) => B | PromiseLike<B>) | null): TaskFuture<T | B> {
    return this.#linked(this.#promise().catch(onError))
  }

  finally(onEnd?: (() => void) | null): TaskFuture<T> {
    return this.#linked(this.#promise().finally(onEnd))
  }

  /** Cancels the task at the root of the chain. True when this call ended it. */
  cancel(reason?: string): boolean {
    return this.#cancel(reason)
  }

  #linked<U>(promise: Promise<U>): TaskFuture<U> {
    return new TaskFuture({ wait: () => promise, cancel: this.#cancel })
  }
}
