// Errors that misbehave when they are looked at end their own task, and nothing else.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { expect, test } from 'vitest'
import { startEngine } from './started-engine.ts'

test('an error whose code cannot be read fails its task', async () => {
  const { engine, run } = await startEngine()
  const error = Object.defineProperty(new Error('odd'), 'code', {
    get: () => {
      throw new Error('the code threw')
    },
  })
  const hostile = run(() => {
    throw error
  })
  expect(String(await rejectionOf(hostile.wait()))).toContain('the code threw')
  expect(await run(() => 'next').wait()).toBe('next')
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})

test('a backoff function that throws a frozen error fails its task with it', async () => {
  const { engine, run } = await startEngine()
  const frozen: Error = Object.freeze(new Error('frozen'))
  const failing = (): never => {
    throw new Error('first')
  }
  const handle = run(failing, {
    retryBackoff: () => {
      throw frozen
    },
  })
  expect(await rejectionOf(handle.wait())).toBe(frozen)
  await engine.stop({ waitForCompletion: true, timeoutMs: 0 })
})
