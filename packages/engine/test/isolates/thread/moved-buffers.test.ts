// Large buffers on their way to a thread and back: how often they are copied, by the bytes that each side has allocated for
// buffers, and what becomes of those that were moved when a thread ends. Whatever is allocated here is kept, so that no
// garbage that goes meanwhile disturbs the counts.
import { describe, expect, test } from 'vitest'
import { TaskTimeoutError } from '../../../src/contract/errors.ts'
import { rejectionOf } from '../../thrown.ts'
import { until } from './gates.ts'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

const SIZE = 10 * 2 ** 20
const kept: unknown[] = []

/** How many of that size; the sum is never the zero that is negative. */
const buffersIn = (bytes: number): number => Math.round(bytes / SIZE) + 0

/** How many buffers of that size this thread has allocated during a call. */
function allocatedBy<T>(call: () => T): readonly [T, number] {
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

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  test.each([
    ['with transfer moves a buffer there without a copy', true, 0],
    ['without transfer copies a buffer when it is submitted and when it is sent, and not in the thread', false, 2],
  ])('%s', async (__, transfer, copies) => {
    const engine = await startWith(make, { maxThreads: 1 })
    const call = threadCall(keep, { transfer })
    const before = await engine.submit(call, []).wait()
    const bytes = new Uint8Array(SIZE).fill(7)
    kept.push(bytes)
    const [handle, allocated] = allocatedBy(() => engine.submit(call, [bytes]))
    const inThread = ((await handle.wait()) as number) - (before as number)
    expect([allocated, buffersIn(inThread)]).toEqual([copies, 0])
    expect(bytes.length).toBe(transfer ? 0 : SIZE)
  })

  test('a buffer in a result is copied once, in the thread, and moved back', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const give = threadCall((size: number) => {
      const bytes = new Uint8Array(size).fill(7)
      // what it has made stays, so that what it allocates is the copy
      Object.assign(globalThis, { bytes })
      return { bytes }
    })
    const before = (await engine.submit(threadCall(keep), []).wait()) as number
    const here = process.memoryUsage().arrayBuffers
    const result = (await engine.submit(give, [SIZE]).wait()) as { readonly bytes: Uint8Array }
    kept.push(result)
    expect(buffersIn(process.memoryUsage().arrayBuffers - here)).toBe(0)
    expect([result.bytes.length, result.bytes.every((byte) => byte === 7)]).toEqual([SIZE, true])
    const after = (await engine.submit(threadCall(keep), []).wait()) as number
    expect(buffersIn(after - before)).toBe(2)
  })

  test('what was moved is not lost with a thread that ends before it runs the task', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
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
