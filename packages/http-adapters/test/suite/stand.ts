// Tasks, a server of one edge, and a client, for one test.
import { createTasks } from '@catzilla/api'
import type { BackgroundTasks, TasksOptions } from '@catzilla/api'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { listen } from '../edges/edge.ts'
import type { Edge, EdgeOptions } from '../edges/edge.ts'

/** What an answer was. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined when it is none. */
  readonly json: Json
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers whose shape they check
type Json = any

export interface Stand {
  readonly tasks: BackgroundTasks
  /** Of the routes, such as http://127.0.0.1:1234/tasks */
  readonly url: string
  readonly origin: string
  readonly gate: Gate
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** Submits and gives the id. */
  readonly submit: (task: string, args?: readonly unknown[], options?: object) => Promise<string>
  /** The answer of the long poll of a task. */
  readonly end: (taskId: string) => Promise<Answer>
}

export interface StandOptions extends EdgeOptions {
  readonly engine: string
  /** Of `createTasks`. */
  readonly with?: TasksOptions
  /** Path of the framework at which the routes are mounted: none. */
  readonly mount?: string
}

/** Bodies that wait there are let through by the test. */
export class Gate {
  #open = (): void => {}
  readonly opened: Promise<void> = new Promise((resolve) => (this.#open = resolve))

  open(): void {
    this.#open()
  }
}

export const exposed: readonly string[] = ['add', 'echo', 'fails', 'hold', 'odd', 'slowly-checked', 'forgotten']

/** Everybody may do everything: what is tested is not who. */
export const everybody: EdgeOptions = { authorize: () => true, expose: exposed }

export async function stand(edge: Edge, { engine, with: asked, mount = '', ...options }: StandOptions): Promise<Stand> {
  const tasks = createTasks({
    engine,
    compile: false,
    ...asked,
    taskDefaults: { maxRetries: 0, ...asked?.taskDefaults },
  })
  onTestFinished(async () => {
    gate.open()
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 1000 })
  })
  const gate = new Gate()
  defineTasks(tasks, gate)
  const origin = await listen(edge.serve(tasks, options, mount))
  return client(tasks, gate, origin, `${origin}${mount}${options.path ?? '/tasks'}`)
}

/** A client of routes at `url`. */
export function client(tasks: BackgroundTasks, gate: Gate, origin: string, url: string): Stand {
  const send: Stand['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
  }
  const post: Stand['post'] = (path, body, headers) => send('POST', path, body, headers)
  return {
    tasks,
    url,
    origin,
    gate,
    send,
    post,
    get: (path, headers) => send('GET', path, undefined, headers),
    async submit(task, args = [], options = {}) {
      const { json } = await post('', { task, args, options })
      return (json as { readonly taskId: string }).taskId
    },
    end: (taskId) => send('GET', `/${taskId}/result?waitMs=30000`),
  }
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function defineTasks(tasks: BackgroundTasks, gate: Gate): void {
  tasks.task({ name: 'add', input: [v.number(), v.number()], priority: 'high' }, (a: number, b: number) => a + b)
  tasks.task({ name: 'echo' }, (...values: unknown[]) => values)
  tasks.task({ name: 'hidden' }, () => 'secret')
  tasks.task({ name: 'forgotten', keepResultMs: 0 }, () => 'gone')
  tasks.task({ name: 'hold' }, async () => {
    await gate.opened
    return 'let through'
  })
  tasks.task({ name: 'fails' }, (secret: string) => {
    throw new TypeError(`no luck with ${secret}`)
  })
  tasks.task({ name: 'odd' }, (kind: string) => oddValues[kind]?.())
  const later = v.pipeAsync(
    v.string(),
    v.checkAsync(async (text) => text !== 'taken', 'is taken'),
  )
  tasks.task({ name: 'slowly-checked', input: later }, (text: string) => `${text} is free`)
}

const oddValues: Readonly<Record<string, () => unknown>> = {
  nothing: () => undefined,
  big: () => 123456789012345678901234567890n,
  columns: () => Float64Array.of(1, 2.5),
  map: () => new Map([['a', 1]]),
  nan: () => Number.NaN,
  circle: () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    return circle
  },
}
