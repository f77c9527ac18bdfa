// Bells by which other isolates of this process wake an event loop, as the binding gives them. Where libuv cannot be looked up in the
// program, as on Windows, they have no functions.

export interface NativeBells {
  /** Has the callback called on this event loop, which it does not keep alive; the bell's number, or 0: there is none. */
  create(callback: () => void): number
  /** From any isolate. One call of the callback may answer several rings. False: there is no such bell any more. */
  ring(bell: number): boolean
  /** By the isolate that made it. */
  close(bell: number): void
}
