// When a task counts as accepted and as ended: when the disk has it, and not before.
import { PayloadError, StoreError, TaskDefinitionError, UnsupportedByEngineError, currentTask } from '@catzilla/engine'
import { describe, expect, it, vi } from 'vitest'
import { define, gate, makeOver, startOver, turns, vary, warnings } from './durable-for-test.ts'
import { MemoryDisk } from './memory-files.ts'

describe('accepted', () => {
  it('resolves when the record is on disk', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    await engine.pause()
    const call = define(engine, 'mail', () => 1)
    const commit = gate()
    disk.gate = commit.passed
    let accepted = false
    const handle = engine.submit(call, ['a@b.c'])
    const told = handle.accepted.then(() => (accepted = true))
    await turns()
    expect(accepted).toBe(false)
    expect([...disk.entries.keys()].filter((key) => key.startsWith('t:'))).toEqual([])
    commit.open()
    await told
    expect([...disk.entries.keys()].filter((key) => key.startsWith('t:'))).toHaveLength(1)
  })

  it('shares one commit among all that wait', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    await engine.pause()
    const call = define(engine, 'mail', () => 1)
    const before = disk.commits
    const commit = gate()
    disk.gate = commit.passed
    const handles = [engine.submit(call, [0])]
    await turns()
    for (let n = 1; n < 1000; n++) handles.push(engine.submit(call, [n]))
    commit.open()
    await Promise.all(handles.map(({ accepted }) => accepted))
    expect(disk.commits - before).toBe(2)
    // far fewer changes than tasks
    expect(disk.sizes.at(-1)).toBeLessThan(50)
    expect((await engine.list({ limit: 1000 })).tasks).toHaveLength(1000)
  })

  it('holds for each task of a batch', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    await engine.pause()
    const handles = engine.submitMany(
      define(engine, 'mail', () => 1),
      [[1], [2], [3]],
    )
    await Promise.all(handles.map(({ accepted }) => accepted))
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    const later = await startOver(disk.kill())
    expect((await later.list()).tasks.map(({ args }) => args)).toEqual([[3], [2], [1]])
  })

  it('the body has its id and its attempt, as the key under which it does its work once', async () => {
    const engine = await startOver(new MemoryDisk())
    const seen: (string | number | undefined)[][] = []
    const body = (): void => {
      seen.push([currentTask()?.taskId, currentTask()?.attempt])
      if (seen.length === 1) throw new Error('again')
    }
    const handle = engine.submit(define(engine, 'mail', body, { maxRetries: 1 }), [])
    await handle.wait()
    expect(seen).toEqual([
      [handle.taskId, 1],
      [handle.taskId, 2],
    ])
  })
})

describe('an end', () => {
  it('is on disk before anybody hears of it', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    const heard: string[] = []
    const asked = gate()
    const add = (a: number, b: number): Promise<number> => asked.passed.then(() => a + b)
    const call = define(engine, 'add', add, { onSuccess: () => heard.push('onSuccess') })
    engine.subscribe(['started', 'completed', 'drained'], ({ type }) => heard.push(type))
    const handle = engine.submit(call, [1, 2])
    handle.onSettled(() => heard.push('onSettled'))
    const waited = handle.wait().then(() => heard.push('wait'))
    await handle.accepted
    const commit = gate()
    disk.gate = commit.passed
    asked.open()
    await turns(20)
    expect([heard, handle.status, handle.outcome]).toEqual([['started'], 'running', undefined])
    expect((await engine.find(handle.taskId))?.status).toBe('running')
    commit.open()
    await waited
    await turns()
    expect(heard.toSorted()).toEqual(['completed', 'drained', 'onSettled', 'onSuccess', 'started', 'wait'])
    expect([...disk.entries.keys()].filter((key) => key.startsWith('e:'))).toHaveLength(1)
    expect(handle.outcome).toEqual({ status: 'completed', value: 3 })
  })

  it('that nobody looks at is counted, until somebody does', async () => {
    const engine = await startOver(new MemoryDisk())
    const failing = (): never => {
      throw new Error('bad end')
    }
    const handle = engine.submit(define(engine, 'fails', failing), [])
    await engine.drain()
    expect(engine.snapshot().unobservedFailures).toBe(1)
    await expect(handle.wait()).rejects.toThrow('bad end')
    expect(engine.snapshot().unobservedFailures).toBe(0)
  })

  it('whose result cannot be stored is an end all the same, and its log says so', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    const handle = engine.submit(
      define(engine, 'makes', () => () => 1),
      [],
    )
    expect(await handle.wait()).toBeTypeOf('function')
    await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
    const later = await startOver(disk.kill())
    define(later, 'makes', () => 1)
    const info = await later.find(handle.taskId)
    expect(info?.status).toBe('completed')
    expect(info?.logs.at(-1)?.message).toMatch(/its result could not be stored/)
  })
})

