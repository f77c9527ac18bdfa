// Kernels of a library: every type of argument and result, and every way to fail, in C alone and in the walk.
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { MemoryLimitError, PayloadError, TaskDefinitionError, TaskTimeoutError } from '../../src/contract/errors.ts'
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { nativeMissing } from './native-core.ts'
import { bothWays, exampleLibrary, kernelCall, libraryMissing, startNative } from './native-engines.ts'

const missing = nativeMissing ?? libraryMissing

function submit(engine: TaskEngine, name: string, args: readonly unknown[], options: TaskOptions = {}): TaskHandle {
  return engine.submit(kernelCall(`example.${name}`, options, exampleLibrary()), args)
}

describe.skipIf(missing !== undefined).each(bothWays)('%s', (_, way) => {
  test.each<[string, readonly unknown[], unknown]>([
    ['negate', [5], -5],
    ['negate', [-(2 ** 31) + 1], 2 ** 31 - 1],
    ['flip', [true], false],
    ['flip', [false], true],
    ['hypotenuse', [3, 4], 5],
    ['reverse', [Uint8Array.of(1, 2, 3)], Uint8Array.of(3, 2, 1)],
    ['reverse', [new Uint8Array()], new Uint8Array()],
    ['upper', ['grüße 猫'], 'GRüßE 猫'],
    ['upper', [''], ''],
    ['halve', [Float32Array.of(1, 3)], Float32Array.of(0.5, 1.5)],
    ['differences', [Int32Array.of(3, 5, 4)], Int32Array.of(3, 2, -1)],
    ['ranks', [Uint32Array.of(30, 10, 20)], Uint32Array.of(2, 0, 1)],
  ])('%s of %o is %o', async (name, args, result) => {
    const handle = submit(await startNative(), name, args, way)
    expect(await handle.wait()).toEqual(result)
    expect(handle.outcome).toEqual({ status: 'completed', value: result })
  })

  test.each<[string, readonly unknown[]]>([
    ['negate', [2 ** 31]],
    ['negate', [0.5]],
    ['flip', [1]],
    ['reverse', [Uint16Array.of(1)]],
    ['upper', [5]],
    ['halve', [Float64Array.of(1)]],
    ['differences', [Uint32Array.of(1)]],
    ['ranks', [[1, 2]]],
  ])('%s refuses %o at submission', async (name, args) => {
    const engine = await startNative()
    const error = thrownBy(() => submit(engine, name, args, way))
    expect(error).toBeInstanceOf(PayloadError)
    expect((error as PayloadError).issues).toMatchObject([{ path: [0] }])
  })

  test('a failure has the name, code and message that the kernel gave', async () => {
    const error = await rejectionOf(submit(await startNative(), 'fail', [7], way).wait())
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'RangeError', code: 'E_EXAMPLE', message: 'example.fail was given 7' })
    expect(error.stack).toBe('RangeError: example.fail was given 7')
  })

  test('a failure that gives no reason is one all the same', async () => {
    const error = await rejectionOf(submit(await startNative(), 'silent', [], way).wait())
    expect(error).toMatchObject({ name: 'Error', message: expect.stringMatching(/\w/) })
  })

  test('a kernel that fails for good is not tried again', async () => {
    const handle = submit(await startNative(), 'final', [], { ...way, maxRetries: 5, retryDelayMs: 1 })
    expect(await rejectionOf(handle.wait())).toMatchObject({ name: 'TypeError', code: 'E_FINAL' })
    expect(handle.stats().retries).toBe(0)
  })

  test('each attempt knows its number', async () => {
    const handle = submit(await startNative(), 'flaky', [2], { ...way, maxRetries: 3, retryDelayMs: 1 })
    expect(await handle.wait()).toBe(3)
    expect(handle.stats()).toMatchObject({ retries: 2, status: 'completed' })
    const failed = submit(await startNative(), 'flaky', [9], { ...way, maxRetries: 2, retryBackoff: 'none' })
    expect(await rejectionOf(failed.wait())).toMatchObject({ message: 'attempt 3 fails', code: 'E_FLAKY' })
  })

  test('memory is bounded for a task and for the engine', async () => {
    const engine = await startNative({ memoryPoolMb: 4 })
    expect(await submit(engine, 'hungry', [500_000], way).wait()).toBe(500_000)
    const overTask = await rejectionOf(submit(engine, 'hungry', [2e6], { ...way, memoryLimitMb: 1 }).wait())
    expect(overTask).toBeInstanceOf(MemoryLimitError)
    expect(overTask.message).toContain('memoryLimitMb of 1 MiB')
    const overPool = await rejectionOf(submit(engine, 'hungry', [2e7], way).wait())
    expect(overPool).toBeInstanceOf(MemoryLimitError)
    expect(overPool.message).toContain('memoryPoolMb')
    const handle = submit(engine, 'hungry', [3e6], way)
    await handle.wait()
    expect(handle.stats().memoryUsageMb).toBeGreaterThan(2.8)
  })

  test('an endless kernel is stopped, one that does not listen ends late and its result is dropped', async () => {
    const engine = await startNative()
    const endless = submit(engine, 'forever', [], { ...way, timeoutMs: 10 })
    expect(await rejectionOf(endless.wait())).toBeInstanceOf(TaskTimeoutError)
    // as long as it takes a busy machine to come from one line here to the next
    const deaf = submit(engine, 'deaf', [1500], way)
    while (deaf.status !== 'running') await new Promise((resolve) => setImmediate(resolve))
    expect(deaf.cancel()).toBe(true)
    expect(engine.snapshot().lateRuns).toBe(1)
    while (engine.snapshot().lateRuns > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(engine.snapshot()).toMatchObject({ lateRuns: 0, cancelledTasks: 1 })
    expect(deaf.status).toBe('cancelled')
  })
})

