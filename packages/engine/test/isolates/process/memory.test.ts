// Memory of tasks: measured, limited for each task alone, and given back by processes that have grown.
import { afterEach, describe, expect, test } from 'vitest'
import { MemoryLimitError, TaskCrashedError } from '@catzilla/engine'
import { crashError } from '../../../src/isolates/process/process-end.ts'
import { errorOf, startProcesses, stopAll } from './process-engine.ts'

afterEach(stopAll)

const pidOf = (): number => process.pid

/** Takes memory outside of V8's heap, and waits until somebody objects. */
const hoard = (mib: number): Promise<never> => {
  const hoarded = Buffer.alloc(mib * 1024 * 1024, 1)
  return new Promise(() => setInterval(() => hoarded.length, 1000))
}

const isProc = process.platform === 'linux'

describe.each(isProc ? (['read by the engine', 'told by the process'] as const) : (['told by the process'] as const))(
  'memory %s',
  (way) => {
    const settings = way === 'told by the process' ? { residentBytes: null } : {}

    test('beyond the limit fails that task alone', async () => {
      const { run } = await startProcesses({ maxProcesses: 2 }, settings)
      const before = await run(pidOf).wait()
      const handle = run(hoard, [120], { memoryLimitMb: 60 }, 'hoarder')
      const error = await errorOf(handle)
      expect(error).toBeInstanceOf(MemoryLimitError)
      expect(error.message).toMatch(/'hoarder' added \d+ MiB .* memoryLimitMb is 60/)
      expect(handle.stats().memoryUsageMb).toBeGreaterThan(60)
      expect(handle.stats().workerId).toBe(before)
      expect(await run(pidOf).wait()).not.toBe(before)
    })

    test('below it is measured', async () => {
      const { run } = await startProcesses({ maxProcesses: 1 }, settings)
      const body = (mib: number): number => Buffer.alloc(mib * 1024 * 1024, 1).length
      const handle = run(body, [40])
      await handle.wait()
      expect(handle.stats().memoryUsageMb).toBeGreaterThan(30)
      // what the first has left is not the second's
      const second = run(() => 1, [], { memoryLimitMb: 20 })
      expect(await second.wait()).toBe(1)
      expect(second.stats().memoryUsageMb).toBeLessThan(20)
    })
  },
)

test('a blocked body that fills the heap of V8 meets the limit, or V8 does', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  const body = (): unknown => {
    const kept: unknown[] = []
    for (;;) kept.push(Array.from({ length: 1000 }, (_, n) => ({ n })))
  }
  const error = await errorOf(run(body, [], { memoryLimitMb: 50 }))
  expect(error).toBeInstanceOf(MemoryLimitError)
})

test('where nobody measures, an abort of V8 for want of memory is the limit', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 }, { residentBytes: () => undefined })
  const body = (): unknown => {
    const kept: unknown[] = []
    for (;;) kept.push(Array.from({ length: 1000 }, (_, n) => ({ n })))
  }
  const error = await errorOf(run(body, [], { memoryLimitMb: 1 }))
  expect(error).toBeInstanceOf(MemoryLimitError)
  expect(error.message).toMatch(/ran out of memory .* (SIGABRT|SIGTRAP|code 13[34])/)
})

test('a larger limit than those before gets a process with a larger heap', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  const heapLimit = (): number => process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit
  const small = (await run(heapLimit, [], { memoryLimitMb: 50 }).wait()) as number
  const large = (await run(heapLimit, [], { memoryLimitMb: 400 }).wait()) as number
  expect(large - small).toBeGreaterThan(300 * 1024 * 1024)
  // and so it does where there would be room for another one
  const roomy = await startProcesses({ maxProcesses: 2 })
  await roomy.run(heapLimit, [], { memoryLimitMb: 50 }).wait()
  const limited = { memoryLimitMb: 400, limits: { rate: { max: 1, perMs: 60_000 } } }
  expect(await roomy.run(heapLimit, [], limited, 'limited').wait()).toBe(large)
})

test('an abort for want of memory is told from other aborts by what V8 says', () => {
  const end = {
    pid: 1,
    exitCode: null,
    signalCode: 'SIGABRT' as const,
    asked: false,
    failure: undefined,
    why: undefined,
    lastWords: undefined,
  }
  const said = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'
  expect(crashError('task', { ...end, stderr: said }, 100)).toBeInstanceOf(MemoryLimitError)
  expect(crashError('task', { ...end, signalCode: null, exitCode: 134, stderr: said }, 100)).toBeInstanceOf(
    MemoryLimitError,
  )
  expect(crashError('task', { ...end, stderr: 'Assertion failed' }, 100)).toBeInstanceOf(TaskCrashedError)
  expect(crashError('task', { ...end, signalCode: 'SIGKILL', stderr: said }, 100)).toBeInstanceOf(TaskCrashedError)
})
