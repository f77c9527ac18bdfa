// Threads that end for what a body did: it is said of the task whose doing it was, and of no other.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskCrashedError } from '../../../src/contract/errors.ts'
import { openGate, shutGates, until, waitAtGate } from './gates.ts'
import { engineKinds, startWith, threadCall } from './thread-engines.ts'

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  test('of a long error that nobody catches the first words arrive', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const careless = threadCall(async () => {
      await new Promise(() => {
        setTimeout(() => {
          throw Object.assign(new Error('m'.repeat(5000)), { name: `N${'n'.repeat(5000)}`, more: 'x'.repeat(5000) })
        }, 1)
      })
    })
    const error = await rejectionOf(engine.submit(careless, []).wait())
    expect(error).toBeInstanceOf(TaskCrashedError)
    expect(error.cause).toMatchObject({ name: `N${'n'.repeat(49)}`, message: 'm'.repeat(100) })
    expect(error.message).toContain(`ended its thread by an error that nobody caught: N${'n'.repeat(49)}: mmm`)
  })

  test('a task during which an earlier one exits runs again, and has not failed', async () => {
    const engine = await startWith(make, { maxThreads: 1 })
    const gates = shutGates(3)
    const leaving = threadCall((words: Int32Array) => {
      setInterval(() => {
        if (Atomics.load(words, 0) === 1) process.exit(3)
      }, 1)
    })
    await engine.submit(leaving, [gates]).wait()
    const next = engine.submit(threadCall(waitAtGate), [gates, 1, 2])
    await until(() => Atomics.load(gates, 2) === 1)
    openGate(gates, 0)
    await until(() => Atomics.load(gates, 2) === 2)
    openGate(gates, 1)
    expect(await next.wait()).toBe('let through')
    expect(next.stats().retries).toBe(0)
  })
})