describe.skipIf(missing !== undefined)('libraries', () => {
  test('columns run through kernels with and without a body for columns', async () => {
    const engine = await startNative()
    const [xs, ys] = [
      Float64Array.from({ length: 5000 }, (_, n) => n * 3),
      Float64Array.from({ length: 5000 }, (_, n) => n * 4),
    ]
    const call = { ...kernelCall('example.hypotenuse', {}, exampleLibrary()), columns: true as const }
    const hypotenuses = (await engine.submit(call, [xs, ys]).wait()) as Float64Array
    expect(hypotenuses.findIndex((value, row) => Math.abs(value - row * 5) > 1e-9)).toBe(-1)
    const scalar = { ...kernelCall('example.negate', {}, exampleLibrary()), columns: true as const }
    expect(thrownBy(() => engine.submit(scalar, [xs]))).toBeInstanceOf(TaskDefinitionError)
  })

  test('results of tasks that nobody knows of any more are let go, whatever waits beside them', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const engine = await startNative({ keepResults: 1 })
    const vast = kernelCall('borrowing.vast', { keepResultMs: 1 }, exampleLibrary('borrowing'))
    engine.submit(kernelCall('add', { delayMs: 600_000 }), [1, 2])
    const results: WeakRef<object>[] = []
    for (let task = 0; task < 100; task++) {
      results.push(new WeakRef((await engine.submit(vast, [64]).wait()) as object))
    }
    const countGone = (): number => {
      collectGarbage()
      return results.filter((result) => result.deref() === undefined).length
    }
    // the last one may still be kept
    await expect.poll(countGone).toBeGreaterThanOrEqual(90)
  })

  test('a name that is taken by another library, and a file that is none, are refused', async () => {
    const engine = await startNative()
    const none = thrownBy(() => engine.submit(kernelCall('x', {}, import.meta.filename), []))
    expect(none).toBeInstanceOf(TaskDefinitionError)
    expect(none.message).toContain(import.meta.filename)
    const near = thrownBy(() => submit(engine, 'negat', [1]))
    expect(near.message).toContain("did you mean 'example.negate'")
  })
})
