// A task whose thread's event loop is blocked is told to be stalled, once, by a timer of this thread.
import { expect, test } from 'vitest'
import { resolveEngineOptions } from '../../../src/options/engine-options.ts'
import { guardEngine } from '../../../src/guard/guarded-engine.ts'
import { ThreadLane } from '../../../src/isolates/thread/thread-lane.ts'
import { TypeScriptEngine } from '../../../src/typescript/typescript-engine.ts'
import { WalkEngine } from '../../../src/typescript/walk-engine.ts'
import { threadCall } from './thread-engines.ts'

test('a blocked event loop is told once, with how long it has been blocked', async () => {
  const options = resolveEngineOptions({ maxThreads: 2 })
  const { capabilities } = new TypeScriptEngine()
  const identity = { name: 'typescript', capabilities }
  const engine = guardEngine(new WalkEngine(options, identity, (parts) => [new ThreadLane(parts, options, 300)]))
  await engine.start()
  const stalls: { readonly taskId: string; readonly reason: string }[] = []
  const waiting = engine.submit(
    threadCall(async () => new Promise((resolve) => setTimeout(resolve, 1500, 'not stalled'))),
    [],
  )
  const stuck = engine.submit(
    threadCall(() => {
      for (;;);
    }),
    [],
  )
  const first = new Promise<void>((resolve) => {
    engine.subscribe(['stalled'], (event) => {
      stalls.push(event)
      resolve()
    })
  })
  await first
  expect(await waiting.wait()).toBe('not stalled')
  expect(stalls.map(({ taskId }) => taskId)).toEqual([stuck.taskId])
  expect(stalls[0]?.reason).toMatch(/^the event loop of its thread has been blocked for \d+ ms$/)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
})
