// Figures against plain arithmetic: percentiles within 0.2 %, rates over the last ten seconds, ratios within 0..1.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Distribution } from '../../src/contract/statistics.ts'
import type { TaskPriority } from '../../src/contract/task.ts'
import { ClassDurations } from '../../src/typescript/class-durations.ts'
import { Statistics } from '../../src/typescript/statistics.ts'
import { RunState } from '../../src/typescript/run-state.ts'
import { TaskRecord } from '../../src/typescript/task-record.ts'
import type { TaskSeries } from '../../src/typescript/task-series.ts'
import { planOf, runningLane } from '../records.ts'

function seriesOf(statistics: Statistics, priority: TaskPriority = 2): TaskSeries {
  return statistics.series.seriesOf('some', 'inline', priority)
}

function durationsOf(statistics: Statistics): ClassDurations {
  statistics.bringUpToDate([])
  return new ClassDurations(statistics.series, [], undefined)
}

/** A task of the class and its only attempt, which started after so long. */
function started(statistics: Statistics, priority: TaskPriority, at: number, waitMs: number): TaskRecord {
  const plan = { ...planOf({ priority }), series: seriesOf(statistics, priority) }
  const record = new TaskRecord(plan, [], 0, 0, at - waitMs)
  record.run = new RunState(record)
  record.run.startedAt = at
  return record
}

function end(statistics: Statistics, record: TaskRecord, at: number, processed: 0 | 1 = 1): void {
  if (record.run === null) throw new Error('it never started')
  record.run.endedAt = at
  statistics.recordRun(record, record.run, processed)
}

function recordRun(statistics: Statistics, endedAt: number, executionMs: number, processed: 0 | 1): void {
  const startedAt = endedAt - executionMs
  end(statistics, started(statistics, 2, startedAt, 0), endedAt, processed)
}

function recordWait(statistics: Statistics, priority: TaskPriority, waitMs: number): void {
  end(statistics, started(statistics, priority, waitMs, waitMs), waitMs)
}

/** Within 0.2 %, and nanoseconds at the very small end. */
function near(value: number): { least: number; most: number } {
  return { least: value * 0.998 - 1e-6, most: value * 1.002 + 1e-6 }
}

/** Between the values at the ranks that a percentile may mean when it falls between two of them. */
function expectPercentile(actual: number, sorted: readonly number[], percent: number): void {
  const rank = (sorted.length * percent) / 100
  const lower = sorted[Math.max(0, Math.floor(rank) - 1)] ?? 0
  const upper = sorted[Math.max(0, Math.ceil(rank) - 1)] ?? 0
  expect(actual).toBeGreaterThanOrEqual(near(lower).least)
  expect(actual).toBeLessThanOrEqual(near(upper).most)
}

function expectDistribution(actual: Distribution, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b)
  expect(actual.count).toBe(values.length)
  expectPercentile(actual.p50Ms, sorted, 50)
  expectPercentile(actual.p95Ms, sorted, 95)
  expectPercentile(actual.p99Ms, sorted, 99)
  expectPercentile(actual.maxMs, sorted, 100)
  const mean = near(values.reduce((sum, value) => sum + value, 0) / values.length)
  expect(actual.meanMs).toBeGreaterThanOrEqual(mean.least)
  expect(actual.meanMs).toBeLessThanOrEqual(mean.most)
}

/** From microseconds to hours. */
const durationMs = fc.double({ min: -3, max: 7, noNaN: true }).map((exponent) => 10 ** exponent)
const nothing: Distribution = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }

