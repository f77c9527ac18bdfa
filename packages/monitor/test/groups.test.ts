// The groups of the documentation, with every field, on both engines.
import { prometheusText } from '@catzilla/monitor'
import { HeldBody } from '@catzilla/test-kit/gate'
import { describe, expect, test } from 'vitest'
import { callOf, engineNames, startEngine, watch } from './engines.ts'

const groups = {
  queueMetrics: 'criticalQueueSize highQueueSize normalQueueSize lowQueueSize totalQueued queuePressure',
  workerMetrics: 'activeWorkers idleWorkers totalWorkers avgWorkerUtilization',
  performanceMetrics:
    'tasksPerSecond avgExecutionTimeMs p95ExecutionTimeMs p99ExecutionTimeMs avgWaitTimeMs p95WaitTimeMs p99WaitTimeMs memoryUsageMb memoryEfficiency',
  errorMetrics: 'failedTasks retryCount timeoutCount errorRate',
  system: 'cAcceleration jemallocEnabled autoScaling engine uptimeSeconds totalTasksProcessed',
} as const

/** Those that go on while the figures are read. */
const moving = new Set([
  'avgWorkerUtilization',
  'tasksPerSecond',
  'avgWaitTimeMs',
  'p95WaitTimeMs',
  'p99WaitTimeMs',
  'avgExecutionTimeMs',
  'p95ExecutionTimeMs',
  'p99ExecutionTimeMs',
  'memoryUsageMb',
  'memoryEfficiency',
  'uptimeSeconds',
])

describe.each(engineNames)('on the %s engine', (name) => {
  test('every group has every field, and the figures of the engine', async () => {
    const engine = await startEngine(name, { inlineConcurrency: 1 })
    const monitor = watch(engine)
    await engine
      .submit(
        callOf('one', () => 1, { priority: 'high' }),
        [],
      )
      .wait()
    const held = new HeldBody()
    const running = engine.submit(callOf('held', held.run), [])
    await held.begun
    engine.submit(
      callOf('waits', () => 1, { priority: 'low' }),
      [],
    )
    const found = monitor.getStats()
    const flat: Record<string, unknown> = { ...engine.snapshot() }
    for (const [group, fields] of Object.entries(groups) as [keyof typeof groups, string][]) {
      expect(Object.keys(found[group]).toSorted()).toEqual(fields.split(' ').toSorted())
      for (const [field, value] of Object.entries(found[group])) expect(typeof value).toBe(typeof flat[field])
      const still = Object.entries(found[group]).filter(([field]) => !moving.has(field))
      expect(Object.fromEntries(still)).toEqual(Object.fromEntries(still.map(([field]) => [field, flat[field]])))
    }
    expect(found.queueMetrics).toMatchObject({ lowQueueSize: 1, totalQueued: 1 })
    expect(found.priorities.low).toMatchObject({ queued: 1, targetMs: 1000 })
    expect(found.priorities.high.wait.count).toBe(1)
    expect(found.priorities.high.recentWait.count).toBe(1)
    expect(found.lanes.inline).toMatchObject({ slots: 1, active: 1, queued: 1, memoryMb: expect.any(Number) })
    expect(found.lanes.inline?.memoryMb).toBeGreaterThan(1)
    expect(found.names['one']).toMatchObject({ submitted: 1, completed: 1, execution: { total: { count: 1 } } })
    held.release()
    await running.wait()
  })

  test('the text for Prometheus has counters, gauges and histograms of the same figures', async () => {
    const engine = await startEngine(name)
    const monitor = watch(engine)
    await engine
      .submit(
        callOf('one', () => 1),
        [],
      )
      .wait()
    const text = await prometheusText(monitor)
    expect(text).toContain('catzilla_tasks_finished_total{state="completed"} 1')
    expect(text).toContain(`catzilla_engine_info{engine="${name}"} 1`)
    expect(text).toContain('catzilla_class_wait_seconds_bucket{priority="normal",le="+Inf"} 1')
    expect(text).toContain('catzilla_name_execution_seconds_count{name="one"} 1')
    expect(text).toContain('# TYPE catzilla_class_wait_seconds histogram')
  })
})
