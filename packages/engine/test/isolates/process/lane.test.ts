// What comes back from a child process: results, errors, and what a body says on its way.
import { afterEach, describe, expect, test } from 'vitest'
import { PayloadError, TaskDefinitionError, UnsupportedByEngineError } from '@catzilla/engine'
import type { TaskContext } from '@catzilla/engine'
import { childrenOf, errorOf, startProcesses, stopAll } from './process-engine.ts'

afterEach(stopAll)

describe('results', () => {
  test('come from another process', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const handle = run((a: number, b: number) => ({ sum: a + b, pid: process.pid }), [40, 2])
    const value = (await handle.wait()) as { sum: number; pid: number }
    expect(value.sum).toBe(42)
    expect(value.pid).not.toBe(process.pid)
    expect(childrenOf(process.pid)).toEqual([value.pid])
    const { workerId, memoryUsageMb, executionTimeMs, lane } = handle.stats()
    expect({ workerId, lane }).toEqual({ workerId: value.pid, lane: 'process' })
    expect(memoryUsageMb).toBeGreaterThanOrEqual(0)
    expect(executionTimeMs).toBeGreaterThan(0)
  })

  test('and arguments keep what structured clone keeps', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const shared = { deep: true }
    const payload = [
      new Map<unknown, unknown>([[1, { a: 2n }]]),
      new Set(['a', undefined]),
      [undefined, null, -0, Number.NaN, Infinity, '', 'ü💚'],
      Float64Array.of(1, 2, 3),
      Uint8Array.of(4, 5).buffer,
      new DataView(Uint8Array.of(1, 2, 3).buffer, 1),
      new Date(0),
      /a+/gi,
      { shared, again: shared },
    ]
    const back = (await run((...args: unknown[]) => args, payload).wait()) as unknown[]
    expect(back).toEqual(payload)
    const { shared: one, again } = back[8] as { shared: unknown; again: unknown }
    expect(one).toBe(again)
    // an array of its own, not a view on the memory of the channel
    expect((back[3] as Float64Array).buffer.byteLength).toBe(24)
  })

  test('of promises are waited for, and undefined is one', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const body = async (): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return 'later'
    }
    expect(await run(body).wait()).toBe('later')
    expect(await run(() => {}).wait()).toBeUndefined()
  })

  test('that cannot be sent fail their task and name the path', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const error = (await errorOf(run(() => ({ rows: [1, () => 2] })))) as PayloadError
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toContain('result.rows[1]')
    expect(error.issues).toMatchObject([{ path: ['rows', 1] }])
    const shared = await errorOf(run(() => ({ memory: new SharedArrayBuffer(8) })))
    expect(shared).toBeInstanceOf(PayloadError)
    expect(shared.message).toContain('result.memory')
    // the process is none the worse for it
    expect(await run(() => 1).wait()).toBe(1)
    expect(childrenOf(process.pid).length).toBe(1)
  })

  test('of many tasks come from as many processes as may be, one task at a time in each', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 2 })
    const body = async (n: number): Promise<[number, number, boolean]> => {
      const state = globalThis as { busy?: boolean }
      const alone = state.busy !== true
      state.busy = true
      await new Promise((resolve) => setTimeout(resolve, 5))
      state.busy = false
      return [n, process.pid, alone]
    }
    const handles = Array.from({ length: 20 }, (_, n) => run(body, [n]))
    const results = (await Promise.all(handles.map((handle) => handle.wait()))) as [number, number, boolean][]
    expect(results.map(([n]) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(new Set(results.map(([, pid]) => pid)).size).toBeLessThanOrEqual(2)
    expect(results.every(([, , alone]) => alone)).toBe(true)
    expect(engine.snapshot().lanes.process).toEqual({ slots: 2, active: 0, queued: 0 })
  })
})

describe('what cannot travel', () => {
  test('is refused at submission: memory that processes cannot share', async () => {
    const { run } = await startProcesses()
    const memory = new SharedArrayBuffer(8)
    const body = (given: unknown): unknown => given
    for (const [arg, path] of [
      [memory, 'args[0]'],
      [{ a: [new Int32Array(memory)] }, 'args[0].a[0]'],
      [new Map([['key', new Blob(['x'])]]), 'args[0].key'],
    ] as const) {
      expect(() => run(body, [arg])).toThrow(PayloadError)
      expect(() => run(body, [arg])).toThrow(path)
    }
    expect(childrenOf(process.pid)).toEqual([])
  })

  test('is refused at definition: a body without a text', async () => {
    const { run } = await startProcesses()
    expect(() => run(Math.max)).toThrow(TaskDefinitionError)
    expect(() => run(() => 1, [], { compile: 'require' })).toThrow(UnsupportedByEngineError)
  })
})

