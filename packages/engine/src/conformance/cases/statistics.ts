// The figures of an engine: they count what happened, once each.
import assert from 'node:assert/strict'
import type { EngineStatistics } from '../../contract/statistics.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { rejectionOf } from '../expectations.ts'
import { countsThreads, vary } from '../harness.ts'
import { allSettled, nextEvent, settled, someTurns } from '../moment.ts'

function pick<K extends keyof EngineStatistics>(
  from: EngineStatistics,
  ...keys: readonly K[]
): Pick<EngineStatistics, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<EngineStatistics, K>
}

function failing(): never {
  throw new Error('bad end')
}

export const statistics: readonly ConformanceCase[] = [
  {
    name: 'a fresh engine has counted nothing, and every figure is a finite number of its range',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 4 })
      const figures = engine.snapshot()
      for (const [name, value] of Object.entries(figures)) {
        if (typeof value === 'number') assert.ok(Number.isFinite(value) && value >= 0, `${name} is ${value}`)
      }
      const { queuePressure, avgWorkerUtilization, errorRate, memoryEfficiency } = figures
      for (const ratio of [queuePressure, avgWorkerUtilization, errorRate, memoryEfficiency]) assert.ok(ratio <= 1)
      assert.equal(figures.engine, engine.name)
      assert.ok(figures.memoryUsageMb > 1)
      assert.deepEqual(
        pick(
          figures,
          'submittedTasks',
          'totalTasksProcessed',
          'totalQueued',
          'activeWorkers',
          'retainedTasks',
          'lateRuns',
        ),
        { submittedTasks: 0, totalTasksProcessed: 0, totalQueued: 0, activeWorkers: 0, retainedTasks: 0, lateRuns: 0 },
      )
    },
  },
  {
    name: 'each way to end is counted for itself',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const call = t.define(engine, () => 1)
      const handles = [engine.submit(call, []), engine.submit(call, []), engine.submit(t.define(engine, failing), [])]
      engine.submit(call, []).cancel()
      await settled(engine.submit(vary(call, { expireAfterMs: 5 }), []))
      await engine.resume()
      await allSettled(handles)
      const { handle } = await t.occupy(engine, { timeoutMs: 5 })
      await settled(handle)
      assert.deepEqual(
        pick(
          engine.snapshot(),
          'submittedTasks',
          'completedTasks',
          'failedTasks',
          'cancelledTasks',
          'expiredTasks',
          'timeoutCount',
          'totalTasksProcessed',
          'errorRate',
        ),
        {
          submittedTasks: 6,
          completedTasks: 2,
          failedTasks: 2,
          cancelledTasks: 1,
          expiredTasks: 1,
          timeoutCount: 1,
          totalTasksProcessed: 4,
          errorRate: 0.5,
        },
      )
    },
  },
  {
    name: 'a retried task is one failure, however often it was tried',
    run: async (t) => {
      const engine = await t.start()
      await settled(engine.submit(t.define(engine, failing, { maxRetries: 3 }), []))
      assert.deepEqual(pick(engine.snapshot(), 'submittedTasks', 'failedTasks', 'retryCount', 'totalTasksProcessed'), {
        submittedTasks: 1,
        failedTasks: 1,
        retryCount: 3,
        totalTasksProcessed: 1,
      })
    },
  },
  {
    name: 'waiting tasks are counted by class, the scheduled ones apart',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const call = t.define(engine, () => 1)
      for (const [count, priority] of [
        [1, 'critical'],
        [2, 'high'],
        [3, 'normal'],
        [4, 'low'],
      ] as const) {
        for (let n = 0; n < count; n++) engine.submit(vary(call, { priority }), [])
      }
      engine.submit(vary(call, { delayMs: 60_000 }), [])
      const figures = engine.snapshot()
      assert.deepEqual(
        pick(
          figures,
          'criticalQueueSize',
          'highQueueSize',
          'normalQueueSize',
          'lowQueueSize',
          'scheduledTasks',
          'totalQueued',
        ),
        {
          criticalQueueSize: 1,
          highQueueSize: 2,
          normalQueueSize: 3,
          lowQueueSize: 4,
          scheduledTasks: 1,
          totalQueued: 11,
        },
      )
      assert.deepEqual(
        figures.priorities.map(({ queued }) => queued),
        [1, 2, 3, 4],
      )
    },
  },
  {
    name: 'tasks held back by a pause or a limit of their name are still queued',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1, { priority: 'high' })
      await engine.pause(call.name)
      engine.submit(call, [])
      engine.submit(call, [])
      await someTurns()
      assert.deepEqual(pick(engine.snapshot(), 'highQueueSize', 'totalQueued', 'scheduledTasks'), {
        highQueueSize: 2,
        totalQueued: 2,
        scheduledTasks: 0,
      })
    },
  },
  {
    name: 'slots in use, idle and in all add up',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 3 })
      const blocker = await t.occupy(engine)
      await t.occupy(engine)
      const both = engine.snapshot()
      assert.deepEqual(both.lanes.inline, { slots: 3, active: 2, queued: 0 })
      assert.equal(both.activeWorkers + both.idleWorkers, both.totalWorkers)
      if (!countsThreads(t.capabilities)) assert.deepEqual([both.activeWorkers, both.totalWorkers], [2, 3])
      blocker.release()
      await settled(blocker.handle)
      assert.deepEqual(engine.snapshot().lanes.inline, { slots: 3, active: 1, queued: 0 })
    },
  },
  {
    name: 'failures nobody has looked at are counted until somebody does',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, failing)
      const handles = [1, 2, 3].map(() => engine.submit(call, []))
      await Promise.all(handles.map(({ taskId }) => nextEvent(engine, 'failed', (event) => event.taskId === taskId)))
      assert.equal(engine.snapshot().unobservedFailures, 3)
      await rejectionOf(handles[0]?.wait() ?? Promise.resolve())
      assert.equal(engine.snapshot().unobservedFailures, 2)
      assert.equal(handles[1]?.outcome?.status, 'failed')
      await rejectionOf(handles[1]?.wait() ?? Promise.resolve())
      assert.equal(engine.snapshot().unobservedFailures, 1)
      await settled(handles[2] ?? assert.fail())
      assert.equal(engine.snapshot().unobservedFailures, 0)
    },
  },
  {
    name: 'a failure that somebody waited for was never unobserved',
    run: async (t) => {
      const engine = await t.start()
      await rejectionOf(engine.submit(t.define(engine, failing), []).wait())
      await settled(engine.submit(t.define(engine, failing), []))
      assert.equal(engine.snapshot().unobservedFailures, 0)
    },
  },
  {
    name: 'waits and run times are distributed as they were, to three figures',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine, { priority: 'high' })
      const handle = engine.submit(
        t.define(engine, () => 1, { priority: 'low' }),
        [],
      )
      await t.clock.advance(500)
      assert.equal(engine.snapshot().priorities[3].oldestAgeMs, 500)
      blocker.release()
      await handle.wait()
      const { execution, wait, priorities } = engine.snapshot()
      assert.deepEqual([execution.count, wait.count, priorities[1].wait.count, priorities[3].wait.count], [2, 2, 1, 1])
      for (const found of [execution.maxMs, wait.maxMs, priorities[3].wait.p99Ms, priorities[3].wait.meanMs]) {
        assert.ok(Math.abs(found - 500) < 1, `${found} should be 500`)
      }
      assert.equal(engine.snapshot().priorities[3].oldestAgeMs, 0)
    },
  },
  {
    name: 'rate and utilisation are those of the last ten seconds',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const blocker = await t.occupy(engine)
      await t.clock.advance(10_000)
      const { avgWorkerUtilization } = engine.snapshot()
      // a body on the event loop keeps no thread busy
      const expected = countsThreads(t.capabilities) ? 0 : 0.5
      assert.ok(
        Math.abs(avgWorkerUtilization - expected) < 0.06,
        `one of two slots was busy, utilisation ${avgWorkerUtilization}, expected ${expected}`,
      )
      blocker.release()
      const call = t.define(engine, () => 1)
      await allSettled(Array.from({ length: 99 }, () => engine.submit(call, [])))
      const { tasksPerSecond } = engine.snapshot()
      assert.ok(
        tasksPerSecond >= 9.5 && tasksPerSecond <= 11.5,
        `100 tasks in ten seconds, ${tasksPerSecond} per second`,
      )
      await t.clock.advance(20_000)
      assert.equal(engine.snapshot().tasksPerSecond, 0)
      assert.equal(engine.snapshot().totalTasksProcessed, 100)
    },
  },
  {
    name: 'uptime counts from the start',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      await t.clock.advance(90_500)
      assert.equal(engine.snapshot().uptimeSeconds, 90.5)
    },
  },
]
