// The table of moves between the states of a task: closed, without dead ends, and final where it says so.
import { describe, expect, test } from 'vitest'
import { isSettled, taskTransitions } from '../../src/contract/task-state.ts'
import { taskStatuses } from '../../src/contract/task.ts'
import type { TaskStatus } from '../../src/contract/task.ts'

function reachableFrom(starts: readonly TaskStatus[]): Set<TaskStatus> {
  const reached = new Set(starts)
  // a Set's iterator visits what is added on the way
  for (const status of reached) for (const next of taskTransitions[status]) reached.add(next)
  return reached
}

describe('task transitions', () => {
  test('there is one row per status, and every move leads to a status', () => {
    expect(Object.keys(taskTransitions).toSorted()).toEqual([...taskStatuses].toSorted())
    for (const next of Object.values(taskTransitions).flat()) expect(taskStatuses).toContain(next)
  })

  test('no move is listed twice and none leads to where it comes from', () => {
    for (const status of taskStatuses) {
      const next = taskTransitions[status]
      expect(new Set(next).size).toBe(next.length)
      expect(next).not.toContain(status)
    }
  })

  test('the settled states are the four of the contract, and they are final', () => {
    const settled = taskStatuses.filter((status) => isSettled(status))
    expect(settled).toEqual(['completed', 'failed', 'cancelled', 'expired'])
    for (const status of settled) expect(taskTransitions[status]).toEqual([])
  })

  test('every status can be reached by a new task, and each can still settle', () => {
    expect([...reachableFrom(['scheduled', 'pending'])].toSorted()).toEqual([...taskStatuses].toSorted())
    for (const status of taskStatuses) expect([...reachableFrom([status])].some(isSettled)).toBe(true)
  })

  test('an unsettled task can always be cancelled, and only one that never started expires', () => {
    for (const status of taskStatuses.filter((each) => !isSettled(each))) {
      expect(taskTransitions[status]).toContain('cancelled')
    }
    const expiring = taskStatuses.filter((status) => taskTransitions[status].includes('expired'))
    expect(expiring).toEqual(['scheduled', 'pending'])
  })

  test('a result comes only from a running task', () => {
    for (const end of ['completed', 'failed'] as const) {
      expect(taskStatuses.filter((status) => taskTransitions[status].includes(end))).toEqual(['running'])
    }
  })
})
