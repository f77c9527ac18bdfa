// What must compile and what must not: results flow into arguments with their types.
// oxlint-disable vitest/expect-expect -- what must not compile is expected by @ts-expect-error
import { createTasks } from '@catzilla/api'
import type { TaskFuture } from '@catzilla/api'
import { TaskChain, workflow, workflowOf } from '@catzilla/workflow'
import type { Placeholder, StepOutcome, Workflow, WorkflowBuilder, WorkflowRun } from '@catzilla/workflow'
import { expectTypeOf, test } from 'vitest'

const tasks = createTasks()
interface Parsed {
  readonly rows: readonly number[]
  readonly by: { readonly name: string }
}
const parse = tasks.task({ name: 'parse' }, (raw: string): Parsed => JSON.parse(raw) as Parsed)
const add = tasks.task({ name: 'add' }, async (a: number, b: number) => a + b)
const double = tasks.task({ name: 'double' }, (n: number) => n * 2)
const show = tasks.task({ name: 'show' }, (what: { text: string; list: number[] }, times?: number) =>
  what.text.repeat(times ?? 1),
)
const undoDouble = tasks.task({ name: 'undoDouble' }, (result: number, n: number) => void (result + n))
const undoText = tasks.task({ name: 'undoText' }, (text: string) => void text)

declare const w: WorkflowBuilder
declare const text: Placeholder<string>
declare const number: Placeholder<number>

test('a workflow has the types of its input and its result', () => {
  const report = workflow('report', (b, input: { dataId: number; raw: string }) => {
    const parsed = b.step(parse, [input.raw], { priority: 'high' })
    expectTypeOf(parsed).toEqualTypeOf<Placeholder<Parsed>>()
    return b.step(add, [input.dataId, parsed.get('rows').get(0)])
  })
  expectTypeOf(report).toEqualTypeOf<Workflow<{ dataId: number; raw: string }, number>>()
  expectTypeOf(report.execute({ dataId: 1, raw: '' })).toEqualTypeOf<WorkflowRun<number>>()
  expectTypeOf(report.execute({ dataId: 1, raw: '' }).wait()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(report.executeAsync({ dataId: 1, raw: '' })).toEqualTypeOf<TaskFuture<number>>()
  // @ts-expect-error a field is missing
  report.execute({ dataId: 1 })
  // @ts-expect-error the input is needed
  report.execute()
  const none = workflow('none', (b) => ({ sum: b.step(add, [1, 2]), fixed: 'x', list: [b.step(double, [1])] }))
  expectTypeOf(none.execute().wait()).toEqualTypeOf<Promise<{ sum: number; fixed: string; list: number[] }>>()
})

test('wrong wiring does not compile', () => {
  w.step(add, [number, 1])
  // @ts-expect-error a text is no number
  w.step(add, [text, 1])
  // @ts-expect-error one argument is missing
  w.step(add, [number])
  // @ts-expect-error there is no third argument
  w.step(add, [number, 1, 2])
  // @ts-expect-error a placeholder of a field that is not there
  w.step(parse, []).get('columns')
  // @ts-expect-error a function is no task
  w.step((n: number) => n, [number])
  w.step(show, [{ text, list: [number, 1] }])
  w.step(show, [{ text, list: [number] }, number])
  // @ts-expect-error a field is wired wrongly
  w.step(show, [{ text: number, list: [] }])
})

test('every shape has its type', () => {
  expectTypeOf(w.map([1, 2], double)).toEqualTypeOf<Placeholder<number[]>>()
  expectTypeOf(w.map(w.step(parse, ['']).get('rows'), double)).toEqualTypeOf<Placeholder<number[]>>()
  expectTypeOf(w.all([text, number, 5])).toEqualTypeOf<Placeholder<readonly [string, number, 5]>>()
  expectTypeOf(w.settled([text, number])).toEqualTypeOf<Placeholder<[StepOutcome<string>, StepOutcome<number>]>>()
  expectTypeOf(w.race([number, w.step(double, [1])])).toEqualTypeOf<Placeholder<number>>()
  expectTypeOf(w.compute([text, number], (a, b) => a.length + b > 1)).toEqualTypeOf<Placeholder<boolean>>()
  expectTypeOf(
    w.when(
      number,
      () => text,
      () => number,
    ),
  ).toEqualTypeOf<Placeholder<string | number>>()
  expectTypeOf(w.when(number, () => text)).toEqualTypeOf<Placeholder<string | undefined>>()
  expectTypeOf(w.loop(double, number, { until: (n) => n > 5, maxRounds: 3 })).toEqualTypeOf<Placeholder<number>>()
  // @ts-expect-error the items are texts
  w.map(['a'], double)
  // @ts-expect-error a list of texts
  w.map(w.step(show, [{ text, list: [] }]), double)
  // @ts-expect-error it gives no text
  w.loop(double, 1, { until: (n: string) => n === '', maxRounds: 3 })
  // @ts-expect-error what is computed with is a text
  w.compute([text], (a) => a.toFixed())
})

test('options see the types of the step', () => {
  w.step(double, [1], { compensate: undoDouble, fallback: 3 })
  w.map([1], double, { compensate: undoDouble, fallback: 3 })
  // @ts-expect-error the result is a number
  w.step(double, [1], { compensate: undoText })
  // @ts-expect-error the fallback is a number
  w.step(double, [1], { fallback: 'x' })
  // @ts-expect-error a misspelt option
  w.step(double, [1], { maxRetry: 3 })
})

test('a workflow is a step of another with its own types', () => {
  const inner = workflow('inner', (b, input: { n: number }) => b.step(double, [input.n]))
  expectTypeOf(w.step(inner, [{ n: number }])).toEqualTypeOf<Placeholder<number>>()
  expectTypeOf(w.map([{ n: 1 }], inner)).toEqualTypeOf<Placeholder<number[]>>()
  // @ts-expect-error the field is a number
  w.step(inner, [{ n: text }])
})

test('chains and decorated methods have results', () => {
  const chain = new TaskChain('c', tasks)
    .addTask(parse, { args: [''] })
    .addTask(async (parsed: Parsed) => parsed.rows.length)
  expectTypeOf(chain.execute()).toEqualTypeOf<WorkflowRun<number>>()
  expectTypeOf(new TaskChain('c', tasks).addTask(parse).executeAsync()).toEqualTypeOf<TaskFuture<Parsed>>()
  const method = (b: WorkflowBuilder, input: { n: number }) => b.step(double, [input.n])
  expectTypeOf(workflowOf(method)).toEqualTypeOf<Workflow<{ n: number }, number>>()
})
