// Large buffers on their way to a thread and back: how often they are copied, by the bytes that each side has allocated for
// buffers, and what becomes of those that were moved when a thread ends. Whatever is allocated here is kept, so that no
// garbage that goes meanwhile disturbs the counts.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskTimeoutError } from '../../../src/contract/errors.ts'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { TaskOptions } from '../../../src/options/task-options.ts'
import { until } from './gates.ts'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'
import type { Make } from './thread-engines.ts'

const SIZE = 10 * 2 ** 20
const kept: unknown[] = []

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What earlier tests have left goes now, and not while it is counted. The second time waits for what the first one began. */
function settleMemory(): void {
  collectGarbage()
  collectGarbage()
}

/** How many of that size; the sum is never the zero that is negative. */
const buffersIn = (bytes: number): number => Math.round(bytes / SIZE) + 0

/** How many buffers of that size this thread has allocated during a call. */
function allocatedBy<T>(call: () => T): readonly [T, number] {
  settleMemory()
  const before = process.memoryUsage().arrayBuffers
  const value = call()
  kept.push(value)
  return [value, buffersIn(process.memoryUsage().arrayBuffers - before)]
}

/** A body: keeps what it is given, and tells the bytes that its thread has allocated for buffers. */
const keep = (...values: readonly unknown[]): number => {
  const all = globalThis as { values?: unknown[] }
  all.values = [...(all.values ?? []), ...values]
  return process.memoryUsage().arrayBuffers
}

/** An engine that stays, with all memory of its tasks. */
async function startKept(make: Make): Promise<TaskEngine> {
  const engine = await startWith(make, { maxThreads: 1 })
  kept.push(engine)
  return engine
}

const kept0 = { keepResultMs: 0 }

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  // the caller has the memory, the engine while the task may have to run once more, and the body: each needs its own
  test.each([
    ['with transfer, and no retry: nobody else needs it', { transfer: true }, [0, 0]],
    ['with transfer, and retries: the body gets a copy', { transfer: true, maxRetries: 1 }, [1, 0]],
    ['when nobody can try it again: the copy of the submission', kept0, [1, 0]],
    ['else one in the thread beside that of the submission', {}, [1, 1]],
    ['also with retries', { maxRetries: 3 }, [1, 1]],
  ])('a large buffer %s', async (__, options: TaskOptions, [here, there]) => {
    const engine = await startKept(make)
    const call = threadCall(keep, options)
    const before = await engine.submit(call, []).wait()
    const bytes = new Uint8Array(SIZE).fill(7)
    kept.push(bytes)
    const [handle, allocated] = allocatedBy(() => engine.submit(call, [bytes]))
    const inThread = ((await handle.wait()) as number) - (before as number)
    expect([allocated, buffersIn(inThread)]).toEqual([here, there])
    expect(bytes.length).toBe(options.transfer === true ? 0 : SIZE)
  })

  test('retries of a task with a large buffer cost this thread no further copy, and get it as it was', async () => {
    const engine = await startKept(make)
    const body = (bytes: Uint8Array, words: Int32Array): number => {
      const sum = bytes.reduce((total, byte) => total + byte, 0)
      bytes.fill(255)
      if (Atomics.add(words, 0, 1) < 3) throw new Error('not yet')
      return sum
    }
    const call = threadCall(body, { maxRetries: 2, retryBackoff: 'none' })
    const words = new Int32Array(new SharedArrayBuffer(4))
    const bytes = new Uint8Array(SIZE).fill(1)
    settleMemory()
    const before = process.memoryUsage().arrayBuffers
    const handle = engine.submit(call, [bytes, words])
    bytes.fill(9)
    kept.push(bytes)
    kept.push(handle)
    expect((await rejectionOf(handle.wait())).message).toBe('not yet')
    expect(buffersIn(process.memoryUsage().arrayBuffers - before)).toBe(1)
    // by hand it can be tried again: that costs none either
    const again = await engine.retry(handle.taskId)
    kept.push(again)
    expect([await again.wait(), Atomics.load(words, 0)]).toEqual([SIZE, 4])
    expect(buffersIn(process.memoryUsage().arrayBuffers - before)).toBe(1)
  })

  test('what is large arrives as structuredClone gives it, in memory that is not shared', async () => {
    const engine = await startKept(make)
    const buffer = Uint8Array.from({ length: 200_000 }, (___, n) => n).buffer
    const args = [
      buffer,
      { whole: new Uint8Array(buffer), half: new Uint16Array(buffer, 100, 50_000), view: new DataView(buffer, 8) },
      new Map([[1, new Set([Float64Array.from({ length: 20_000 }, (___, n) => n / 3)])]]),
      Buffer.alloc(100_000, 'abc').subarray(10_000),
      new Uint8Array(3),
    ]
    const look = (...values: readonly unknown[]): unknown => {
      const [whole, { half }, map] = values as [ArrayBuffer, { half: Uint16Array }, Map<number, Set<Float64Array>>]
      const [doubles] = [...(map.get(1) ?? [])]
      const shared = [whole, half.buffer, doubles?.buffer].map((each) => each instanceof SharedArrayBuffer)
      return [values, half.buffer === whole, shared]
    }
    const [values, isSame, shared] = (await engine.submit(threadCall(look), args).wait()) as unknown[]
    expect(values).toEqual(structuredClone(args))
    expect([isSame, shared]).toEqual([true, [false, false, false]])
  })

  test('a buffer in a result is copied once, in the thread, and moved back', async () => {
    const engine = await startKept(make)
    const give = threadCall((size: number) => {
      const bytes = new Uint8Array(size).fill(7)
      // what it has made stays, so that what it allocates is the copy
      Object.assign(globalThis, { bytes })
      return { bytes }
    })
    const before = (await engine.submit(threadCall(keep), []).wait()) as number
    settleMemory()
    const here = process.memoryUsage().arrayBuffers
    const result = (await engine.submit(give, [SIZE]).wait()) as { readonly bytes: Uint8Array }
    kept.push(result)
    expect(buffersIn(process.memoryUsage().arrayBuffers - here)).toBe(0)
    expect([result.bytes.length, result.bytes.every((byte) => byte === 7)]).toEqual([SIZE, true])
    const after = (await engine.submit(threadCall(keep), []).wait()) as number
    expect(buffersIn(after - before)).toBe(2)
  })

  test('what was moved is not lost with a thread that ends before it runs the task', async () => {
    const engine = await startKept(make)
    const endless = threadCall(
      () => {
        for (;;);
      },
      { timeoutMs: 100 },
    )
    const stuck = engine.submit(endless, [])
    await until(() => stuck.status === 'running')
    const size = threadCall((buffer: ArrayBuffer) => buffer.byteLength, { transfer: true })
    const handle = engine.submit(size, [new ArrayBuffer(SIZE)])
    expect(await rejectionOf(stuck.wait())).toBeInstanceOf(TaskTimeoutError)
    expect(await handle.wait()).toBe(SIZE)
  })
})
