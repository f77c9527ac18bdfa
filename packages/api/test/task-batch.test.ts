// Many tasks submitted together.
import { PayloadError, QueueFullError, TaskCancelledError } from '@catzilla/api'
import type { BatchItem } from '@catzilla/api'
import { Gate, HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tasksForTest } from './tasks-for-test.ts'

describe('all or none', () => {
  test('a batch that does not fit is refused whole', async () => {
    const tasks = tasksForTest({ queueSize: 3 })
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    await tasks.pause()
    body.delay(0)
    expect(() => body.batch([[1], [2], [3]])).toThrow(QueueFullError)
    expect(tasks.getStats()).toMatchObject({ totalQueued: 1, submittedTasks: 1 })
    const batch = body.batch([[1], [2]])
    await tasks.resume()
    expect(await batch.wait()).toEqual([1, 2])
  })

  test('one payload that cannot be copied refuses all', () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body' }, (value: unknown) => value)
    expect(() => body.batch([[1], [() => 1], [3]])).toThrow(PayloadError)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('one payload that does not fit its schema refuses all', () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body', input: z.coerce.number() }, (n) => n)
    expect(() => body.batch([['1'], ['x']])).toThrow(/task 'body': args\[0\]: /)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('what the schema makes of the arguments reaches the body', async () => {
    const body = tasksForTest().task({ name: 'body', input: z.coerce.number() }, (n) => n + 1)
    expect(await body.batch([['1'], [2]]).wait()).toEqual([2, 3])
  })

  test('no tasks are a batch too', async () => {
    const batch = tasksForTest()
      .task({ name: 'body' }, (n: number) => n)
      .batch([])
    expect(batch.size).toBe(0)
    expect(await batch.wait()).toEqual([])
    expect(await batch.outcomes()).toEqual([])
    for await (const item of batch) expect.unreachable(`there is ${item.index}`)
  })
})

describe('what becomes of it', () => {
  test('counts go up with each end, and results come in order', async () => {
    const tasks = tasksForTest()
    const gates = [new Gate(), new Gate(), new Gate()]
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      await gates[n]?.opened
      if (n === 1) throw new Error('no')
      return n
    })
    const batch = body.batch([[0], [1], [2]])
    expect(batch.results.map(({ name }) => name)).toEqual(['body', 'body', 'body'])
    expect([batch.size, batch.completed, batch.failed]).toEqual([3, 0, 0])
    gates[2]?.open()
    await batch.results[2]?.wait()
    expect([batch.completed, batch.failed]).toEqual([1, 0])
    gates[1]?.open()
    await rejectionOf(batch.results[1]?.wait() ?? Promise.resolve())
    expect([batch.completed, batch.failed]).toEqual([1, 1])
    gates[0]?.open()
    const outcomes = await batch.outcomes()
    expect([batch.size, batch.completed, batch.failed]).toEqual([3, 2, 1])
    expect(outcomes).toEqual([
      { status: 'completed', value: 0 },
      { status: 'failed', error: expect.objectContaining({ message: 'no' }) },
      { status: 'completed', value: 2 },
    ])
    expect(await batch.outcomes()).toEqual(outcomes)
  })

  test('wait rejects with the first failure, while the others go on', async () => {
    const tasks = tasksForTest()
    const gates = [new Gate(), new Gate(), new Gate()]
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      await gates[n]?.opened
      if (n > 0) throw new Error(`failure of ${n}`)
      return 'went on'
    })
    const batch = body.batch([[0], [1], [2]])
    const failure = rejectionOf(batch.wait())
    gates[2]?.open()
    expect((await failure).message).toBe('failure of 2')
    expect(batch.results[0]?.status).toBe('running')
    gates[1]?.open()
    gates[0]?.open()
    expect(await batch.results[0]?.wait()).toBe('went on')
    expect((await batch.outcomes()).map(({ status }) => status)).toEqual(['completed', 'failed', 'failed'])
  })

  test('wait of a batch with failures that are there already rejects with the first in order', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body' }, (n: number) => {
      if (n > 0) throw new Error(`failure of ${n}`)
      return n
    })
    const batch = body.batch([[0], [1], [2]])
    await tasks.drain()
    for (const _ of [1, 2]) expect((await rejectionOf(batch.wait())).message).toBe('failure of 1')
    expect(tasks.getStats().unobservedFailures).toBe(0)
  })

  test('wait may be called before, between and after: each gives all results', async () => {
    const tasks = tasksForTest()
    const held = [new HeldBody(), new HeldBody()]
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      await held[n]?.run()
      return n
    })
    const batch = body.batch([[0], [1], [2]])
    const before = batch.wait()
    await held[0]?.begun
    held[0]?.release()
    await batch.results[0]?.wait()
    const between = batch.wait()
    held[1]?.release()
    expect(await Promise.all([before, between, batch.wait()])).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ])
    expect(batch.results).toBe(batch.results)
  })

  test('cancel ends what has not ended, and says how many', async () => {
    const tasks = tasksForTest({ inlineConcurrency: 2 })
    const gates = [new Gate(), new Gate()]
    const running = new Gate()
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      if (n === 1) running.open()
      await gates[n]?.opened
      return n
    })
    const batch = body.batch([[0], [1], [2], [3]])
    await running.opened
    gates[0]?.open()
    await batch.results[0]?.wait()
    expect(batch.cancel('no more')).toBe(3)
    expect(batch.cancel()).toBe(0)
    expect([batch.completed, batch.failed]).toEqual([1, 3])
    const [first, ...others] = await batch.outcomes()
    expect(first).toEqual({ status: 'completed', value: 0 })
    for (const outcome of others) {
      expect(outcome).toMatchObject({ status: 'cancelled', error: expect.any(TaskCancelledError) })
      expect(outcome).toHaveProperty('error.message', expect.stringMatching(/no more/))
    }
  })
})

