// The long list as plain data: read on, read again, and what comes between.
import { expect, it } from 'vitest'
import type { TaskLine, TaskPage } from '../src/server/answers.ts'
import { appended, refreshed, segmentAt } from '../src/tasks/segments.ts'
import type { Segment } from '../src/tasks/segments.ts'

/** Tasks by number, the newest first. */
function page(from: number, to: number, next: string | null = null): TaskPage {
  const tasks = Array.from({ length: Math.max(0, from - to + 1) }, (_, n) => ({ taskId: `t${from - n}` }) as TaskLine)
  return { tasks, nextCursor: next }
}

function ids(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId))
}

const three = [page(9, 7, 'b7'), page(6, 4, 'b4'), page(3, 1)].reduce<readonly Segment[]>(appended, [])

it('reads on where the segment before ended', () => {
  expect(three.map(({ cursor, next }) => [cursor, next])).toEqual([
    [undefined, 'b7'],
    ['b7', 'b4'],
    ['b4', null],
  ])
  expect(ids(three)).toEqual(ids(appended([], page(9, 1))))
})

it('puts new tasks before those that were there', () => {
  const next = refreshed(three, 0, page(11, 9, 'b9'))
  expect(ids(next)).toEqual(ids(appended([], page(11, 1))))
  expect(next[0]?.next).toBe('b7')
})

it('drops what the filter no longer means, from the middle too, and takes nothing twice', () => {
  const without5: TaskPage = { tasks: [...page(6, 6).tasks, ...page(4, 3).tasks], nextCursor: 'b3' }
  const next = refreshed(three, 1, without5)
  expect(ids(next)).toEqual(['t9', 't8', 't7', 't6', 't4', 't3', 't2', 't1'])
  expect(next[1]?.next).toBe('b4')
  expect(ids(refreshed(three, 2, page(0, 1)))).toEqual(['t9', 't8', 't7', 't6', 't5', 't4'])
})

it('begins anew when more came than one page holds', () => {
  const next = refreshed(three, 0, page(40, 38, 'b38'))
  expect(ids(next)).toEqual(['t40', 't39', 't38'])
  expect(next[0]?.next).toBe('b38')
})

it('finds the segment of a row', () => {
  expect([0, 2, 3, 8, 99].map((row) => segmentAt(three, row))).toEqual([0, 0, 1, 2, 2])
  expect(segmentAt([], 5)).toBe(0)
})
