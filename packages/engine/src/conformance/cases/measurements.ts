// What is measured by class, lane and name; and that tasks are counted once, wherever they are.
import assert from 'node:assert/strict'
import type { EngineMeasurements, TaskMeasurements } from '../../contract/measurements.ts'
import type { EngineStatistics } from '../../contract/statistics.ts'
import type { TaskEngine } from '../../contract/task-engine.ts'
import type { TaskCall, TaskHandle } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import type { Harness } from '../harness.ts'
import { onBothWays, startEngine } from '../kernel-cases.ts'
import { allSettled, settled, someTurns } from '../moment.ts'

/** Tasks of each of the four submitters. */
const TASKS_EACH = 60

function measured(engine: TaskEngine): EngineMeasurements {
  return engine.measurements?.() ?? assert.fail('it has no measurements')
}

/** Counts of waits and runs. */
function counts(found: TaskMeasurements | undefined): readonly [waits: number, runs: number] {
  return [found?.wait.total().count ?? 0, found?.execution.total().count ?? 0]
}

/** Tasks that were submitted are those that wait, those that run and those that have ended. */
function expectAllAccounted(figures: EngineStatistics): void {
  const { totalQueued, runningTasks, completedTasks, failedTasks, cancelledTasks, expiredTasks } = figures
  const places = { totalQueued, runningTasks, completedTasks, failedTasks, cancelledTasks, expiredTasks }
  const sum = Object.values(places).reduce((total, count) => total + count, 0)
  assert.equal(sum, figures.submittedTasks, JSON.stringify(places))
  const { criticalQueueSize, highQueueSize, normalQueueSize, lowQueueSize, scheduledTasks } = figures
  const ready = criticalQueueSize + highQueueSize + normalQueueSize + lowQueueSize
  assert.equal(ready + scheduledTasks, totalQueued)
}

function failing(): never {
  throw new Error('bad end')
}

/** One call for each way in which a task may go. */
function waysToGo(t: Harness, engine: TaskEngine): TaskCall[] {
  const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return [
    t.define(engine, () => 1, { priority: 'high' }),
    t.define(engine, later, { priority: 'low' }),
    t.define(engine, failing, { priority: 'critical' }),
    t.define(engine, failing, { maxRetries: 1 }),
    t.define(engine, () => 1, { delayMs: 2 }),
    t.define(engine, () => 1, { expireAfterMs: 1, priority: 'low' }),
    t.define(engine, later, { concurrency: 2 }),
    t.define(engine, () => new Promise(() => {}), { timeoutMs: 1 }),
  ]
}

/** Submits one after the other, takes some back at once, and looks at the figures after each. */
async function submitAndLook(engine: TaskEngine, calls: readonly TaskCall[], first: number): Promise<TaskHandle[]> {
  const handles: TaskHandle[] = []
  for (let n = first; n < first + TASKS_EACH; n++) {
    const handle = engine.submit(calls[n % calls.length] ?? assert.fail(), [])
    handles.push(handle)
    expectAllAccounted(engine.snapshot())
    if (n % 7 === 0) handle.cancel()
    expectAllAccounted(engine.snapshot())
    if (n % 3 === 0) await someTurns(1)
  }
  return handles
}

