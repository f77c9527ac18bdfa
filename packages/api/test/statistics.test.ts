// The figures, flat and in groups.
import { createTestTasks } from '@catzilla/api/testing'
import { HeldBody } from '@catzilla/test-kit/gate'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

/** The fields of the documentation; each must be there, whatever the engine. */
const queue = 'criticalQueueSize highQueueSize normalQueueSize lowQueueSize totalQueued queuePressure'.split(' ')
const workers = 'activeWorkers idleWorkers totalWorkers avgWorkerUtilization'.split(' ')
const performance =
  'tasksPerSecond avgExecutionTimeMs p95ExecutionTimeMs p99ExecutionTimeMs avgWaitTimeMs p95WaitTimeMs p99WaitTimeMs memoryUsageMb memoryEfficiency'.split(
    ' ',
  )
const errors = 'failedTasks retryCount timeoutCount errorRate'.split(' ')
const numbers = [...queue, ...workers, ...performance, ...errors, 'uptimeSeconds', 'totalTasksProcessed']
const system = 'cAcceleration jemallocEnabled autoScaling engine uptimeSeconds totalTasksProcessed'.split(' ')

describe('getStats', () => {
  test('has every field, each a sane number, before anything has run', () => {
    const tasks = tasksForTest()
    const stats: Record<string, unknown> = { ...tasks.getStats() }
    for (const field of numbers) expect([field, Number.isFinite(stats[field])]).toEqual([field, true])
    for (const field of [
      'totalQueued',
      'activeWorkers',
      'tasksPerSecond',
      'avgWaitTimeMs',
      'failedTasks',
      'errorRate',
    ]) {
      expect([field, stats[field]]).toEqual([field, 0])
    }
    const { name, capabilities } = tasks.engine
    expect(stats).toMatchObject({ engine: name, cAcceleration: capabilities.nativeLane })
    expect(stats['jemallocEnabled']).toBeTypeOf('boolean')
    expect(stats['autoScaling']).toBeTypeOf('boolean')
    expect(stats['memoryUsageMb']).toBeGreaterThan(1)
    expect(stats['memoryEfficiency']).toBeGreaterThan(0)
    expect(stats['memoryEfficiency']).toBeLessThanOrEqual(1)
    expect(JSON.parse(JSON.stringify(stats))).toEqual(stats)
  })

  test('counts what waits by class, and how full the queue is', async () => {
    const tasks = tasksForTest({ queueSize: 20, inlineConcurrency: 4 })
    await tasks.pause()
    const body = tasks.task({ name: 'body' }, () => 1)
    const counts = { critical: 1, high: 2, normal: 3, low: 4 } as const
    for (const [priority, count] of Object.entries(counts)) {
      body.with({ priority: priority as keyof typeof counts }).batch(Array.from({ length: count }, () => []))
    }
    body.with({ delayMs: 60_000 }).delay()
    expect(tasks.getStats()).toMatchObject({
      criticalQueueSize: 1,
      highQueueSize: 2,
      normalQueueSize: 3,
      lowQueueSize: 4,
      totalQueued: 11,
      scheduledTasks: 1,
      queuePressure: 11 / 20,
      activeWorkers: 0,
      idleWorkers: 4,
      totalWorkers: 4,
    })
  })

  test('counts who runs', async () => {
    const tasks = tasksForTest({ engine: 'typescript', inlineConcurrency: 3 })
    const held = [new HeldBody(), new HeldBody()]
    const results = held.map(({ run }) => tasks.addTask(run))
    await Promise.all(held.map(({ begun }) => begun))
    expect(tasks.getStats()).toMatchObject({ activeWorkers: 2, idleWorkers: 1, totalWorkers: 3, totalQueued: 0 })
    for (const each of held) each.release()
    await Promise.all(results.map((result) => result.wait()))
    expect(tasks.getStats()).toMatchObject({ activeWorkers: 0, idleWorkers: 3 })
  })

  test('counts ends, retries, timeouts and refusals, and the rates that follow', async () => {
    const tasks = createTestTasks({ queueSize: 1, taskDefaults: { maxRetries: 1, retryJitter: 0 } })
    for (const _ of [1, 2, 3]) {
      tasks.addTask(() => 1)
      await tasks.advance(1000)
    }
    const failing = rejectionOf(tasks.addTask(() => Promise.reject(new Error('no'))).wait())
    await tasks.advance(1000)
    await failing
    const slow = rejectionOf(tasks.addTask(() => new Promise(() => {}), [], { timeoutMs: 10, maxRetries: 0 }).wait())
    await tasks.advance(10)
    await slow
    await tasks.pause()
    const waiting = tasks.addTask(() => 1)
    expect(() => tasks.addTask(() => 1)).toThrow(/full/)
    waiting.cancel()
    tasks.addTask(() => 1, [], { expireAfterMs: 10 })
    await tasks.advance(10)
    expect(tasks.getStats()).toMatchObject({
      submittedTasks: 7,
      completedTasks: 3,
      failedTasks: 2,
      cancelledTasks: 1,
      expiredTasks: 1,
      retryCount: 1,
      timeoutCount: 1,
      rejectedTasks: 1,
      totalTasksProcessed: 5,
      errorRate: 2 / 5,
      unobservedFailures: 0,
      uptimeSeconds: 4.02,
    })
    expect(tasks.getStats().tasksPerSecond).toBeCloseTo(5 / 4.02, 6)
  })

  test('measures waits and runs', async () => {
    const tasks = createTestTasks({ inlineConcurrency: 1 })
    const held = new HeldBody()
    await tasks.pause()
    const result = tasks.addTask(held.run)
    await tasks.advance(200)
    await tasks.resume()
    await tasks.advance(400)
    held.release()
    await result.wait()
    const stats = tasks.getStats()
    for (const field of ['avgWaitTimeMs', 'p95WaitTimeMs', 'p99WaitTimeMs'] as const) {
      expect(stats[field] / 200).toBeCloseTo(1, 2)
    }
    for (const field of ['avgExecutionTimeMs', 'p95ExecutionTimeMs', 'p99ExecutionTimeMs'] as const) {
      expect(stats[field] / 400).toBeCloseTo(1, 2)
    }
    expect(stats.avgWorkerUtilization).toBeCloseTo(400 / 600, 6)
  })
})

