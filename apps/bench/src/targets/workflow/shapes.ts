// The workflows that are measured: a chain, a list, and as many steps side by side; and the tasks without a workflow.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, Task } from '@catzilla/api'
import { workflow } from '@catzilla/workflow'
import { verify } from '../../section.ts'

/** Runs a shape once and checks what came of it; gives the number of steps. */
export type Shape = (size: number) => Promise<number>

export interface Shapes {
  readonly chain: Shape
  readonly list: Shape
  readonly steps: Shape
  /** A chain by hand: each task submitted when the one before it has settled. */
  readonly awaited: Shape
  /** The list by hand: submitted as a batch. */
  readonly batch: Shape
  close(): Promise<unknown>
}

/**
 * Plans are built here, and are no part of what is measured.
 * @param engine the one that runs the tasks; bodies stay JavaScript
 */
export function makeShapes(engine: string, sizes: readonly number[]): Shapes {
  const tasks = createTasks({ engine, compile: false, queueSize: 200_000 })
  const increment = tasks.task({ name: 'increment' }, (value: number) => value + 1)
  return shapesOf(tasks, increment, sizes)
}

/** The same, once C runs their body. */
export async function makeCompiledShapes(sizes: readonly number[]): Promise<Shapes> {
  const tasks = createTasks({ engine: 'native', queueSize: 200_000 })
  const increment = tasks.task({ name: 'increment' }, (value: number) => value + 1)
  while (!increment.explain().native.compiled) {
    await increment.delay(1).wait()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return shapesOf(tasks, increment, sizes)
}

function shapesOf(tasks: BackgroundTasks, increment: Increment, sizes: readonly number[]): Shapes {
  return { ...workflowShapes(increment, sizes), ...shapesByHand(increment), close: () => closed(tasks) }
}

type Increment = Task<[value: number], number, number>

function workflowShapes(increment: Increment, sizes: readonly number[]): Pick<Shapes, 'chain' | 'list' | 'steps'> {
  const list = workflow('list', (w, input: readonly number[]) => w.map(input, increment))
  const chains = new Map(sizes.map((size) => [size, chainOf(increment, size)]))
  const wides = new Map(sizes.map((size) => [size, wideOf(increment, size)]))
  return {
    async chain(size) {
      const run = chains.get(size)?.execute({ first: 0 })
      verify('end of the chain', (await run?.wait()) ?? 0, size)
      return size
    },
    async list(size) {
      const values = await list.execute(numbersBelow(size)).wait()
      verify('results of the list', sumOf(values), (size * (size + 1)) / 2)
      return size
    },
    async steps(size) {
      const values = (await wides.get(size)?.execute({ first: 1 }).wait()) ?? []
      verify('results of the steps', sumOf(values), size * 2)
      return size
    },
  }
}

function shapesByHand(increment: Increment): Pick<Shapes, 'awaited' | 'batch'> {
  return {
    async awaited(size) {
      let last = 0
      for (let step = 0; step < size; step++) last = await increment.delay(last).wait()
      verify('end of the chain', last, size)
      return size
    },
    async batch(size) {
      const values = await increment.batch(numbersBelow(size).map((value): [number] => [value])).wait()
      verify('results of the batch', sumOf(values), (size * (size + 1)) / 2)
      return size
    },
  }
}

// the results of both are inferred: a workflow's type says what goes in and comes out
function chainOf(increment: Increment, size: number) {
  return workflow(`chain of ${size}`, (w, input: { readonly first: number }) => {
    let last = w.step(increment, [input.first])
    for (let step = 1; step < size; step++) last = w.step(increment, [last])
    return last
  })
}

/** As many steps side by side, and one that waits for all. */
function wideOf(increment: Increment, size: number) {
  return workflow(`${size} steps`, (w, input: { readonly first: number }) => {
    const { first } = input
    return w.all(Array.from({ length: size }, () => w.step(increment, [first])))
  })
}

function numbersBelow(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

async function closed(tasks: BackgroundTasks): Promise<unknown> {
  return tasks.shutdown()
}
