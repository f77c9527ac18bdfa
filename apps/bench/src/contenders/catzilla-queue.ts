// The API as a contender: a task of each body, and what there is for each way of handing tasks over.
import type { BackgroundTasks, Task, TaskResult } from '@catzilla/api'
import { add, echo, lengthOf, sizeOf, spin } from './bodies.ts'
import type { Order } from './bodies.ts'
import type { Queue } from './contender.ts'

/** A lane that is asked for; none: the engine chooses, and compiles what it can. */
export type LaneAsked = 'inline' | 'thread' | 'process'

export interface DefinedTasks {
  readonly add: Task<[a: number, b: number], number>
  readonly urgent: Task<[a: number, b: number], number>
  readonly spin: Task<[turns: number], number>
  readonly low: Task<[turns: number], number>
  readonly echo: Task<[order: Order], Order>
  readonly lengthOf: Task<[text: string], number>
  readonly copied: Task<[bytes: Uint8Array], number>
  readonly moved: Task<[bytes: Uint8Array], number>
  readonly clock: Task<[], number>
  /** In this process only: it remembers whom it has let down. */
  readonly flaky?: Task<[value: number], number>
}

export function defineTasks(tasks: BackgroundTasks, lane: LaneAsked | undefined): DefinedTasks {
  const where = lane === undefined ? {} : ({ lane, compile: false } as const)
  // bytes cross a boundary only where there is one, and those that moved cannot be sent once more
  const transfer = lane === 'thread' || lane === 'process' ? { transfer: true, maxRetries: 0 } : {}
  return {
    add: tasks.task({ name: 'add', ...where }, add),
    urgent: tasks.task({ name: 'urgent', priority: 'critical', ...where }, add),
    spin: tasks.task({ name: 'spin', ...where }, spin),
    low: tasks.task({ name: 'low', priority: 'low', ...where }, spin),
    echo: tasks.task({ name: 'echo', ...where }, echo),
    lengthOf: tasks.task({ name: 'length', ...where }, lengthOf),
    copied: tasks.task({ name: 'size of a copy', ...where }, sizeOf),
    moved: tasks.task({ name: 'size', ...where, ...transfer }, sizeOf),
    clock: tasks.task({ name: 'clock', ...where }, () => performance.timeOrigin + performance.now()),
    ...(lane === 'inline' ? { flaky: defineFlaky(tasks) } : {}),
  }
}

function defineFlaky(tasks: BackgroundTasks): Task<[value: number], number> {
  const failed = new Set<number>()
  return tasks.task(
    { name: 'flaky', lane: 'inline', compile: false, maxRetries: 1, retryBackoff: 'none' },
    (value: number) => {
      if (failed.delete(value)) return value
      failed.add(value)
      throw new Error('the first run fails')
    },
  )
}

export function queueOf(tasks: BackgroundTasks, defined: DefinedTasks): Queue {
  const { flaky } = defined
  return {
    add: (a, b) => defined.add.delay(a, b).wait(),
    spin: (turns) => defined.spin.delay(turns).wait(),
    echo: (order) => defined.echo.delay(order).wait(),
    lengthOf: (text) => defined.lengthOf.delay(text).wait(),
    sizeOf: (bytes, transfer) => (transfer ? defined.moved : defined.copied).delay(bytes).wait(),
    urgent: (a, b) => defined.urgent.delay(a, b).wait(),
    startedAfter: (delayMs) => defined.clock.with({ delayMs }).delay().wait(),
    ...(flaky === undefined ? {} : { flaky: (value: number) => flaky.delay(value).wait() }),
    ...windowsOf(tasks, defined),
    async hold(count) {
      await tasks.pause()
      for (let value = 0; value < count; value++) defined.add.delay(value, 1)
    },
    async release() {
      await tasks.resume()
      await tasks.drain()
    },
    async close() {
      await tasks.shutdown()
    },
  }
}

function windowsOf(tasks: BackgroundTasks, defined: DefinedTasks): Partial<Queue> {
  const { add: task, low } = defined
  return {
    async forget(count) {
      for (let value = 0; value < count; value++) task.delay(value, 1)
      await tasks.drain()
    },
    async handles(count) {
      const held: TaskResult<number>[] = []
      for (let value = 0; value < count; value++) held.push(task.delay(value, 1))
      await tasks.drain()
      return held.reduce((sum, { outcome }) => sum + (outcome?.status === 'completed' ? outcome.value : Number.NaN), 0)
    },
    async batch(count) {
      const lists: [number, number][] = []
      for (let value = 0; value < count; value++) lists.push([value, 1])
      return (await task.batch(lists).wait()).reduce((sum, value) => sum + value, 0)
    },
    columns: (xs, ys) => task.mapArrays(xs, ys).wait(),
    async backlog(count, turns) {
      for (let each = 0; each < count; each++) low.delay(turns)
      await tasks.drain()
    },
  }
}
