// The native engine beyond the conformance suite: slots that are used again, both ways side by side, and its end.
import { seeded } from '@catzilla/test-kit/seed'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineUnavailableError, QueueFullError } from '../../src/contract/errors.ts'
import { isSettled } from '../../src/contract/task-state.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { NativeEngine } from '../../src/native/native-engine.ts'
import { loadCore } from '../../src/native/load-core.ts'
import { NativeTask } from '../../src/native/native-task.ts'
import { SLAB_TASKS } from '../../src/native/slab.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import { RemoteRecord } from '../../src/typescript/remote-record.ts'
import { allSettled } from '../../src/support/task-group.ts'
import { systemClock } from '../../src/support/clock.ts'
import type { Clock } from '../../src/support/clock.ts'
import { nativeMissing } from './native-core.ts'
import { bothWays, kernelCall, startNative, startWithSlots } from './native-engines.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.skipIf(nativeMissing !== undefined)('a short kernel that is submitted while everybody sleeps', () => {
  test.each(bothWays)('runs on this thread, and everything about it is told (%s)', async (_way, options) => {
    const engine = await startNative()
    const call = kernelCall('add', options)
    const told: string[] = []
    engine.subscribe(['started', 'completed'], ({ type, taskId }) => void told.push(`${type} ${taskId}`))
    let tasks = 0
    // the first ones are run by workers, which find out how long they take
    for (;;) {
      const handle = engine.submit(call, [tasks++, 1])
      expect(await handle.wait()).toBe(tasks)
      const { workerId, status, executionTimeMs, waitTimeMs } = handle.stats()
      expect(status).toBe('completed')
      expect(executionTimeMs).toBeGreaterThanOrEqual(0)
      expect(waitTimeMs).toBeGreaterThanOrEqual(0)
      await turn()
      expect(told.splice(0)).toEqual([`started ${handle.taskId}`, `completed ${handle.taskId}`])
      if (workerId === 0) break
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(engine.snapshot().completedTasks).toBe(tasks)
  })

  test('does not keep the event loop from its turns', async () => {
    const engine = await startNative()
    const call = kernelCall('add')
    let turns = 0
    let ended = false
    const count = (): void => {
      turns++
      if (!ended) setImmediate(count)
    }
    count()
    for (let task = 0; task < 200; task++) await engine.submit(call, [task, 1]).wait()
    ended = true
    expect(turns).toBeGreaterThan(100)
  })
})

