// The shapes of workflows, each run on each engine: sequence, fan-out, fan-in, conditions, loops, workflows in workflows.
import type { BackgroundTasks } from '@catzilla/api'
import { Gate } from '@catzilla/test-kit/gate'
import { WorkflowError, workflow } from '@catzilla/workflow'
import { beforeEach, describe, expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

describeOnEachEngine((engine) => {
  let tasks: BackgroundTasks
  beforeEach(() => {
    tasks = tasksForTest({ engine })
  })

  const adder = () => tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
  const doubler = () => tasks.task({ name: 'double' }, async (value: number) => value * 2)

  test('a sequence: the result of a step is an argument of the next', async () => {
    const [add, double] = [adder(), doubler()]
    const sequence = workflow('sequence', (w, input: { start: number }) => {
      const sum = w.step(add, [input.start, 1])
      return w.step(double, [w.step(add, [sum, sum])])
    })
    expect(await sequence.execute({ start: 1 }).wait()).toBe(8)
    expect(await sequence.executeAsync({ start: 2 }).then((value) => value + 1)).toBe(13)
  })

  test('placeholders stand in lists and objects, and give fields of results', async () => {
    const parse = tasks.task(
      { name: 'parse' },
      (text: string) => JSON.parse(text) as { rows: number[]; by: { name: string } },
    )
    const show = tasks.task({ name: 'show' }, (what: { first: number; names: string[]; fixed: string }) => what)
    const nested = workflow('nested', (w, input: { raw: string; tag: string }) => {
      const parsed = w.step(parse, [input.raw])
      const described = w.step(show, [
        { first: parsed.get('rows').get(0), names: [parsed.get('by').get('name'), input.tag], fixed: 'as it is' },
      ])
      return { described, missing: parsed.get('rows').get(9), tag: input.tag }
    })
    expect(await nested.execute({ raw: '{"rows":[7],"by":{"name":"Ada"}}', tag: 'x' }).wait()).toEqual({
      described: { first: 7, names: ['Ada', 'x'], fixed: 'as it is' },
      missing: undefined,
      tag: 'x',
    })
  })

  test('a fan-out over a list known at run time keeps order, and no more at once than asked for', async () => {
    let [running, most] = [0, 0]
    const list = tasks.task({ name: 'list' }, (count: number) => Array.from({ length: count }, (_, index) => index))
    const slow = tasks.task({ name: 'slow' }, async (value: number) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return value * 10
    })
    const fan = workflow('fan', (w, input: number) => w.map(w.step(list, [input]), slow, { concurrency: 3 }))
    expect(await fan.execute(20).wait()).toEqual(Array.from({ length: 20 }, (_, index) => index * 10))
    expect(most).toBe(3)
    expect(await fan.execute(0).wait()).toEqual([])
  })

  test('a list longer than the queue waits outside of it', async () => {
    const few = tasksForTest({ engine, queueSize: 8, inlineConcurrency: 2 })
    const double = few.task({ name: 'double' }, (value: number) => value * 2)
    const fan = workflow('fan', (w, input: number[]) => w.map(input, double))
    const list = Array.from({ length: 500 }, (_, index) => index)
    expect(await fan.execute(list).wait()).toEqual(list.map((value) => value * 2))
  })

  test('fan-in: all, settled and race', async () => {
    const [add, double] = [adder(), doubler()]
    const never = new Gate<number>()
    const hang = tasks.task({ name: 'hang' }, () => never.opened)
    const fail = tasks.task({ name: 'fail' }, (text: string): number => {
      throw new Error(text)
    })
    const fanIn = workflow('fan-in', (w, input: { n: number }) => {
      const [a, b] = [w.step(add, [input.n, 1]), w.step(double, [input.n])]
      const all = w.all([a, b, 'constant'])
      const settled = w.settled([a, w.step(fail, ['no luck'])])
      const race = w.race([w.step(hang, []), w.step(fail, ['a loser']), b])
      return w.all([all, settled, race])
    })
    const run = fanIn.execute({ n: 5 })
    const [all, settled, race] = await run.wait()
    expect(all).toEqual([6, 10, 'constant'])
    expect(settled).toEqual([
      { status: 'completed', value: 6 },
      { status: 'failed', error: expect.objectContaining({ message: 'no luck' }) },
    ])
    expect(race).toBe(10)
    const hung = run.inspect().steps.find(({ id }) => id === 'hang')
    expect(hung?.status).toBe('cancelled')
    never.open(0)
  })

  test('a race that all lose fails, with each error', async () => {
    const fail = tasks.task({ name: 'fail' }, (text: string): number => {
      throw new Error(text)
    })
    const lost = workflow('lost', (w) => w.race([w.step(fail, ['first']), w.step(fail, ['second'])]))
    const error = (await lost
      .execute()
      .wait()
      .catch((thrown: unknown) => thrown)) as WorkflowError
    expect(error).toBeInstanceOf(WorkflowError)
    expect(error.step).toBe('race')
    const cause = (error.cause as Error).cause as AggregateError
    expect(cause.errors.map((each: Error) => each.message)).toEqual(['first', 'second'])
  })

  test('conditions run one branch, and their result is that of the branch', async () => {
    const [add, double] = [adder(), doubler()]
    const seen: string[] = []
    const note = tasks.task({ name: 'note' }, (text: string) => {
      seen.push(text)
      return text
    })
    const chosen = workflow('chosen', (w, input: { n: number }) => {
      const big = w.compute([input.n], (n) => n > 10)
      const either = w.when(
        big,
        () => {
          w.step(note, ['big'])
          return w.step(double, [input.n])
        },
        () => w.step(add, [input.n, 100]),
      )
      const only = w.when(big, () => w.step(note, ['only when big']))
      return { sum: w.step(add, [either, 1]), only }
    })
    expect(await chosen.execute({ n: 20 }).wait()).toEqual({ sum: 41, only: 'only when big' })
    expect(seen.toSorted()).toEqual(['big', 'only when big'])
    seen.length = 0
    const run = chosen.execute({ n: 1 })
    expect(await run.wait()).toEqual({ sum: 102, only: undefined })
    expect(seen).toEqual([])
    expect(
      run
        .inspect()
        .steps.filter(({ status }) => status === 'skipped')
        .map(({ id }) => id),
    ).toEqual(['note', 'double', 'note#2'])
  })

  test('branches may hold branches, and the condition may be the input', async () => {
    const add = adder()
    const nested = workflow('nested', (w, input: { a: boolean; b: boolean }) =>
      w.when(
        input.a,
        () =>
          w.when(
            input.b,
            () => w.step(add, [1, 1]),
            () => w.step(add, [1, 0]),
          ),
        () => w.step(add, [0, 0]),
      ),
    )
    expect(await nested.execute({ a: true, b: true }).wait()).toBe(2)
    expect(await nested.execute({ a: true, b: false }).wait()).toBe(1)
    expect(await nested.execute({ a: false, b: true }).wait()).toBe(0)
  })

  test('a loop goes on until it is done, and fails at its bound', async () => {
    const double = doubler()
    const grow = (maxRounds: number) =>
      workflow(`grow${maxRounds}`, (w, input: { first: number }) =>
        w.loop(double, input.first, { until: (value, round) => value > 100 && round > 0, maxRounds }),
      )
    const run = grow(10).execute({ first: 3 })
    expect(await run.wait()).toBe(192)
    expect(run.inspect().steps[0]?.rounds).toBe(6)
    await expect(grow(4).execute({ first: 3 }).wait()).rejects.toThrow(/loop 'double' was not done after 4 rounds/)
  })

  test('a workflow is a step, an item and a round of others', async () => {
    const [add, double] = [adder(), doubler()]
    const inner = workflow('inner', (w, input: { n: number }) => ({ n: w.step(double, [w.step(add, [input.n, 1])]) }))
    const outer = workflow('outer', (w, input: { n: number }) => {
      const once = w.step(inner, [{ n: input.n }])
      const many = w.map([{ n: 1 }, { n: 2 }], inner)
      const looped = w.loop(inner, { n: input.n }, { until: (value) => value.n > 50, maxRounds: 10 })
      return w.all([once.get('n'), many, looped.get('n')])
    })
    const run = outer.execute({ n: 1 }, { runId: 'outer-1' })
    expect(await run.wait()).toEqual([4, [{ n: 4 }, { n: 6 }], 94])
    const children = outer.runs.list({ children: true }).runs.filter(({ parentRunId }) => parentRunId === 'outer-1')
    expect(children.map(({ runId }) => runId)).toContain('outer-1.inner#2.1')
    expect(children).toHaveLength(8)
    expect(outer.runs.list().runs.map(({ runId }) => runId)).toEqual(['outer-1'])
  })

  test('after orders steps that use nothing of each other, and may name a step that comes later', async () => {
    const order: string[] = []
    const note = tasks.task({ name: 'note' }, async (text: string) => {
      await new Promise((resolve) => setImmediate(resolve))
      order.push(text)
    })
    const ordered = workflow('ordered', (w) => {
      w.step(note, ['third'], { after: ['b'] })
      const first = w.step(note, ['first'], { id: 'a' })
      w.step(note, ['second'], { id: 'b', after: [first] })
    })
    await ordered.execute().wait()
    expect(order).toEqual(['first', 'second', 'third'])
  })

  test('results go from step to step by reference, and the input is copied', async () => {
    const made: object[] = []
    const make = tasks.task({ name: 'make' }, (input: { list: number[] }) => {
      const big = new Float64Array(1000)
      made.push(big, input)
      return big
    })
    const same = tasks.task({ name: 'same' }, (value: Float64Array, again: Float64Array) => {
      made.push(value, again)
      return value
    })
    const shared = workflow('shared', (w, input: { list: number[] }) => {
      const big = w.step(make, [input])
      return w.step(same, [big, big])
    })
    const input = { list: [1] }
    const result = await shared.execute(input).wait()
    expect(made[2]).toBe(made[0])
    expect(made[3]).toBe(made[0])
    expect(result).toBe(made[0])
    expect(made[1]).not.toBe(input)
    expect(made[1]).toEqual(input)
  })

  test('steps have the options of their tasks: priority, lane, retries, timeout, delay', async () => {
    let calls = 0
    const flaky = tasks.task({ name: 'flaky' }, () => {
      if (++calls < 3) throw new Error('not yet')
      return calls
    })
    const count = tasks.task({ name: 'count' }, (limit: number) => {
      let sum = 0
      for (let n = 0; n < limit; n++) sum += n
      return sum
    })
    const priorities: number[] = []
    tasks.on('queued', ({ priority }) => priorities.push(priority))
    const optioned = workflow('optioned', (w) => {
      const tried = w.step(flaky, [], { priority: 'critical', maxRetries: 5, retryDelayMs: 1 })
      return w.step(count, [tried], { lane: 'thread', delayMs: 1, priority: 'low' })
    })
    expect(await optioned.execute().wait()).toBe(3)
    expect(priorities).toContain(0)
    expect(priorities).toContain(3)
  })
})

describe('a workflow with nothing to wait for', () => {
  test('runs its steps though nobody uses them', async () => {
    const tasks = tasksForTest()
    const seen: string[] = []
    const note = tasks.task({ name: 'note' }, (text: string) => {
      seen.push(text)
    })
    const free = workflow('free', (w, text: string) => {
      w.step(note, [text])
      w.step(note, [text])
    })
    expect(await free.execute('x').wait()).toBeUndefined()
    expect(seen).toEqual(['x', 'x'])
  })
})
