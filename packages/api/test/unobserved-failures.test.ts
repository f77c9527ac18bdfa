// Failures that nobody looks at: no unhandled rejection, but they are counted and told.
import { someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { unhandledDuring } from './process-events.ts'
import { tasksForTest } from './tasks-for-test.ts'

async function failing(): Promise<never> {
  throw new RangeError('no')
}

const looks: [string, (tasks: ReturnType<typeof tasksForTest>) => unknown][] = [
  ['delay', (tasks) => tasks.task({ name: 'fail' }, failing).delay()],
  ['addTask', (tasks) => tasks.addTask(failing)],
  ['enqueue', (tasks) => tasks.task({ name: 'fail' }, failing).enqueue()],
  ['batch', (tasks) => tasks.task({ name: 'fail' }, failing).batch([[]])],
  ['a cancelled task', (tasks) => tasks.addTask(failing).cancel()],
  ['getStats, status and isReady', (tasks) => tasks.addTask(failing).getStats()],
]

test.each(looks)('%s: nothing is rejected that nobody handles', async (_, submit) => {
  const tasks = tasksForTest()
  expect(
    await unhandledDuring(async () => {
      await submit(tasks)
      await tasks.drain()
    }),
  ).toEqual([])
})

describe('the count', () => {
  test('goes up with a failure nobody asked for, and down when somebody does', async () => {
    const tasks = tasksForTest()
    const result = tasks.addTask(failing)
    await tasks.drain()
    expect(result.isReady()).toBe(true)
    expect(result.getStats().status).toBe('failed')
    await tasks.getTask(result.taskId)
    expect(tasks.getStats()).toMatchObject({ failedTasks: 1, unobservedFailures: 1 })
    await rejectionOf(result.wait())
    expect(tasks.getStats().unobservedFailures).toBe(0)
    await rejectionOf(result.wait())
    expect(tasks.getStats()).toMatchObject({ failedTasks: 1, unobservedFailures: 0 })
  })

  test.each<[string, (result: ReturnType<ReturnType<typeof tasksForTest>['addTask']>) => unknown]>([
    ['wait', (result) => rejectionOf(result.wait())],
    ['wait with a time', (result) => rejectionOf(result.wait(60_000))],
    ['a callback', (result) => result.addCallback(() => {})],
    ['a future', (result) => rejectionOf(result.future())],
  ])('does not go up for %s', async (_, look) => {
    const tasks = tasksForTest()
    const looked = look(tasks.addTask(failing))
    await tasks.drain()
    await looked
    expect(tasks.getStats()).toMatchObject({ failedTasks: 1, unobservedFailures: 0 })
  })

  test('goes up for a batch that nobody looks at, whose counts are right all the same', async () => {
    const tasks = tasksForTest()
    const batch = tasks.task({ name: 'fail' }, failing).batch([[], []])
    await tasks.drain()
    expect([batch.completed, batch.failed]).toEqual([0, 2])
    expect(tasks.getStats().unobservedFailures).toBe(2)
    await batch.outcomes()
    expect(tasks.getStats().unobservedFailures).toBe(0)
  })
})

test('the event of a failure says whether anybody looks', async () => {
  const tasks = tasksForTest()
  const seen: [string, boolean][] = []
  tasks.on('failed', ({ name, observed }) => seen.push([name, observed]))
  tasks.addTask(failing, [], { name: 'alone' })
  tasks.task({ name: 'batch' }, failing).batch([[]])
  await rejectionOf(tasks.addTask(failing, [], { name: 'awaited' }).wait())
  await someTurns()
  expect(seen).toEqual([
    ['alone', false],
    ['batch', false],
    ['awaited', true],
  ])
})
