// Turns that must not be lost: to newcomers at a gate, to expiry on a busy loop, to a replacement that resubmits itself.
import { expect, test } from 'vitest'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { currentTask } from '../../src/lanes/task-context.ts'
import { createTypeScriptEngine } from '../../src/select-engine.ts'
import { gatedBody, startEngine } from './started-engine.ts'

test('newcomers do not overtake tasks that wait at a rate limit, however they come', async () => {
  const { engine, clock } = await startEngine()
  const started: number[] = []
  const options = resolveTaskOptions({ limits: { rate: { max: 1, perMs: 10 } } })
  const call = { name: 'limited', options, handler: (index: number) => void started.push(index) }
  for (let index = 0; index < 30; index++) {
    engine.submit(call, [index])
    // between two openings of the gate, at one, and just after one, before its timer has rung
    await clock.advance(index % 3 === 0 ? 7 : 4)
  }
  await clock.advance(1000)
  expect(started).toEqual(Array.from({ length: 30 }, (_, index) => index))
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test('a task whose time is over does not start, though its timer has not rung yet', async () => {
  let now = 0
  const still = { now: () => now, epochMs: () => now, setAlarm: () => ({ cancel: () => {} }) }
  const engine = createTypeScriptEngine({ clock: still, inlineConcurrency: 1 })
  await engine.start()
  const call = (options: TaskOptions, handler: () => unknown) => ({
    name: 't',
    options: resolveTaskOptions(options),
    handler,
  })
  const busy = engine.submit(
    call({}, () => (now = 60)),
    [],
  )
  const late = engine.submit(
    call({ expireAfterMs: 10 }, () => 'ran'),
    [],
  )
  await busy.wait()
  await expect(late.wait()).rejects.toThrow('had not started 10 ms after')
  expect(late.status).toBe('expired')
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
})

test('a body that submits itself again when it is replaced finds its replacement', async () => {
  const { engine, run } = await startEngine()
  const options: TaskOptions = { uniqueKey: 'k', onConflict: 'replace' }
  const { body, end } = gatedBody()
  const found: string[] = []
  const first = run(() => {
    currentTask()?.signal.addEventListener('abort', () => {
      found.push(run(body, { uniqueKey: 'k', onConflict: 'existing' }).taskId)
    })
    return body()
  }, options)
  await new Promise((resolve) => setImmediate(resolve))
  const second = run(body, options)
  expect(first.status).toBe('cancelled')
  expect(found).toEqual([second.taskId])
  end()
  await second.wait()
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test('the limits of the latest submission hold, also for what runs already, and raising them opens the gate', async () => {
  const { engine, run } = await startEngine()
  const { body, end } = gatedBody()
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const running = (): number => engine.snapshot().activeWorkers
  for (let each = 0; each < 5; each++) run(body)
  await turn()
  for (let each = 0; each < 3; each++) run(body, { concurrency: 6 })
  await turn()
  expect(running()).toBe(6)
  run(body, { concurrency: 7 })
  await turn()
  expect(running()).toBe(7)
  run(body)
  await turn()
  expect(running()).toBe(10)
  end()
  await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
})

test('a wait for a cancelled task is no look at a failure', async () => {
  const { engine, run } = await startEngine()
  const handle = run(() => 1, { delayMs: 1000 })
  handle.cancel()
  await handle.wait().catch(() => {})
  expect(engine.snapshot().unobservedFailures).toBe(0)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
})
