// What is wrong with a graph is said when it is built, with the name of the step.
import { ConfigurationError } from '@catzilla/api'
import { WorkflowError, workflow } from '@catzilla/workflow'
import type { BuildWorkflow, Placeholder, WorkflowBuilder } from '@catzilla/workflow'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

type Input = { n: number; list: number[]; flag: boolean }

function errorOf(build: (tasks: ReturnType<typeof given>) => BuildWorkflow<Input, unknown>): Error {
  try {
    workflow('w', build(given()))
  } catch (thrown) {
    return thrown as Error
  }
  throw new Error('it was built')
}

function given() {
  const tasks = tasksForTest()
  const one = tasks.task({ name: 'one' }, (n: number) => n)
  const two = tasks.task({ name: 'two' }, (a: number, b: number) => a + b)
  const many = tasks.task({ name: 'many' }, (...values: unknown[]) => values)
  return { tasks, one, two, many }
}

describe('wiring that cannot run', () => {
  test.each<[string, RegExp, Parameters<typeof errorOf>[0]]>([
    [
      'a cycle, with its path',
      /workflow 'w' has a cycle: (a → b → c → a|b → c → a → b|c → a → b → c); each waits for the one before it/,
      ({ many }) =>
        (w) => {
          w.step(many, [], { id: 'before' })
          w.step(many, [], { id: 'a', after: ['c'] })
          w.step(many, [], { id: 'b', after: ['a', 'before'] })
          w.step(many, [], { id: 'c', after: ['b'] })
          w.step(many, [], { id: 'behind', after: ['c'] })
        },
    ],
    [
      'a step that waits for itself',
      /has a cycle: a → a/,
      ({ many }) =>
        (w) =>
          void w.step(many, [], { id: 'a', after: ['a'] }),
    ],
    [
      'an unknown id',
      /workflow 'w', step 'many': it waits for 'frist', and there is no such step; did you mean 'first'\?/,
      ({ many }) =>
        (w) => {
          w.step(many, [], { id: 'first' })
          w.step(many, [], { after: ['frist'] })
        },
    ],
    [
      'a duplicate id',
      /there are two steps with id 'same'/,
      ({ many }) =>
        (w) => {
          w.step(many, [], { id: 'same' })
          w.step(many, [], { id: 'same' })
        },
    ],
    [
      'a step out of reach: used from outside of its branch',
      /'one#2' uses 'one', which runs in one branch of 'when' only.*return it from the branch/,
      ({ one }) =>
        (w, input) => {
          let inside: Placeholder<number> | undefined
          w.when(input.flag, () => void (inside = w.step(one, [1])))
          return w.step(one, [inside as Placeholder<number>])
        },
    ],
    [
      'a step out of reach: used from the other branch, by after',
      /'second' uses 'first', which runs in one branch/,
      ({ one }) =>
        (w, input) =>
          w.when(
            input.flag,
            () => w.step(one, [1], { id: 'first' }),
            () => w.step(one, [1], { id: 'second', after: ['first'] }),
          ),
    ],
    [
      'a result out of reach',
      /'the result' uses 'one'/,
      ({ one }) =>
        (w, input) => {
          let inside: unknown
          w.when(input.flag, () => void (inside = w.step(one, [1])))
          return inside
        },
    ],
    [
      'a branch that is unreachable',
      /the first branch is unreachable/,
      ({ one }) =>
        (w) =>
          w.when(false, () => w.step(one, [1])),
    ],
    [
      'too few arguments',
      /step\(two\): task 'two' takes 2 arguments, and is wired with 1/,
      ({ two }) =>
        (w, input) =>
          w.step(two, [input.n] as never),
    ],
    [
      'too few arguments of an item',
      /map\(two\): task 'two' takes 2 arguments, and is wired with 1/,
      ({ two }) =>
        (w, input) =>
          w.map(input.list, two as never),
    ],
    [
      'arguments that are no list',
      /step 'many': its arguments must be a list/,
      ({ many }) =>
        (w) =>
          w.step(many, 5 as never),
    ],
    ['no steps', /workflow 'w' has no steps/, () => () => 5],
    [
      'something that is no task',
      /step\(5\) takes a task made by task\(\), or a workflow, got 5/,
      () => (w) => w.step(5 as never, []),
    ],
    [
      'a function that is no task',
      /takes a task made by task\(\)/,
      () => (w) => w.step(((n: number) => n) as never, [1] as never),
    ],
    [
      'a placeholder in a Map',
      /stands in a Map or Set/,
      ({ many }) =>
        (w, input) =>
          w.step(many, [new Map([['a', input.n]])]),
    ],
    [
      'a placeholder of another workflow',
      /it uses a placeholder of another workflow/,
      ({ one }) =>
        (w) => {
          let foreign: unknown
          workflow('other', (v) => {
            foreign = v.step(one, [1])
          })
          return w.step(one, [foreign as number])
        },
    ],
    [
      'an input that is computed with',
      /'input.n' is not known while the graph is built/,
      ({ one }) =>
        (w, input) =>
          w.step(one, [input.n + 1]),
    ],
    [
      'a list that is spread',
      /'input.list' is not known while the graph is built/,
      ({ many }) =>
        (w, input) =>
          w.step(many, [...input.list]),
    ],
    [
      'a method of the input that is called',
      /is not known while the graph is built/,
      ({ many }) =>
        (w, input) =>
          w.step(many, [input.list.map(String)]),
    ],
    [
      'a result that is computed with',
      /the result of step 'one' is not known/,
      ({ one }) =>
        (w) =>
          w.step(one, [Number(w.step(one, [1]))]),
    ],
    ['a race of none', /race takes one step or more/, () => (w) => w.race([])],
    ['settled of what is no step', /settled takes a list of steps, got 5 in it/, () => (w) => w.settled([5 as never])],
    [
      'after something that is no step',
      /after takes steps and ids of steps, got 5/,
      ({ many }) =>
        (w) =>
          w.step(many, [], { after: [5 as never] }),
    ],
    [
      'a signal of a step',
      /a step has no signal of its own/,
      ({ many }) =>
        (w) =>
          w.step(many, [], { signal: AbortSignal.abort() } as never),
    ],
    [
      'options of a task for a workflow',
      /priority cannot be set for a workflow/,
      ({ one }) =>
        (w) =>
          w.step(
            workflow('inner', (v) => v.step(one, [1])),
            [],
            { priority: 'high' },
          ),
    ],
    [
      'JSON made of a result',
      /the result of step 'one' is not known while the graph is built/,
      ({ one, many }) =>
        (w) =>
          w.step(many, [JSON.stringify({ rows: w.step(one, [1]) })]),
    ],
    [
      'a build that is asynchronous',
      /built by a function that is not async/,
      ({ one }) =>
        async (w) =>
          w.step(one, [1]),
    ],
    [
      'a loop without a bound',
      /needs until and maxRounds/,
      ({ one }) =>
        (w) =>
          w.loop(one, 1, { until: () => true } as never),
    ],
  ])('%s', (_, message, build) => {
    const error = errorOf(build)
    expect(error).toBeInstanceOf(WorkflowError)
    expect(error.message).toMatch(message)
  })

  test.each<[string, RegExp, Parameters<typeof errorOf>[0]]>([
    [
      'an unknown option',
      /there is no option "prioritty"; did you mean priority/,
      ({ many }) =>
        (w) =>
          w.step(many, [], { prioritty: 'high' } as never),
    ],
    [
      'a policy that is none',
      /failure accepts 'failFast', 'collect', 'ignore', got "stop"/,
      ({ many }) =>
        (w) =>
          w.step(many, [], { failure: 'stop' as never }),
    ],
    [
      'concurrency 0',
      /concurrency accepts an integer ≥ 1, got 0/,
      ({ one }) =>
        (w) =>
          w.map([1], one, { concurrency: 0 }),
    ],
    [
      'a compensation that is no task',
      /compensate accepts a task, got function/,
      ({ many }) =>
        (w) =>
          w.step(many, [], { compensate: (() => {}) as never }),
    ],
    [
      'options that are none',
      /options must be an object, got 5/,
      ({ many }) =>
        (w) =>
          w.step(many, [], 5 as never),
    ],
  ])('%s', (_, message, build) => {
    const error = errorOf(build)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
  })

  test('options of workflows and runs are checked as well', () => {
    const { one } = given()
    const build = (): BuildWorkflow<unknown, unknown> => (w) => w.step(one, [1])
    expect(() => workflow('w', build(), { timeoutMs: 0 })).toThrow(/timeoutMs accepts/)
    expect(() => workflow('', build())).toThrow(/needs a name/)
    expect(() => workflow('w', build(), { runs: {} as never })).toThrow(/runs accepts WorkflowRuns/)
    expect(() => workflow('w', build()).execute(undefined, { runId: '' })).toThrow(/runId accepts/)
  })
})

test('a step that comes after the graph was built is refused', () => {
  const { one } = given()
  let kept: WorkflowBuilder | undefined
  workflow('early', (w) => {
    kept = w
    return w.step(one, [1])
  })
  expect(() => kept?.step(one, [2], { id: 'late' })).toThrow(/^workflow 'early' is built: step 'late' comes too late/)
  expect(() => kept?.step(one, [2])).toThrow(/^workflow 'early' is built: step 'one' comes too late/)
})

describe('ids', () => {
  test('are the names of tasks, with a number where that is taken', () => {
    const { one } = given()
    const named = workflow('named', (w) => {
      w.step(one, [1], { id: 'one#2' })
      for (let count = 0; count < 3; count++) w.step(one, [1])
    })
    expect(named.toJSON().steps.map(({ id }) => id)).toEqual(['one#2', 'one', 'one#3', 'one#4'])
  })

  test('a graph of a hundred thousand steps in a row is built without recursion', () => {
    const { one } = given()
    const long = workflow('long', (w, input: Input) => {
      let last = w.step(one, [input.n])
      for (let count = 1; count < 100_000; count++) last = w.step(one, [last])
      return last
    })
    expect(long.toJSON().steps).toHaveLength(100_000)
  })
})