describe.skipIf(nativeMissing !== undefined)('the short way', () => {
  test('is taken by what needs nothing but numbers, and by nothing else', async () => {
    const engine = await startNative()
    const plain: readonly TaskOptions[] = [
      {},
      { delayMs: 1 },
      { maxRetries: 3, retryBackoff: 'linear' },
      { timeoutMs: Infinity },
      { priority: 'low', tags: ['a'], onSuccess: () => {} },
    ]
    for (const options of plain) {
      expect(engine.submit(kernelCall('add', options), [1, 2])).toBeInstanceOf(NativeTask)
    }
    const others: readonly TaskOptions[] = [
      { uniqueKey: 'k' },
      { limits: { concurrency: 1, key: 'k' } },
      { expireAfterMs: 1000 },
      { runAt: Date.now() },
      { signal: new AbortController().signal },
      { retryBackoff: () => 1 },
      { onRetry: () => {} },
    ]
    for (const options of others) {
      expect(engine.submit(kernelCall('add', options), [1, 2])).toBeInstanceOf(RemoteRecord)
    }
    expect(engine.submit(kernelCall('sum'), [Float64Array.of(1)])).toBeInstanceOf(RemoteRecord)
  })

  test('is left when its slots are used up, and all tasks run', async () => {
    const engine = await startWithSlots(64, { queueSize: 1000, keepResults: 1000 })
    await engine.pause()
    const call = kernelCall('add')
    const handles = Array.from({ length: 1000 }, (_, n) => engine.submit(call, [n, 1]))
    expect(new Set(handles.map(({ constructor }) => constructor))).toEqual(new Set([NativeTask, RemoteRecord]))
    expect(thrownBy(() => engine.submit(call, [1, 1]))).toBeInstanceOf(QueueFullError)
    await engine.resume()
    const sums = (await Promise.all(handles.map((handle) => handle.wait()))) as number[]
    expect(sums.findIndex((sum, n) => sum !== n + 1)).toBe(-1)
    const again = await Promise.all(Array.from({ length: 500 }, (_, n) => engine.submit(call, [n, 1]).wait()))
    expect(again).toEqual(sums.slice(0, 500))
  })

  test.each([0, 1])('goes on for ever where tasks are kept for %i ms', async (keepResultMs) => {
    const engine = await startNative({ keepResults: 1 })
    const call = kernelCall('add', { keepResultMs })
    for (let wave = 0; wave < 4; wave++) {
      for (let task = 0; task < SLAB_TASKS; task++)
        expect(await engine.submit(call, [task, wave]).wait()).toBe(task + wave)
      const together = Array.from({ length: SLAB_TASKS }, (_, task) => engine.submit(call, [task, wave]).wait())
      expect(await Promise.all(together)).toEqual(together.map((_, task) => task + wave))
    }
  })

  test('a task with a delay that was called back while it ran is repeated with its delay', async () => {
    const engine = await startNative()
    const handle = engine.submit(kernelCall('spin', { delayMs: 20 }), [1e12])
    while (handle.status !== 'running') await turn()
    await engine.pause('spin')
    await engine.resume('spin')
    expect(handle.cancel()).toBe(true)
    const again = await engine.retry(handle.taskId)
    expect(again.status).toBe('scheduled')
    again.cancel()
  })

  test('of tasks over large columns few are kept, and handles keep the results of all', async () => {
    const engine = await startNative()
    const call = { ...kernelCall('add'), columns: true as const }
    const rows = 1 << 20
    const ones = new Float64Array(rows).fill(1)
    const handles: TaskHandle[] = []
    for (let turns = 0; turns < 5; turns++) {
      const handle = engine.submit(call, [new Float64Array(rows).fill(turns), ones])
      await handle.wait()
      handles.push(handle)
    }
    // two columns and the results are 24 MiB
    expect(engine.snapshot().retainedTasks).toBe(2)
    const found = await Promise.all(handles.map(({ taskId }) => engine.find(taskId)))
    expect(found.map((info) => info?.status)).toEqual([undefined, undefined, undefined, 'completed', 'completed'])
    const results = (await Promise.all(handles.map((handle) => handle.wait()))) as Float64Array[]
    expect(results.map((out, turns) => out.every((sum) => sum === turns + 1))).toEqual([true, true, true, true, true])
  })

  test('tasks that have settled may join others that somebody waits for', async () => {
    const engine = await startNative()
    const call = kernelCall('add')
    const done = engine.submit(call, [1, 2])
    await done.wait()
    const failed = engine.submit(kernelCall('spin'), [-1])
    const error = await rejectionOf(failed.wait())
    await allSettled([done], true)
    await allSettled([done, engine.submit(call, [3, 4]), failed], false)
    expect(await rejectionOf(allSettled([done, failed], true))).toBe(error)
  })

  test('tasks that somebody waits for together may be listened to, awaited and recalled as well', async () => {
    const engine = await startNative()
    await engine.pause()
    const call = kernelCall('add')
    const handles = Array.from({ length: 4 }, (_, n) => engine.submit(call, [n, 1]))
    const failing = engine.submit(kernelCall('spin'), [-1])
    const heard: unknown[] = []
    handles[0]?.onSettled((outcome) => heard.push(outcome))
    const together = allSettled([...handles, failing], false)
    const first = allSettled([failing, ...handles], true)
    handles[1]?.onSettled((outcome) => heard.push(outcome))
    const awaited = handles[2]?.wait()
    // a gate sends them all through the walk
    await engine.pause('add')
    await engine.resume()
    expect(await rejectionOf(first)).toBe(failing.outcome?.status === 'failed' ? failing.outcome.error : undefined)
    expect(handles.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'pending'])
    await engine.resume('add')
    await together
    expect(handles.map(({ outcome }) => outcome)).toEqual([1, 2, 3, 4].map((value) => ({ status: 'completed', value })))
    expect(await awaited).toBe(3)
    await turn()
    // two threads ran them
    expect(heard).toHaveLength(2)
    expect(heard).toEqual(expect.arrayContaining([1, 2].map((value) => ({ status: 'completed', value }))))
  })

  test('handles keep results and figures when their slots are used by others', async () => {
    const engine = await startNative({ queueSize: 50, keepResults: 3, keepFailures: 2 })
    const [add, spin] = [kernelCall('add'), kernelCall('spin')]
    const good = engine.submit(add, [20, 22])
    const bad = engine.submit(spin, [-1])
    await Promise.allSettled([good.wait(), bad.wait()])
    const before = [good.stats(), bad.stats()]
    for (let round = 0; round < 300; round++) {
      await Promise.allSettled([
        ...Array.from({ length: 20 }, () => engine.submit(add, [1, 1]).wait()),
        engine.submit(spin, [-2]).wait(),
      ])
    }
    expect([good.outcome, await good.wait()]).toEqual([{ status: 'completed', value: 42 }, 42])
    expect([good.stats(), bad.stats()]).toEqual(before)
    expect((await rejectionOf(bad.wait())).name).toBe('RangeError')
    expect(await engine.find(good.taskId)).toBeUndefined()
    expect(engine.snapshot().retainedTasks).toBe(5)
  })

  test('a task that is kept for a moment only is forgotten by time alone', async () => {
    let rung = (): void => {}
    const setAlarm: Clock['setAlarm'] = (delayMs, ring) =>
      systemClock.setAlarm(delayMs, () => {
        ring()
        rung()
      })
    const engine = await startNative({ clock: { ...systemClock, setAlarm } })
    const handle = engine.submit(kernelCall('add', { keepResultMs: 20 }), [1, 2])
    await handle.wait()
    expect(await engine.find(handle.taskId)).toMatchObject({ args: [1, 2] })
    while (engine.snapshot().retainedTasks > 0) await new Promise<void>((resolve) => (rung = resolve))
    expect(await engine.find(handle.taskId)).toBeUndefined()
    expect(handle.outcome).toEqual({ status: 'completed', value: 3 })
  })

  test('whoever only looks, and never lets the event loop turn, sees the end', async () => {
    const engine = await startNative()
    const handle = engine.submit(kernelCall('add'), [1, 2])
    const until = performance.now() + 30_000
    while (!isSettled(handle.status) && performance.now() < until);
    expect(handle.outcome).toEqual({ status: 'completed', value: 3 })
  })

  test('calls without number share a few plans of C', async () => {
    const engine = await startNative()
    for (let n = 1; n <= 3000; n++) {
      // every timeout is a plan of its own
      const handle = engine.submit(kernelCall('add', { timeoutMs: 1000 + n }), [n, 1])
      expect(handle.waitSync?.(30_000)).toBe(true)
    }
  })

  test('a virtual clock keeps kernels out of it', async () => {
    const clock = { now: () => 0, epochMs: () => 0, setAlarm: () => ({ cancel: () => {} }) }
    const engine = await startNative({ clock })
    expect(engine.submit(kernelCall('add'), [1, 2])).toBeInstanceOf(RemoteRecord)
  })
})

