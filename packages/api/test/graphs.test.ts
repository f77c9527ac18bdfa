// Graphs of tasks that run in C as one: the door for packages that know such graphs.
import { expect, test } from 'vitest'
import { NO_STEP, StepEnd, graphStepOf, submitGraph } from '../src/extend/index.ts'
import type { CallGraph, GraphStep } from '../src/extend/index.ts'
import { decided } from './decided.ts'
import { describeOnNative } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

const terms = { name: 'sums', priority: 2 } as const

/** f(1, 2), f(that, 10), f(that, -3) */
function threeInARow({ call }: GraphStep): CallGraph {
  if (call === null) throw new Error('its body does not run in C')
  return {
    calls: [call],
    stepCalls: Uint32Array.of(0, 0, 0),
    argEnds: Uint32Array.of(2, 4, 6),
    argSteps: Uint32Array.of(NO_STEP, NO_STEP, 0, NO_STEP, 1, NO_STEP),
    argNumbers: Float64Array.of(1, 2, 0, 10, 0, -3),
  }
}

test('an engine without graphs says so', async () => {
  const tasks = tasksForTest({ engine: 'typescript' })
  const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
  const step = graphStepOf(add, 2)
  expect(step).toEqual({ call: null, reason: 'the typescript engine runs no graphs in C', runMs: Infinity })
  await add.delay(1, 2).wait()
  expect(() => submitGraph(add, terms, threeInARow({ ...step, call: {} as never }))).toThrow(
    'submit their tasks one by one',
  )
})

describeOnNative(() => {
  test('steps run in C, as one task, and are counted by their name', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    expect(graphStepOf(add, 2).call).toBeNull()
    await decided(add, 1, 2)
    expect(graphStepOf(add, 1).call).toBeNull()
    const before = tasks.getStats()
    const task = submitGraph(add, terms, threeInARow(graphStepOf(add, 2)))
    const { results, ends } = await task.wait()
    expect([...results]).toEqual([3, 13, 10])
    expect([...ends]).toEqual([StepEnd.done, StepEnd.done, StepEnd.done])
    expect(task.getStats()).toMatchObject({ name: 'sums', lane: 'native', status: 'completed' })
    const after = tasks.getStats()
    expect(after.completedTasks - before.completedTasks).toBe(4)
    expect(after.submittedTasks - before.submittedTasks).toBe(4)
    expect(after.compiled.calls - before.compiled.calls).toBe(3)
  })

  test('a step that is given up takes along those that need it, and nothing else', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const strict = tasks.task({ name: 'strict' }, (a: number, b: number) => {
      if (b === 10) throw new RangeError('ten')
      return a + b
    })
    await decided(strict, 1, 2)
    const before = tasks.getStats().compiled
    const { ends, results } = await submitGraph(strict, terms, threeInARow(graphStepOf(strict, 2))).wait()
    expect([...ends]).toEqual([StepEnd.done, StepEnd.failed, StepEnd.waiting])
    expect(results[0]).toBe(3)
    const after = tasks.getStats().compiled
    expect([after.calls - before.calls, after.bails - before.bails]).toEqual([2, 1])
  })

  test('lists that are no graph fail the task', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    await decided(add, 1, 2)
    const graph = threeInARow(graphStepOf(add, 2))
    const backwards = { ...graph, argSteps: Uint32Array.of(2, NO_STEP, 0, NO_STEP, 1, NO_STEP) }
    await expect(submitGraph(add, terms, backwards).wait()).rejects.toThrow("task 'sums'")
    expect(() => submitGraph(add, terms, { ...graph, calls: [] })).toThrow('a graph has at least one call')
    // and C has nothing of it left
    expect([...(await submitGraph(add, terms, graph).wait()).results]).toEqual([3, 13, 10])
  })

  test('it waits while the engine is paused, and can be cancelled', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    await decided(add, 1, 2)
    const step = graphStepOf(add, 2)
    await tasks.pause()
    const [dropped, wanted] = [submitGraph(add, terms, threeInARow(step)), submitGraph(add, terms, threeInARow(step))]
    expect(dropped.cancel('enough')).toBe(true)
    await expect(dropped.wait()).rejects.toThrow('enough')
    expect(wanted.isReady()).toBe(false)
    await tasks.resume()
    expect((await wanted.wait()).results[2]).toBe(10)
  })

  test('a body that gives something else than a number is no step', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const isGreat = tasks.task({ name: 'great' }, (n: number) => n > 1)
    await decided(isGreat, 1)
    expect(graphStepOf(isGreat, 1)).toMatchObject({ call: null, reason: 'it takes or gives more than numbers' })
  })

  test('a body that takes long is a task of its own', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const long = tasks.task({ name: 'long', compile: 'require' }, (n: number) => {
      let sum = 0
      for (let index = 0; index < n; index++) sum += Math.sqrt(index)
      return sum
    })
    const { tier } = await decided(long, 400_000)
    const step = graphStepOf(long, 1)
    expect(step.call).toBeNull()
    expect(step.reason).toMatch(tier === 'machine code' ? /^it takes \d+ µs: longer ones/ : /C compiler/)
  })
})
