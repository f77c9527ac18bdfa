// Who runs kernel tasks side by side: the API on the native engine and on the TypeScript one, the bare port, and bare
// promises. All of them add 1 to 0, 1, 2 …, so that every window has a known sum.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks } from '@catzilla/api'
import type { NativeConfig } from '@catzilla/core-c'
import { QUEUE_SIZE, createNativeTasks, requireCore } from './core.ts'
import { PortClient } from './port-client.ts'

/** Runs tasks with the arguments (0, 1) to (size - 1, 1) and gives the sum of their results. */
export type KernelLoop = (size: number) => Promise<number>

export const kernelPatterns = {
  forget: 'fire and forget',
  group: 'a handle each, then drain()',
  batch: 'batch(), then its wait()',
  each: 'a promise each',
  mixed: 'half kernels, half inline JavaScript, a promise each',
} as const
export type KernelPattern = keyof typeof kernelPatterns

export interface KernelSetup {
  readonly loops: Readonly<Partial<Record<KernelPattern, KernelLoop>>>
  /** Tasks that have completed so far, where it counts: for those whose results nobody asks for. */
  readonly completed?: () => number
  close(): Promise<void>
}

export const nativeApi = 'api, native'
export const twinApi = 'api, typescript'
export const barePort = 'port, no bookkeeping'
export const bareThen = 'bare resolve().then'
export const bareCall = 'bare async call'
/** What a promise costs whose result comes from elsewhere, without anything that makes the result. */
export const bareLater = 'bare promises, resolved later'
/** What a window of handles is to the memory of JavaScript, and nothing else. */
export const bareObjects = 'objects like handles, no tasks'
/** The least that can be held of each task. */
export const bareObject = 'one object each, no tasks'

export const kernelContenders: Readonly<Record<string, () => Promise<KernelSetup>>> = {
  [nativeApi]: async () => setUpApi(await createNativeTasks()),
  [twinApi]: async () => setUpApi(createTasks({ engine: 'typescript', queueSize: QUEUE_SIZE })),
  [barePort]: () => setUpPort(),
  [bareThen]: setUpBareThen,
  [bareCall]: setUpBareCall,
  [bareLater]: setUpBareLater,
}

/** What the results of a window add up to. */
export function sumOfWindow(size: number): number {
  return (size * (size + 1)) / 2
}

/** `tasks.kernel('add').delay(i, 1)`, and beside it an inline task that does the same. */
export async function setUpApi(tasks: BackgroundTasks): Promise<KernelSetup> {
  const add = tasks.kernel('add')
  const inline = tasks.task({ name: 'inline', lane: 'inline' }, (a: number, b: number) => a + b)
  await tasks.ready
  const loops: Record<KernelPattern, KernelLoop> = {
    async forget(size) {
      for (let value = 0; value < size; value++) add.delay(value, 1)
      await tasks.drain()
      return sumOfWindow(size)
    },
    async group(size) {
      const handles = []
      for (let value = 0; value < size; value++) handles.push(add.delay(value, 1))
      await tasks.drain()
      let sum = 0
      for (const { outcome } of handles) sum += outcome?.status === 'completed' ? outcome.value : Number.NaN
      return sum
    },
    async batch(size) {
      const lists: [number, number][] = []
      for (let value = 0; value < size; value++) lists.push([value, 1])
      let sum = 0
      for (const value of await add.batch(lists).wait()) sum += value
      return sum
    },
    async each(size) {
      const pending: Promise<number>[] = []
      for (let value = 0; value < size; value++) pending.push(add.delay(value, 1).wait())
      let sum = 0
      for (const each of pending) sum += await each
      return sum
    },
    async mixed(size) {
      const pending: Promise<number>[] = []
      for (let value = 0; value < size; value += 2) {
        pending.push(add.delay(value, 1).wait(), inline.delay(value + 1, 1).wait())
      }
      let sum = 0
      for (const each of pending) sum += await each
      return sum
    },
  }
  return {
    loops,
    completed: () => tasks.getStats().completedTasks,
    async close() {
      await tasks.shutdown()
    },
  }
}

/** Slots and rings, written and read here. */
export async function setUpPort(config: Partial<NativeConfig> = {}): Promise<KernelSetup> {
  const port = new PortClient(requireCore(), config)
  const plan = port.plan('add')
  const together: KernelLoop = (size) => port.sumOf(plan, size)
  return {
    loops: { forget: together, group: together, batch: together, each: (size) => port.awaitEach(plan, size) },
    async close() {
      port.close()
    },
  }
}

/** `Promise.resolve(i).then(body)` is awaited; of a mixed window, every task is one. */
async function setUpBareThen(): Promise<KernelSetup> {
  const add = (value: number): number => value + 1
  return bareLoops((value) => Promise.resolve(value).then(add))
}

/** An async function is called and its promise awaited. */
async function setUpBareCall(): Promise<KernelSetup> {
  return bareLoops(async (value) => value + 1)
}

/** Each promise is made with the function that resolves it, which is called in a later turn of the event loop. */
async function setUpBareLater(): Promise<KernelSetup> {
  const each: KernelLoop = async (size) => {
    const resolvers: ((value: number) => void)[] = []
    const pending: Promise<number>[] = []
    for (let value = 0; value < size; value++) {
      pending.push(
        new Promise((resolve) => {
          resolvers.push(resolve)
        }),
      )
    }
    setImmediate(() => resolvers.forEach((resolve, value) => resolve(value + 1)))
    let sum = 0
    for (const promise of pending) sum += await promise
    return sum
  }
  return { loops: { each }, async close() {} }
}

function bareLoops(call: (value: number) => Promise<number>): KernelSetup {
  const each: KernelLoop = async (size) => {
    const pending: Promise<number>[] = []
    for (let value = 0; value < size; value++) pending.push(call(value))
    let sum = 0
    for (const promise of pending) sum += await promise
    return sum
  }
  return { loops: { each, mixed: each }, async close() {} }
}

class Inside {
  readonly plan: object
  readonly sequence: number
  word: number
  held: unknown = null

  constructor(plan: object, sequence: number, word: number) {
    this.plan = plan
    this.sequence = sequence
    this.word = word
  }

  get outcome(): { readonly status: string; readonly value: number } {
    return { status: 'completed', value: this.word }
  }
}

class Outside {
  readonly #inside: Inside

  constructor(inside: Inside) {
    this.#inside = inside
  }

  get outcome(): { readonly status: string; readonly value: number } {
    return this.#inside.outcome
  }
}

/** As many objects of the same size as a window of handles has, held as long. */
export function setUpBareObject(): Pick<KernelSetup, 'loops'> {
  return {
    loops: {
      async group(size) {
        const held = []
        for (let value = 0; value < size; value++) held.push({ value: value + 1 })
        let sum = 0
        for (const { value } of held) sum += value
        return sum
      },
    },
  }
}

export function setUpBareObjects(): Pick<KernelSetup, 'loops'> {
  const plan = {}
  return {
    loops: {
      async group(size) {
        const handles = []
        for (let value = 0; value < size; value++) handles.push(new Outside(new Inside(plan, value, value + 1)))
        await new Promise((resolve) => setImmediate(resolve))
        let sum = 0
        for (const { outcome } of handles) sum += outcome.status === 'completed' ? outcome.value : Number.NaN
        return sum
      },
    },
  }
}