describe.skipIf(nativeMissing !== undefined)('workers', () => {
  test('are scaled between minWorkers and maxWorkers, and it is told', async () => {
    const engine = await startNative()
    const heard: unknown[] = []
    engine.subscribe(['scaled'], ({ what, from, to }) => heard.push([what, from, to]))
    await engine.scale({ workers: 4 })
    await engine.scale({ workers: 4 })
    await engine.scale({ workers: 1, inlineConcurrency: 5 })
    await turn()
    expect(heard).toEqual([
      ['workers', 2, 4],
      ['inlineConcurrency', 64, 5],
      ['workers', 4, 1],
    ])
    expect(engine.snapshot().lanes).toMatchObject({ native: { slots: 1 }, inline: { slots: 5 } })
    expect((await rejectionOf(engine.scale({ workers: 5 }))).message).toMatch(/workers accepts 1\.\.4, .*, got 5/)
  })

  test('an engine that cannot start says so', async () => {
    const createEngine = (): never => {
      throw new Error('no threads left')
    }
    const engine = new NativeEngine({ ...loadCore(), createEngine })
    const error = await rejectionOf(engine.start())
    expect(error).toBeInstanceOf(EngineUnavailableError)
    expect(error.message).toContain('no threads left')
  })
})

describe.skipIf(nativeMissing !== undefined)('everything at once', () => {
  type Step =
    | 'plain'
    | 'gated'
    | 'array'
    | 'inline'
    | 'failing'
    | 'delayed'
    | 'cancel'
    | 'pause'
    | 'resume'
    | 'turn'
    | 'limit'
  const steps: readonly Step[] = [
    'plain',
    'gated',
    'array',
    'inline',
    'failing',
    'delayed',
    'cancel',
    'pause',
    'resume',
    'turn',
    'limit',
  ]

  test('every task settles once, as its kind must, and the figures add up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...steps), { maxLength: 120 }),
        fc.infiniteStream(fc.nat()),
        async (script, numbers) => {
          // so few slots that tasks go either way
          const engine = await startWithSlots(40, { queueSize: 1000, keepResults: 5, keepFailures: 5 })
          const add = kernelCall('add')
          const calls = {
            plain: add,
            gated: kernelCall('add', { limits: { concurrency: 2, key: 'k' } }),
            array: kernelCall('sum'),
            inline: { name: 'inline', options: resolveTaskOptions({ maxRetries: 0 }), handler: (n: number) => n },
            failing: kernelCall('spin', { maxRetries: 1, retryDelayMs: 1 }),
            delayed: kernelCall('add', { delayMs: 2 }),
          }
          const handles: TaskHandle[] = []
          const told = new Map<TaskHandle, number>()
          for (const step of script) {
            const number = numbers.next().value
            if (step === 'cancel') handles[number % Math.max(1, handles.length)]?.cancel()
            else if (step === 'pause') await engine.pause(number % 2 === 0 ? 'add' : undefined)
            else if (step === 'resume') await Promise.all([engine.resume('add'), engine.resume()])
            else if (step === 'turn') await turn()
            else if (step === 'limit')
              handles.push(engine.submit({ ...add, options: { ...add.options, concurrency: 3 } }, [1, 1]))
            else
              handles.push(
                engine.submit(
                  calls[step],
                  step === 'array'
                    ? [Float64Array.of(1)]
                    : step === 'failing'
                      ? [-1]
                      : step === 'inline'
                        ? [number]
                        : [number, 1],
                ),
              )
          }
          for (const handle of handles) handle.onSettled(() => told.set(handle, (told.get(handle) ?? 0) + 1))
          await Promise.all([engine.resume('add'), engine.resume()])
          const outcomes = await Promise.all(
            handles.map((handle) => new Promise<{ status: string }>((resolve) => handle.onSettled(resolve))),
          )
          expect(handles.map((handle) => told.get(handle))).toEqual(handles.map(() => 1))
          const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length
          expect(engine.snapshot()).toMatchObject({
            submittedTasks: handles.length,
            completedTasks: count('completed'),
            failedTasks: count('failed'),
            cancelledTasks: count('cancelled'),
            totalQueued: 0,
            scheduledTasks: 0,
          })
          await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
        },
      ),
      { ...seeded, numRuns: 60 },
    )
  })
})
