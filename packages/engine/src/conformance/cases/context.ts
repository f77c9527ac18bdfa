// What a running task sees of itself: `currentTask()`.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { currentTask } from '../../lanes/task-context.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { allSettled, nextEvent, recordEvents, settled, someTurns } from '../moment.ts'

export const context: readonly ConformanceCase[] = [
  {
    name: 'a body sees its own id, name and attempt',
    run: async (t) => {
      const engine = await t.start()
      const body = (): unknown => {
        const { taskId, name, attempt } = currentTask() ?? assert.fail('there is no current task')
        return { taskId, name, attempt }
      }
      const handle = engine.submit(t.define(engine, body), [])
      assert.deepEqual(await handle.wait(), { taskId: handle.taskId, name: handle.name, attempt: 1 })
    },
  },
  {
    name: 'there is no current task outside of one',
    run: async (t) => {
      const engine = await t.start()
      const heard = t.moment<unknown>('the listener was called')
      engine.subscribe(['completed'], () => heard.reach(currentTask()))
      await engine
        .submit(
          t.define(engine, () => 1),
          [],
        )
        .wait()
      assert.equal(currentTask(), undefined)
      assert.equal(await heard.reached, undefined)
    },
  },
  {
    name: 'the context follows the body through its awaits, timers and callbacks',
    run: async (t) => {
      const engine = await t.start()
      const body = async (): Promise<unknown[]> => {
        const seen = [currentTask()?.taskId]
        await Promise.resolve()
        seen.push(currentTask()?.taskId)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(currentTask()?.taskId)
        await new Promise<void>((resolve) => queueMicrotask(() => resolve(void seen.push(currentTask()?.taskId))))
        return seen
      }
      const handle = engine.submit(t.define(engine, body), [])
      assert.deepEqual(
        await handle.wait(),
        Array.from({ length: 4 }, () => handle.taskId),
      )
    },
  },
  {
    name: 'tasks that run at once each see themselves',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 10 })
      const body = async (): Promise<unknown> => {
        await someTurns(2)
        return currentTask()?.taskId
      }
      const call = t.define(engine, body)
      const handles = Array.from({ length: 10 }, () => engine.submit(call, []))
      assert.deepEqual(
        await Promise.all(handles.map((handle) => handle.wait())),
        handles.map(({ taskId }) => taskId),
      )
    },
  },
  {
    name: 'a task submitted by a task sees itself, not the one that submitted it',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const inner = t.define(engine, () => currentTask()?.taskId)
      const outer = engine.submit(
        t.define(engine, () => [engine.submit(inner, [])]),
        [],
      )
      const [handle] = (await outer.wait()) as [ReturnType<typeof engine.submit>]
      assert.equal(await handle.wait(), handle.taskId)
    },
  },
  {
    name: 'the async context of whoever submits does not leak into the body',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const request = new AsyncLocalStorage<string>()
      const call = t.define(engine, () => request.getStore() ?? 'none')
      const first = request.run('request 1', () => engine.submit(call, []))
      const second = request.run('request 2', () => engine.submit(call, []))
      assert.deepEqual([await first.wait(), await second.wait()], ['none', 'none'])
    },
  },
  {
    name: 'progress is kept with the task and told',
    run: async (t) => {
      const engine = await t.start()
      const told = nextEvent(engine, 'progress', ({ ratio }) => ratio === 0.5)
      const { context: task, handle } = await t.occupy(engine)
      assert.equal(handle.stats().progress, null)
      task.progress(0.25)
      task.progress(0.5, 'half way')
      const { taskId, message } = await told
      assert.deepEqual([taskId, message], [handle.taskId, 'half way'])
      assert.deepEqual(handle.stats().progress, { ratio: 0.5, message: 'half way' })
      task.progress(1)
      assert.deepEqual(handle.stats().progress, { ratio: 1 })
    },
  },
  {
    name: 'progress outside of 0..1 is refused and named',
    run: async (t) => {
      const engine = await t.start()
      const { context: task, handle } = await t.occupy(engine)
      for (const ratio of [-0.1, 1.1, 50, Number.NaN]) {
        expectThrow(() => task.progress(ratio), 'ConfigurationError', 'progress', String(ratio), '0..1')
      }
      assert.equal(handle.stats().progress, null)
    },
  },
  {
    name: 'lines are kept with the task in their order, the latest hundred',
    run: async (t) => {
      const engine = await t.start()
      const { context: task, handle } = await t.occupy(engine)
      task.log('first', { n: 1 })
      const [line] = (await engine.find(handle.taskId))?.logs ?? []
      assert.deepEqual([line?.message, line?.fields], ['first', { n: 1 }])
      assert.ok(Math.abs((line?.at ?? 0) - Date.now()) < 60_000)
      for (let n = 0; n < 150; n++) task.log(`line ${n}`)
      const lines = (await engine.find(handle.taskId))?.logs ?? []
      assert.deepEqual([lines.length, lines[0]?.message, lines.at(-1)?.message], [100, 'line 50', 'line 149'])
    },
  },
  {
    name: 'a heartbeat is noted',
    run: async (t) => {
      const engine = await t.start()
      const { context: task, handle } = await t.occupy(engine)
      assert.equal((await engine.find(handle.taskId))?.lastHeartbeatAt, null)
      task.heartbeat()
      assert.ok(Math.abs(((await engine.find(handle.taskId))?.lastHeartbeatAt ?? 0) - Date.now()) < 60_000)
    },
  },
  {
    name: 'what a given-up attempt still reports is dropped',
    run: async (t) => {
      const engine = await t.start()
      const heard = recordEvents(engine, ['progress'])
      const { context: task, handle } = await t.occupy(engine)
      handle.cancel()
      task.progress(0.9)
      task.log('too late')
      task.heartbeat()
      await someTurns()
      const info = await engine.find(handle.taskId)
      assert.deepEqual([info?.progress, info?.logs, info?.lastHeartbeatAt, heard.length], [null, [], null, 0])
    },
  },
  {
    name: 'each attempt counts up and has a signal of its own',
    run: async (t) => {
      const engine = await t.start()
      const seen: { attempt: number; signal: AbortSignal }[] = []
      const body = (): void => {
        const { attempt, signal } = currentTask() ?? assert.fail('there is no current task')
        seen.push({ attempt, signal })
        if (attempt < 3) throw new Error('again')
      }
      await settled(engine.submit(t.define(engine, body, { maxRetries: 2 }), []))
      assert.deepEqual(
        seen.map(({ attempt }) => attempt),
        [1, 2, 3],
      )
      assert.equal(new Set(seen.map(({ signal }) => signal)).size, 3)
      assert.ok(seen.every(({ signal }) => !signal.aborted))
    },
  },
  {
    name: 'a thousand bodies leave no context behind',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => currentTask()?.signal.aborted)
      const outcomes = await allSettled(Array.from({ length: 1000 }, () => engine.submit(call, [])))
      assert.ok(outcomes.every((outcome) => outcome.status === 'completed' && outcome.value === false))
      assert.equal(currentTask(), undefined)
    },
  },
]
