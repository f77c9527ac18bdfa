// What is told, counted and kept of kernels, and how an engine ends with them.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { vary } from '../harness.ts'
import { FOR_EVER, needs, occupyWorkers, onBothWays, startEngine } from '../kernel-cases.ts'
import { allSettled, nextEvent, recordEvents, settled } from '../moment.ts'

export const kernelRecords: readonly ConformanceCase[] = [
  ...onBothWays('events of kernels come in order, with their own times', async (t, more) => {
    const engine = await startEngine(t)
    const types = ['scheduled', 'queued', 'started', 'completed', 'drained'] as const
    const heard = recordEvents(engine, types)
    const handle = engine.submit(t.defineKernel(engine, 'add', { ...more, delayMs: 5 }), [1, 2])
    const drained = nextEvent(engine, 'drained')
    await handle.wait()
    await drained
    assert.deepEqual(
      heard.map(({ type }) => type),
      ['scheduled', 'queued', 'started', 'completed', 'drained'],
    )
    const times = heard.map(({ at }) => at)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    const { startedAt, completedAt } = handle.stats()
    assert.ok(Math.abs((times[2] ?? 0) - (startedAt ?? 0)) < 0.01)
    assert.ok(Math.abs((times[3] ?? 0) - (completedAt ?? 0)) < 0.01)
  }),
  ...onBothWays('kernels are counted, measured and kept as other tasks are', async (t, more) => {
    const engine = await startEngine(t)
    const add = t.defineKernel(engine, 'add', { ...more, priority: 'high' })
    const handles = Array.from({ length: 20 }, (_, n) => engine.submit(add, [n, n]))
    const failed = engine.submit(t.defineKernel(engine, 'spin', more), [-1])
    await allSettled([...handles, failed])
    const figures = engine.snapshot()
    const { submittedTasks, completedTasks, failedTasks, totalTasksProcessed, totalQueued, retainedTasks } = figures
    assert.deepEqual(
      { submittedTasks, completedTasks, failedTasks, totalTasksProcessed, totalQueued, retainedTasks },
      {
        submittedTasks: 21,
        completedTasks: 20,
        failedTasks: 1,
        totalTasksProcessed: 21,
        totalQueued: 0,
        retainedTasks: 21,
      },
    )
    assert.deepEqual([figures.execution.count, figures.wait.count, figures.priorities[1].wait.count], [21, 21, 20])
    assert.deepEqual([figures.lanes.native, figures.totalWorkers], [{ slots: 1, active: 0, queued: 0 }, 1])
    assert.ok(figures.cAcceleration && figures.tasksPerSecond > 0)
    const found = await engine.find(handles[3]?.taskId ?? '')
    assert.deepEqual([found?.args, found?.outcome], [[3, 3], { status: 'completed', value: 6 }])
    const { tasks } = await engine.list({ name: add.name, limit: 3 })
    assert.deepEqual(
      tasks.map(({ taskId }) => taskId),
      handles
        .slice(-3)
        .toReversed()
        .map(({ taskId }) => taskId),
    )
  }),
  {
    name: 'lists merge kernels and other tasks, newest first, page by page',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const calls = [
        t.defineKernel(engine, 'noop'),
        t.define(engine, () => 1),
        t.defineKernel(engine, 'noop', { concurrency: 9 }),
      ]
      const handles = Array.from({ length: 12 }, (_, n) => engine.submit(calls[n % 3] ?? assert.fail(), []))
      await allSettled(handles)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await engine.list({ limit: 5, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.tasks.map(({ taskId }) => taskId))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      assert.deepEqual(seen, handles.map(({ taskId }) => taskId).toReversed())
    },
  },
  ...onBothWays('a kernel that failed or was cancelled is retried by its id', async (t, more) => {
    const engine = await startEngine(t)
    const failed = engine.submit(t.defineKernel(engine, 'spin', more), [-1])
    await settled(failed)
    const again = await engine.retry(failed.taskId)
    assert.equal((await settled(again)).status, 'failed')
    assert.equal((await engine.find(again.taskId))?.retryOf, failed.taskId)
  }),
  ...onBothWays('failures of kernels that nobody has looked at are counted until somebody does', async (t, more) => {
    const engine = await startEngine(t)
    const spin = t.defineKernel(engine, 'spin', more)
    const handles = [engine.submit(spin, [-1]), engine.submit(spin, [-1])]
    await engine.submit(t.defineKernel(engine, 'spin', { ...more, priority: 'low' }), [1]).wait()
    assert.equal(engine.snapshot().unobservedFailures, 2)
    await rejectionOf(handles[0]?.wait() ?? Promise.resolve())
    assert.equal(handles[1]?.outcome?.status, 'failed')
    assert.equal(engine.snapshot().unobservedFailures, 0)
  }),
  ...onBothWays('waitSync holds the thread up until a kernel has settled, or its time is over', async (t, more) => {
    const engine = await startEngine(t)
    const quick = engine.submit(t.defineKernel(engine, 'add', { ...more, delayMs: 3 }), [1, 2])
    assert.equal(quick.waitSync?.(60_000), true)
    assert.deepEqual(quick.outcome, { status: 'completed', value: 3 })
    const retried = engine.submit(t.defineKernel(engine, 'spin', { ...more, maxRetries: 1, retryDelayMs: 5 }), [-1])
    assert.equal(retried.waitSync?.(60_000), true)
    assert.deepEqual([retried.status, retried.stats().retries], ['failed', 1])
    const slow = engine.submit(t.defineKernel(engine, 'spin', more), [FOR_EVER])
    assert.equal(slow.waitSync?.(5), false)
    slow.cancel()
    const inline = engine.submit(
      t.define(engine, () => 1),
      [],
    )
    assert.equal('waitSync' in inline, false)
    await inline.wait()
  }),
  ...onBothWays('a stop runs what waits, and abandons a kernel that is not over in time', async (t, more) => {
    const engine = await startEngine(t, 2)
    const blockers = await occupyWorkers(t, engine, 1)
    const add = t.defineKernel(engine, 'add', more)
    const handles = Array.from({ length: 10 }, (_, n) => engine.submit(add, [n, 1]))
    const later = engine.submit(vary(add, { delayMs: 60_000 }), [1, 1])
    const report = await engine.stop({ waitForCompletion: true, timeoutMs: 100 })
    assert.deepEqual(
      handles.map(({ status }) => status),
      handles.map(() => 'completed'),
    )
    assert.deepEqual(
      [report.completed, report.cancelled, report.abandoned.map(({ taskId }) => taskId)],
      [10, 1, [blockers[0]?.taskId]],
    )
    for (const handle of [later, ...blockers]) expectError(await rejectionOf(handle.wait()), 'EngineClosedError')
  }),
  {
    name: 'onSuccess and onFailure are called for kernels',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const [won, lost] = [t.moment<unknown>('onSuccess'), t.moment<Error>('onFailure')]
      engine.submit(t.defineKernel(engine, 'add', { onSuccess: (value) => won.reach(value) }), [1, 2])
      engine.submit(t.defineKernel(engine, 'spin', { onFailure: (error) => lost.reach(error) }), [-1])
      assert.equal(await won.reached, 3)
      assert.equal((await lost.reached).name, 'RangeError')
    },
  },
  {
    name: 'on a virtual clock kernels keep its time',
    needs: ['nativeLane', 'virtualClock'],
    run: async (t) => {
      const engine = await startEngine(t)
      const delayed = engine.submit(t.defineKernel(engine, 'add', { delayMs: 86_400_000 }), [1, 2])
      await t.clock.advance(86_400_000)
      assert.equal(await delayed.wait(), 3)
      assert.equal((delayed.stats().startedAt ?? 0) - delayed.stats().createdAt, 86_400_000)
      const endless = engine.submit(t.defineKernel(engine, 'spin', { timeoutMs: 5000 }), [FOR_EVER])
      await nextEvent(engine, 'started')
      await t.clock.advance(5000)
      expectError(await rejectionOf(endless.wait()), 'TaskTimeoutError', '5000')
    },
  },
]