describe('distributions', () => {
  test('without values are all zeros', () => {
    const statistics = new Statistics(0)
    const { wait, execution } = durationsOf(statistics).all
    expect([wait.total(), execution.total(), durationsOf(statistics).of(2).wait.total()]).toEqual([
      nothing,
      nothing,
      nothing,
    ])
  })

  test('run times: as a sorted list tells', () => {
    fc.assert(
      fc.property(fc.array(durationMs, { minLength: 1, maxLength: 300 }), (values) => {
        const statistics = new Statistics(0)
        for (const value of values) recordRun(statistics, 0, value, 1)
        const { wait, execution } = durationsOf(statistics).all
        expectDistribution(execution.total(), values)
        expect(wait.total()).toMatchObject({ count: values.length, maxMs: 0 })
      }),
      { ...seeded, numRuns: 30 },
    )
  })

  test('waits: per class, and over all classes as if they were one list', () => {
    const wait = fc.tuple(fc.constantFrom(0, 1, 2, 3), durationMs)
    fc.assert(
      fc.property(fc.array(wait, { minLength: 1, maxLength: 300 }), (waits) => {
        const statistics = new Statistics(0)
        for (const [priority, value] of waits) recordWait(statistics, priority, value)
        const all = waits.map(([, value]) => value)
        expectDistribution(durationsOf(statistics).all.wait.total(), all)
        for (const [priority, targetMs] of [1, 10, 100, 1000].entries()) {
          const own = waits.flatMap(([each, value]) => (each === priority ? [value] : []))
          statistics.bringUpToDate([])
          expect(statistics.breaches(priority as 0)).toBe(own.filter((value) => value > targetMs).length)
          expect(durationsOf(statistics).of(priority as 0).wait.count).toBe(own.length)
        }
      }),
      { ...seeded, numRuns: 30 },
    )
  })

  test('a wait of exactly the target is no breach', () => {
    const statistics = new Statistics(0)
    recordWait(statistics, 1, 10)
    recordWait(statistics, 1, 10.001)
    statistics.bringUpToDate([])
    expect(statistics.breaches(1)).toBe(1)
  })

  test('no time at all, and more than a day, are recorded within the bounds', () => {
    const statistics = new Statistics(0)
    recordRun(statistics, 0, 0, 1)
    recordRun(statistics, 0, 1e15, 1)
    const { count, p50Ms, maxMs } = durationsOf(statistics).all.execution.total()
    expect(count).toBe(2)
    expect(p50Ms).toBeLessThan(0.001)
    expect(maxMs).toBeGreaterThan(86_000_000)
  })
})

test('the wait of what runs is there at once, and counted once', () => {
  const statistics = new Statistics(0)
  const [first, second] = [started(statistics, 1, 100, 50), started(statistics, 1, 100, 5)]
  const counts = (): number[] => {
    statistics.bringUpToDate([runningLane(second)])
    const { wait, execution } = durationsOf(statistics).of(1)
    return [wait.count, execution.count, statistics.breaches(1)]
  }
  end(statistics, first, 110)
  expect(counts()).toEqual([2, 1, 1])
  expect(counts()).toEqual([2, 1, 1])
  end(statistics, second, 120)
  statistics.bringUpToDate([])
  const { wait, execution } = durationsOf(statistics).of(1)
  expect([wait.total().count, wait.total().maxMs, execution.total().count]).toEqual([2, 50, 2])
})

test('many names that take turns are each measured as if alone', () => {
  const statistics = new Statistics(0)
  for (let task = 0; task < 1000; task++) recordWait(statistics, (task % 4) as TaskPriority, task)
  for (const priority of [0, 1, 2, 3] as const) {
    expect(durationsOf(statistics).of(priority).wait.total()).toMatchObject({ count: 250, maxMs: 996 + priority })
  }
})

