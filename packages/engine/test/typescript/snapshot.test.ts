// The snapshot counts every task once, where it is, and its sums agree with each other.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { QueueFullError } from '../../src/contract/errors.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { gatedBody, startEngine } from './started-engine.ts'

const fails = (): never => {
  throw new Error('failed')
}

describe('queues', () => {
  test('an idle engine: zeros, and all workers idle', async () => {
    const { engine } = await startEngine({ inlineConcurrency: 4, queueSize: 10 })
    expect(engine.snapshot()).toMatchObject({
      engine: 'typescript',
      criticalQueueSize: 0,
      highQueueSize: 0,
      normalQueueSize: 0,
      lowQueueSize: 0,
      totalQueued: 0,
      scheduledTasks: 0,
      queuePressure: 0,
      activeWorkers: 0,
      idleWorkers: 4,
      totalWorkers: 4,
      avgWorkerUtilization: 0,
      tasksPerSecond: 0,
      errorRate: 0,
      totalTasksProcessed: 0,
      retainedTasks: 0,
      cAcceleration: false,
      autoScaling: false,
      uptimeSeconds: 0,
    })
  })

  test('ready, parked, scheduled, retrying and running tasks each stand in their place', async () => {
    const { engine, clock, run } = await startEngine({ inlineConcurrency: 3, queueSize: 20 })
    const parked: TaskOptions = { priority: 'high', concurrency: 1 }
    run(fails, { retryBackoff: 'fixed', retryDelayMs: 5000, retryJitter: 0 })
    await clock.advance(0)
    run(gatedBody().body, parked, 'limited')
    run(gatedBody().body)
    await clock.advance(0)
    const held = run(() => {}, parked, 'limited')
    await clock.advance(0)
    expect(await engine.find(held.taskId)).toMatchObject({ waitingFor: 'its concurrency limit of 1 is reached' })
    run(gatedBody().body)
    await clock.advance(0)
    for (const priority of ['critical', 'normal', 'normal', 'low'] as const) run(() => {}, { priority })
    run(() => {}, { delayMs: 9000 })
    await clock.advance(40)
    expect(engine.snapshot()).toMatchObject({
      criticalQueueSize: 1,
      highQueueSize: 1,
      normalQueueSize: 2,
      lowQueueSize: 1,
      totalQueued: 7,
      scheduledTasks: 2,
      queuePressure: 7 / 20,
      retryCount: 1,
      activeWorkers: 3,
      idleWorkers: 0,
      totalWorkers: 3,
      submittedTasks: 10,
    })
    const { priorities } = engine.snapshot()
    expect(priorities.map(({ queued }) => queued)).toEqual([1, 1, 2, 1])
    expect(priorities.map(({ oldestAgeMs }) => oldestAgeMs)).toEqual([40, 40, 40, 40])
    expect(priorities.map(({ targetMs }) => targetMs)).toEqual([1, 10, 100, 1000])
  })

  test('scaled below what runs: nobody is idle, and not less than nobody', async () => {
    const { engine, run, clock } = await startEngine({ inlineConcurrency: 3 })
    for (let task = 0; task < 3; task++) run(gatedBody().body)
    await clock.advance(0)
    await engine.scale({ inlineConcurrency: 1 })
    expect(engine.snapshot()).toMatchObject({ activeWorkers: 3, idleWorkers: 0, totalWorkers: 1 })
  })
})

describe('outcomes', () => {
  test('each end is counted as what it was', async () => {
    const { engine, clock, run } = await startEngine({ queueSize: 3, inlineConcurrency: 2 })
    const stuck = run(gatedBody().body, { timeoutMs: 50, maxRetries: 0 })
    await clock.advance(100)
    run(() => {})
    run(fails, { maxRetries: 1, retryBackoff: 'none' })
    await clock.advance(100)
    run(() => {}, { delayMs: 5000 }).cancel()
    run(() => {}, { delayMs: 5000, expireAfterMs: 10 })
    await clock.advance(100)
    for (let task = 0; task < 3; task++) run(() => {}, { delayMs: 9000 })
    expect(() => run(() => {})).toThrow(QueueFullError)
    expect(engine.snapshot()).toMatchObject({
      submittedTasks: 8,
      completedTasks: 1,
      failedTasks: 2,
      cancelledTasks: 1,
      expiredTasks: 1,
      rejectedTasks: 1,
      retryCount: 1,
      timeoutCount: 1,
      totalTasksProcessed: 3,
      errorRate: 2 / 3,
      unobservedFailures: 2,
      lateRuns: 1,
      retainedTasks: 5,
    })
    await rejectionOf(stuck.wait())
    expect(engine.snapshot().unobservedFailures).toBe(1)
  })

  test('what was given up is counted until it ends', async () => {
    const { engine, clock, run } = await startEngine()
    const { body, end } = gatedBody()
    run(body, { timeoutMs: 10, maxRetries: 0 })
    await clock.advance(10)
    expect(engine.snapshot()).toMatchObject({ lateRuns: 1, activeWorkers: 0 })
    end()
    await clock.advance(0)
    expect(engine.snapshot()).toMatchObject({ lateRuns: 0, failedTasks: 1, completedTasks: 0 })
  })
})

describe('times', () => {
  test('waits and run times are those of the clock', async () => {
    const { engine, clock, run } = await startEngine({ inlineConcurrency: 1 })
    const body = (): Promise<void> => new Promise((resolve) => void clock.setAlarm(250, resolve))
    for (let task = 0; task < 4; task++) run(body)
    await clock.advance(1000)
    const figures = engine.snapshot()
    expect(figures.execution).toMatchObject({ count: 4 })
    for (const value of [figures.avgExecutionTimeMs, figures.p95ExecutionTimeMs, figures.p99ExecutionTimeMs]) {
      expect(value).toBeCloseTo(250, 0)
    }
    expect(figures.avgWaitTimeMs / 375).toBeCloseTo(1, 2)
    expect(figures.p99WaitTimeMs / 750).toBeCloseTo(1, 2)
    expect(figures.avgWorkerUtilization).toBeCloseTo(1, 6)
    expect(figures.tasksPerSecond).toBeCloseTo(4, 6)
    expect(figures.uptimeSeconds).toBe(1)
    expect(figures.priorities[2]).toMatchObject({ breaches: 3 })
  })

  test('a delay is no wait', async () => {
    const { engine, clock, run } = await startEngine()
    run(() => {}, { delayMs: 5000 })
    await clock.advance(6000)
    expect(engine.snapshot().wait).toMatchObject({ count: 1 })
    expect(engine.snapshot().wait.maxMs).toBeLessThan(0.001)
  })

  test('memory is that of the process, in MiB, and a ratio', async () => {
    const { engine } = await startEngine()
    const { memoryUsageMb, memoryEfficiency } = engine.snapshot()
    expect(memoryUsageMb).toBeGreaterThan(5)
    expect(memoryUsageMb).toBeLessThan(100_000)
    expect(memoryEfficiency).toBeGreaterThan(0)
    expect(memoryEfficiency).toBeLessThanOrEqual(1)
  })
})
