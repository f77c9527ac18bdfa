// Attempts whose processes do not answer are told once, with what is known of the reason.
import { afterEach, expect, test } from 'vitest'
import { fileGate, nextEvent, startProcesses, stopAll, waitForFile, workerOf } from './process-engine.ts'

afterEach(stopAll)

const quick = { pulseMs: 5, stalledAfterMs: 30 }

test('a blocked event loop stalls its task, which is told once', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, quick)
  const told: string[] = []
  engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
  const stalled = nextEvent(engine, 'stalled')
  const body = (gate: string): string => {
    const { existsSync } = process.getBuiltinModule('node:fs')
    while (!existsSync(gate)) continue
    return 'done'
  }
  const gate = fileGate()
  const handle = run(body, [gate.path])
  const { taskId, name, reason } = await stalled
  gate.open()
  expect([taskId, name]).toEqual([handle.taskId, 'task'])
  expect(reason).toMatch(/has not answered for \d+\.\d s: its event loop is blocked/)
  expect(await handle.wait()).toBe('done')
  expect(told.length).toBe(1)
})

test.runIf(process.platform === 'linux')('a process that is stopped is told as such', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, { pulseMs: 5, stalledAfterMs: 2000 })
  const started = nextEvent(engine, 'started')
  const stalled = nextEvent(engine, 'stalled')
  const gate = fileGate()
  const handle = run(waitForFile, [gate.path])
  await started
  const pid = workerOf(handle)
  process.kill(pid, 'SIGSTOP')
  expect((await stalled).reason).toMatch(/is stopped/)
  process.kill(pid, 'SIGCONT')
  gate.open()
  expect(await handle.wait()).toBe(pid)
})

test('a body that waits has not stalled', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 }, { pulseMs: 1, stalledAfterMs: 10_000 })
  const told: string[] = []
  engine.subscribe(['stalled'], ({ reason }) => told.push(reason))
  await run(() => new Promise((resolve) => setTimeout(resolve, 100))).wait()
  expect(told).toEqual([])
})
