// A body that was put into another function, whose text is not what the user wrote: marked, so that errors can say so.

/** Shared by all copies of the package in a process. */
const mark = Symbol.for('@catzilla/engine/wrapped-body')

/**
 * Marks `wrapper`, which stands for a user's function, and gives it back.
 * @param why completes "its body …", such as `is checked against its output schema`
 */
export function markWrapped<F extends (...args: never[]) => unknown>(wrapper: F, why: string): F {
  return Object.defineProperty(wrapper, mark, { value: why })
}

/** Why the function is a wrapper; undefined for any other. */
export function whyWrapped(handler: (...args: never[]) => unknown): string | undefined {
  const why = (handler as { [mark]?: unknown })[mark]
  return typeof why === 'string' ? why : undefined
}
