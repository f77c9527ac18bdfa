// What an engine says it can do: each true boolean is tested, each false one must answer with UnsupportedByEngineError.
import assert from 'node:assert/strict'
import type { EngineCapabilities } from '../../contract/capabilities.ts'
import type { LaneName } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, expectRejection, expectThrow } from '../expectations.ts'
import type { Harness } from '../harness.ts'
import { adHoc } from '../harness.ts'
import { nextEvent, settled } from '../moment.ts'

/** Every name of the contract: the type makes a missing one an error. */
const names: Readonly<Record<keyof EngineCapabilities, true>> = {
  inlineLane: true,
  threadLane: true,
  processLane: true,
  nativeLane: true,
  adHocTasks: true,
  durable: true,
  distributed: true,
  hardTimeouts: true,
  resultsByReference: true,
  scalesInline: true,
  scalesWorkers: true,
  measuresTasks: true,
  virtualClock: true,
}

function laneCase(lane: LaneName, capability: keyof EngineCapabilities): ConformanceCase {
  return {
    name: `${capability}: tasks run on the ${lane} lane, or are refused at registration or submission`,
    anyLane: true,
    run: async (t) => {
      const engine = await t.start()
      // no free variables, so that it can travel to any lane; on the native lane a kernel runs
      const body = (a: number, b: number): number => a + b
      const kernel = lane === 'native' ? { kernel: { name: 'add' } } : {}
      const submit = (): unknown => engine.submit(t.define(engine, body, { lane }, t.newName(), kernel), [40, 2])
      if (!t.capabilities[capability]) return expectThrow(submit, 'UnsupportedByEngineError', lane, engine.name)
      const handle = submit() as ReturnType<typeof engine.submit>
      assert.equal(await handle.wait(), 42)
      assert.equal(handle.stats().lane, lane)
    },
  }
}

async function workers(t: Harness): Promise<void> {
  const engine = await t.start({ workers: 2, minWorkers: 1, maxWorkers: 4 })
  if (!t.capabilities.scalesWorkers) {
    return expectRejection(engine.scale({ workers: 3 }), 'UnsupportedByEngineError', engine.name, /worker/)
  }
  const scaled = nextEvent(engine, 'scaled', ({ what }) => what === 'workers')
  await engine.scale({ workers: 3 })
  const { from, to } = await scaled
  assert.deepEqual([from, to], [2, 3])
}

async function virtualClock(t: Harness): Promise<void> {
  if (!t.capabilities.virtualClock) {
    return expectRejection(t.make({ clock: t.clock }), 'UnsupportedByEngineError', 'clock')
  }
  const engine = await t.start({ clock: t.clock })
  const handle = engine.submit(
    t.define(engine, () => 'next year', { delayMs: 365 * 86_400_000 }),
    [],
  )
  await t.clock.advance(365 * 86_400_000)
  assert.equal(await handle.wait(), 'next year')
}

