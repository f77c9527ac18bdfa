// Tasks over kernels: what they mean on an engine with a native lane, and on one without.
import { ConfigurationError, PayloadError, TaskDefinitionError, UnsupportedByEngineError } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { describeOnEachEngine } from './engines.ts'
import { nativeLaneEngine } from './native-lane-engine.ts'
import { tasksForTest } from './tasks-for-test.ts'

const folder = mkdtempSync(join(tmpdir(), 'catzilla-kernel-'))
const libraryFile = join(folder, 'example_kernels.so')
writeFileSync(libraryFile, '')
afterAll(() => rmSync(folder, { recursive: true }))

const bytes = new TextEncoder().encode('The quick brown fox jumps over the lazy dog')
const values = Float64Array.of(1, 2, 3, 4)

describeOnEachEngine((engine) => {
  test('every built-in kernel gives what its JavaScript twin gives', async () => {
    const tasks = tasksForTest({ engine })
    const [add, multiply] = [tasks.kernel('add'), tasks.kernel('multiply')]
    expect(await add.delay(1.5, 2).wait()).toBe(add(1.5, 2))
    expect(await multiply.delay(1.5, -0).wait()).toBe(-0)
    expect(await tasks.kernel('noop').delay().wait()).toBeUndefined()
    expect(await tasks.kernel('crc32').delay(bytes).wait()).toBe(0x414fa339)
    expect(await tasks.kernel('xxh32').delay(bytes).wait()).toBe(tasks.kernel('xxh32')(bytes))
    expect(await tasks.kernel('sum').delay(values).wait()).toBe(10)
    expect(await tasks.kernel('dot').delay(values, values).wait()).toBe(30)
    expect(await tasks.kernel('scale').delay(values, 0.5).wait()).toEqual(Float64Array.of(0.5, 1, 1.5, 2))
    expect(await tasks.kernel('stats').delay(values).wait()).toEqual(tasks.kernel('stats')(values))
    expect(await tasks.kernel('bytes-of').delay('äöü€😀').wait()).toBe(13)
    expect(await tasks.kernel('spin').delay(50).wait()).toBeGreaterThanOrEqual(50)
  })

  test('is a task like any other: batch, with, enqueue, addTask, futures, statistics', async () => {
    const tasks = tasksForTest({ engine })
    const add = tasks.kernel('add', { priority: 'high', tags: ['sums'] })
    const pairs = Array.from({ length: 500 }, (_, index): [number, number] => [index, index])
    expect(await add.batch(pairs).wait()).toEqual(pairs.map(([a, b]) => a + b))
    const late = await add.with({ delayMs: 5, priority: 'low' }).enqueue(2, 3)
    expect(await late.wait(60_000)).toBe(5)
    expect(await tasks.addTask(add, [3, 4], { priority: 'critical' }).wait()).toBe(7)
    expect(await add.delay(5, 6).future().then(String)).toBe('11')
    expect(late.getStats()).toMatchObject({ name: 'add', status: 'completed', priority: 3, engine })
    expect((await tasks.listTasks({ tags: ['sums'], status: 'completed' })).tasks.length).toBeGreaterThan(50 - 1)
    expect(tasks.getStats().completedTasks).toBe(503)
  })

  test('arguments of the wrong kind fail the task, and say which', async () => {
    const tasks = tasksForTest({ engine })
    const sum = tasks.kernel('sum') as unknown as ReturnType<typeof tasks.taskNamed>
    const settled = await rejectionOf((async () => sum.delay('text').wait())())
    expect(settled.message).toMatch(/sum/)
  })

  test('later changes of an argument by the caller are not seen', async () => {
    const tasks = tasksForTest({ engine })
    const [own, batched] = [values.slice(), values.slice()]
    const result = tasks.kernel('sum').delay(own)
    const batch = tasks.kernel('sum').batch([[batched], [batched]])
    own.fill(9)
    batched.fill(9)
    expect([await result.wait(), ...(await batch.wait())]).toEqual([10, 10, 10])
  })

  test('a failure that nobody looks at is counted, and no longer once the batch is waited for', async () => {
    const tasks = tasksForTest({ engine })
    const batch = tasks.kernel('dot').batch([
      [values, values],
      [values, Float64Array.of(1)],
    ])
    await tasks.drain()
    expect([batch.completed, batch.failed]).toEqual([1, 1])
    expect(tasks.getStats()).toMatchObject({ failedTasks: 1, unobservedFailures: 1 })
    expect((await rejectionOf(batch.wait())).name).toBe('RangeError')
    expect(tasks.getStats().unobservedFailures).toBe(0)
    expect((await batch.outcomes()).map(({ status }) => status)).toEqual(['completed', 'failed'])
  })

  test('a failure in the kernel has the name and message that it gave', async () => {
    const dot = tasksForTest({ engine }).kernel('dot')
    const error = await rejectionOf(dot.delay(values, Float64Array.of(1)).wait())
    expect(error.name).toBe('RangeError')
    expect(error.message).toMatch(/both arrays must have the same length/)
  })

  test('mapArrays gives the column of results', async () => {
    const add = tasksForTest({ engine }).kernel('add')
    const xs = Float64Array.from({ length: 100_000 }, (_, row) => row / 3)
    const ys = Float32Array.from(xs, (x) => -x / 2)
    const sums = await add.mapArrays(xs, ys).wait()
    expect(sums).toBeInstanceOf(Float64Array)
    expect(sums).toEqual(xs.map((x, row) => x + (ys[row] ?? Number.NaN)))
    expect(await add.mapArrays(new Float64Array(0), new Float64Array(0)).wait()).toEqual(new Float64Array(0))
  })

  test('each row of mapArrays goes through the input schema', async () => {
    const add = tasksForTest({ engine }).kernel('add', { input: [z.number().min(0), z.number()] })
    expect(await add.mapArrays(Float64Array.of(1, 2), Float64Array.of(3, 4)).wait()).toEqual(Float64Array.of(4, 6))
    const refused = await rejectionOf(add.mapArrays(Float64Array.of(1, -2), Float64Array.of(3, 4)).wait())
    expect(refused).toBeInstanceOf(PayloadError)
    expect(thrownBy(() => add.delay(-1, 2))).toBeInstanceOf(PayloadError)
  })

  test('views and shared memory', async () => {
    const tasks = tasksForTest({ engine })
    const padded = new Uint8Array([9, ...bytes, 9]).subarray(1, -1)
    expect(await tasks.kernel('crc32').delay(padded).wait()).toBe(crc32(bytes))
    const shared = new Float64Array(new SharedArrayBuffer(32))
    shared.set(values)
    const view = shared.subarray(1, 3)
    expect(await tasks.kernel('add').mapArrays(view, view).wait()).toEqual(Float64Array.of(4, 6))
  })
})

