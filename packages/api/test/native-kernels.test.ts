// Kernels that run in C: results without the event loop, columns by reference, libraries of the user's.
import {
  MemoryLimitError,
  TaskCancelledError,
  TaskDefinitionError,
  TaskTimeoutError,
  WaitTimeoutError,
} from '@catzilla/api'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeOnNative } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0)
if (compiler === undefined) process.stdout.write('tests of kernel libraries are skipped: there is no C compiler\n')

describeOnNative(() => {
  test('a kernel runs on the native lane, and its statistics say which worker did it', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const result = tasks.kernel('crc32').delay(new Uint8Array(1000))
    expect(await result.wait()).toBe(crc32(new Uint8Array(1000)))
    expect(result.getStats()).toMatchObject({ lane: 'native', engine: 'native', workerId: expect.any(Number) })
    expect(tasks.getStats()).toMatchObject({ engine: 'native', cAcceleration: true })
    expect(tasks.getStats().lanes.native?.slots).toBeGreaterThan(0)
  })

  test('bodies in JavaScript run inline, beside', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const [add, join_] = [tasks.kernel('add'), tasks.task({ name: 'join' }, (a: string, b: string) => a + b)]
    expect(await Promise.all([add.delay(1, 2).wait(), join_.delay('1', '2').wait()])).toEqual([3, '12'])
    expect(join_.explain().lane).toBe('inline')
    expect(thrownBy(() => join_.delay('1', '2').waitSync())).toBeInstanceOf(TaskDefinitionError)
  })

  describe('waitSync', () => {
    test('gives the result without a turn of the event loop', () => {
      const tasks = tasksForTest({ engine: 'native' })
      const add = tasks.kernel('add')
      for (let n = 0; n < 1000; n++) expect(add.delay(n, 1).waitSync()).toBe(n + 1)
      expect(tasks.kernel('scale').delay(Float64Array.of(1, 2), 2).waitSync(60_000)).toEqual(Float64Array.of(2, 4))
      expect(add.with({ delayMs: 5 }).delay(1, 1).waitSync()).toBe(2)
    })

    test('gives up after its time, and the task goes on', async () => {
      const result = tasksForTest({ engine: 'native' }).kernel('spin').delay(200_000)
      expect(thrownBy(() => result.waitSync(1))).toBeInstanceOf(WaitTimeoutError)
      expect(result.isReady()).toBe(false)
      expect(await result.wait()).toBeGreaterThanOrEqual(200_000)
    })

    test('throws what the kernel failed with', () => {
      const dot = tasksForTest({ engine: 'native' }).kernel('dot')
      const result = dot.delay(Float64Array.of(1), Float64Array.of(1, 2))
      const error = thrownBy(() => result.waitSync())
      expect([error.name, error.message]).toEqual(['RangeError', expect.stringMatching(/the same length/)])
      expect(result.outcome).toEqual({ status: 'failed', error })
    })
  })

  test('mapArrays is one task over a million rows, read where they are', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const multiply = tasks.kernel('multiply')
    const xs = Float64Array.from({ length: 1_000_000 }, (_, row) => row + 0.5)
    const ys = xs.toReversed()
    const [xsBefore, ysBefore] = [xs.slice(), ys.slice()]
    const batch = multiply.mapArrays(xs, ys)
    const products = await batch.wait()
    expect(batch.size).toBe(1)
    expect(products.findIndex((product, row) => product !== (xs[row] ?? 0) * (ys[row] ?? 0))).toBe(-1)
    expect([xs, ys]).toEqual([xsBefore, ysBefore])
    expect(tasks.getStats().completedTasks).toBe(1)
  })

  test('an endless kernel is stopped by its timeout, and by cancel', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const spin = tasks.kernel('spin', { maxRetries: 0 })
    const timedOut = spin.with({ timeoutMs: 20 }).delay(60_000_000)
    expect(await rejectionOf(timedOut.wait())).toBeInstanceOf(TaskTimeoutError)
    const cancelled = spin.delay(60_000_000)
    expect(cancelled.cancel('enough')).toBe(true)
    expect(await rejectionOf(cancelled.wait())).toBeInstanceOf(TaskCancelledError)
    expect(await spin.delay(1).wait()).toBeGreaterThanOrEqual(1)
  })

  test('memoryLimitMb holds', async () => {
    const scale = tasksForTest({ engine: 'native' }).kernel('scale', { memoryLimitMb: 1 })
    expect(await scale.delay(new Float64Array(1000), 2).wait()).toHaveLength(1000)
    expect(await rejectionOf(scale.delay(new Float64Array(1_000_000), 2).wait())).toBeInstanceOf(MemoryLimitError)
  })
})

