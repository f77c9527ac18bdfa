// waitSync on lanes that do not need this thread, which an engine says by handles that can wait.
import { ConfigurationError, TaskResult, WaitTimeoutError } from '@catzilla/api'
import type { TaskOutcome } from '@catzilla/api'
import { systemClock } from '@catzilla/engine'
import type { TaskHandle } from '@catzilla/engine'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { expect, test } from 'vitest'

const done: TaskOutcome<string> = { status: 'completed', value: 'done' }

/** A handle that settles, as if by another thread, while this thread waits; `waits` gets how long it was to wait. */
function handleThatSettles(outcome: TaskOutcome<string> | undefined, waits: number[] = []): TaskHandle<string> {
  let settled: TaskOutcome<string> | undefined
  const handle: Partial<TaskHandle<string>> = {
    taskId: 'task-1',
    name: 'body',
    get status() {
      return settled?.status ?? 'running'
    },
    get outcome() {
      return settled
    },
    waitSync(timeoutMs) {
      waits.push(timeoutMs)
      settled = outcome
      return outcome !== undefined
    },
  }
  return handle as TaskHandle<string>
}

test('waits until the task has settled, and gives its result', () => {
  const waits: number[] = []
  const result = new TaskResult(handleThatSettles(done, waits), systemClock)
  expect(result.isReady()).toBe(false)
  expect(result.waitSync()).toBe('done')
  expect(result.waitSync()).toBe('done')
  expect(waits).toEqual([Infinity])
})

test('waits as long as it is told, and then throws WaitTimeoutError', () => {
  const waits: number[] = []
  const result = new TaskResult(handleThatSettles(undefined, waits), systemClock)
  const error = thrownBy(() => result.waitSync(25))
  expect(error).toBeInstanceOf(WaitTimeoutError)
  expect(error.message).toBe("task 'body' has not settled within 25 ms; it goes on")
  expect(result.status).toBe('running')
  expect(waits).toEqual([25])
})

test('throws the very error the task ended with', () => {
  const error = new RangeError('no')
  expect(thrownBy(() => new TaskResult(handleThatSettles({ status: 'failed', error }), systemClock).waitSync())).toBe(
    error,
  )
})

test.each([-1, Number.NaN, '5s', null])('waitSync(%o) is refused', (timeoutMs) => {
  const waits: number[] = []
  const result = new TaskResult(handleThatSettles(done, waits), systemClock)
  const error = thrownBy(() => result.waitSync(timeoutMs as number))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(/waitSync: timeoutMs accepts a number of milliseconds ≥ 0, or Infinity, got/)
  expect(waits).toEqual([])
})
