// Attempts whose processes do not answer are told once, with what is known of the reason.
import { afterEach, expect, test } from 'vitest'
import { nextEvent, startProcesses, stopAll, workerOf } from './process-engine.ts'

afterEach(stopAll)

const quick = { pulseMs: 5, stalledAfterMs: 30 }

test('a blocked event loop stalls its task, which is told once', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, quick)
  const told: string[] = []
  engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
  const stalled = nextEvent(engine, 'stalled')
  const body = (ms: number): string => {
    const end = Date.now() + ms
    while (Date.now() < end) continue
    return 'done'
  }
  const handle = run(body, [400])
  const { taskId, name, reason } = await stalled
  expect([taskId, name]).toEqual([handle.taskId, 'task'])
  expect(reason).toMatch(/has not answered for \d+\.\d s: its event loop is blocked/)
  expect(await handle.wait()).toBe('done')
  expect(told.length).toBe(1)
})

test.runIf(process.platform === 'linux')('a process that is stopped is told as such', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, quick)
  const started = nextEvent(engine, 'started')
  const stalled = nextEvent(engine, 'stalled')
  const handle = run(() => new Promise((resolve) => setTimeout(() => resolve('went on'), 50)))
  await started
  const pid = workerOf(handle)
  process.kill(pid, 'SIGSTOP')
  expect((await stalled).reason).toMatch(/is stopped/)
  process.kill(pid, 'SIGCONT')
  expect(await handle.wait()).toBe('went on')
})

test('a body that waits has not stalled', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, { pulseMs: 1, stalledAfterMs: 10_000 })
  const told: string[] = []
  engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
  await run(() => new Promise((resolve) => setTimeout(resolve, 100))).wait()
  expect(told).toEqual([])
})