describe('iteration', () => {
  test('gives the tasks in the order in which they end, failures among them', async () => {
    const tasks = tasksForTest()
    const gates = [new Gate(), new Gate(), new Gate(), new Gate()]
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      await gates[n]?.opened
      if (n === 3) throw new Error('no')
      return n
    })
    const batch = body.batch([[0], [1], [2], [3]])
    const order = [2, 3, 0, 1]
    const seen: BatchItem<number>[] = []
    gates[order[0] ?? 0]?.open()
    for await (const item of batch) {
      seen.push(item)
      expect(item.result).toBe(batch.results[item.index])
      gates[order[seen.length] ?? 0]?.open()
    }
    expect(seen.map(({ index }) => index)).toEqual(order)
    expect(seen.map(({ outcome }) => outcome.status)).toEqual(['completed', 'failed', 'completed', 'completed'])
  })

  test('of a batch that has ended gives everything, as often as one likes', async () => {
    const batch = tasksForTest({ inlineConcurrency: 1 })
      .task({ name: 'body' }, (n: number) => n)
      .batch([[0], [1], [2]])
    await batch.wait()
    for (const _ of [1, 2]) {
      const seen: number[] = []
      for await (const { index } of batch) seen.push(index)
      expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2])
    }
  })

  test('may be left early', async () => {
    const batch = tasksForTest()
      .task({ name: 'body' }, (n: number) => n)
      .batch([[0], [1], [2]])
    for await (const item of batch) {
      expect(item.outcome.status).toBe('completed')
      break
    }
    expect(await batch.wait()).toEqual([0, 1, 2])
  })

  test('two at a time do not take items from each other', async () => {
    const batch = tasksForTest()
      .task({ name: 'body' }, (n: number) => n)
      .batch([[0], [1], [2]])
    const collect = async (): Promise<number[]> => {
      const seen: number[] = []
      for await (const { index } of batch) {
        seen.push(index)
        await someTurns(1)
      }
      return seen.toSorted((a, b) => a - b)
    }
    expect(await Promise.all([collect(), collect()])).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
  })
})
