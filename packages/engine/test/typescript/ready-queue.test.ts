// Who starts next: strict priority, first in first out inside a class, and the guard against starvation.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classTargetsMs } from '../../src/contract/task.ts'
import { ReadyQueue } from '../../src/typescript/ready-queue.ts'
import type { TaskRecord } from '../../src/typescript/task-record.ts'
import { recordOf } from '../records.ts'

const WINDOW = 16
const classes = [0, 1, 2, 3] as const

let sequence = 0
function push(ready: ReadyQueue, priority: number, createdAt: number): TaskRecord {
  const record = recordOf(++sequence, priority, createdAt)
  ready.push(record)
  return record
}

interface Start {
  readonly record: TaskRecord
  readonly priority: number
  /** Classes that were past their target just before this start. */
  readonly overdue: readonly number[]
  /** Classes that had a task just before this start. */
  readonly waiting: readonly number[]
}

/** Takes and starts one task, and notes how things stood before. */
function start(ready: ReadyQueue, now: number): Start | undefined {
  const waiting = classes.filter((each) => ready.classes[each].head !== null)
  const overdue = waiting.filter(
    (each) => now - (ready.classes[each].head?.createdAt ?? now) > (classTargetsMs[each] ?? 0),
  )
  const record = ready.take(now)
  if (record === null) return undefined
  const { priority } = record.plan.options
  ready.countStart(priority)
  return { record, priority, overdue, waiting }
}

function startAll(ready: ReadyQueue, now: number, most: number = Infinity): Start[] {
  const starts: Start[] = []
  for (let next = start(ready, now); next !== undefined; next = start(ready, now)) {
    starts.push(next)
    if (starts.length === most) break
  }
  return starts
}

/** Windows of 16 starts throughout which `priority` was overdue, and in which it got none. */
function starvedWindows(starts: readonly Start[], priority: number): number {
  let starved = 0
  for (let from = 0; from + WINDOW <= starts.length; from++) {
    const window = starts.slice(from, from + WINDOW)
    const alwaysOverdue = window.every(({ overdue }) => overdue.includes(priority))
    if (alwaysOverdue && !window.some((each) => each.priority === priority)) starved++
  }
  return starved
}

describe('order', () => {
  test('by class, then first in first out, while nobody is past the target', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...classes), { maxLength: 100 }), (priorities) => {
        const ready = new ReadyQueue()
        const records = priorities.map((priority) => push(ready, priority, 0))
        expect(ready.length).toBe(records.length)
        const expected = records.toSorted(
          (a, b) => a.plan.options.priority - b.plan.options.priority || a.sequence - b.sequence,
        )
        expect(startAll(ready, 0).map(({ record }) => record)).toEqual(expected)
        expect([ready.length, ready.take(0)]).toEqual([0, null])
      }),
      seeded,
    )
  })

  test('a record put back stands where its submission puts it', () => {
    const ready = new ReadyQueue()
    const records = [push(ready, 2, 0), push(ready, 2, 0), push(ready, 2, 0)]
    const taken = [ready.take(0), ready.take(0)]
    expect(taken).toEqual(records.slice(0, 2))
    for (const record of taken.toReversed()) if (record !== null) ready.putBack(record)
    expect(startAll(ready, 0).map(({ record }) => record)).toEqual(records)
  })

  test('a removed record does not start, and is known not to be here', () => {
    const ready = new ReadyQueue()
    const [first, second, third] = [push(ready, 1, 0), push(ready, 1, 0), push(ready, 1, 0)]
    ready.remove(second)
    expect([ready.has(first), ready.has(second), ready.length]).toEqual([true, false, 2])
    expect(startAll(ready, 0).map(({ record }) => record)).toEqual([first, third])
    expect(ready.has(first)).toBe(false)
  })
})

describe('the starvation guard', () => {
  test('does not step in before the target, to the last moment', () => {
    for (const priority of [1, 2, 3] as const) {
      const ready = new ReadyQueue()
      const patient = push(ready, priority, 0)
      const target = classTargetsMs[priority]
      for (let index = 0; index < 200; index++) push(ready, 0, target)
      expect(startAll(ready, target, 200).some(({ record }) => record === patient)).toBe(false)
      for (let index = 0; index < WINDOW; index++) push(ready, 0, target)
      expect(start(ready, target + 0.001)?.record).toBe(patient)
    }
  })

  test('with all classes saturated and overdue, each gets one in every 16 starts, and the urgent keep the rest', () => {
    const ready = new ReadyQueue()
    for (const priority of classes) for (let index = 0; index < 400; index++) push(ready, priority, 0)
    const starts = startAll(ready, 10_000, 320)
    for (const priority of classes) expect(starvedWindows(starts, priority)).toBe(0)
    const share = (priority: number): number => starts.filter((each) => each.priority === priority).length
    // three classes, each let in once in 13 starts at most
    expect(share(0)).toBeGreaterThanOrEqual(Math.floor((320 * 10) / 13))
    for (const priority of [1, 2, 3]) expect(share(priority)).toBeGreaterThanOrEqual(320 / WINDOW)
  })

  test('starts inside a class stay first in first out, guarded or not', () => {
    const ready = new ReadyQueue()
    for (let index = 0; index < 100; index++) for (const priority of classes) push(ready, priority, 0)
    const starts = startAll(ready, 5000)
    for (const priority of classes) {
      const sequences = starts.filter((each) => each.priority === priority).map(({ record }) => record.sequence)
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    }
  })

  test('whatever arrives and when: no overdue class is passed over 16 times, and none steps in without cause', () => {
    const arrivals = fc.array(fc.constantFrom(...classes, 0 as const, 0 as const), { maxLength: 4 })
    const turn = fc.record({
      arrivals,
      passMs: fc.oneof(fc.constant(0), fc.constantFrom(0.5, 1.5, 11, 101, 1001)),
      starts: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.array(turn, { minLength: 20, maxLength: 150 }), (turns) => {
        const ready = new ReadyQueue()
        const starts: Start[] = []
        let now = 0
        for (const each of turns) {
          now += each.passMs
          for (const priority of each.arrivals) push(ready, priority, now)
          starts.push(...startAll(ready, now, each.starts || 1))
        }
        for (const priority of classes) expect(starvedWindows(starts, priority)).toBe(0)
        // a start out of turn: the class was past its target, and the 13 starts before went to others
        const outOfTurn = starts.filter(({ priority, waiting }) => priority !== Math.min(...waiting))
        for (const each of outOfTurn) {
          expect(each.overdue).toContain(each.priority)
          const index = starts.indexOf(each)
          const before = starts.slice(Math.max(0, index - 12), index)
          expect(before.some(({ priority }) => priority === each.priority)).toBe(false)
        }
      }),
      { ...seeded, numRuns: 300 },
    )
  })

  test('a task that was taken but held back does not use up the share of its class', () => {
    const ready = new ReadyQueue()
    for (let index = 0; index < 50; index++) push(ready, 0, 0)
    startAll(ready, 0, WINDOW)
    const held = push(ready, 3, 0)
    const next = push(ready, 3, 0)
    expect(ready.take(2000)).toBe(held)
    expect(start(ready, 2000)?.record).toBe(next)
  })
})
