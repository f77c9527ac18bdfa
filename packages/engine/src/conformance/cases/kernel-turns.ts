// When kernels start: by class, after delays, and not while a pause or a limit holds them back.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { vary } from '../harness.ts'
import { FOR_EVER, free, needs, occupyWorkers, onBothWays, startEngine } from '../kernel-cases.ts'
import { allSettled, nextEvent, recordEvents, someTurns } from '../moment.ts'

export const kernelTurns: readonly ConformanceCase[] = [
  ...onBothWays('kernels start by class, first in first out', async (t, more) => {
    const engine = await startEngine(t)
    const blockers = await occupyWorkers(t, engine, 1)
    const started = recordEvents(engine, ['started'])
    const add = t.defineKernel(engine, 'add', more)
    const order = ['low', 'normal', 'high', 'critical', 'low', 'normal', 'high', 'critical'] as const
    const calls = new Map(order.map((priority) => [priority, vary(add, { priority })]))
    const handles = order.map((priority) => engine.submit(calls.get(priority) ?? add, [1, 1]))
    await someTurns()
    free(blockers)
    await allSettled(handles)
    const ids = handles.map(({ taskId }) => taskId)
    const places = started.map(({ taskId }) => ids.indexOf(taskId)).filter((place) => place >= 0)
    assert.deepEqual(places, [3, 7, 2, 6, 1, 5, 0, 4])
  }),
  ...onBothWays('a delayed kernel does not start before its time', async (t, more) => {
    const engine = await startEngine(t)
    const handle = engine.submit(t.defineKernel(engine, 'add', { ...more, delayMs: 30 }), [1, 2])
    assert.equal(handle.status, 'scheduled')
    assert.equal(engine.snapshot().scheduledTasks, 1)
    assert.equal(await handle.wait(), 3)
    const { createdAt, startedAt } = handle.stats()
    assert.ok((startedAt ?? 0) - createdAt >= 29.9, `started after ${(startedAt ?? 0) - createdAt} ms`)
  }),
  ...onBothWays('a pause of the engine holds kernels back', async (t, more) => {
    const engine = await startEngine(t)
    const add = t.defineKernel(engine, 'add', more)
    await engine.pause()
    const handles = [engine.submit(add, [1, 1]), engine.submit(add, [2, 2])]
    await someTurns(20)
    assert.deepEqual(
      handles.map(({ status }) => status),
      ['pending', 'pending'],
    )
    assert.match((await engine.find(handles[0]?.taskId ?? ''))?.waitingFor ?? '', /paused/)
    assert.equal(engine.snapshot().normalQueueSize, 2)
    await engine.resume()
    assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), [2, 4])
  }),
  {
    name: 'a pause of one kernel task holds it back, also what waited before, and lets others pass',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const blockers = await occupyWorkers(t, engine, 1)
      const [held, other] = [t.defineKernel(engine, 'add'), t.defineKernel(engine, 'multiply')]
      const before = [engine.submit(held, [1, 1]), engine.submit(vary(held, { delayMs: 5 }), [2, 2])]
      const waited = before[0]?.wait()
      await engine.pause(held.name)
      const after = engine.submit(held, [3, 3])
      free(blockers)
      assert.equal(await engine.submit(other, [5, 5]).wait(), 25)
      await someTurns(20)
      assert.deepEqual([before[0]?.status, after.status], ['pending', 'pending'])
      assert.equal((await engine.list({ name: held.name })).tasks.length, 3)
      assert.equal(await engine.find(before[0]?.taskId ?? '').then((found) => found?.taskId), before[0]?.taskId)
      await engine.resume(held.name)
      assert.deepEqual(await Promise.all([waited, before[1]?.wait(), after.wait()]), [2, 4, 6])
    },
  },
  {
    name: 'a limit that comes later counts the kernels that run',
    needs,
    run: async (t) => {
      const engine = await startEngine(t, 2)
      const spin = t.defineKernel(engine, 'spin')
      const started = nextEvent(engine, 'started')
      const running = engine.submit(spin, [FOR_EVER])
      await started
      const waiting = engine.submit(vary(spin, { concurrency: 1 }), [1])
      await someTurns(20)
      assert.deepEqual([running.status, waiting.status], ['running', 'pending'])
      running.cancel()
      assert.ok(((await waiting.wait()) as number) >= 1)
    },
  },
  {
    name: 'kernels and bodies on the event loop do not hold each other up',
    needs,
    run: async (t) => {
      const engine = await t.start({ workers: 1, maxWorkers: 1, minWorkers: 1, inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      assert.equal(await engine.submit(t.defineKernel(engine, 'add', { concurrency: 3 }), [1, 1]).wait(), 2)
      const spinning = await occupyWorkers(t, engine, 1)
      blocker.release()
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'inline'),
            [],
          )
          .wait(),
        'inline',
      )
      free(spinning)
    },
  },
  {
    name: 'queueSize counts kernels that wait, not those that run',
    needs,
    run: async (t) => {
      const engine = await t.start({ workers: 1, maxWorkers: 1, minWorkers: 1, queueSize: 2 })
      const blockers = await occupyWorkers(t, engine, 1)
      const add = t.defineKernel(engine, 'add')
      const handles = [engine.submit(add, [1, 1]), engine.submit(vary(add, { delayMs: 1 }), [1, 1])]
      expectThrow(() => engine.submit(add, [1, 1]), 'QueueFullError', '2')
      expectThrow(() => engine.submit(vary(add, { concurrency: 2 }), [1, 1]), 'QueueFullError', '2')
      const room = engine.room()
      free(blockers)
      await room
      await allSettled(handles)
      assert.equal(await engine.submit(add, [1, 1]).wait(), 2)
      assert.equal(engine.snapshot().rejectedTasks, 2)
    },
  },
]
