// What the crash harness kills: tasks of all kinds on a durable engine, and a ledger of what was promised and what happened.
// Lines of the ledger go straight to the system, so that they outlive the process.
import { appendFileSync, openSync, writeSync } from 'node:fs'
import { createNativeEngine, createTypeScriptEngine, currentTask, resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine, TaskHandle, TaskOptions } from '@catzilla/engine'
import { createDurableEngine, deadLettersOf } from '../src/index.ts'

const [directory = '', engineName = '', ledgerPath = '', seedText = '', mode = ''] = process.argv.slice(2)

const ledger = openSync(ledgerPath, 'a')
const note = (...words: readonly (string | number)[]): void => void writeSync(ledger, `${words.join(' ')}\n`)

const random = randomFrom(Number(seedText))
const below = (limit: number): number => Math.floor(random() * limit)

/** Tasks in flight, of which each is replaced when it has ended. */
const IN_FLIGHT = 200

/** Few enough that most of them wait when the process is killed. */
const AT_ONCE = 8

const limits = { keepResults: 1_000_000, keepFailures: 1_000_000 }
const create = engineName === 'native' ? createNativeEngine : createTypeScriptEngine
const engine: TaskEngine = createDurableEngine(
  create({ ...limits, queueSize: 100_000, inlineConcurrency: AT_ONCE }),
  directory,
  limits,
)

const base = resolveTaskOptions({ keepResultMs: 1e9, retryDelayMs: 3, retryJitter: 0, maxRetries: 3 })

async function body(kind: number, ms: number): Promise<number> {
  const task = currentTask()
  if (task === undefined) throw new Error('there is no task')
  note('start', task.taskId, task.attempt)
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
  // tasks of this kind need a second attempt
  if (kind === 1 && task.attempt === 1) throw new Error('not yet')
  note('end', task.taskId, task.attempt)
  return kind
}

function define(name: string, asked: TaskOptions): TaskCall {
  const options = resolveTaskOptions(asked, base)
  engine.register({ name, handler: body, options })
  return Object.freeze({ name, options })
}

function follow(handle: TaskHandle, priority: number, kind: string): void {
  handle.accepted.then(
    () => {
      note('accepted', handle.taskId, priority, kind)
      sayWeLive()
    },
    () => note('refused', handle.taskId),
  )
  handle.onSettled(({ status }) => {
    if (status !== 'cancelled') note('settled', handle.taskId, status)
    if (mode === 'load') submitOne()
  })
}

let saidSo = false

function sayWeLive(): void {
  if (!saidSo) appendFileSync(1, 'alive\n')
  saidSo = true
}

let calls: readonly TaskCall[] = []
let keys = 0

function submitOne(): void {
  const call = calls[below(calls.length)]
  if (call === undefined) return
  const kind = below(8)
  const asked: TaskOptions = {
    ...(kind === 2 ? { delayMs: below(30) } : {}),
    ...(kind === 3 ? { uniqueKey: `${seedText}:${keys++}` } : {}),
  }
  const varied = Object.keys(asked).length === 0 ? call : { ...call, options: resolveTaskOptions(asked, call.options) }
  try {
    follow(engine.submit(varied, [kind, below(4)]), call.options.priority, kind === 2 ? 'delayed' : 'plain')
  } catch (error) {
    note('threw', (error as Error).name)
  }
}

async function finish(): Promise<void> {
  await engine.drain()
  const letters = deadLettersOf(engine).list(1_000_000)
  for (const { id } of letters) note('dead', id)
  for (let cursor: string | undefined; ;) {
    const page = await engine.list({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    for (const { taskId, status, recovered } of page.tasks) note('found', taskId, status, recovered ? 1 : 0)
    cursor = page.nextCursor
    if (cursor === undefined) break
  }
  await engine.stop({ waitForCompletion: true, timeoutMs: 60_000 })
  note('finished')
}

await engine.start()
calls = [0, 1, 2, 3].map((priority) => define(`crash.${priority}`, { priority: priority as 0 | 1 | 2 | 3 }))
note('began', process.pid)
// in a third of the lives the clock runs from here on, in the others from the first promise
if (mode !== 'load' || below(3) === 0) sayWeLive()
if (mode === 'load') for (let n = 0; n < IN_FLIGHT; n++) submitOne()
else await finish()

/** Mulberry32: the same moments for the same seed, as far as the machine allows. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
