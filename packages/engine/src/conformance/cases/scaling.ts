// Changing the number of slots while running.
import assert from 'node:assert/strict'
import type { ScaleTarget } from '../../contract/task-engine.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectRejection } from '../expectations.ts'
import { countsThreads } from '../harness.ts'
import { nextEvent, recordEvents, someTurns } from '../moment.ts'

export const scaling: readonly ConformanceCase[] = [
  {
    name: 'scaling up starts waiting tasks at once',
    needs: ['scalesInline'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 'ran'),
        [],
      )
      await engine.scale({ inlineConcurrency: 2 })
      assert.equal(await handle.wait(), 'ran')
      assert.equal(engine.snapshot().lanes.inline?.slots, 2)
    },
  },
  {
    name: 'scaling down interrupts nothing, and holds the next ones back',
    needs: ['scalesInline'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 3 })
      const blockers = [await t.occupy(engine), await t.occupy(engine), await t.occupy(engine)]
      await engine.scale({ inlineConcurrency: 1 })
      const handle = engine.submit(
        t.define(engine, () => 'ran'),
        [],
      )
      const { lanes, activeWorkers, idleWorkers, totalWorkers } = engine.snapshot()
      assert.deepEqual(lanes.inline, { slots: 1, active: 3, queued: 1 })
      if (!countsThreads(t.capabilities)) assert.deepEqual([activeWorkers, idleWorkers, totalWorkers], [3, 0, 1])
      for (const blocker of blockers.slice(0, 2)) {
        blocker.release('kept')
        assert.equal(await blocker.handle.wait(), 'kept')
      }
      await someTurns()
      assert.equal(handle.status, 'pending')
      blockers[2]?.release()
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'scaling is told with from, to and reason; scaling to the same number is not',
    needs: ['scalesInline'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const heard = recordEvents(engine, ['scaled'])
      await engine.scale({ inlineConcurrency: 2 })
      const told = nextEvent(engine, 'scaled')
      await engine.scale({ inlineConcurrency: 5, reason: 'busy' })
      const { what, from, to, reason } = await told
      assert.deepEqual({ what, from, to, reason }, { what: 'inlineConcurrency', from: 2, to: 5, reason: 'busy' })
      assert.equal(heard.length, 1)
    },
  },
  {
    name: 'a target that makes no sense is refused, naming what it got and what is accepted',
    run: async (t) => {
      const engine = await t.start()
      await expectRejection(engine.scale({}), 'ConfigurationError', 'inlineConcurrency', 'workers')
      for (const inlineConcurrency of [0, -1, 1.5, Number.NaN]) {
        const refused = engine.scale({ inlineConcurrency })
        await expectRejection(refused, 'ConfigurationError', 'inlineConcurrency', String(inlineConcurrency), 'integer')
      }
      // what callers without types may ask
      const unknown = { inlineConcurency: 2 } as ScaleTarget
      await expectRejection(engine.scale(unknown), 'ConfigurationError', 'inlineConcurrency')
    },
  },
]
