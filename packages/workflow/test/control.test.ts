// Runs under control: paused, resumed, retried, listed, watched; and what can be seen of them.
import { ConfigurationError, TaskStateError, UnknownTaskError, WorkflowError } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import { Gate, someTurns } from '@catzilla/test-kit/gate'
import { WorkflowRuns, workflow } from '@catzilla/workflow'
import type { StepEvent } from '@catzilla/workflow'
import { beforeEach, expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

describeOnEachEngine((engine) => {
  let tasks: BackgroundTasks
  beforeEach(() => {
    tasks = tasksForTest({ engine })
  })

  const okTask = () => tasks.task({ name: 'ok' }, (value: number) => value)

  test('a paused run starts nothing until it is resumed, nor do the runs that are its steps', async () => {
    const [begun, held] = [new Gate(), new Gate()]
    const seen: string[] = []
    const hold = tasks.task({ name: 'hold' }, async () => {
      begun.open()
      await held.opened
    })
    const note = tasks.task({ name: 'note' }, (text: string) => void seen.push(text))
    const inner = workflow('inner', (w) => w.step(note, ['inner'], { after: [w.step(hold, [])] }))
    const outer = workflow('outer', (w) => w.step(note, ['outer'], { after: [w.step(inner, [])] }))
    const run = outer.execute()
    await begun.opened
    expect([run.pause(), run.pause(), run.runStatus]).toEqual([true, false, 'paused'])
    held.open()
    await someTurns()
    expect(seen).toEqual([])
    expect([run.resume(), run.resume(), run.runStatus]).toEqual([true, false, 'running'])
    await run.wait()
    expect(seen).toEqual(['inner', 'outer'])
    expect(run.pause()).toBe(false)
  })

  test('a retry keeps finished results, items of lists too, and does the rest', async () => {
    let broken = true
    const calls: string[] = []
    const ok = tasks.task({ name: 'ok' }, (value: number) => {
      calls.push(`ok ${value}`)
      return value * 10
    })
    const fragile = tasks.task({ name: 'fragile' }, (value: number) => {
      calls.push(`fragile ${value}`)
      if (broken && value === 2) throw new Error('broken')
      return value
    })
    const flow = workflow('flow', (w, input: { list: number[] }) => {
      const first = w.step(ok, [1])
      const chosen = w.when(first, () => w.step(ok, [first]))
      const mapped = w.map(input.list, fragile, { concurrency: 1, after: [chosen] })
      return w.all([first, chosen, w.race([first, w.step(ok, [5])]), mapped])
    })
    const run = flow.execute({ list: [1, 2, 3] })
    await expect(run.wait()).rejects.toThrow('broken')
    expect(calls.toSorted()).toEqual(['fragile 1', 'fragile 2', 'ok 1', 'ok 10', 'ok 5'])
    calls.length = 0
    broken = false
    const again = run.retry()
    expect(await again.wait()).toEqual([10, 100, 10, [1, 2, 3]])
    expect(calls).toEqual(['fragile 2', 'fragile 3'])
    expect(again.inspect()).toMatchObject({ status: 'completed', retryOf: run.runId })
    expect(() => again.retry()).toThrow(TaskStateError)
  })

  test('a retry does again what was undone, and what was built on it', async () => {
    let broken = true
    const calls: string[] = []
    const call = (name: string) => tasks.task({ name }, (value: number) => (calls.push(`${name} ${value}`), value + 1))
    const [reserve, report, kept, undo] = [call('reserve'), call('report'), call('kept'), call('undo')]
    const fail = tasks.task({ name: 'fail' }, (value: number) => {
      if (broken) throw new Error('broken')
      return value
    })
    const flow = workflow('flow', (w) => {
      const reserved = w.step(reserve, [1], { compensate: undo })
      const reported = w.step(report, [reserved])
      return w.step(fail, [reported], { after: [w.step(kept, [9])] })
    })
    const run = flow.execute()
    await expect(run.wait()).rejects.toThrow('broken')
    expect(calls.toSorted()).toEqual(['kept 9', 'report 2', 'reserve 1', 'undo 2'])
    calls.length = 0
    broken = false
    expect(await flow.runs.retry(run.runId).wait()).toBe(3)
    expect(calls.toSorted()).toEqual(['report 2', 'reserve 1'])
  })

  test('steps tell of themselves, to the run and to all runs', async () => {
    const [ok, held, begun] = [okTask(), new Gate(), new Gate()]
    const hold = tasks.task({ name: 'hold' }, async () => {
      begun.open()
      await held.opened
      return [1, 2]
    })
    const flow = workflow('flow', (w) => w.map(w.step(hold, []), ok, { id: 'items' }))
    const [own, all, ended]: [StepEvent[], StepEvent[], string[]] = [[], [], []]
    flow.runs.on('step', (event) => all.push(event))
    flow.runs.on('started', ({ runId, status }) => ended.push(`${runId} ${status}`))
    flow.runs.on('ended', ({ runId, status }) => ended.push(`${runId} ${status}`))
    const run = flow.execute(undefined, { runId: 'r' })
    await begun.opened
    const stop = run.onStep((event) => own.push(event))
    held.open()
    await run.wait()
    await someTurns(1)
    stop()
    const shown = (events: readonly StepEvent[]): string[] =>
      events.map(({ step, item, status }) => [step, item, status].filter((each) => each !== undefined).join(' '))
    expect(shown(own)).toEqual([
      'hold completed',
      'items 0 started',
      'items 1 started',
      'items 0 completed',
      'items 1 completed',
      'items completed',
    ])
    expect(shown(all)).toEqual(['hold started', ...shown(own)])
    expect(own[0]).toMatchObject({
      runId: 'r',
      workflow: 'flow',
      durationMs: expect.any(Number),
      at: expect.any(Number),
    })
    expect(ended).toEqual(['r running', 'r completed'])
  })

  test('progress counts steps and items', async () => {
    const gate = new Gate()
    const hold = tasks.task({ name: 'hold' }, async (value: number) => {
      if (value === 3) await gate.opened
      return value
    })
    const flow = workflow('flow', (w) => w.map([1, 2, 3, 4], hold))
    const run = flow.execute()
    await new Promise<void>((resolve) => {
      let done = 0
      run.onStep(({ status, item }) => {
        if (status === 'completed' && item !== undefined && ++done === 3) resolve()
      })
    })
    expect(run.inspect().progress).toEqual({ settled: 3, total: 5, ratio: 0.6 })
    expect(run.getStats()).toMatchObject({
      status: 'running',
      name: 'flow',
      progress: { ratio: 0.6 },
      completedAt: null,
    })
    gate.open()
    await run.wait()
    expect(run.inspect().progress).toEqual({ settled: 5, total: 5, ratio: 1 })
    expect(run.getStats().executionTimeMs).toBeGreaterThanOrEqual(0)
  })
})

test('runs are listed newest first, filtered, a page at a time, and looked after by id', async () => {
  const tasks = tasksForTest()
  const gate = new Gate()
  const hold = tasks.task({ name: 'hold' }, () => gate.opened)
  const fail = tasks.task({ name: 'fail' }, () => {
    throw new Error('no')
  })
  const runs = new WorkflowRuns({ keepRuns: 3 })
  const held = workflow('held', (w) => void w.step(hold, []), { runs })
  const failing = workflow('failing', (w) => void w.step(fail, []), { runs })
  for (const runId of ['f1', 'f2'])
    await failing
      .execute(undefined, { runId })
      .wait()
      .catch(() => {})
  for (const runId of ['h1', 'h2', 'h3']) held.execute(undefined, { runId })
  const ids = (query: Parameters<typeof runs.list>[0]): string[] => runs.list(query).runs.map(({ runId }) => runId)
  expect(ids({})).toEqual(['h3', 'h2', 'h1', 'f2', 'f1'])
  expect(ids({ workflow: 'failing' })).toEqual(['f2', 'f1'])
  expect(ids({ status: ['running'] })).toEqual(['h3', 'h2', 'h1'])
  const page = runs.list({ limit: 2 })
  expect(page.runs.map(({ runId }) => runId)).toEqual(['h3', 'h2'])
  expect(ids({ limit: 10, cursor: page.nextCursor ?? '' })).toEqual(['h1', 'f2', 'f1'])
  expect(runs.list({ workflow: 'failing', limit: 2 }).nextCursor).toBeUndefined()
  expect(runs.list({ status: 'failed' }).runs[0]?.error).toContain("step 'fail' failed: no")

  expect(() => held.execute(undefined, { runId: 'h1' })).toThrow(WorkflowError)
  expect(runs.pause('h1') && runs.inspect('h1').status).toBe('paused')
  expect(runs.resume('h1')).toBe(true)
  expect(runs.cancel('h1', 'enough')).toBe(true)
  expect(runs.get('h1')?.runStatus).toBe('cancelled')
  for (const act of [() => runs.inspect('x'), () => runs.cancel('x'), () => runs.pause('x'), () => runs.retry('x')]) {
    expect(act).toThrow(UnknownTaskError)
  }
  expect(() => runs.list({ limit: 0 })).toThrow(ConfigurationError)
  expect(() => runs.list({ cursor: 'x' })).toThrow(ConfigurationError)
  expect(() => runs.on('nothing' as never, () => {})).toThrow(ConfigurationError)
  expect(() => new WorkflowRuns({ keepRuns: -1 })).toThrow(ConfigurationError)
  expect(runs.workflows.map(({ name, steps }) => [name, steps.length])).toEqual([
    ['held', 1],
    ['failing', 1],
  ])
  expect(() => workflow('held', (w) => void w.step(hold, []), { runs })).toThrow(/already/)

  const drained = runs.drain()
  gate.open()
  await drained
  // the oldest that is over has gone
  expect(runs.get('f1')).toBeUndefined()
  expect(ids({})).toEqual(['h3', 'h2', 'h1'])
  await runs.drain()
})

test('runs that are steps do not push others out, and completed runs hold on to nothing but their result', async () => {
  const tasks = tasksForTest()
  const make = tasks.task({ name: 'make' }, (n: number) => ({ n, big: new Float64Array(1000) }))
  const size = tasks.task({ name: 'size' }, (made: { big: Float64Array }) => made.big.length)
  const runs = new WorkflowRuns({ keepRuns: 2 })
  const inner = workflow('inner', (w, n: number) => w.step(size, [w.step(make, [n])]), { runs })
  const outer = workflow('outer', (w, list: number[]) => w.map(list, inner), { runs })
  for (const runId of ['a', 'b']) {
    expect(await outer.execute([1, 2, 3, 4], { runId }).wait()).toEqual([1000, 1000, 1000, 1000])
  }
  const ids = runs.list({ children: true }).runs.map(({ runId }) => runId)
  expect(ids.toSorted()).toEqual(['a', 'b', 'b.inner.2', 'b.inner.3'])
  await runs.drain()
  expect(await runs.get('a')?.wait()).toEqual([1000, 1000, 1000, 1000])
})