describe('tasks per second', () => {
  test('are those of the last ten seconds, the present one included, over the time they cover', () => {
    const startsAt = fc.double({ min: 0, max: 100_000, noNaN: true })
    const gapMs = fc.oneof(fc.double({ min: 0, max: 300, noNaN: true }), fc.constantFrom(1000, 9999, 12_345, 100_000))
    const runs = fc.array(fc.tuple(gapMs, fc.constantFrom(0, 1)), { maxLength: 80 })
    fc.assert(
      fc.property(startsAt, runs, (startedAt, steps) => {
        const statistics = new Statistics(startedAt)
        const processed: number[] = []
        let now = startedAt
        for (const [gap, ended] of steps) {
          now += gap
          recordRun(statistics, now, 1, ended)
          if (ended === 1) processed.push(now)
        }
        const windowFrom = Math.max((Math.floor(now / 1000) - 9) * 1000, startedAt)
        const inWindow = processed.filter((at) => at >= windowFrom).length
        const expected = (inWindow * 1000) / Math.max(1, now - windowFrom)
        statistics.bringUpToDate([])
        expect(statistics.tasksPerSecond(now)).toBeCloseTo(expected, 6)
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('a steady stream is shown as it is', () => {
    const statistics = new Statistics(5000)
    for (let at = 5000; at < 65_000; at += 10) recordRun(statistics, at, 1, 1)
    statistics.bringUpToDate([])
    expect(statistics.tasksPerSecond(65_000)).toBeCloseTo(100, 0)
  })

  test('a long idle time leaves nothing of the time before, and what comes after counts alone', () => {
    for (const idleMs of [10_000, 10_001, 25_000, 3_600_000]) {
      const statistics = new Statistics(0)
      for (let at = 0; at < 10_000; at += 100) recordRun(statistics, at, 50, 1)
      statistics.bringUpToDate([])
      expect(statistics.tasksPerSecond(9_999)).toBeGreaterThan(9)
      const later = 9_999 + idleMs
      statistics.bringUpToDate([])
      expect(statistics.tasksPerSecond(later)).toBe(0)
      statistics.bringUpToDate([])
      expect(statistics.utilization(later, 1, [])).toBe(0)
      recordRun(statistics, later, 10, 1)
      statistics.bringUpToDate([])
      expect(statistics.tasksPerSecond(later)).toBeCloseTo(1000 / (9000 + (later % 1000)), 6)
    }
  })

  test('a retried attempt is no processed task', () => {
    const statistics = new Statistics(0)
    recordRun(statistics, 500, 5, 0)
    statistics.bringUpToDate([])
    expect(statistics.tasksPerSecond(1000)).toBe(0)
    expect(durationsOf(statistics).all.execution.count).toBe(1)
  })
})

describe('utilization', () => {
  test('is a ratio, whatever was recorded', () => {
    const run = fc.tuple(fc.nat(5000), fc.nat(60_000))
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(100_000), { maxLength: 8 }),
        (runs, slots, running) => {
          const statistics = new Statistics(0)
          let now = 0
          for (const [gap, executionMs] of runs) recordRun(statistics, (now += gap), executionMs, 1)
          statistics.bringUpToDate([])
          const ratio = statistics.utilization(
            now,
            slots,
            running.map((age) => now - age),
          )
          expect(ratio).toBeGreaterThanOrEqual(0)
          expect(ratio).toBeLessThanOrEqual(1)
        },
      ),
      seeded,
    )
  })

  test('half the slots busy all the time is one half, finished or still running', () => {
    const finished = new Statistics(0)
    for (let at = 100; at <= 8000; at += 100) recordRun(finished, at, 100, 1)
    finished.bringUpToDate([])
    expect(finished.utilization(8000, 2, [])).toBeCloseTo(0.5, 6)
    expect(new Statistics(0).utilization(8000, 2, [0])).toBeCloseTo(0.5, 6)
  })

  test('one of 64 slots busy for minutes is a 64th, while it runs and when it has ended', () => {
    const statistics = new Statistics(0)
    statistics.bringUpToDate([])
    expect(statistics.utilization(600_000, 64, [0])).toBeCloseTo(1 / 64, 6)
    recordRun(statistics, 600_000, 600_000, 1)
    statistics.bringUpToDate([])
    expect(statistics.utilization(600_000, 64, [])).toBeCloseTo(1 / 64, 6)
  })
})
