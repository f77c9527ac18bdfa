// Large memory among the arguments of a task as it was when the task was submitted: a copy that threads share, so that an
// attempt costs the event loop no further one. Each attempt makes its own memory of it where it runs.

/** What is smaller, in bytes, is copied with the rest. */
export const SHARED_FROM: number = 64 * 1024

// one set per thread, also when the package is loaded twice (ESM and CommonJS): either has to know those of the other
const key = Symbol.for('@catzilla/engine/snapshots')
const shared = globalThis as { [key]?: WeakSet<SharedArrayBuffer> }
const snapshots: WeakSet<SharedArrayBuffer> = (shared[key] ??= new WeakSet<SharedArrayBuffer>())

/** The bytes in memory that threads share. Nobody writes there any more. */
export function snapshotOf(bytes: Uint8Array): SharedArrayBuffer {
  const snapshot = new SharedArrayBuffer(bytes.byteLength)
  new Uint8Array(snapshot).set(bytes)
  snapshots.add(snapshot)
  return snapshot
}

/** Whether it is one of those; memory that a program shares with its tasks is not. */
export function isSnapshot(buffer: SharedArrayBuffer): boolean {
  return snapshots.has(buffer)
}