export const measurements: readonly ConformanceCase[] = [
  {
    name: 'waits and runs are told apart by class, lane and name',
    needs: ['measuresTasks'],
    run: async (t) => {
      const engine = await t.start()
      const one = t.define(engine, () => 1, { priority: 'high' })
      const other = t.define(engine, () => 2, { priority: 'low' })
      await allSettled([engine.submit(one, []), engine.submit(one, []), engine.submit(other, [])])
      const { priorities, lanes, names } = measured(engine)
      assert.deepEqual(priorities.map(counts), [
        [0, 0],
        [2, 2],
        [0, 0],
        [1, 1],
      ])
      assert.deepEqual(counts(lanes.inline), [3, 3])
      assert.deepEqual(
        [counts(names.get(one.name)), counts(names.get(other.name))],
        [
          [2, 2],
          [1, 1],
        ],
      )
    },
  },
  {
    name: 'each name counts its tasks, by how they ended',
    needs: ['measuresTasks'],
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      const bad = t.define(engine, failing)
      await allSettled([engine.submit(call, []), engine.submit(call, []), engine.submit(bad, [])])
      await engine.pause()
      engine.submit(call, []).cancel()
      await settled(engine.submit(vary(call, { expireAfterMs: 5 }), []))
      const names = [call.name, bad.name].map((name) => {
        const { submitted, completed, failed, cancelled, expired } = measured(engine).names.get(name) ?? assert.fail()
        return { submitted, completed, failed, cancelled, expired }
      })
      assert.deepEqual(names, [
        { submitted: 4, completed: 2, failed: 0, cancelled: 1, expired: 1 },
        { submitted: 1, completed: 0, failed: 1, cancelled: 0, expired: 0 },
      ])
    },
  },
  {
    name: 'what came after a mark is told without what was there before',
    needs: ['measuresTasks', 'virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      const run = async (waitMs: number): Promise<void> => {
        await engine.pause()
        const handle = engine.submit(call, [])
        await t.clock.advance(waitMs)
        await engine.resume()
        await handle.wait()
      }
      await run(5000)
      const wait = measured(engine).priorities[2].wait
      const mark = wait.mark()
      await run(100)
      const now = measured(engine).priorities[2].wait
      const { count, maxMs, p99Ms } = now.since(mark)
      assert.deepEqual([mark.count, count, now.total().count], [1, 1, 2])
      for (const ms of [maxMs, p99Ms]) assert.ok(Math.abs(ms - 100) < 1, `${ms} should be 100`)
      assert.deepEqual(now.upTo([1, 200, 6000]), [0, 1, 2])
    },
  },
  {
    name: 'names beyond those that are told apart are measured together',
    needs: ['measuresTasks', 'adHocTasks'],
    run: async (t) => {
      const engine = await t.start({ queueSize: 2000 })
      const handles = Array.from({ length: 1000 }, () =>
        engine.submit(
          t.define(engine, () => 1),
          [],
        ),
      )
      await allSettled(handles)
      const { names } = measured(engine)
      assert.ok(names.size <= 500, `${names.size} names`)
      assert.ok((names.get('(other)')?.completed ?? 0) >= 500)
      assert.equal(
        [...names.values()].reduce((sum, { completed }) => sum + completed, 0),
        1000,
      )
    },
  },
  {
    name: 'every task is in one place: waiting, running or ended',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const call = t.define(engine, () => 1)
      const limited = t.define(engine, () => 1, { concurrency: 1 })
      const blocker = await t.occupy(engine)
      const handles = [engine.submit(call, []), engine.submit(limited, []), engine.submit(limited, [])]
      engine.submit(vary(call, { delayMs: 60_000 }), [])
      engine.submit(t.define(engine, failing, { maxRetries: 1, retryDelayMs: 60_000 }), [])
      engine.submit(call, []).cancel()
      expectAllAccounted(engine.snapshot())
      assert.equal(engine.snapshot().runningTasks, 1)
      assert.equal(engine.snapshot().lanes.inline?.queued, 4)
      blocker.release()
      await allSettled(handles)
      await someTurns()
      expectAllAccounted(engine.snapshot())
      assert.deepEqual([engine.snapshot().runningTasks, engine.snapshot().totalQueued], [0, 2])
    },
  },
  {
    name: 'figures add up at any instant while four submit at once, however tasks end',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 8 })
      const calls = waysToGo(t, engine)
      // from an eighth further on each: no two are about the same kind of task at once
      const submitters = [0, 1, 2, 3].map((number) => submitAndLook(engine, calls, number))
      const handles = (await Promise.all(submitters)).flat()
      const over = engine.drain().then(() => true)
      while (!(await Promise.race([over, someTurns(1)]))) expectAllAccounted(engine.snapshot())
      const outcomes = await allSettled(handles)
      const figures = engine.snapshot()
      expectAllAccounted(figures)
      const ended = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length
      assert.deepEqual(
        [figures.completedTasks, figures.failedTasks, figures.cancelledTasks, figures.expiredTasks],
        ['completed', 'failed', 'cancelled', 'expired'].map(ended),
      )
      assert.equal(figures.submittedTasks, 4 * TASKS_EACH)
    },
  },
  ...onBothWays('kernels are measured by lane and name too', async (t, more) => {
    const engine = await startEngine(t)
    const add = t.defineKernel(engine, 'add', { ...more, priority: 'high' })
    const handles = Array.from({ length: 20 }, (_, n) => engine.submit(add, [n, n]))
    expectAllAccounted(engine.snapshot())
    await allSettled(handles)
    expectAllAccounted(engine.snapshot())
    const { lanes, names, priorities } = measured(engine)
    assert.deepEqual(
      [counts(lanes.native), counts(names.get(add.name)), counts(priorities[1])],
      [
        [20, 20],
        [20, 20],
        [20, 20],
      ],
    )
    assert.equal(names.get(add.name)?.completed, 20)
    assert.deepEqual(engine.snapshot().workerBounds, { lane: 'native', least: 1, most: 4 })
  }),
]