describe('on an engine without a native lane', () => {
  test('the twin runs inline, and explain says so', async () => {
    const tasks = tasksForTest({ engine: 'typescript' })
    const add = tasks.kernel('add')
    expect(add.options.lane).toBe('inline')
    expect(add.explain()).toEqual({
      name: 'add',
      engine: 'typescript',
      lane: 'inline',
      reason: "the typescript engine has no native lane; the JavaScript twin of the kernel 'add' runs there",
      native: {
        compiled: false,
        reason: 'the typescript engine has no native lane',
        prebuilt: null,
        blockers: [],
        bodies: [],
      },
    })
    const result = add.delay(1, 2)
    await result.wait()
    expect(result.getStats().lane).toBe('inline')
  })

  test('the kernel of a library cannot be had, and the error names the remedy', () => {
    const tasks = tasksForTest({ engine: 'typescript' })
    const error = thrownBy(() => tasks.kernel('example.haversine', { library: libraryFile }))
    expect(error).toBeInstanceOf(UnsupportedByEngineError)
    expect(error.message).toBe(
      `kernel 'example.haversine' of ${libraryFile} is C and needs a native lane, which the typescript engine does not have; run "npm install @catzilla/core-c" and use engine: 'native' or 'auto'`,
    )
    expect(tasks.taskNames).toEqual([])
  })

  test.each([{ lane: 'native' }, { compile: 'require' }] as const)('asking for %o is refused', (config) => {
    expect(() => tasksForTest({ engine: 'typescript' }).kernel('add', config)).toThrow(UnsupportedByEngineError)
  })

  test('createTestTasks runs the twin', async () => {
    const tasks = createTestTasks()
    const result = tasks.kernel('scale').with({ delayMs: 1000 }).delay(values, 2)
    await tasks.advance(1000)
    expect(await result.wait()).toEqual(Float64Array.of(2, 4, 6, 8))
  })
})