describe('monitor.getStats', () => {
  test('is the same figures, in groups', async () => {
    const tasks = createTestTasks()
    await tasks.addTask(() => 1).wait()
    await tasks.pause()
    tasks.addTask(() => 1, [], { priority: 'critical' })
    const flat: Record<string, unknown> = { ...tasks.getStats() }
    const groups = tasks.monitor.getStats()
    const fields = {
      queueMetrics: queue,
      workerMetrics: workers,
      performanceMetrics: performance,
      errorMetrics: errors,
      system,
    }
    const none = { slots: 0, active: 0, queued: 0 }
    expect(groups.lanes).toMatchObject({ inline: { slots: 64, active: 0, queued: 1 }, thread: none, process: none })
    for (const [group, names] of Object.entries(fields)) {
      const figures: Record<string, unknown> = { ...groups[group as keyof typeof fields] }
      expect(Object.keys(figures).toSorted()).toEqual(names.toSorted())
      // memory is of the moment
      for (const name of names.filter((each) => !each.startsWith('memory'))) {
        expect([name, figures[name]]).toEqual([name, flat[name]])
      }
    }
  })

  test('tells of each class what waits, how long, and against which target', async () => {
    const tasks = createTestTasks({ inlineConcurrency: 1 })
    const body = tasks.task({ name: 'body' }, () => 1)
    await tasks.pause()
    for (const priority of ['critical', 'high', 'normal', 'low'] as const) body.with({ priority }).delay()
    await tasks.advance(50)
    const { priorities } = tasks.monitor.getStats()
    expect(Object.keys(priorities)).toEqual(['critical', 'high', 'normal', 'low'])
    expect(Object.values(priorities).map(({ targetMs }) => targetMs)).toEqual([1, 10, 100, 1000])
    for (const each of Object.values(priorities))
      expect(each).toMatchObject({ queued: 1, oldestAgeMs: 50, breaches: 0 })
    await tasks.resume()
    await tasks.drain()
    const after = tasks.monitor.getStats().priorities
    expect(Object.values(after).map(({ breaches }) => breaches)).toEqual([1, 1, 0, 0])
    for (const each of Object.values(after)) {
      expect(each).toMatchObject({ queued: 0, oldestAgeMs: 0, wait: { count: 1 } })
      expect(each.wait.maxMs).toBeGreaterThanOrEqual(49)
    }
  })
})
