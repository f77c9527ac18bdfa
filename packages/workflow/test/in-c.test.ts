// Runs whose steps are compiled bodies of numbers: C runs them as graphs, and nothing of it can be seen but the time it takes.
import type { BackgroundTasks } from '@catzilla/api'
import { expect, test } from 'vitest'
import { MemoryStore, WorkflowRuns, workflow } from '../src/index.ts'
import type { WorkflowRun } from '../src/index.ts'
import { untilCompiled } from './compiled-bodies.ts'
import { describeOnEachEngine, describeOnNative } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

const native = (): BackgroundTasks => tasksForTest({ engine: 'native', workers: 2 })

function idsInC(run: WorkflowRun<unknown>): string[] {
  return run
    .explain()
    .steps.filter(({ inC }) => inC)
    .map(({ id }) => id)
}

function reasonFor(run: WorkflowRun<unknown>, id: string): string {
  return run.explain().steps.find((step) => step.id === id)?.reason ?? ''
}

describeOnNative(() => {
  test('a chain runs as one graph, to the bit', async () => {
    const tasks = native()
    const mix = tasks.task({ name: 'mix' }, (a: number, b: number) => Math.sqrt(a * 1.1 + b) / 3 - b * 0.7)
    const chain = workflow('chain', (w, input: { first: number }) => {
      let last = w.step(mix, [input.first, 1])
      for (let step = 2; step <= 100; step++) last = w.step(mix, [last, step])
      return last
    })
    await untilCompiled(mix, 1, 2)
    const run = chain.execute({ first: 3 })
    let expected = mix(3, 1)
    for (let step = 2; step <= 100; step++) expected = mix(expected, step)
    expect(await run.wait()).toBe(expected)
    expect(run.explain()).toMatchObject({ graphs: 1, stepsInC: 100 })
    const { steps, progress, status } = run.inspect()
    expect({ progress, status }).toEqual({ progress: { settled: 100, total: 100, ratio: 1 }, status: 'completed' })
    expect(steps.every((step) => step.status === 'completed' && step.durationMs !== null && step.durationMs >= 0)).toBe(
      true,
    )
  })

  test('a fan-out and its fan-in, and what JavaScript must do in between', async () => {
    const tasks = native()
    const twice = tasks.task({ name: 'twice' }, (n: number) => n * 2)
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    const total = tasks.task({ name: 'total', compile: false }, (all: readonly number[]) =>
      all.reduce((a, b) => a + b, 0),
    )
    const flow = workflow('fans', (w, input: { first: number }) => {
      const wide = Array.from({ length: 50 }, (_, index) => w.step(add, [input.first, index]))
      const sum = w.step(total, [wide])
      const after = wide.slice(0, 8).map((each) => w.step(add, [each, sum]))
      return w.all([sum, ...after.map((each) => w.step(twice, [each]))])
    })
    await Promise.all([untilCompiled(twice, 1), untilCompiled(add, 1, 2)])
    const run = flow.execute({ first: 7 })
    const sum = 50 * 7 + (49 * 50) / 2
    expect(await run.wait()).toEqual([sum, ...Array.from({ length: 8 }, (_, index) => (7 + index + sum) * 2)])
    expect(run.explain()).toMatchObject({ graphs: 2, stepsInC: 66 })
    expect(reasonFor(run, 'total')).toBe('an argument is put together, or no number')
  })

  test('the items of a list', async () => {
    const tasks = native()
    const square = tasks.task({ name: 'square' }, (n: number) => n * n)
    const flow = workflow('list', (w, input: readonly number[]) => w.map(input, square, { concurrency: 8 }))
    await untilCompiled(square, 3)
    const list = Array.from({ length: 3000 }, (_, index) => index / 7)
    const run = flow.execute(list)
    expect(await run.wait()).toEqual(list.map((n) => n * n))
    expect(run.explain()).toMatchObject({ graphs: 1, stepsInC: 1 })
    expect(run.inspect().steps[0]?.items).toEqual({ total: 3000, running: 0, completed: 3000, failed: 0 })
  })

  test('what C gives up runs as tasks, with their retries, policies and errors', async () => {
    const tasks = native()
    const strict = tasks.task({ name: 'strict', maxRetries: 1, retryDelayMs: 0 }, (n: number) => {
      if (n < 0) throw new RangeError(`negative: ${n}`)
      return n + 1
    })
    const undone: number[] = []
    const undo = tasks.task({ name: 'undo' }, (result: number) => undone.push(result))
    const flow = workflow('strict', (w, input: { list: readonly number[]; first: number }) => {
      const items = w.map(input.list, strict, { failure: 'ignore' })
      let last = w.step(strict, [input.first], { compensate: undo })
      for (let step = 0; step < 5; step++) last = w.step(strict, [last], { compensate: undo })
      const bad = w.step(strict, [-5], { after: [last, items] })
      const never = [1, 2, 3].map((n) => w.step(strict, [n], { after: [bad] }))
      return w.all([last, ...never])
    })
    await untilCompiled(strict, 3)
    const run = flow.execute({ list: [1, 2, -3, 4, 5, -6], first: 10 })
    await expect(run.wait()).rejects.toThrow("step 'strict#8' failed: negative: -5")
    expect(run.inspect().steps.map(({ status }) => status)).toEqual([
      'completed',
      ...Array.from({ length: 6 }, () => 'compensated'),
      'failed',
      ...Array.from({ length: 3 }, () => 'cancelled'),
      'cancelled',
    ])
    expect(undone).toEqual([16, 15, 14, 13, 12, 11])
    expect(idsInC(run)).toEqual(['strict', ...[2, 3, 4, 5, 6, 7].map((n) => `strict#${n}`)])
    expect(reasonFor(run, 'strict')).toBe('C ran items of it, and gave up others, which ran as tasks')
  })

  test('who listens to the steps of a run gets each in time: none runs in C', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    const flow = workflow('watched', (w, input: { first: number }) => {
      let last = w.step(next, [input.first])
      for (let step = 0; step < 9; step++) last = w.step(next, [last])
      return last
    })
    await untilCompiled(next, 3)
    const seen: string[] = []
    flow.runs.on('step', ({ step, status }) => seen.push(`${step} ${status}`))
    const run = flow.execute({ first: 1 })
    expect(await run.wait()).toBe(11)
    expect(seen).toHaveLength(20)
    expect(run.explain()).toMatchObject({ graphs: 0, stepsInC: 0 })
    expect(reasonFor(run, 'next')).toBe('somebody listens to each step in time')
  })

  test('so does who listens right after the start; who comes later hears of each step when C is done', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    const flow = workflow('heard', (w, input: { first: number }) => {
      let last = w.step(next, [input.first])
      for (let step = 0; step < 4; step++) last = w.step(next, [last])
      return last
    })
    await untilCompiled(next, 3)
    const [early, late]: [string[], string[]] = [[], []]
    const atOnce = flow.execute({ first: 1 })
    atOnce.onStep(({ step, status }) => early.push(`${step} ${status}`))
    expect(await atOnce.wait()).toBe(6)
    expect(atOnce.explain().graphs).toBe(0)
    await tasks.pause()
    const later = flow.execute({ first: 1 })
    await Promise.resolve()
    later.onStep(({ step, status }) => late.push(`${step} ${status}`))
    await tasks.resume()
    expect(await later.wait()).toBe(6)
    expect(later.explain()).toMatchObject({ graphs: 1, stepsInC: 5 })
    await Promise.resolve()
    expect(early).toHaveLength(9)
    // the first had started before anybody listened
    expect(late).toEqual(early)
  })

  test.each([
    [{ delayMs: 1 }, 'its delayMs needs a task of its own'],
    [{ onSuccess: () => {} }, 'its onSuccess needs a task of its own'],
    [{ concurrency: 2 }, 'its concurrency needs a task of its own'],
    [{ compile: false as const }, 'it is not to be compiled'],
    [{ lane: 'thread' as const }, 'it is to run on the thread lane'],
  ])('steps with %j run as tasks', async (options, reason) => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const flow = workflow('asking', (w) => w.all([1, 2, 3, 4, 5].map((n) => w.step(next, [n], options as object))))
    const run = flow.execute()
    expect(await run.wait()).toEqual([2, 3, 4, 5, 6])
    expect(run.explain().graphs).toBe(0)
    expect(reasonFor(run, 'next')).toBe(reason)
  })

  test('other values than numbers, few steps, races and workflows stay with JavaScript', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const child = workflow('child', (w, input: { n: number }) => w.step(next, [input.n]))
    const flow = workflow('others', (w, input: { text: string }) => {
      const texts = [1, 2, 3, 4].map((n) => w.step(next as never, [input.text], { id: `text ${n}` }))
      const races = [1, 2, 3, 4].map((n) => w.step(next, [n], { id: `race ${n}` }))
      const few = [1, 2].map((n) => w.step(next, [n], { id: `few ${n}` }))
      return w.all([...texts, w.race(races), ...few, w.step(child, [{ n: 1 }])])
    })
    const run = flow.execute({ text: 'a' })
    expect(await run.wait()).toEqual(['a1', 'a1', 'a1', 'a1', expect.any(Number), 2, 3, 2])
    expect(run.explain().graphs).toBe(0)
    expect(reasonFor(run, 'text 1')).toBe('it was given something that is no number')
    expect(reasonFor(run, 'race 1')).toBe('a race waits for it, which the first that completes decides')
    expect(reasonFor(run, 'few 2')).toBe('fewer than 4 steps could run in C together with it')
    expect(reasonFor(run, 'child')).toBe('it is a workflow, with a run of its own')
  })

  test('tasks are counted by their names, whoever listens to tasks gets each, and a pause of a name holds', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const flow = workflow('counted', (w) => w.all([1, 2, 3, 4, 5].map((n) => w.step(next, [n]))))
    const before = tasks.getStats()
    const run = flow.execute()
    await run.wait()
    expect(run.explain().stepsInC).toBe(5)
    expect(tasks.getStats().completedTasks - before.completedTasks).toBe(6)
    const names: string[] = []
    const off = tasks.on('completed', ({ name }) => names.push(name))
    const heard = flow.execute()
    await heard.wait()
    expect(heard.explain().graphs).toBe(0)
    await Promise.resolve()
    expect(names).toEqual(['next', 'next', 'next', 'next', 'next'])
    off()
    await tasks.pause('next')
    const held = flow.execute()
    expect(held.explain().graphs).toBe(0)
    await tasks.resume('next')
    expect(await held.wait()).toEqual([2, 3, 4, 5, 6])
  })

  test('a run that is cancelled while C has it ends, and nothing stays behind', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const flow = workflow('long', (w, input: { first: number }) => {
      let last = w.step(next, [input.first])
      for (let step = 0; step < 2000; step++) last = w.step(next, [last])
      return w.all([last, w.map([1, 2, 3, 4, 5], next)])
    })
    const run = flow.execute({ first: 1 })
    // who listens from now on hears of each step, but not in time
    await Promise.resolve()
    expect(run.cancel('enough')).toBe(true)
    await expect(run.wait()).rejects.toThrow('was cancelled: enough')
    expect(run.explain().graphs).toBe(2)
    expect(new Set(run.inspect().steps.map(({ status }) => status))).toEqual(new Set(['cancelled']))
    await tasks.drain()
    expect(await flow.execute({ first: 1 }).wait()).toEqual([2002, [2, 3, 4, 5, 6]])
  })

  test('an engine that closes interrupts the run, and C is given no more', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const flow = workflow('closed', (w) => w.map([1, 2, 3, 4, 5], next))
    await tasks.pause()
    const run = flow.execute()
    expect(run.explain().graphs).toBe(1)
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })
    await expect(run.wait()).rejects.toThrow('was interrupted')
    expect(run.runStatus).toBe('interrupted')
  })

  test('where the queue is full, steps wait for room one by one', async () => {
    const tasks = tasksForTest({ engine: 'native', queueSize: 1 })
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const flow = workflow('full', (w) => w.map([1, 2, 3, 4, 5], next))
    await tasks.pause()
    const first = next.delay(1)
    const run = flow.execute()
    await tasks.resume()
    expect(await run.wait()).toEqual([2, 3, 4, 5, 6])
    expect(await first.wait()).toBe(2)
    expect(reasonFor(run, 'next')).toBe('C gave it up, so that it ran as a task; so do steps that fail')
  })

  test('a run that C had when it was cut off goes on from its record', async () => {
    const tasks = native()
    const next = tasks.task({ name: 'next' }, (n: number) => n + 1)
    await untilCompiled(next, 3)
    const store = new MemoryStore()
    const define = (runs: WorkflowRuns) =>
      workflow(
        'cut',
        (w, input: { list: readonly number[] }) => {
          const items = w.map(input.list, next)
          let last = w.step(next, [items.get(3)])
          for (let step = 0; step < 9; step++) last = w.step(next, [last])
          return last
        },
        { runs },
      )
    const first = define(new WorkflowRuns({ store })).execute({ list: [1, 2, 3, 4, 5] }, { runId: 'cut' })
    expect(await first.wait()).toBe(15)
    const events = store.load('cut')?.events ?? []
    expect(events.map(({ type }) => type)).toEqual(['started', 'expanded', 'ranItems', 'ran'])
    for (let cut = 0; cut < events.length; cut++) {
      const again = new MemoryStore()
      const record = store.load('cut')?.record
      if (record === undefined) throw new Error('there is no record')
      again.create(record)
      again.append('cut', events.slice(0, cut))
      const runs = new WorkflowRuns({ store: again })
      define(runs)
      const [run] = await runs.recover()
      expect(await run?.wait()).toBe(15)
      expect(run?.explain().stepsInC).toBeGreaterThan(0)
    }
  })
})

describeOnEachEngine((engine) => {
  test('the results are those of JavaScript, wherever steps run, and each says where', async () => {
    const tasks = tasksForTest({ engine })
    const mix = tasks.task({ name: 'mix' }, (a: number, b: number) => Math.sin(a) * 1e3 + (b % 3))
    const flow = workflow('anywhere', (w, input: { first: number }) => {
      let last = w.step(mix, [input.first, 0])
      for (let step = 1; step < 20; step++) last = w.step(mix, [last, step])
      return last
    })
    let expected = 4
    for (let step = 0; step < 20; step++) expected = mix(expected, step)
    // as many runs as it takes to compile the body, and more
    for (let round = 0; round < 12; round++) {
      const run = flow.execute({ first: 4 })
      expect(await run.wait()).toBe(expected)
      const { stepsInC, steps } = run.explain()
      expect(stepsInC === 0 || engine === 'native').toBe(true)
      expect(steps.filter(({ inC }) => inC)).toHaveLength(stepsInC)
    }
    const { steps } = flow.execute({ first: 4 }).explain()
    const said = engine === 'typescript' ? 'the typescript engine runs no graphs in C' : steps[0]?.reason
    expect(steps[0]?.reason).toBe(said)
  })
})