describe.skipIf(compiler === undefined)('a library compiled by a user', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-library-'))
  const library = join(folder, 'distances.so')

  beforeAll(() => {
    const source = join(import.meta.dirname, 'fixtures', 'distances.c')
    const include = join(import.meta.dirname, '../../core-c/include')
    const flags = ['-std=c11', '-O2', '-fPIC', '-shared', '-Wall', '-Wextra', '-Werror', '-I', include]
    execFileSync(compiler ?? 'cc', [...flags, '-o', library, source, '-lm'])
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  describeOnNative(() => {
    type Haversine = (lat1: number, lon1: number, lat2: number, lon2: number) => number

    test('runs, one task at a time and over columns', async () => {
      const tasks = tasksForTest({ engine: 'native' })
      const distance = tasks.kernel<Haversine>('distances.haversine', { library })
      // Stockholm to Gothenburg, by the spherical law of cosines
      const [stockholm, gothenburg] = [
        [59.3293, 18.0686],
        [57.7089, 11.9746],
      ] as const
      expect(await distance.delay(...stockholm, ...gothenburg).wait()).toBeCloseTo(byCosines(stockholm, gothenburg), 6)
      const pole = new Float64Array(10_000).fill(90)
      const [zeros, equator] = [new Float64Array(10_000), new Float64Array(10_000)]
      const quarter = await distance.mapArrays(pole, zeros, equator, zeros).wait()
      expect(quarter.findIndex((km) => Math.abs(km - (6371 * Math.PI) / 2) > 1e-9)).toBe(-1)
    })

    test('its failures have the name, code and message that it gave', async () => {
      const refuse = tasksForTest({ engine: 'native' }).kernel<() => void>('distances.refuse', {
        library,
        maxRetries: 3,
      })
      const result = refuse.delay()
      expect(await rejectionOf(result.wait())).toMatchObject({
        name: 'RangeError',
        code: 'E_REFUSED',
        message: 'refused by the kernel',
      })
      expect(result.getStats().retries).toBe(0)
    })

    test('a kernel that it does not have is refused at definition, with the one that was meant', () => {
      const tasks = tasksForTest({ engine: 'native' })
      const error = thrownBy(() => tasks.kernel('distances.haversin', { library }))
      expect(error).toBeInstanceOf(TaskDefinitionError)
      expect(error.message).toMatch(/distances\.haversine/)
      expect(tasks.taskNames).toEqual([])
    })

    test('a file that is no library is refused at definition, with the reason', () => {
      const tasks = tasksForTest({ engine: 'native' })
      const error = thrownBy(() => tasks.kernel('anything', { library: import.meta.filename }))
      expect(error).toBeInstanceOf(TaskDefinitionError)
      expect(error.message).toContain(import.meta.filename)
    })
  })
})

/** Kilometres between two places given as latitude and longitude in degrees. */
function byCosines([lat1, lon1]: readonly [number, number], [lat2, lon2]: readonly [number, number]): number {
  const [a, b, along] = [lat1, lat2, lon2 - lon1].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ]
  return 6371 * Math.acos(Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(along))
}
