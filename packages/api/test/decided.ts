// Calling a task until it is settled where its body runs.
import type { CompiledBodyReport } from '@catzilla/engine'
import type { Task } from '../src/index.ts'

export type Body<A extends readonly unknown[]> = Pick<Task<A, unknown>, 'delay' | 'explain'>

export const latest = (task: Body<never>): CompiledBodyReport | undefined => task.explain().native.bodies.at(-1)

/** Calls the task until it is decided how it runs with such arguments; gives what was decided. */
export async function decided<A extends readonly unknown[]>(task: Body<A>, ...args: A): Promise<CompiledBodyReport> {
  const before = task.explain().native.bodies.length
  for (;;) {
    await task.delay(...args).wait()
    await new Promise((resolve) => setImmediate(resolve))
    const report = latest(task)
    if (report === undefined || task.explain().native.bodies.length === before) continue
    if (report.tier !== 'checking' && report.tier !== 'compiling') return report
  }
}
