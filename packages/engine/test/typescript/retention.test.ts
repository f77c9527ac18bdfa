// Settled tasks are forgotten by age, driven by time alone, and by number, the oldest first.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Retention } from '../../src/typescript/retention.ts'
import type { TaskRecord } from '../../src/typescript/task-record.ts'
import { TimerQueue } from '../../src/typescript/timer-queue.ts'
import { settledColumns, settledRecord } from '../records.ts'
import { SteppedClock } from './stepped-clock.ts'

interface Kept {
  readonly clock: SteppedClock
  readonly timers: TimerQueue
  readonly retention: Retention
  /** Sequences in the order in which they were forgotten, each with the moment. */
  readonly forgotten: [number, number][]
  /** Settles task `sequence` now. */
  readonly keep: (sequence: number, keepResultMs: number) => void
}

function keeping(limit: number): Kept {
  const clock = new SteppedClock(1000)
  const timers = new TimerQueue(clock, () => {})
  const forgotten: [number, number][] = []
  const forget = (record: TaskRecord): void => void forgotten.push([record.sequence, clock.now()])
  const retention = new Retention(limit, timers, forget)
  const keep = (sequence: number, keepResultMs: number): void =>
    retention.keep(settledRecord(sequence, clock.now(), keepResultMs), clock.now())
  return { clock, timers, retention, forgotten, keep }
}

describe('by age', () => {
  test('time alone forgets a task, at the end of its keepResultMs', () => {
    const { clock, retention, forgotten, keep } = keeping(100)
    keep(1, 50)
    clock.moveTo(1020)
    keep(2, 50)
    clock.moveTo(1049)
    expect([forgotten, retention.size]).toEqual([[], 2])
    clock.moveTo(2000)
    expect(forgotten).toEqual([
      [1, 1050],
      [2, 1070],
    ])
    expect(retention.size).toBe(0)
  })

  test('tasks with different ages do not wait for each other', () => {
    const { clock, forgotten, keep } = keeping(100)
    keep(1, 500)
    keep(2, 10)
    clock.moveTo(1005)
    keep(3, 10)
    keep(4, 100)
    clock.moveTo(5000)
    expect(forgotten).toEqual([
      [2, 1010],
      [3, 1015],
      [4, 1105],
      [1, 1500],
    ])
  })

  test('nothing is kept for 0 ms, and everything for very long', () => {
    const { clock, retention, forgotten, keep } = keeping(100)
    keep(1, 0)
    expect([forgotten, retention.size]).toEqual([[[1, 1000]], 0])
    keep(2, Number.MAX_VALUE)
    clock.moveTo(1e12)
    expect(retention.size).toBe(1)
  })

  test('an age that was used up is armed again by the next task', () => {
    const { clock, timers, forgotten, keep } = keeping(100)
    keep(1, 10)
    clock.moveTo(2000)
    expect(timers.length).toBe(0)
    keep(2, 10)
    clock.moveTo(3000)
    expect(forgotten.map(([sequence]) => sequence)).toEqual([1, 2])
  })

  test('one timer serves all tasks of the same age', () => {
    const { timers, keep } = keeping(1000)
    for (let sequence = 1; sequence <= 100; sequence++) keep(sequence, sequence % 2 === 0 ? 10 : 20)
    expect(timers.length).toBe(2)
  })
})

describe('by number', () => {
  test('the oldest goes first, whatever its age list', () => {
    const { clock, retention, forgotten, keep } = keeping(3)
    for (const [sequence, keepMs] of [
      [1, 5000],
      [2, 100],
      [3, 5000],
      [4, 100],
      [5, 9000],
    ] as const) {
      clock.moveTo(1000 + sequence)
      keep(sequence, keepMs)
    }
    expect(forgotten).toEqual([
      [1, 1004],
      [2, 1005],
    ])
    expect(retention.size).toBe(3)
  })

  test('a limit of 0 keeps nothing', () => {
    const { timers, retention, forgotten, keep } = keeping(0)
    keep(1, 5000)
    expect([forgotten.length, retention.size, timers.length]).toEqual([1, 0, 0])
  })

  test('a limit of 1 keeps the latest', () => {
    const { clock, forgotten, keep } = keeping(1)
    for (let sequence = 1; sequence <= 3; sequence++) {
      clock.moveTo(clock.now() + 1)
      keep(sequence, sequence * 1000)
    }
    expect(forgotten.map(([sequence]) => sequence)).toEqual([1, 2])
  })
})

describe('whole columns', () => {
  const MIB = 1024 * 1024
  /** Rows of which one column is 8 MiB: with its results a task holds 16. */
  const rows = MIB

  test('go by their bytes as well, the oldest first, and nothing else goes with them', () => {
    const { clock, retention, forgotten, keep } = keeping(100)
    keep(1, 5000)
    for (let sequence = 2; sequence <= 7; sequence++) retention.keep(settledColumns(sequence, 1000, rows), 1000)
    expect(forgotten.map(([sequence]) => sequence)).toEqual([2, 3])
    expect(retention.size).toBe(5)
    clock.moveTo(9000)
    expect(forgotten.map(([sequence]) => sequence)).toEqual([2, 3, 1, 4, 5, 6, 7])
    expect(retention.size).toBe(0)
  })

  test('are counted no longer once they went by age or number', () => {
    const { clock, retention, forgotten } = keeping(2)
    for (let sequence = 1; sequence <= 20; sequence++) {
      retention.keep(settledColumns(sequence, clock.now(), rows), clock.now())
      expect(retention.size).toBe(Math.min(sequence, 2))
    }
    clock.moveTo(90_000)
    const before = forgotten.length
    for (let sequence = 21; sequence <= 22; sequence++) {
      retention.keep(settledColumns(sequence, clock.now(), 2 * rows), clock.now())
    }
    expect([before, forgotten.length, retention.size]).toEqual([20, 20, 2])
  })

  test('larger than all that may be kept are not kept at all', () => {
    const { retention, forgotten } = keeping(100)
    retention.keep(settledColumns(1, 1000, 5 * rows), 1000)
    expect([forgotten.length, retention.size]).toEqual([1, 0])
  })
})

describe('both together', () => {
  test('any tasks at any time: kept is what a plain list would keep', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 1, max: 30 }), keepMs: fc.constantFrom(0, 5, 20, 20, 77, 300) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const { clock, retention, forgotten, keep } = keeping(limit)
        let model: { sequence: number; until: number }[] = []
        for (const [index, { afterMs, keepMs }] of steps.entries()) {
          clock.moveTo(clock.now() + afterMs)
          const now = clock.now()
          keep(index, keepMs)
          model = model.filter(({ until }) => until > now)
          if (keepMs > 0) model = [...model, { sequence: index, until: now + keepMs }].slice(-limit)
          const gone = new Set(forgotten.map(([sequence]) => sequence))
          const kept = steps.slice(0, index + 1).flatMap((_, sequence) => (gone.has(sequence) ? [] : [sequence]))
          expect(kept).toEqual(model.map(({ sequence }) => sequence))
          expect(retention.size).toBe(model.length)
          expect(gone.size).toBe(forgotten.length)
        }
      }),
      { ...seeded, numRuns: 200 },
    )
  })
})
