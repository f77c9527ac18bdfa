// Looking for steps that C could run costs no more for each step of a wide run than of a narrow one: counted, not timed.
import type { BackgroundTasks } from '@catzilla/api'
import { afterEach, expect, test, vi } from 'vitest'
import { Bodies } from '../src/in-c/bodies.ts'
import { workflow } from '../src/index.ts'
import { untilCompiled } from './compiled-bodies.ts'
import { describeOnEachEngine, describeOnNative } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

const STEPS = 2000

afterEach(() => {
  vi.restoreAllMocks()
})

describeOnEachEngine((engine) => {
  test('steps that stay JavaScript are looked at a few times each', async () => {
    const tasks: BackgroundTasks = tasksForTest({ engine, inlineConcurrency: 4, queueSize: 100 })
    const add = tasks.task({ name: 'add', compile: false }, (a: number, b: number) => a + b)
    const fan = workflow('fan', (w, input: { first: number }) =>
      w.all(Array.from({ length: STEPS }, (_, index) => w.step(add, [input.first, index]))),
    )
    const looked = vi.spyOn(Bodies.prototype, 'stepOf')
    await fan.execute({ first: 1 }).wait()
    expect(looked.mock.calls.length).toBeLessThanOrEqual(4 * STEPS)
  })
})

describeOnNative(() => {
  test('a list that C cannot take is not gone through again whenever an item of it is done', async () => {
    const tasks: BackgroundTasks = tasksForTest({ engine: 'native', inlineConcurrency: 4, queueSize: 100 })
    const twice = tasks.task({ name: 'twice' }, (n: number) => n + n)
    await untilCompiled(twice, 1)
    let looked = 0
    /** A list of texts that notes how often one is read. */
    const noted = (): number[] =>
      new Proxy<number[]>(
        Array.from({ length: STEPS }, () => 'a' as never),
        {
          get: (list, key, receiver): unknown => {
            if (key !== 'length') looked++
            return Reflect.get(list, key, receiver)
          },
        },
      )
    const flow = workflow('texts', (w, input: { n: number }) =>
      w.map(w.compute([input.n], noted), twice, { concurrency: 4 }),
    )
    const run = flow.execute({ n: 1 })
    expect(await run.wait()).toEqual(Array.from({ length: STEPS }, () => 'aa'))
    expect(run.explain().stepsInC).toBe(0)
    expect(looked).toBeLessThanOrEqual(80 * STEPS)
  })

  test('a wide graph is looked at once, and C gets it in one piece', async () => {
    const tasks: BackgroundTasks = tasksForTest({ engine: 'native' })
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    await untilCompiled(add, 1, 2)
    const fan = workflow('fan', (w, input: { first: number }) =>
      w.all(Array.from({ length: STEPS }, (_, index) => w.step(add, [input.first, index]))),
    )
    const looked = vi.spyOn(Bodies.prototype, 'stepOf')
    const run = fan.execute({ first: 1 })
    expect(await run.wait()).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1))
    expect(run.explain()).toMatchObject({ graphs: 1, stepsInC: STEPS })
    // the first steps are asked about before they wait for whoever listens, and then once for all of them
    expect(looked.mock.calls.length).toBeLessThanOrEqual(4)
  })
})