export const capabilities: readonly ConformanceCase[] = [
  {
    name: 'every capability is there, is a boolean, and there are no others',
    anyLane: true,
    run: async (t) => {
      const engine = await t.make()
      assert.deepEqual(Object.keys(engine.capabilities).toSorted(), Object.keys(names).toSorted())
      for (const [name, value] of Object.entries(engine.capabilities)) assert.equal(typeof value, 'boolean', name)
    },
  },
  {
    name: 'capabilities and name do not change in the life of an engine',
    anyLane: true,
    run: async (t) => {
      const engine = await t.make()
      const before = { ...engine.capabilities, name: engine.name }
      await engine.start()
      assert.deepEqual({ ...engine.capabilities, name: engine.name }, before)
      await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
      assert.deepEqual({ ...engine.capabilities, name: engine.name }, before)
      assert.match(engine.name, /^[a-z][a-z0-9-]*$/)
    },
  },
  laneCase('inline', 'inlineLane'),
  laneCase('thread', 'threadLane'),
  laneCase('process', 'processLane'),
  laneCase('native', 'nativeLane'),
  {
    name: 'nativeLane: what must be compiled is refused where nothing is',
    anyLane: true,
    run: async (t) => {
      if (t.capabilities.nativeLane) return
      const engine = await t.start()
      const submit = (): unknown =>
        engine.submit(
          t.define(engine, () => 1, { compile: 'require' }),
          [],
        )
      expectThrow(submit, 'UnsupportedByEngineError', 'compile', /auto|native/)
    },
  },
  {
    name: 'a lane refused by a call leaves the task as it was',
    run: async (t) => {
      const engine = await t.start()
      const missing = (['thread', 'process', 'native'] as const).find((lane) => !t.capabilities[`${lane}Lane`])
      if (missing === undefined) return
      const call = t.define(engine, () => 'inline')
      const elsewhere = { ...call, options: { ...call.options, lane: missing } }
      expectThrow(() => engine.submit(elsewhere, []), 'UnsupportedByEngineError', missing)
      expectThrow(() => engine.submitMany(elsewhere, [[]]), 'UnsupportedByEngineError', missing)
      assert.equal(engine.snapshot().submittedTasks, 0)
      assert.equal(await engine.submit(call, []).wait(), 'inline')
    },
  },
  {
    name: 'adHocTasks: a handler may come with the call, or is refused',
    run: async (t) => {
      const engine = await t.start()
      const submit = (): unknown =>
        engine.submit(
          adHoc('not.registered', () => 'ran'),
          [],
        )
      if (!t.capabilities.adHocTasks)
        return expectThrow(submit, 'UnsupportedByEngineError', 'not.registered', /register/)
      assert.equal(await (submit() as ReturnType<typeof engine.submit>).wait(), 'ran')
    },
  },
  {
    name: 'durable: what had not started at stop is given back, and only then',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const handle = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      await handle.accepted
      const { requeued, cancelled } = await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
      assert.deepEqual([requeued, cancelled], t.capabilities.durable || t.capabilities.distributed ? [1, 0] : [0, 1])
    },
  },
  {
    name: 'distributed: engines that do not share keep their tasks to themselves',
    run: async (t) => {
      if (t.capabilities.distributed) return
      const [one, other] = [await t.start(), await t.start()]
      await one.pause()
      const handle = one.submit(
        t.define(one, () => 1),
        [],
      )
      assert.equal(await other.find(handle.taskId), undefined)
      assert.deepEqual((await other.list()).tasks, [])
      assert.equal(other.snapshot().totalQueued, 0)
    },
  },
  {
    name: 'hardTimeouts: a body that does not give way is stopped, or has failed when it is over',
    run: async (t) => {
      const engine = await t.start()
      const lane = t.capabilities.threadLane && t.capabilities.hardTimeouts ? 'thread' : 'inline'
      const body = (ms: number): number => {
        const until = Date.now() + ms
        let turns = 0
        // counted, and given back: a bundler drops a loop that does nothing
        while (Date.now() < until) turns++
        return turns
      }
      const outcome = await settled(
        engine.submit(t.define(engine, body, { timeoutMs: 20, lane }), [lane === 'thread' ? 1e9 : 50]),
      )
      assert.equal(outcome.status, 'failed')
      if (outcome.status === 'failed') expectError(outcome.error, 'TaskTimeoutError', '20')
    },
  },
  {
    name: 'resultsByReference: the result is the very object, or an equal copy',
    run: async (t) => {
      const engine = await t.start()
      const made = { rows: [1, { deep: true }] }
      const value = await engine
        .submit(
          t.define(engine, () => made),
          [],
        )
        .wait()
      assert.deepEqual(value, made)
      assert.equal(value === made, t.capabilities.resultsByReference)
    },
  },
  {
    name: 'scalesInline: slots can be changed, or it is refused',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const scaled = engine.scale({ inlineConcurrency: 3 })
      if (!t.capabilities.scalesInline) return expectRejection(scaled, 'UnsupportedByEngineError', 'inlineConcurrency')
      await scaled
    },
  },
  {
    name: 'measuresTasks: there are measurements, or there are none',
    anyLane: true,
    run: async (t) => {
      const engine = await t.start()
      assert.equal(engine.measurements !== undefined, t.capabilities.measuresTasks)
    },
  },
  { name: 'scalesWorkers: workers can be scaled, or it is refused', anyLane: true, run: workers },
  { name: 'virtualClock: a year passes in no time, or the clock is refused', run: virtualClock },
]
