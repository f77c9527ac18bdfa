// Tasks whose bodies run in C by the time a test looks at them.
import type { Task } from '@catzilla/api'

type AnyBody = Pick<Task<readonly number[], number>, 'delay' | 'explain'>

/**
 * Calls a task of numbers until C runs it.
 * @throws Error when it stays JavaScript, with the reason
 */
export async function untilCompiled(task: unknown, ...args: readonly number[]): Promise<void> {
  const { delay, explain } = task as AnyBody
  for (;;) {
    await delay(...args).wait()
    await new Promise((resolve) => setImmediate(resolve))
    const { compiled, bodies, reason } = explain().native
    if (compiled) return
    if (bodies.at(-1)?.tier === 'javascript') throw new Error(`it stays JavaScript: ${reason}`)
  }
}
