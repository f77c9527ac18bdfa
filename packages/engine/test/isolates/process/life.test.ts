// How long processes live: started when needed, ended when idle for long, replaced when they have done their share.
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigurationError } from '@catzilla/engine'
import { inheritedFlags } from '../../../src/isolates/process/inherited-flags.ts'
import { childrenOf, gone, nextEvent, startProcesses, stopAll, workerOf } from './process-engine.ts'

afterEach(stopAll)

const pidOf = (): number => process.pid

const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('processes', () => {
  test('are not started before there is work', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 2 })
    expect(engine.snapshot().lanes.process).toEqual({ slots: 0, active: 0, queued: 0 })
    await run(pidOf).wait()
    expect(engine.snapshot().lanes.process).toEqual({ slots: 1, active: 0, queued: 0 })
  })

  test('are started with the engine as far as minProcesses says, and replaced when they end', async () => {
    const { engine } = await startProcesses({ minProcesses: 2, maxProcesses: 2, isolateIdleMs: 0 })
    expect(engine.snapshot().lanes.process).toEqual({ slots: 2, active: 0, queued: 0 })
    const [first] = childrenOf(process.pid)
    if (first === undefined) throw new Error('none was started')
    process.kill(first, 'SIGKILL')
    await gone(first)
    await until(() => childrenOf(process.pid).length === 2 && !childrenOf(process.pid).includes(first))
  })

  test('are started for a limited task no more than may run', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 4 })
    const handles = Array.from({ length: 5 }, () => run(pidOf, [], { concurrency: 1 }))
    await nextEvent(engine, 'started')
    expect(engine.snapshot().lanes.process?.slots).toBe(1)
    const pids = await Promise.all(handles.map((handle) => handle.wait()))
    expect(new Set(pids).size).toBe(1)
  })

  test('that are idle for long are ended, down to minProcesses', async () => {
    const { engine, run } = await startProcesses({ minProcesses: 1, maxProcesses: 3, isolateIdleMs: 20 })
    const started = new Promise<void>((resolve) => {
      let count = 0
      engine.subscribe(['started'], () => ++count === 3 && resolve())
    })
    const handles = Array.from({ length: 3 }, () => run(forever, [], { cancelGraceMs: 0 }))
    await started
    expect(engine.snapshot().lanes.process).toEqual({ slots: 3, active: 3, queued: 0 })
    for (const handle of handles) handle.cancel()
    await until(() => childrenOf(process.pid).length === 1)
    const pids = [await run(pidOf).wait(), await run(pidOf).wait()]
    await until(() => childrenOf(process.pid).length === 1)
    expect(pids.length).toBe(2)
  })

  test('that are idle go all when none is to stay', async () => {
    const { run } = await startProcesses({ maxProcesses: 1, isolateIdleMs: 0 })
    const pid = (await run(pidOf).wait()) as number
    await gone(pid)
    expect(await run(pidOf).wait()).not.toBe(pid)
  })

  test('are replaced after recycleAfterTasks tasks', async () => {
    const { run } = await startProcesses({ maxProcesses: 1, recycleAfterTasks: 2 })
    const pids: unknown[] = []
    for (let task = 0; task < 5; task++) pids.push(await run(pidOf).wait())
    expect([pids[0] === pids[1], pids[1] === pids[2], pids[2] === pids[3], pids[3] === pids[4]]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  test('whose heap has grown beyond recycleHeapMb are replaced', async () => {
    const { run } = await startProcesses({ maxProcesses: 1, recycleHeapMb: 40 })
    const grow = (): number => {
      ;(globalThis as { kept?: unknown }).kept = Array.from({ length: 1e6 }, (_, n) => [n])
      return process.pid
    }
    const first = await run(pidOf).wait()
    expect(await run(grow).wait()).toBe(first)
    expect(await run(pidOf).wait()).not.toBe(first)
  })

  test('do not end by signals that a terminal or a supervisor sends to all', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const started = nextEvent(engine, 'started')
    const handle = run(() => new Promise((resolve) => setTimeout(() => resolve('done'), 100)))
    await started
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(workerOf(handle), signal)
    expect(await handle.wait()).toBe('done')
  })
})

describe('a paused engine', () => {
  test('starts nothing, and no process for it', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    await engine.pause()
    const handle = run(pidOf)
    await new Promise((resolve) => setImmediate(resolve))
    expect([handle.status, childrenOf(process.pid)]).toEqual(['pending', []])
    await engine.resume()
    expect(await handle.wait()).toBeTypeOf('number')
  })

  test('holds tasks of a paused name back', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    await engine.pause('held')
    const held = run(pidOf, [], {}, 'held')
    await run(pidOf, [], {}, 'other').wait()
    expect(held.status).toBe('pending')
    await engine.resume('held')
    expect(await held.wait()).toBeTypeOf('number')
  })
})

test('priorities and expiry hold', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 })
  await engine.pause()
  const order: string[] = []
  engine.subscribe(['started'], ({ name }) => order.push(name))
  const low = run(pidOf, [], { priority: 'low' }, 'low')
  const expiring = run(pidOf, [], { expireAfterMs: 1 }, 'expiring')
  const critical = run(pidOf, [], { priority: 'critical' }, 'critical')
  await new Promise((resolve) => expiring.onSettled(resolve))
  await engine.resume()
  await Promise.all([low.wait(), critical.wait()])
  expect(order).toEqual(['critical', 'low'])
  expect(expiring.status).toBe('expired')
})

test('bounds of processes are checked', async () => {
  await expect(startProcesses({ minProcesses: 3, maxProcesses: 2 })).rejects.toThrow(ConfigurationError)
})

test('flags go on to children, but for those that say what the parent runs or who debugs it', () => {
  const flags = ['--import', './loader.js', '--inspect-brk=9230', '--conditions=x', '-e', 'code', '--input-type=module']
  expect(inheritedFlags(flags)).toEqual(['--import', './loader.js', '--conditions=x'])
  expect(inheritedFlags(['--inspect', '--eval', '1', '--stack-trace-limit=5', '-p', '2', '--test'])).toEqual([
    '--stack-trace-limit=5',
  ])
})
