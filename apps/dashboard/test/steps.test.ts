// The steps of a task from what was recorded and what the task itself knows: none is lost, and none is told twice.
import { expect, it } from 'vitest'
import type { History, HistoryStep, PastAttempt, TaskDetail } from '../src/server/answers.ts'
import { stepsOf } from '../src/task/steps.ts'

const error = { name: 'TypeError', message: 'locked' }

/** The facts that steps are made from; the page has many more. */
function task(more: Partial<TaskDetail> = {}): TaskDetail {
  return {
    status: 'completed',
    lane: 'inline',
    createdAt: 1000,
    startedAt: 2000,
    completedAt: 3000,
    waitTimeMs: 1000,
    executionTimeMs: 1000,
    retries: 0,
    ...more,
  } as TaskDetail
}

function types(of: TaskDetail, ...steps: readonly [type: string, at: number][]): string[] {
  const recorded: HistoryStep[] = steps.map(([type, at]) => ({ type, at, attempt: 1, lane: 'inline', error }))
  const history: History = { since: null, steps: recorded }
  const found = stepsOf(of, history)
  expect(found.unknownAttempts).toBe(0)
  return found.steps.map(({ type }) => type)
}

const whole = ['submitted', 'started', 'completed']

it('tells what the task knows when nothing was recorded', () => {
  expect(types(task())).toEqual(whole)
})

it('tells the start of an attempt that ran already when the recording began', () => {
  expect(types(task(), ['completed', 3000])).toEqual(whole)
  expect(types(task({ status: 'running', completedAt: null }), ['progress', 2500])).toEqual([
    'submitted',
    'started',
    'progress',
  ])
})

it('tells no start twice', () => {
  expect(types(task(), ['started', 2000], ['completed', 3000])).toEqual(whole)
  const first: PastAttempt = { attempt: 1, startedAt: 2000, endedAt: 2500, waitTimeMs: 1000, delayMs: 5, error }
  const retrying = task({ status: 'retrying', completedAt: null, attempts: [first] })
  expect(types(retrying, ['retrying', 2500])).toEqual(['submitted', 'started', 'retrying'])
})

it('tells no start of a task that never started', () => {
  const cancelled = task({ status: 'cancelled', startedAt: null })
  expect(types(cancelled, ['cancelled', 3000])).toEqual(['submitted', 'cancelled'])
})
