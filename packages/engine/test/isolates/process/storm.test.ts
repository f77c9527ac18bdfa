// Everything at once, at random: whatever tasks do to their processes and whoever kills them, every task settles once, the
// books are right in the end, and no process is left.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { childrenOf, startProcesses, stopAll } from './process-engine.ts'

afterEach(stopAll)

const deed = fc.constantFrom('return', 'return', 'wait', 'throw', 'exit', 'abort', 'leak', 'loop', 'reject')

const body = (what: string, n: number): unknown => {
  const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
  if (what === 'wait') return new Promise((resolve) => setTimeout(resolve, n % 7, n))
  if (what === 'throw') throw new Error(`task ${n}`)
  if (what === 'exit') process.exit(n % 5)
  if (what === 'abort') process.kill(process.pid, 'SIGABRT')
  // an exception that may hit the next task
  if (what === 'leak') setTimeout(() => JSON.parse('{'), n % 3)
  if (what === 'reject') return Promise.all([forever(), Promise.reject(new Error(`task ${n}`))])
  if (what === 'loop') for (;;) continue
  return n
}

const task = fc.record({
  what: deed,
  priority: fc.constantFrom('critical' as const, 'normal' as const, 'low' as const),
  maxRetries: fc.nat(1),
  limited: fc.boolean(),
  cancel: fc.boolean(),
})

test('a storm passes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { minLength: 10, maxLength: 30 }),
      fc.infiniteStream(fc.nat(7)),
      async (tasks, choices) => {
        const { engine, run } = await startProcesses({ maxProcesses: 2, recycleAfterTasks: 7 }, { restartMs: 1 })
        let settled = 0
        const handles = tasks.map(({ what, priority, maxRetries, limited, cancel }, n) => {
          const limits = limited ? { concurrency: 1 } : {}
          const options = { priority, maxRetries, timeoutMs: 40, retryDelayMs: 1, cancelGraceMs: 5, ...limits }
          const handle = run(body, [what, n], options, `storm.${limited}`)
          handle.onSettled(() => {
            settled++
            const victims = childrenOf(process.pid)
            const choice = choices.next().value
            const victim = victims[choice]
            if (victim !== undefined) process.kill(victim, 'SIGKILL')
          })
          if (cancel) engine.subscribe(['started'], ({ taskId }) => taskId === handle.taskId && handle.cancel())
          return handle
        })
        const outcomes = await Promise.allSettled(handles.map((handle) => handle.wait()))
        await engine.drain()
        const wrong = outcomes.filter((outcome, n) => outcome.status === 'fulfilled' && outcome.value !== n)
        expect(wrong).toEqual([])
        await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
        expect(settled).toBe(tasks.length)
        const figures = engine.snapshot()
        const { completedTasks, failedTasks, cancelledTasks, lateRuns, totalQueued, lanes } = figures
        expect(completedTasks + failedTasks + cancelledTasks).toBe(tasks.length)
        expect({ lateRuns, totalQueued, process: lanes.process }).toEqual({
          lateRuns: 0,
          totalQueued: 0,
          process: { slots: 0, active: 0, queued: 0 },
        })
        expect(childrenOf(process.pid)).toEqual([])
      },
    ),
    { numRuns: 2, ...seeded },
  )
})
