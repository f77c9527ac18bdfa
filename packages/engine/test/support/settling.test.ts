// A handle that learns of its end from elsewhere: it settles once, tells everybody, and knows whether anybody looked.
import { describe, expect, test, vi } from 'vitest'
import type { TaskOutcome } from '../../src/contract/task.ts'
import { Settling } from '../../src/support/settling.ts'

class Handle extends Settling {
  readonly described = "task 'handle'"
  looks = 0
  protected observed(): void {
    this.looks++
  }
}

const completed: TaskOutcome = { status: 'completed', value: 7 }
const error = new Error('it broke')
const failed: TaskOutcome = { status: 'failed', error }

describe('the end', () => {
  test('is the first one', async () => {
    const handle = new Handle()
    const before = handle.wait()
    expect([handle.settle(completed), handle.settle(failed)]).toEqual([true, false])
    expect([await before, await handle.wait(), handle.outcome]).toEqual([7, 7, completed])
  })

  test('reaches each listener in a microtask, whatever the others throw, and those who come late', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const handle = new Handle()
    const seen: string[] = []
    handle.onSettled(() => {
      throw new Error('not mine')
    })
    handle.onSettled(({ status }) => seen.push(status))
    handle.settle(completed)
    expect(seen).toEqual([])
    await Promise.resolve()
    handle.onSettled(() => seen.push('late'))
    expect(seen).toEqual(['completed'])
    await Promise.resolve()
    expect(seen).toEqual(['completed', 'late'])
    expect(warned).toHaveBeenCalledOnce()
    warned.mockRestore()
  })
})

describe('a failure', () => {
  test.each([
    ['wait()', (handle: Handle) => void handle.wait()],
    ['onSettled()', (handle: Handle) => handle.onSettled(() => {})],
    ['outcome', (handle: Handle) => void handle.outcome],
  ])('that nobody waited for is unobserved until %s', (_, look) => {
    const handle = new Handle()
    handle.settle(failed)
    expect([handle.isUnobserved, handle.peeked, handle.looks]).toEqual([true, failed, 0])
    look(handle)
    look(handle)
    expect([handle.isUnobserved, handle.looks]).toEqual([false, 1])
  })

  test('that somebody waits for is observed', async () => {
    const handle = new Handle()
    const waiting = handle.wait()
    expect(handle.awaited).toBe(true)
    handle.settle(failed)
    expect(handle.isUnobserved).toBe(false)
    await expect(waiting).rejects.toBe(error)
  })
})
