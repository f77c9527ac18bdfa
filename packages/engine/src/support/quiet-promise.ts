// Promises of results: whoever looks at one gets its error, and nobody has to look.

export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** A promise that is settled from outside. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** A promise that has failed. */
export function rejected<T>(reason: Error): Promise<T> {
  const promise = Promise.reject<T>(reason)
  promise.catch(() => {})
  return promise
}
