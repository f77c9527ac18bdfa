// Tasks by their number: found by it and by their id, whichever page they are on, until they are removed.
import { expect, it } from 'vitest'
import type { DurableHandle } from '../src/engine/durable-handle.ts'
import { LiveTasks } from '../src/engine/live-tasks.ts'

const prefix = 'ab'

function handleOf(sequence: number): DurableHandle {
  return { sequence, taskId: `${prefix}-${sequence.toString(36)}-0` } as DurableHandle
}

it('finds what was added and not removed, however far apart the numbers are', () => {
  const live = new LiveTasks(prefix)
  const numbers = [700, 1, 255, 256, 257, 2 ** 40, 2 ** 40 + 1, 0]
  const handles = numbers.map(handleOf)
  for (const handle of handles) live.add(handle)
  for (const handle of handles.slice(0, 4)) live.remove(handle)
  const left = handles.slice(4)
  expect(live.size).toBe(left.length)
  expect(new Set(live)).toEqual(new Set(left))
  expect(numbers.map((number) => live.has(number))).toEqual(numbers.map((_, index) => index >= 4))
  for (const handle of left) expect(live.find(handle.taskId)).toBe(handle)
  expect(live.find(`${prefix}-0-1`)).toBeUndefined()
})

it('counts a task once, and its removal once', () => {
  const live = new LiveTasks(prefix)
  const [one, other] = [handleOf(5), handleOf(6)] as const
  live.add(one)
  live.add(one)
  live.add(other)
  live.remove(one)
  live.remove(one)
  live.remove(handleOf(5000))
  expect([...live]).toEqual([other])
  live.remove(other)
  expect(live.size).toBe(0)
  live.add(one)
  expect(live.at(5)).toBe(one)
})