describe('on an engine with a native lane', () => {
  test('the engine is given the kernel, and the twin beside it', async () => {
    const { engine, registered, submitted } = nativeLaneEngine()
    const tasks = tasksForTest({ engine })
    const add = tasks.kernel('add', { name: 'sum.two' })
    expect(registered).toMatchObject([
      { name: 'sum.two', kernel: { name: 'add' }, handler: expect.any(Function), options: { lane: 'native' } },
    ])
    expect(await add.delay(1, 2).wait()).toBe(3)
    expect(await add.with({ priority: 'high' }).delay(3, 4).wait()).toBe(7)
    expect(submitted.map(({ call, args }) => [call.kernel, call.options.lane, call.columns, args])).toEqual([
      [{ name: 'add' }, 'native', undefined, [1, 2]],
      [{ name: 'add' }, 'native', undefined, [3, 4]],
    ])
  })

  test('explain says which lane a kernel has and why', () => {
    const { engine } = nativeLaneEngine({ 'example.haversine': () => 0 })
    const tasks = tasksForTest({ engine })
    const crc = tasks.kernel('crc32')
    expect(crc.explain()).toEqual({
      name: 'crc32',
      engine: 'fake',
      lane: 'native',
      reason: "the body is the kernel 'crc32', which C worker threads run",
      native: { compiled: true, reason: 'the kernel comes with the engine', prebuilt: null, blockers: [], bodies: [] },
    })
    expect(tasks.kernel('example.haversine', { library: libraryFile }).explain().native).toEqual({
      compiled: true,
      reason: `the kernel is one of ${libraryFile}`,
      prebuilt: null,
      blockers: [],
      bodies: [],
    })
    expect(crc.with({ lane: 'inline' }).explain()).toMatchObject({
      lane: 'inline',
      reason: "asked for by lane: 'inline'; the JavaScript twin of the kernel 'crc32' runs there",
      native: { compiled: false, reason: 'it was asked to run elsewhere' },
    })
    const plain = tasks.task({ name: 'plain' }, () => 1)
    expect(plain.explain().native).toMatchObject({ compiled: false, reason: 'no compiled body is known for it' })
  })

  test('mapArrays is one task over the columns themselves; those of other types are copied', async () => {
    const { engine, submitted } = nativeLaneEngine()
    const tasks = tasksForTest({ engine })
    const add = tasks.kernel('add')
    const [xs, ys] = [new Float64Array(10_000).fill(1), new Int16Array(10_000).fill(2)]
    const batch = add.mapArrays(xs, ys)
    expect([batch.size, batch.results.length]).toEqual([1, 1])
    const column = await batch.wait()
    expect(column).toEqual(new Float64Array(10_000).fill(3))
    expect(await batch.wait()).toBe(column)
    expect(await batch.results[0]?.wait()).toBe(column)
    expect(submitted).toHaveLength(1)
    const { call, args } = submitted[0] ?? { call: undefined, args: [] }
    expect(call).toMatchObject({ name: 'add', kernel: { name: 'add' }, columns: true })
    expect(Object.isFrozen(call)).toBe(true)
    expect(args[0]).toBe(xs)
    expect(args[1]).toEqual(Float64Array.from(ys))
  })

  test('one call serves all columns of a task', async () => {
    const { engine, submitted } = nativeLaneEngine()
    const add = tasksForTest({ engine }).kernel('add')
    for (let round = 0; round < 2; round++) await add.mapArrays(values, values).wait()
    expect(submitted[0]?.call).toBe(submitted[1]?.call)
  })

  test('columns without rows are no task', async () => {
    const { engine, submitted } = nativeLaneEngine()
    const batch = tasksForTest({ engine }).kernel('add').mapArrays(new Float64Array(0), new Float64Array(0))
    expect([batch.size, await batch.wait(), submitted]).toEqual([0, new Float64Array(0), []])
  })

  test('bodies in JavaScript and twins that were asked for go in chunks', async () => {
    const { engine, submitted } = nativeLaneEngine()
    const tasks = tasksForTest({ engine })
    const xs = new Float64Array(5000).fill(2)
    const half = tasks.task({ name: 'half' }, (a: number) => a / 2)
    expect(await half.mapArrays(xs).wait()).toEqual(new Float64Array(5000).fill(1))
    const inline = tasks.kernel('add').with({ lane: 'inline' })
    expect(await inline.mapArrays(xs, xs).wait()).toEqual(new Float64Array(5000).fill(4))
    expect(submitted).toHaveLength(4)
    for (const { call } of submitted) expect(call).not.toHaveProperty('kernel')
  })

  test.each([
    ['of different lengths', [new Float64Array(3), new Float64Array(2)]],
    ['that are none', [new Float64Array(3), [1, 2, 3]]],
  ])('columns %s are refused', (_, columns) => {
    const { engine, submitted } = nativeLaneEngine()
    const add = tasksForTest({ engine }).kernel('add')
    expect(() => add.mapArrays(...(columns as [never, never]))).toThrow(PayloadError)
    expect(submitted).toEqual([])
  })

  test('options for one row cannot be used with columns', () => {
    const { engine } = nativeLaneEngine()
    const add = tasksForTest({ engine }).kernel('add', { onSuccess: () => {} })
    expect(() => add.mapArrays(values, values)).toThrow(ConfigurationError)
  })
})