describe('refused', () => {
  it('is a function without a registered name, and another function under a name that is taken', async () => {
    const engine = await startOver(new MemoryDisk())
    const call = define(engine, 'mail', () => 1)
    expect(() => engine.submit({ ...call, name: 'nobody', handler: () => 2 }, [])).toThrow(UnsupportedByEngineError)
    expect(() => engine.submit({ ...call, handler: () => 2 }, [])).toThrow(TaskDefinitionError)
    expect(engine.snapshot().submittedTasks).toBe(0)
  })

  it('is an argument that has no bytes, with its place', async () => {
    const engine = await startOver(new MemoryDisk())
    const call = define(engine, 'mail', () => 1)
    const shared = [{ deep: [new SharedArrayBuffer(8)] }]
    expect(() => engine.submit(call, shared)).toThrow(/args\[0\]\.deep\[0\] cannot be stored/)
    expect(() => engine.submit(call, [() => 1])).toThrow(PayloadError)
    expect(engine.snapshot().submittedTasks).toBe(0)
  })
})

describe('while the store cannot write', () => {
  const full = new StoreError('the store in ./data has no room for more', { reason: 'full' })

  it('what could not be stored is refused and does not run, new tasks are refused, running ones finish', async () => {
    const heard = warnings()
    const disk = new MemoryDisk()
    const engine = await startOver(disk, { engine: { inlineConcurrency: 1 } })
    const over = gate<string>()
    const runs: number[] = []
    const slow = define(engine, 'slow', () => over.passed)
    const quick = define(engine, 'quick', (n: number) => void runs.push(n))
    const running = engine.submit(slow, [])
    await running.accepted
    disk.failure = full
    const lost = engine.submit(quick, [1])
    await expect(lost.accepted).rejects.toBe(full)
    expect(lost.status).toBe('cancelled')
    await expect(lost.wait()).rejects.toThrow(/could not be stored: the store in .\/data has no room/)
    expect(() => engine.submit(quick, [2])).toThrow(full)
    expect(() => engine.submitMany(quick, [[2]])).toThrow(full)
    over.open('done')
    await turns(20)
    // it has ended, and that nobody may hear of it yet is what the store is for
    expect(running.status).toBe('running')
    disk.failure = null
    expect(await running.wait()).toBe('done')
    const again = engine.submit(quick, [3])
    await again.wait()
    expect(runs).toEqual([3])
    expect(heard.filter((text) => text.includes('no room'))).toHaveLength(1)
  })

  it('a refused task does not come back, though its commit left it behind', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    await engine.pause()
    const call = define(engine, 'mail', () => 1)
    disk.failure = full
    disk.failsAfterWriting = true
    const handle = engine.submit(call, [])
    await expect(handle.accepted).rejects.toBe(full)
    expect([...disk.entries.keys()].filter((key) => key.startsWith('t:'))).toHaveLength(1)
    disk.failure = null
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    expect([...disk.entries.keys()].filter((key) => key.startsWith('t:'))).toEqual([])
  })

  it('numbers that refused tasks had are not given out again after a crash', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk, { engine: { queueSize: 40_000 } })
    await engine.pause()
    const call = define(engine, 'mail', () => 1)
    disk.failure = full
    // half a block, with which the next one is reserved
    const refused = engine.submitMany(
      call,
      Array.from({ length: 32_769 }, () => []),
    )
    await expect(refused.at(-1)?.accepted).rejects.toBe(full)
    disk.failure = null
    // from when the store is tried again and can write
    const accepted = await vi.waitFor(() => engine.submit(call, []), { timeout: 30_000 })
    await accepted.accepted
    const given = new Set([...refused, accepted].map(({ taskId }) => taskId))
    const later = await startOver(disk.kill())
    await later.pause()
    const next = later.submit(
      define(later, 'mail', () => 1),
      [],
    )
    expect(given.has(next.taskId)).toBe(false)
  })

  it('the end of an engine settles every handle, and says that the task runs again', async () => {
    const disk = new MemoryDisk()
    const engine = await startOver(disk)
    const over = gate()
    const handle = engine.submit(
      define(engine, 'slow', () => over.passed),
      [],
    )
    await handle.accepted
    disk.failure = full
    over.open()
    await turns(20)
    await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
    await expect(handle.wait()).rejects.toThrow(/could not be recorded before the engine stopped: it runs again/)
  })

  it('a store that cannot be opened is told by start and by every submission', async () => {
    const disk = new MemoryDisk()
    disk.failure = full
    const engine = makeOver(disk)
    const call = define(engine, 'mail', () => 1)
    const started = engine.start()
    expect(() => engine.submit(call, [])).toThrow(full)
    await expect(started).rejects.toBe(full)
    disk.failure = null
    await engine.start()
    await engine.submit(call, []).wait()
  })
})

describe('options of one call', () => {
  it('callbacks of the end are called after it is recorded, with the figures', async () => {
    const engine = await startOver(new MemoryDisk())
    const told = gate<readonly [string, string]>()
    const failing = (): never => {
      throw new Error('bad end')
    }
    const call = define(engine, 'fails', failing)
    const onFailure = (error: Error, stats: { status: string }): void => told.open([error.message, stats.status])
    engine.submit(vary(call, { onFailure }), [])
    expect(await told.passed).toEqual(['bad end', 'failed'])
  })
})
