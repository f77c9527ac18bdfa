// The thread lane, on both engines: what runs there, in which order, and how it ends. Bodies have no free variables.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  MemoryLimitError,
  TaskCancelledError,
  TaskCrashedError,
  TaskDefinitionError,
  TaskTimeoutError,
} from '../../../src/contract/errors.ts'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { TaskHandle } from '../../../src/contract/task.ts'
import { blockAtGate, openGate, shutGates, until } from './gates.ts'
import { engineKinds, startWith, startWithLane, threadCall } from './thread-engines.ts'

const double = threadCall((n: number) => n * 2)
const endless = (): never => {
  for (;;);
}
/** Blocks its thread. */
const busy = (ms: number): number => {
  const endsAt = Date.now() + ms
  let turns = 0
  while (Date.now() < endsAt) turns++
  return turns
}

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  const start = (options = {}): Promise<TaskEngine> => startWith(make, options)

  test('runs synchronous and asynchronous bodies, with timers of their own', async () => {
    const engine = await start()
    const sum = threadCall(async (a: number, b: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return a + b
    })
    expect(await engine.submit(double, [21]).wait()).toBe(42)
    expect(await engine.submit(sum, [1, 2]).wait()).toBe(3)
    expect(
      await engine
        .submit(
          threadCall(() => undefined),
          [],
        )
        .wait(),
    ).toBe(undefined)
  })

  test('each of many tasks runs once, and gives its own result', async () => {
    const engine = await start({ maxThreads: 4, queueSize: 100_000 })
    const handles = engine.submitMany(
      double,
      Array.from({ length: 20_000 }, (__, n) => [n]),
    )
    const results = await Promise.all(handles.map((handle) => handle.wait()))
    expect(results.findIndex((result, n) => result !== n * 2)).toBe(-1)
    const { completedTasks, totalQueued, execution } = engine.snapshot()
    expect([completedTasks, totalQueued, execution.count]).toEqual([20_000, 0, 20_000])
  })

  test('what is large, or no plain data, travels as well', async () => {
    const engine = await start()
    const echo = threadCall((value: unknown) => value)
    const values: unknown[] = [
      'x'.repeat(100_000),
      new Uint8Array(100_000).fill(7),
      new Map([[{ a: 1 }, new Set([1n])]]),
      { deep: [{ nan: Number.NaN, minus: -0, date: new Date(5), list: [undefined, null] }] },
      new Float64Array([1.5, -0]),
    ]
    for (const value of values) expect(await engine.submit(echo, [value]).wait()).toEqual(value)
    const shared = new Int32Array(new SharedArrayBuffer(4))
    await engine
      .submit(
        threadCall((words: Int32Array) => Atomics.add(words, 0, 5)),
        [shared],
      )
      .wait()
    expect(shared[0]).toBe(5)
  })

  test('errors keep their class, message and cause', async () => {
    const engine = await start()
    const body = (): never => {
      throw new RangeError('too far', { cause: new TypeError('inner') })
    }
    const error = await rejectionOf(engine.submit(threadCall(body), []).wait())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe('too far')
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test('threads go on while the event loop here is blocked', async () => {
    const engine = await start()
    await engine.submit(double, [1]).wait()
    const nap = (path: string): void => {
      const endsAt = Date.now() + 2
      while (Date.now() < endsAt) continue
      process.getBuiltinModule('node:fs').appendFileSync(path, '.')
    }
    const path = join(mkdtempSync(join(tmpdir(), 'catzilla-test-')), 'ended')
    onTestFinished(() => rmSync(dirname(path), { recursive: true }))
    writeFileSync(path, '')
    const call = threadCall(nap, { priority: 'low' })
    const handles = Array.from({ length: 40 }, () => engine.submit(call, [path]))
    const giveUpAt = Date.now() + 30_000
    while (statSync(path).size < 40 && Date.now() < giveUpAt) continue
    // nothing has had a turn here since they were submitted
    expect(statSync(path).size).toBe(40)
    await Promise.all(handles.map((handle) => handle.wait()))
  })

  test('waitSync in a backoff function says why it cannot work, and the task fails with that', async () => {
    const engine = await start()
    const waited: unknown[] = []
    const retryBackoff = (): number => {
      const handle = engine.submit(double, [21])
      waited.push(handle)
      // without a limit, as users would: nothing may hang
      handle.waitSync?.(Infinity)
      return 0
    }
    const failing = threadCall(
      () => {
        throw new Error('the body')
      },
      { maxRetries: 1, retryBackoff },
    )
    const error = await rejectionOf(engine.submit(failing, []).wait())
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(
      /waitSync was called while results of threads are taken in, by a retryBackoff function/,
    )
    expect(await (waited[0] as TaskHandle).wait()).toBe(42)
  })

  test('waitSync holds this thread up until the result is there', async () => {
    const engine = await start()
    const handle = engine.submit(double, [4])
    expect(handle.waitSync?.(10_000)).toBe(true)
    expect(handle.outcome).toEqual({ status: 'completed', value: 8 })
    const never = engine.submit(threadCall(endless), [])
    expect(never.waitSync?.(20)).toBe(false)
  })

  test('a body that never ends is ended with its thread when its time is over; the others go on', async () => {
    const engine = await start()
    const stuck = engine.submit(threadCall(endless, { timeoutMs: 50 }), [])
    const others = Array.from({ length: 50 }, (__, n) => engine.submit(double, [n]))
    expect(await rejectionOf(stuck.wait())).toBeInstanceOf(TaskTimeoutError)
    expect(await Promise.all(others.map((handle) => handle.wait()))).toEqual(others.map((__, n) => n * 2))
    // both threads are free again
    const [one, other] = [engine.submit(threadCall(busy), [20]), engine.submit(threadCall(busy), [20])]
    await Promise.all([one.wait(), other.wait()])
    await until(() => engine.snapshot().lateRuns === 0)
  })

  test('a cancelled body that does not listen is ended', async () => {
    const engine = await start({ maxThreads: 1 })
    const handle = engine.submit(threadCall(endless), [])
    await untilRunning(engine)
    expect(handle.cancel('enough')).toBe(true)
    expect(await rejectionOf(handle.wait())).toBeInstanceOf(TaskCancelledError)
    expect(await engine.submit(double, [1]).wait()).toBe(2)
  })

  test('a waiting task that is cancelled never runs', async () => {
    const engine = await start({ maxThreads: 1 })
    const gates = shutGates(1)
    const blocker = engine.submit(threadCall(blockAtGate), [gates, 0])
    const counter = new Int32Array(new SharedArrayBuffer(4))
    const count = threadCall((words: Int32Array) => Atomics.add(words, 0, 1))
    const light = engine.submit(double, [1])
    const heavy = engine.submit(count, [counter])
    expect([light.cancel(), heavy.cancel()]).toEqual([true, true])
    openGate(gates, 0)
    await blocker.wait()
    await engine.submit(double, [1]).wait()
    expect(counter[0]).toBe(0)
    expect([light.status, heavy.status]).toEqual(['cancelled', 'cancelled'])
  })

  test('only the task that ended its thread fails', async () => {
    const engine = await start({ maxThreads: 2 })
    const exit = engine.submit(
      threadCall(() => process.exit(7)),
      [],
    )
    const others = Array.from({ length: 200 }, (__, n) => engine.submit(double, [n]))
    const error = await rejectionOf(exit.wait())
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.message).toContain('process.exit(7)')
    expect(await Promise.all(others.map((handle) => handle.wait()))).toEqual(others.map((__, n) => n * 2))
  })

  test('an error that nobody catches fails the task that caused it, and not the one that runs by then', async () => {
    const engine = await start({ maxThreads: 1 })
    const careless = threadCall(async () => {
      await new Promise((resolve) => {
        setTimeout(() => {
          throw new Error('nobody caught me')
        }, 5)
        void resolve
      })
    })
    const error = await rejectionOf(engine.submit(careless, []).wait())
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(String(error.cause)).toContain('nobody caught me')
    const leaving = threadCall(() => void setTimeout(() => void Promise.reject(new Error('left behind')), 30))
    const slow = threadCall(async () => new Promise((resolve) => setTimeout(resolve, 100, 'slow')))
    await engine.submit(leaving, []).wait()
    const next = engine.submit(slow, [])
    expect(await next.wait()).toBe('slow')
    expect(next.stats().retries).toBe(0)
  })

  test('a body that uses more heap than it may fails alone', async () => {
    const engine = await start()
    const hog = threadCall(
      () => {
        const kept: unknown[] = []
        for (;;) kept.push(Array.from({ length: 1000 }, (__, n) => n))
      },
      { memoryLimitMb: 30 },
    )
    const error = await rejectionOf(engine.submit(hog, []).wait())
    expect(error).toBeInstanceOf(MemoryLimitError)
    expect(error.message).toContain('30 MiB')
    expect(await engine.submit(double, [1]).wait()).toBe(2)
  })

  test('tasks with other memory limits get threads of their own, also when there may be few', async () => {
    const engine = await start({ maxThreads: 1 })
    const streams = [50, 100, 150].map(async (memoryLimitMb) => {
      const call = threadCall((n: number) => n, { memoryLimitMb })
      const handles = engine.submitMany(
        call,
        Array.from({ length: 20 }, (__, n) => [n]),
      )
      return Promise.all(handles.map((handle) => handle.wait()))
    })
    const expected = Array.from({ length: 20 }, (__, n) => n)
    expect(await Promise.all(streams)).toEqual([expected, expected, expected])
  })

  test('urgent tasks overtake those that wait in the memory', async () => {
    const engine = await start({ maxThreads: 1 })
    const order: number[] = []
    const gates = shutGates(1)
    const blocker = engine.submit(threadCall(blockAtGate), [gates, 0])
    await until(() => blocker.status === 'running')
    const submit = (n: number, priority: 'low' | 'critical'): Promise<unknown> => {
      const handle = engine.submit(
        threadCall((value: number) => value, { priority }),
        [n],
      )
      handle.onSettled(() => order.push(n))
      return handle.wait()
    }
    const all = [submit(1, 'low'), submit(2, 'low'), submit(3, 'critical'), submit(4, 'low'), submit(5, 'critical')]
    openGate(gates, 0)
    await Promise.all([blocker.wait(), ...all])
    expect(order).toEqual([3, 5, 1, 2, 4])
  })

  test('paused, nothing starts; a paused name comes back from the memory', async () => {
    const engine = await start({ maxThreads: 1 })
    await engine.submit(double, [1]).wait()
    await engine.pause()
    const one = engine.submit(double, [1])
    const other = engine.submit(
      threadCall(function other(n: number) {
        return n
      }),
      [2],
    )
    await engine.pause('other')
    await engine.resume()
    expect(await one.wait()).toBe(2)
    expect(other.status).toBe('pending')
    await engine.resume('other')
    expect(await other.wait()).toBe(2)
  })

  test('limits hold', async () => {
    const engine = await start({ maxThreads: 4 })
    const words = new Int32Array(new SharedArrayBuffer(8))
    const body = async (shared: Int32Array): Promise<void> => {
      const now = Atomics.add(shared, 0, 1) + 1
      if (now > Atomics.load(shared, 1)) Atomics.store(shared, 1, now)
      // the first ones wait for company
      for (let look = 0; look < 1000 && Atomics.load(shared, 1) < 2; look++) {
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      Atomics.sub(shared, 0, 1)
    }
    const call = threadCall(body, { concurrency: 2 })
    await Promise.all(Array.from({ length: 30 }, () => engine.submit(call, [words]).wait()))
    expect([...words]).toEqual([0, 2])
  })

  test('threads are replaced after so many tasks, and idle ones end', async () => {
    const engine = await start({ maxThreads: 1, recycleAfterTasks: 3, isolateIdleMs: 20 })
    const workers = new Set<number | null>()
    for (let n = 0; n < 10; n++) {
      const handle = engine.submit(double, [n])
      await handle.wait()
      workers.add(handle.stats().workerId)
    }
    expect(workers.size).toBeGreaterThan(2)
    const before = engine.submit(double, [1])
    await before.wait()
    await until(() => engine.snapshot().lanes.thread?.slots === 0)
    const after = engine.submit(double, [1])
    await after.wait()
    expect(after.stats().workerId).not.toBe(before.stats().workerId)
  })

  test('a thread whose heap has grown beyond recycleHeapMb is replaced, also when its tasks are short', async () => {
    const engine = await start({ maxThreads: 1, recycleHeapMb: 30 })
    // 160 kB for each
    const leak = threadCall(
      () => {
        const all = globalThis as { kept?: string[] }
        all.kept = [...(all.kept ?? []), Buffer.alloc(160_000).toString('latin1')]
      },
      { memoryLimitMb: 500 },
    )
    const workers: (number | null)[] = []
    for (let n = 0; n < 400 && workers[0] === workers.at(-1); n++) {
      const handle = engine.submit(leak, [])
      await handle.wait()
      workers.push(handle.stats().workerId)
    }
    expect(new Set(workers).size).toBe(2)
  })

  test('arguments that cannot travel are refused when they are submitted', async () => {
    const engine = await start()
    expect(() => engine.submit(double, [() => 1])).toThrow(/args\[0\]/)
  })

  test('shutdown ends what runs', async () => {
    const engine = await start()
    const stuck = engine.submit(threadCall(endless), [])
    await untilRunning(engine)
    const { abandoned } = await engine.stop({ waitForCompletion: true, timeoutMs: 20 })
    expect(abandoned.map(({ taskId }) => taskId)).toEqual([stuck.taskId])
    expect(stuck.status).toBe('cancelled')
  })
})

test('a body that listens to its signal ends by itself, and its thread is used again', async () => {
  // a busy machine is no reason to be taken for blocked
  const { engine } = await startWithLane({ maxThreads: 1 }, { abortSeenMs: 60_000 })
  const polite = threadCall(
    async () => {
      const key = Symbol.for('@catzilla/engine/task-context')
      const { signal } = (
        globalThis as never as Record<symbol, { getStore(): { context: { signal: AbortSignal } } } | undefined>
      )[key]!.getStore().context
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
    { timeoutMs: 30, cancelGraceMs: 60_000 },
  )
  const first = engine.submit(polite, [])
  expect(await rejectionOf(first.wait())).toBeInstanceOf(TaskTimeoutError)
  const next = engine.submit(double, [1])
  await next.wait()
  expect(next.stats().workerId).toBe(first.stats().workerId)
})

/** Until this thread knows of a task that runs in a thread. */
function untilRunning(engine: TaskEngine): Promise<void> {
  return until(() => (engine.snapshot().lanes.thread?.active ?? 0) > 0)
}
