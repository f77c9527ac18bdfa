// Chains by ids, on each engine, and the decorator.
// oxlint-disable typescript/unbound-method -- a decorated method is looked up, not called
import { join } from 'node:path'
import { ConfigurationError, WorkflowError } from '@catzilla/api'
import { importCompiledFixture } from '@catzilla/test-kit/compiled-fixture'
import { TaskChain, Workflow, WorkflowRun, workflow, workflowOf } from '@catzilla/workflow'
import { describe, expect, test } from 'vitest'
import { describeOnEachEngine } from './engines.ts'
import type * as reports from './fixtures/reports.ts'
import { tasksForTest } from './tasks-for-test.ts'

const fixture = await importCompiledFixture<typeof reports>(join(import.meta.dirname, 'fixtures', 'reports.ts'))

describeOnEachEngine((engine) => {
  test('a chain gives the results of dependencies in their order, then the arguments, to tasks and plain functions', async () => {
    const tasks = tasksForTest({ engine })
    const parse = tasks.task({ name: 'parse' }, (raw: string) => JSON.parse(raw) as number[])
    const chain = new TaskChain('pipeline', tasks)
      .addTask(parse, { args: ['[1,2,3]'], priority: 'high' })
      .addTask((values: number[]) => values.length, { dependsOn: ['pipeline_0'] })
      .addTask(async (values: number[]) => values.reduce((a, b) => a + b, 0), { dependsOn: ['pipeline_0'] })
      .addTask((sum: number, count: number, digits: number) => (sum / count).toFixed(digits), {
        dependsOn: ['pipeline_2', 'pipeline_1'],
        args: [2],
      })
    const run = chain.execute()
    expect(run).toBeInstanceOf(WorkflowRun)
    expect(await run.wait()).toBe('2.00')
    expect(run.inspect().steps.map(({ id }) => id)).toEqual(['pipeline_0', 'pipeline_1', 'pipeline_2', 'pipeline_3'])
    expect(await chain.executeAsync().then((mean) => mean.length)).toBe(4)
  })

  test('the same function may stand twice, and compensate what it did', async () => {
    const tasks = tasksForTest({ engine })
    const undone: unknown[] = []
    const undo = tasks.task({ name: 'undo' }, (...values: unknown[]) => void undone.push(values))
    const inc = (value: number): number => value + 1
    const chain = new TaskChain('saga', tasks)
      .addTask(inc, { args: [1], compensate: undo })
      .addTask(inc, { dependsOn: ['saga_0'], compensate: undo })
      .addTask(
        () => {
          throw new Error('no')
        },
        { dependsOn: ['saga_1'] },
      )
    await expect(chain.execute().wait()).rejects.toThrow("workflow 'saga': step 'saga_2' failed: no")
    expect(undone).toEqual([
      [3, 2],
      [2, 1],
    ])
  })
})

describe('a chain that cannot run', () => {
  const any = (...values: unknown[]): unknown => values

  test('says what is wrong when it is executed', () => {
    const message = (chain: TaskChain): string => {
      try {
        chain.execute()
      } catch (thrown) {
        return (thrown as Error).message
      }
      return 'it ran'
    }
    const chain = () => new TaskChain('c', tasksForTest())
    expect(message(chain())).toMatch(/has no steps/)
    expect(
      message(
        chain()
          .addTask(any, { dependsOn: ['c_1'] })
          .addTask(any, { dependsOn: ['c_0'] }),
      ),
    ).toMatch(/cycle: c_\d → c_\d → c_\d/)
    expect(message(chain().addTask(any, { dependsOn: ['c_7'] }))).toMatch(
      /it waits for 'c_7', and there is no such step/,
    )
    expect(message(chain().addTask((a: number) => a))).toMatch(/takes 1 arguments, and is wired with 0/)
    expect(message(chain().addTask(any, { prio: 1 } as never))).toMatch(/there is no option "prio"/)
    expect(message(chain().addTask(any, { id: 'mine' } as never))).toMatch(/task 'c_0': a task of a chain has no id;/)
    expect(message(chain().addTask(any, { after: [] } as never))).toMatch(/a task of a chain has no after;/)
    expect(message(chain().addTask(any, { dependsOn: 'c_0' as never }))).toMatch(/dependsOn accepts a list, got "c_0"/)
    expect(message(chain().addTask(any, { args: 5 as never }))).toMatch(/args accepts a list, got 5/)
    expect(message(chain().addTask(5 as never))).toMatch(/takes a task or a function, got 5/)
  })

  test('takes nothing more once it was executed', async () => {
    const chain = new TaskChain('c', tasksForTest()).addTask(any)
    await chain.execute().wait()
    expect(() => chain.addTask(any)).toThrow(WorkflowError)
    expect(() => new TaskChain('', tasksForTest())).toThrow(ConfigurationError)
    expect(() => new TaskChain('c', {} as never).addTask(any).execute()).toThrow(/no BackgroundTasks/)
  })
})

describe('the decorator', () => {
  test('makes a workflow of a static method, which may use others of its class', async () => {
    const tasks = tasksForTest()
    const double = tasks.task({ name: 'double' }, (n: number) => n * 2)
    const Reports = fixture.defineReports(workflow, double)
    const flow = workflowOf(Reports.fourfold)
    expect(flow).toBeInstanceOf(Workflow)
    expect(flow.name).toBe('four-fold')
    expect(await flow.execute({ n: 3 }).wait()).toBe(12)
    expect(() => workflowOf(Reports.twice)).toThrow(/is no workflow/)
  })

  test('takes public static methods only', () => {
    expect(() => fixture.defineWrong(workflow)).toThrow(/takes public static methods/)
    expect(() => workflow('x', { failure: 'y' as never })).toThrow(ConfigurationError)
  })
})
