// Workers are killed and servers are killed and started again, at random moments, while tasks are submitted: every task that
// was accepted ends once, with its result; one that was begun again counts its attempts on.
import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { resolveTaskOptions } from '@catzilla/engine'
import type { TaskEngine, TaskHandle } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import type { FoundServer, Server } from './servers.ts'
import { WorkerProcess } from './worker-process.ts'

/** On each broker. `npm run crash` has more. */
const ROUNDS = Number(process.env['CATZILLA_CRASH_ROUNDS'] ?? 20)
/** A round takes a second or two, and more on a machine that others use too. */
const MS_PER_ROUND = 30_000
/** A long run tells how far it is. */
const TELL_EVERY = 20
/** In every so many rounds it is the server that is killed. */
const SERVER_EVERY = 4
const TASKS_IN_ROUND = 20
/** Longest pause before the next kill, in milliseconds. */
const LONGEST_LIFE_MS = 300

interface CrashCounts {
  readonly accepted: number
  /** With their results, each once. */
  readonly settled: number
  readonly workersKilled: number
  readonly serversKilled: number
  /** Tasks that were begun more than once, each time as an attempt of its own. */
  readonly begunAgain: number
}

export function crashesOn(found: FoundServer): void {
  it.skipIf(found.missing !== undefined)(
    `crashes lose no task, and end none twice on ${found.title}`,
    { timeout: ROUNDS * MS_PER_ROUND },
    async () => {
      const counts = await crash(found.server)
      console.log(`crash: ${found.kind}: ${JSON.stringify(counts)}`)
      expect(counts.workersKilled + counts.serversKilled).toBe(ROUNDS)
    },
  )
}

export function orderOn(found: FoundServer): void {
  it.skipIf(found.missing !== undefined)(
    `the order of the classes outlives the server, on ${found.title}`,
    async () => {
      const program = await bundled('test/crash-program.ts')
      onTestFinished(() => program.remove())
      const url = urlOf(found.server)
      const engine = createBullmqEngine(`${url.href}&role=producer`)
      onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
      await engine.start()
      await engine.pause()
      const call = define(engine)
      const priorities = [2, 3, 0, 1, 3, 2, 1, 0] as const
      const handles = priorities.map((priority) =>
        engine.submit(Object.freeze({ ...call, options: { ...call.options, priority } }), [0]),
      )
      await Promise.all(handles.map((handle) => handle.accepted))
      await found.server.restart()
      const worker = await begin(program.path, url, 1)
      onTestFinished(() => worker.kill())
      await engine.resume()
      await Promise.all(handles.map((handle) => handle.wait()))
      const begun = worker.lines.flatMap((line) => /^start (\S+)/.exec(line)?.[1] ?? [])
      const inOrder = handles.toSorted((a, b) => a.stats().priority - b.stats().priority)
      expect(begun).toEqual(inOrder.map((handle) => handle.taskId))
    },
  )
}

/** @throws when a task was lost, ended twice, or was begun twice as the same attempt */
async function crash(server: Server): Promise<CrashCounts> {
  const seed = Number(process.env['CATZILLA_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`seed ${seed} (CATZILLA_SEED=${seed} repeats it)`)
  const random = numbers(seed)
  const program = await bundled('test/crash-program.ts')
  const url = urlOf(server)
  const engine = createBullmqEngine(`${url.href}&role=producer`, { connectionLossMs: 300_000 })
  const workers: WorkerProcess[] = []
  try {
    await engine.start()
    const call = define(engine)
    const told = new Map<string, number>()
    const handles: TaskHandle[] = []
    for (const worker of await Promise.all([1, 2].map(() => begin(program.path, url)))) workers.push(worker)
    const lines: string[] = []
    let serversKilled = 0
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < TASKS_IN_ROUND; n++) {
        const handle = engine.submit(call, [handles.length])
        handle.onSettled(() => told.set(handle.taskId, (told.get(handle.taskId) ?? 0) + 1))
        handles.push(handle)
      }
      await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE_MS))
      if (round % TELL_EVERY === TELL_EVERY - 1) console.log(`crash: ${round + 1} of ${ROUNDS} rounds`)
      if (round % SERVER_EVERY === SERVER_EVERY - 1) {
        serversKilled++
        await server.restart()
      } else {
        const victim = workers.shift()
        await victim?.kill()
        lines.push(...(victim?.lines ?? []))
        workers.push(await begin(program.path, url))
      }
    }
    const values = await Promise.all(handles.map((handle) => handle.wait()))
    for (const worker of workers) lines.push(...worker.lines)
    expect(values).toEqual(handles.map((_, n) => n * 2))
    await Promise.all(handles.map((handle) => handle.accepted))
    expect([...told.values()].every((times) => times === 1)).toBe(true)
    const attempts = attemptsOf(lines)
    expect([...attempts.values()].filter(hasTheSameTwice)).toEqual([])
    // the attempt that counted is one that was begun, and its submitter knows which
    const unknown = handles.filter((handle) => !attempts.get(handle.taskId)?.includes(handle.stats().retries + 1))
    expect(unknown.map((handle) => handle.taskId)).toEqual([])
    return {
      accepted: handles.length,
      settled: told.size,
      workersKilled: ROUNDS - serversKilled,
      serversKilled,
      begunAgain: [...attempts.values()].filter(({ length }) => length > 1).length,
    }
  } finally {
    for (const worker of workers) await worker.kill()
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    program.remove()
  }
}

/** Keys of its own there, and locks that soon run out. */
function urlOf(server: Server): URL {
  const url = new URL(server.url)
  const own = {
    prefix: `t${randomUUID().replaceAll('-', '').slice(0, 18)}`,
    lockMs: '1000',
    maxRecoveries: '1000',
    local: 'typescript',
  }
  for (const [name, value] of Object.entries(own)) url.searchParams.set(name, value)
  return url
}

/** The attempts that were begun of each task. */
function attemptsOf(lines: readonly string[]): Map<string, number[]> {
  const attempts = new Map<string, number[]>()
  for (const line of lines) {
    const [, taskId = '', attempt] = /^start (\S+) (\d+)$/.exec(line) ?? []
    if (attempt !== undefined) attempts.set(taskId, [...(attempts.get(taskId) ?? []), Number(attempt)])
  }
  return attempts
}

/** Two workers that began the same attempt would not have known of each other. */
function hasTheSameTwice(attempts: readonly number[]): boolean {
  return new Set(attempts).size < attempts.length
}

/** One that does not reach its broker in time is started again, as whoever looks after processes does. */
async function begin(program: string, url: URL, atOnce = 8): Promise<WorkerProcess> {
  for (;;) {
    const worker = new WorkerProcess(program, [`${url.href}&role=worker`, String(atOnce)])
    try {
      await worker.line('ready')
      return worker
    } catch (error) {
      if (!/EngineUnavailableError/.test((error as Error).message)) throw error
    }
  }
}

function define(engine: TaskEngine): {
  readonly name: string
  readonly options: ReturnType<typeof resolveTaskOptions>
} {
  const options = resolveTaskOptions({ maxRetries: 0 })
  engine.register({ name: 'work', handler: () => undefined, options })
  return Object.freeze({ name: 'work', options })
}

function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}
