// How plans and runs are shown: as data, as a flowchart, and by their critical path.
import { createTestTasks } from '@catzilla/api/testing'
import { toMermaid, workflow } from '@catzilla/workflow'
import { expect, test } from 'vitest'
import { criticalPathOf } from '../src/critical-path.ts'
import type { RunInfo, StepInfo } from '../src/inspect.ts'
import { tasksForTest } from './tasks-for-test.ts'

test('a plan and a run are plain data', async () => {
  const tasks = createTestTasks()
  const ok = tasks.task({ name: 'ok' }, (n: number) => n)
  const flow = workflow('flow', (w, n: number) =>
    w.map(w.all([w.step(ok, [n], { delayMs: 500 })]), ok, { id: 'items' }),
  )
  expect(flow.toJSON()).toEqual({
    name: 'flow',
    steps: [
      { id: 'ok', kind: 'task', label: 'ok', needs: [] },
      { id: 'all', kind: 'all', label: 'all', needs: ['ok'] },
      { id: 'items', kind: 'map', label: 'ok', needs: ['all'] },
    ],
  })
  const run = flow.execute(5, { runId: 'r' })
  await tasks.drain()
  expect(await run.wait()).toEqual([5])
  const info: RunInfo = JSON.parse(JSON.stringify(run)) as RunInfo
  expect(info).toEqual(run.inspect())
  expect(info).toMatchObject({
    runId: 'r',
    workflow: 'flow',
    status: 'completed',
    error: null,
    parentRunId: null,
    retryOf: null,
  })
  expect(info.durationMs).toBeCloseTo(500, 3)
  expect(info.steps[0]).toMatchObject({ status: 'completed', error: null, items: null, rounds: null })
  expect(info.steps[0]?.durationMs).toBeCloseTo(500, 3)
  expect(info.steps[2]).toMatchObject({ items: { total: 1, running: 0, completed: 1, failed: 0 } })
  expect(run.criticalPath().steps.map(({ id }) => id)).toEqual(['ok', 'all', 'items'])
  expect(run.criticalPath().durationMs).toBeCloseTo(500, 3)
  await tasks.shutdown()
})

test('a plan is a flowchart, and what people write in ids does no harm', () => {
  const tasks = tasksForTest()
  const ok = tasks.task({ name: 'ok' }, (n: number) => n)
  const flow = workflow('flow', (w, n: number) => {
    const first = w.step(ok, [n], { id: 'say "hi" <b>; %% & x' })
    const second = w.when(first, () => w.loop(ok, first, { until: () => true, maxRounds: 1 }))
    return w.race([w.compute([second], (value) => value), first])
  })
  expect(flow.toMermaid()).toBe(`flowchart TD
  s0["say #34;hi#34; #60;b#62;#59; %% #38; x<br/>ok"]
  s1{"when"}
  s2[/"ok"/]
  s3(["when.result<br/>either"])
  s4("compute")
  s5(["race"])
  s0 --> s1
  s1 --> s2
  s0 --> s2
  s1 --> s3
  s2 --> s3
  s3 --> s4
  s4 --> s5
  s0 --> s5
`)
})

test('a run is a flowchart with states and durations', async () => {
  const tasks = tasksForTest()
  const ok = tasks.task({ name: 'ok' }, (n: number) => n)
  const fail = tasks.task({ name: 'fail' }, (n: number) => {
    throw new Error(String(n))
  })
  const flow = workflow('flow', (w) => {
    w.step(ok, [w.step(fail, [w.step(ok, [1])])])
  })
  const run = flow.execute()
  await run.wait().catch(() => {})
  const chart = toMermaid(run.inspect())
  expect(chart).toBe(run.toMermaid())
  expect(chart).toMatch(/s0\["ok<br\/>[\d.]+ ms"\]/)
  expect(chart).toMatch(/class s0 completed\n {2}class s1 failed\n {2}class s2 cancelled\n$/)
  expect(chart).toContain('classDef failed fill:')
  expect(run.inspect().steps[1]?.error).toBe('1')
})

test('the critical path follows, from the last end, whatever ended last before', () => {
  const steps: StepInfo[] = [
    stepInfo('slow', [], 0, 50),
    stepInfo('quick', [], 0, 10),
    stepInfo('behind both', ['slow', 'quick'], 55, 80),
    stepInfo('aside', ['quick'], 10, 70),
    { ...stepInfo('never', ['aside'], 70, 90), status: 'cancelled' },
  ]
  const info = { steps, startedAt: 0 } as unknown as RunInfo
  expect(criticalPathOf(info)).toEqual({
    steps: [
      { id: 'slow', durationMs: 50, waitMs: 0 },
      { id: 'behind both', durationMs: 25, waitMs: 5 },
    ],
    durationMs: 80,
  })
  expect(criticalPathOf({ ...info, steps: [] })).toEqual({ steps: [], durationMs: 0 })
})

function stepInfo(id: string, needs: readonly string[], startedAt: number, endedAt: number): StepInfo {
  const rest = { kind: 'task', label: id, status: 'completed', error: null, items: null, rounds: null } as const
  return { id, needs, startedAt, endedAt, durationMs: endedAt - startedAt, ...rest }
}