describe('errors', () => {
  test('keep their class, message, fields, cause and stack', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const body = (): void => {
      const cause = new TypeError('the cause')
      throw Object.assign(new RangeError('too far', { cause }), { code: 'E_FAR', detail: { by: 3 } })
    }
    const error = (await errorOf(run(body))) as RangeError & { code: string; detail: unknown }
    expect(error).toBeInstanceOf(RangeError)
    expect([error.name, error.message, error.code, error.detail]).toEqual(['RangeError', 'too far', 'E_FAR', { by: 3 }])
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.stack).toContain('too far')
  })

  test('of a body are retried, also in another process', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const body = (): never => {
      throw new Error('again')
    }
    const handle = run(body, [], { maxRetries: 2 })
    expect((await errorOf(handle)).message).toBe('again')
    expect(handle.stats().retries).toBe(2)
  })
})

describe('on the way', () => {
  test('a body sees its task, and tells of progress, lines and that it is alive', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const told: unknown[] = []
    engine.subscribe(['progress'], ({ ratio, message }) => told.push([ratio, message]))
    const body = (): unknown => {
      const storage = (globalThis as Record<symbol, unknown>)[Symbol.for('@catzilla/engine/task-context')] as {
        getStore(): { context: TaskContext }
      }
      const { taskId, name, attempt, signal, progress, log, heartbeat } = storage.getStore().context
      progress(0.25)
      progress(0.5, 'half')
      log('a line', { n: 1, f: () => 1 })
      heartbeat()
      return { taskId, name, attempt, aborted: signal.aborted }
    }
    const handle = run(body, [], {}, 'seen')
    expect(await handle.wait()).toEqual({ taskId: handle.taskId, name: 'seen', attempt: 1, aborted: false })
    expect(told).toEqual([
      [0.25, undefined],
      [0.5, 'half'],
    ])
    const info = await engine.find(handle.taskId)
    expect(info?.logs).toMatchObject([{ message: 'a line', fields: { n: 1, f: 'function f' } }])
    expect(info?.lastHeartbeatAt).toEqual(expect.any(Number))
    expect(info?.progress).toEqual({ ratio: 0.5, message: 'half' })
  })

  test('what is sent past the protocol is not believed', async () => {
    const { run } = await startProcesses({ maxProcesses: 1 })
    const body = async (): Promise<string> => {
      const messages: unknown[] = [
        null,
        'text',
        { kind: 'constructor' },
        { kind: 'done', serial: 1, value: 'no bytes', ranMs: 1, rss: 1, heap: 1 },
        { kind: 'report', serial: 1, report: { kind: 'progress', ratio: 7 } },
        { kind: 'taken', serial: 1, rss: -1 },
        { kind: 'taken', serial: 99, rss: 1 },
      ]
      for (const message of messages) await new Promise((resolve) => process.send?.(message, resolve))
      return 'as it should be'
    }
    expect(await run(body).wait()).toBe('as it should be')
  })
})

test('a body of a module runs in it, and what the module takes is not counted as the memory of the task', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  const module = new URL('bodies.mjs', import.meta.url).href
  const whereLoaded = (): never => {
    throw new Error('this one was not to be run')
  }
  const handle = run(whereLoaded, [], { module, memoryLimitMb: 50 }, 'in.module')
  expect(await handle.wait()).toEqual([true, 60 * 1024 * 1024])
  expect(handle.stats().memoryUsageMb).toBeLessThan(50)
  // the module finds the task that runs, as it does on the event loop
  async function whoAmI(): Promise<undefined> {}
  const self = run(whoAmI, [], { module }, 'who.am.i')
  expect(await self.wait()).toBe(self.taskId)
  const unknown = run(function unheardOf() {}, [], { module }, 'not.in.module')
  expect((await errorOf(unknown)).message).toMatch(/unheardOf/)
})
