// Random graphs on a real engine, with a store: every run ends, and its record leads to where it ended.
import { systemClock } from '@catzilla/api/extend'
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunState, StepState } from '../src/decide/run-state.ts'
import { MemoryStore } from '../src/memory-store.ts'
import { replayEvents } from '../src/replay.ts'
import { RunValues } from '../src/run-values.ts'
import type { WorkflowStore } from '../src/store.ts'
import { WorkflowRuns } from '../src/workflow-runs.ts'
import { bodies, graphOf, graphSketch } from './random-workflows.ts'

/** Of each ten calls so many fail; some take a turn of the event loop, and after so many events the run is cancelled or paused. */
const chances = fc.record({
  failures: fc.integer({ min: 0, max: 4 }),
  salt: fc.nat(1000),
  disturbAt: fc.option(fc.nat(20), { nil: undefined }),
  disturbBy: fc.constantFrom('cancel', 'pause'),
  asynchronous: fc.boolean(),
})

test('every run ends, its record leads to the same end, and a retry ends as well', async () => {
  await fc.assert(
    fc.asyncProperty(graphSketch, chances, async (sketch, { failures, salt, disturbAt, disturbBy, asynchronous }) => {
      const graph = graphOf(sketch)
      let calls = salt
      bodies.call = () => {
        calls++
        if ((calls * 7919) % 10 < failures) throw new Error('by chance')
        return calls % 3 === 0 ? new Promise((resolve) => setImmediate(() => resolve(calls % 2))) : calls % 2
      }
      const memory = new MemoryStore()
      let events = 0
      const store: WorkflowStore = {
        create: (record) => memory.create(record),
        load: (runId) => memory.load(runId),
        unfinished: () => memory.unfinished(),
        finish: (runId) => memory.finish(runId),
        append(runId, given) {
          memory.append(runId, given)
          if (runId === 'first') events += given.length
          if (runId === 'first' && events === disturbAt) queueMicrotask(() => disturb(runId))
          return asynchronous ? Promise.resolve() : undefined
        },
      }
      const runs = new WorkflowRuns({ store })
      const disturb = (runId: string): void => {
        if (disturbBy === 'cancel') runs.cancel(runId)
        else if (runs.pause(runId)) setImmediate(() => runs.resume(runId))
      }
      const run = runs.start({ name: 'random', graph, clock: systemClock, timeoutMs: Infinity }, undefined, {
        runId: 'first',
      })
      await run.wait().catch(() => {})
      expect(['completed', 'failed', 'cancelled']).toContain(run.runStatus)
      const { steps } = run.inspect()
      expect(steps.filter(({ status }) => ['waiting', 'ready', 'running'].includes(status))).toEqual([])

      const again = new RunState(graph.plan)
      replayEvents(graph.plan, again, new RunValues(graph, again, undefined), memory.load(run.runId)?.events ?? [])
      expect([...again.status].map((status) => Object.keys(StepState)[status])).toEqual(
        steps.map(({ status }) => status),
      )
      expect(again.phase).toBe(run.runStatus)
      expect(memory.unfinished()).toEqual([])

      bodies.call = () => 1
      const outcome =
        run.runStatus === 'completed'
          ? 'completed'
          : await run
              .retry()
              .wait()
              .then(() => 'completed')
      expect(outcome).toBe('completed')
    }),
    { ...seeded, numRuns: 300 },
  )
})
