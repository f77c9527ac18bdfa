// A task called until C runs it.
import type { Task } from '@catzilla/api'

/** How long a body may take to move to C: the C compiler may have to wait for its turn. */
const PATIENCE_MS = 60_000

/**
 * @param tier where it ends: a body without a loop stays in the interpreter, which is C as well
 * @throws Error when it does not get there, with the reason
 */
export async function nowInC<A extends readonly unknown[], R>(
  task: Task<A, R>,
  args: A,
  tier: 'interpreted' | 'machine code',
): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS
  while (performance.now() < endsAt) {
    const result = task.delay(...args)
    await result.wait()
    const body = task.explain().native.bodies.at(-1)
    if (result.getStats().lane === 'native' && body?.tier === tier) return
    if (body?.tier === 'javascript') break
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`${task.taskName} does not get to ${tier}: ${task.explain().native.reason}`)
}
