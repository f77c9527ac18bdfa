// What a running task sees of itself, and what others see of what it says.
import { ConfigurationError, TaskDefinitionError, currentTask, insideTask } from '@catzilla/api'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createTestTasks } from '@catzilla/api/testing'
import { Gate, HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { tasksForTest } from './tasks-for-test.ts'

describe('currentTask', () => {
  test('is the running task, also after awaits of all kinds', async () => {
    const tasks = tasksForTest()
    const ids: string[] = []
    const look = (): void => void ids.push(currentTask().taskId)
    const result = tasks.addTask(async () => {
      look()
      await Promise.resolve()
      look()
      await readFile(import.meta.filename)
      look()
      await new Promise<void>((resolve) => setImmediate(resolve))
      look()
      await new Promise<void>((resolve) => process.nextTick(resolve))
      look()
      await (async () => {
        await someTurns(1)
        look()
      })()
      await Promise.all([readFile(import.meta.filename).then(look), someTurns(1).then(look)])
    })
    await result.wait()
    expect(ids).toEqual(Array.from({ length: 8 }, () => result.taskId))
  })

  test('tells name, attempt and signal', async () => {
    const tasks = createTestTasks()
    const seen: [string, number, boolean][] = []
    tasks.addTask(
      () => {
        const { name, attempt, signal } = currentTask()
        seen.push([name, attempt, signal.aborted])
        if (attempt < 3) throw new Error('again')
      },
      [],
      { name: 'body' },
    )
    await tasks.drain()
    expect(seen).toEqual([
      ['body', 1, false],
      ['body', 2, false],
      ['body', 3, false],
    ])
  })

  test('of tasks that run together is that of each', async () => {
    const tasks = tasksForTest()
    const all = new Gate()
    let begun = 0
    const body = tasks.task({ name: 'body' }, async () => {
      const { taskId } = currentTask()
      if (++begun === 10) all.open()
      await all.opened
      return taskId === currentTask().taskId ? taskId : 'another'
    })
    const batch = body.batch(Array.from({ length: 10 }, () => []))
    expect(await batch.wait()).toEqual(batch.results.map(({ taskId }) => taskId))
  })

  test('of a task submitted inside a task is its own', async () => {
    const tasks = tasksForTest()
    const inner = tasks.task({ name: 'inner' }, async () => {
      await someTurns(1)
      return currentTask().name
    })
    const outer = tasks.task({ name: 'outer' }, async () => {
      const names = [await inner.delay().wait(), currentTask().name]
      return names
    })
    expect(await outer.delay().wait()).toEqual(['inner', 'outer'])
  })

  test('outside is refused, also in a direct call, in callbacks and in listeners', async () => {
    const tasks = tasksForTest()
    const error = thrownBy(() => currentTask())
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/outside of a running task; ask insideTask\(\) first/)
    const body = tasks.task({ name: 'body' }, () => insideTask())
    expect(body()).toBe(false)
    expect(await body.delay().wait()).toBe(true)
    const seen: boolean[] = []
    const look = (): void => void seen.push(insideTask())
    tasks.on('completed', look)
    const asynchronous = tasks.task({ name: 'later', onSuccess: look }, async () => someTurns(1))
    await asynchronous.delay().addCallback(look).wait()
    await body.with({ onSuccess: look }).delay().addCallback(look).wait()
    await someTurns()
    expect(seen).toEqual(Array.from({ length: 6 }, () => false))
    expect(insideTask()).toBe(false)
  })
})

describe('what a task says', () => {
  test('is seen by getTask while it runs and after', async () => {
    const tasks = createTestTasks({ startsAt: 1000 })
    const held = new HeldBody()
    const result = tasks.addTask(async () => {
      const task = currentTask()
      task.progress(0.5, 'half way')
      task.log('read', { rows: 3 })
      task.log('going on')
      task.heartbeat()
      await held.run()
      task.progress(1)
    })
    await tasks.advance(50)
    expect(await tasks.getTask(result.taskId)).toMatchObject({
      progress: { ratio: 0.5, message: 'half way' },
      logs: [
        { at: 1000, message: 'read', fields: { rows: 3 } },
        { at: 1000, message: 'going on' },
      ],
      lastHeartbeatAt: 1000,
    })
    expect(result.getStats().progress).toEqual({ ratio: 0.5, message: 'half way' })
    held.release()
    await result.wait()
    expect((await tasks.getTask(result.taskId))?.progress).toEqual({ ratio: 1 })
    expect((await tasks.getTask(result.taskId))?.logs).toHaveLength(2)
  })

  test('progress is told as an event, and takes ratios only', async () => {
    const tasks = tasksForTest()
    const events: unknown[] = []
    tasks.on('progress', ({ taskId, ratio, message }) => events.push([taskId, ratio, message]))
    const refused: Error[] = []
    const result = tasks.addTask(() => {
      const { progress } = currentTask()
      const task = currentTask()
      task.progress(0)
      task.progress(0.25, 'reading')
      for (const ratio of [-0.1, 1.1, Number.NaN, '1' as never]) refused.push(thrownBy(() => task.progress(ratio)))
      expect(progress).toBeTypeOf('function')
    })
    await result.wait()
    await someTurns()
    expect(events).toEqual([
      [result.taskId, 0, undefined],
      [result.taskId, 0.25, 'reading'],
    ])
    expect(refused).toHaveLength(4)
    for (const error of refused) {
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error.message).toMatch(/progress\(ratio\) accepts a ratio 0\.\.1, got/)
    }
  })

  test('its functions may be taken out of currentTask()', async () => {
    const tasks = tasksForTest()
    const result = tasks.addTask(() => {
      const { progress, log, heartbeat } = currentTask()
      progress(0.5)
      log('said')
      heartbeat()
    })
    await result.wait()
    expect(await tasks.getTask(result.taskId)).toMatchObject({
      progress: { ratio: 0.5 },
      logs: [{ message: 'said' }],
      lastHeartbeatAt: expect.any(Number),
    })
  })

  test('after its end is dropped', async () => {
    const tasks = tasksForTest()
    const ended = new Gate()
    const said = new Gate()
    const result = tasks.addTask(() => {
      const task = currentTask()
      void ended.opened.then(() => {
        task.progress(1)
        task.log('too late')
        said.open()
      })
    })
    await result.wait()
    ended.open()
    await said.opened
    expect(await tasks.getTask(result.taskId)).toMatchObject({ progress: null, logs: [], status: 'completed' })
  })
})
