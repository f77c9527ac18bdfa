// Gates between a test and the bodies it has in threads: words of shared memory. A body says that it has come by, or waits
// until the test lets it go on, so that no test has to know how long anything takes.

/** Waits until something is so that other threads or the event loop here bring about. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** So many gates, all shut. */
export function shutGates(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count))
}

export function openGate(gates: Int32Array, index: number): void {
  Atomics.store(gates, index, 1)
  Atomics.notify(gates, index)
}

/** A body that blocks its thread until a gate is open. */
export function blockAtGate(gates: Int32Array, index: number): string {
  Atomics.wait(gates, index, 0)
  return 'let through'
}

/** A body that waits at a gate while its event loop goes on, and counts at another word how often it was begun. */
export async function waitAtGate(gates: Int32Array, index: number, begun: number): Promise<string> {
  Atomics.add(gates, begun, 1)
  while (Atomics.load(gates, index) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  return 'let through'
}
