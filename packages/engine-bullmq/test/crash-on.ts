// Workers are killed and servers are killed and started again, at random moments, while tasks are submitted: every task that
// was accepted ends once, with its result; one that was begun again counts its attempts on.
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { resolveTaskOptions } from '@catzilla/engine'
import type { TaskEngine, TaskHandle } from '@catzilla/engine'
import { createBullmqEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import type { Server } from './servers.ts'
import { WorkerProcess } from './worker-process.ts'

/** In `npm test`; `npm run crash` has more. */
export const ROUNDS: number = Math.ceil(Number(process.env['CATZILLA_CRASH_ROUNDS'] ?? 20) / 2)
/** In every so many rounds it is the server that is killed. */
const SERVER_EVERY = 4
const TASKS_IN_ROUND = 20
/** Longest pause before the next kill, in milliseconds. */
const LONGEST_LIFE_MS = 300

export interface CrashCounts {
  readonly tasks: number
  readonly crashes: number
  /** Tasks that were begun more than once. */
  readonly begunAgain: number
}

/** @throws when a task was lost, ended twice, or was begun twice as the same attempt */
export async function crash(server: Server): Promise<CrashCounts> {
  const seed = Number(process.env['CATZILLA_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`seed ${seed} (CATZILLA_SEED=${seed} repeats it)`)
  const random = numbers(seed)
  const program = await bundled('test/crash-program.ts')
  const url = new URL(server.url)
  const own = {
    prefix: `t${randomUUID().replaceAll('-', '').slice(0, 18)}`,
    lockMs: '1000',
    maxRecoveries: '1000',
    local: 'typescript',
  }
  for (const [name, value] of Object.entries(own)) url.searchParams.set(name, value)
  const engine = createBullmqEngine(`${url.href}&role=producer`, { connectionLossMs: 300_000 })
  const workers: WorkerProcess[] = []
  try {
    await engine.start()
    const call = define(engine)
    const told = new Map<string, number>()
    const handles: TaskHandle[] = []
    for (const worker of await Promise.all([1, 2].map(() => begin(program.path, url)))) workers.push(worker)
    const lines: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = 0; n < TASKS_IN_ROUND; n++) {
        const handle = engine.submit(call, [handles.length])
        handle.onSettled(() => told.set(handle.taskId, (told.get(handle.taskId) ?? 0) + 1))
        handles.push(handle)
      }
      await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE_MS))
      if (round % SERVER_EVERY === SERVER_EVERY - 1) await server.restart()
      else {
        const victim = workers.shift()
        await victim?.kill()
        lines.push(...(victim?.lines ?? []))
        workers.push(await begin(program.path, url))
      }
    }
    const values = await Promise.all(handles.map((handle) => handle.wait()))
    for (const worker of workers) lines.push(...worker.lines)
    expect(values).toEqual(handles.map((_, n) => n * 2))
    expect([...told.values()].every((times) => times === 1)).toBe(true)
    expect(told.size).toBe(handles.length)
    expect(begunTwiceAsTheSame(lines)).toEqual([])
    await Promise.all(handles.map((handle) => handle.accepted))
    const rerun = new Set(
      lines.filter((line) => /^start \S+ ([2-9]|\d\d)/.test(line)).map((line) => line.split(' ')[1]),
    )
    return { tasks: handles.length, crashes: ROUNDS, begunAgain: rerun.size }
  } finally {
    for (const worker of workers) await worker.kill()
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    program.remove()
  }
}

/** Attempts that two workers began under the same number: they would not have known of each other. */
function begunTwiceAsTheSame(lines: readonly string[]): readonly string[] {
  const starts = lines.filter((line) => line.startsWith('start '))
  return starts.filter((line, index) => starts.indexOf(line) !== index)
}

async function begin(program: string, url: URL): Promise<WorkerProcess> {
  const worker = new WorkerProcess(program, [`${url.href}&role=worker`])
  await worker.line('ready')
  return worker
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