describe('kernels of a library', () => {
  const haversine = (): number => 42

  test('are found from the working directory, by absolute path or by URL', async () => {
    const { engine, registered } = nativeLaneEngine({ 'example.haversine': haversine })
    const tasks = tasksForTest({ engine })
    const libraries = [libraryFile, relative(process.cwd(), libraryFile), pathToFileURL(libraryFile)]
    for (const [index, library] of libraries.entries()) {
      const task = tasks.kernel<(a: number) => number>('example.haversine', { library, name: `distance.${index}` })
      expect(await task.delay(1).wait()).toBe(42)
    }
    expect(registered.map(({ kernel }) => kernel)).toEqual(
      libraries.map(() => ({ name: 'example.haversine', library: libraryFile })),
    )
  })

  test.each([
    ['that is missing', join(folder, 'missing.so'), `there is no library ${join(folder, 'missing.so')}`],
    ['that is a folder', folder, `there is no library ${folder}`],
    ['that is no path', 5, 'library is a path or a file URL of a shared library, got 5'],
  ])('a library %s is refused by name', (_, library, message) => {
    const { engine, registered } = nativeLaneEngine()
    const error = thrownBy(() => tasksForTest({ engine }).kernel('example.haversine', { library: library as string }))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toContain(message)
    expect(registered).toEqual([])
  })

  test('have no twin: they are not called here, nor run on another lane', () => {
    const { engine } = nativeLaneEngine({ 'example.haversine': haversine })
    const tasks = tasksForTest({ engine })
    const task = tasks.kernel<(a: number) => number>('example.haversine', { library: libraryFile })
    const direct = thrownBy(() => task(1))
    expect(direct).toBeInstanceOf(TaskDefinitionError)
    expect(direct.message).toMatch(/^task 'example.haversine': a direct call needs JavaScript, .* by delay\(\)$/)
    expect(() => task.with({ lane: 'inline' })).toThrow(TaskDefinitionError)
    expect(() => tasks.kernel('example.haversine', { library: libraryFile, name: 'x', lane: 'inline' })).toThrow(
      /lane: 'inline' needs JavaScript/,
    )
    const checked = tasks.kernel<(a: number) => number>('example.haversine', {
      library: libraryFile,
      name: 'checked',
      input: z.number(),
    })
    expect(() => checked.mapArrays(values)).toThrow(/mapArrays with an input schema needs JavaScript/)
  })
})

describe('definition', () => {
  test('an unknown kernel is refused, with the one that was meant', () => {
    const tasks = tasksForTest()
    const error = thrownBy(() => tasks.kernel('crc23' as 'crc32'))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/^no kernel named "crc23" comes with the engine; did you mean 'crc32'\?/)
    expect(thrownBy(() => tasks.kernel('sha256' as 'crc32')).message).toMatch(
      /there are noop, add, multiply, .* \(one of your own needs \{ library \}\)$/,
    )
    expect(() => tasks.kernel(5 as never)).toThrow(/kernel\(\) takes the name of a kernel, got 5/)
  })

  test('the name of the task is that of the kernel, or the one given', () => {
    const tasks = tasksForTest()
    expect(tasks.kernel('add').taskName).toBe('add')
    expect(tasks.kernel('add', { name: 'sum.two' }).taskName).toBe('sum.two')
    expect(tasks.taskNames).toEqual(['add', 'sum.two'])
  })

  test('the same kernel with the same options again is the same task', () => {
    const tasks = tasksForTest()
    const config = { priority: 'high', tags: ['a'], retryBackoff: () => 5 } as const
    const first = tasks.kernel('add', config)
    expect(tasks.kernel('add', { ...config, tags: ['a'] })).toBe(first)
    expect(tasks.taskNames).toEqual(['add'])
  })

  test.each([
    ['other options', { priority: 'low' }],
    ['another signal', { signal: new AbortController().signal }],
    ['a schema', { input: [z.number(), z.number()] }],
  ] as const)('the same name with %s is refused', (_, config) => {
    const tasks = tasksForTest()
    tasks.kernel('add', { signal: new AbortController().signal })
    const error = thrownBy(() => tasks.kernel('add', config))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/task 'add' is defined already; choose another name/)
  })

  test('a name that a function or another kernel has is refused', () => {
    const tasks = tasksForTest()
    tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    expect(() => tasks.kernel('add')).toThrow(/task 'add' is defined already/)
    tasks.kernel('crc32', { name: 'hash' })
    expect(() => tasks.kernel('xxh32', { name: 'hash' })).toThrow(/task 'hash' is defined already/)
  })

  test('wrong options are refused by name, and an output schema is no option of a kernel', () => {
    const tasks = tasksForTest()
    expect(() => tasks.kernel('add', { maxRetry: 3 } as object)).toThrow(/no option "maxRetry"/)
    expect(() => tasks.kernel('add', { output: z.number() } as object)).toThrow(/the options of a task but output/)
    expect(() => tasks.kernel('add', null as never)).toThrow(TaskDefinitionError)
    expect(tasks.taskNames).toEqual([])
  })
})
