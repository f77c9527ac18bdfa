// Jobs run in child processes of their own: the same program, told by its arguments which job to do, answering once.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

/** A job takes and gives plain data. */
export type Job = (input: never) => Promise<unknown>

export interface JobOptions {
  /** Flags of Node. */
  readonly flags?: readonly string[]
  /** More environment. */
  readonly env?: Readonly<Record<string, string>>
  /** After so long it is ended, with all that it started: a job that hangs holds up nobody. */
  readonly limitMs?: number
}

type Answer = { readonly value: unknown } | { readonly failed: string }

const flag = '--job'
const LIMIT_MS = 15 * 60_000
/** Jobs that are under way. Each leads a group of processes, such as the Redis that it started. */
const underWay = new Set<ChildProcess>()
const grouped = process.platform !== 'win32'
let endsWithUs = false

/**
 * Runs a job in a new process and gives its answer.
 * @throws Error with what the job threw, or when its process ends without an answer or not in time
 */
export function runJob<R>(name: string, input: object, options: JobOptions = {}): Promise<R> {
  const child = start(name, input, options)
  const limitMs = options.limitMs ?? LIMIT_MS
  return new Promise((resolve, reject) => {
    let answer: Answer | undefined
    let late = false
    const timer = setTimeout(() => {
      late = true
      end(child)
    }, limitMs)
    child.on('message', (message) => {
      answer = message as Answer
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      underWay.delete(child)
      // what the job left running has no business here any more
      end(child)
      if (late) reject(new Error(`job ${name} did not end within ${limitMs / 1000} s`))
      else if (answer !== undefined && 'failed' in answer) reject(new Error(answer.failed))
      else if (answer === undefined || code !== 0)
        reject(new Error(`job ${name} failed (${signal ?? `exit code ${code}`})`))
      else resolve(answer.value as R)
    })
  })
}

function start(name: string, input: object, { flags = [], env = {} }: JobOptions): ChildProcess {
  const program = process.argv[1]
  if (program === undefined) throw new Error('the program does not know its own file')
  if (!endsWithUs) process.once('exit', endAll)
  endsWithUs = true
  // flags such as --cpu-prof reach the process that does the work
  const more = ['--expose-gc', ...flags].filter((each) => !process.execArgv.includes(each))
  const execArgv = [...process.execArgv, ...more]
  const child = fork(program, [flag, name, JSON.stringify(input)], {
    execArgv,
    serialization: 'json',
    env: { ...process.env, ...env },
    detached: grouped,
  })
  underWay.add(child)
  return child
}

function endAll(): void {
  for (const child of underWay) end(child)
}

/** Ends a job with everything that it started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (grouped) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch (error) {
    // ESRCH: all of them have ended by themselves
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Finds a job by its name, loading what it needs. */
export type FindJob = (name: string) => Promise<Job | undefined>

/** Does the job that the arguments ask for; false when they ask for none. */
export async function answerAsChild(find: FindJob, args: readonly string[]): Promise<boolean> {
  const [first, name = '', input = '{}'] = args
  if (first !== flag) return false
  // whoever asked is gone: a job of a group of its own would stay
  process.once('disconnect', () => process.exit())
  process.send?.(await answerOf(find, name, input), () => {
    process.removeAllListeners('disconnect')
    process.disconnect()
  })
  return true
}

async function answerOf(find: FindJob, name: string, input: string): Promise<Answer> {
  try {
    const job = await find(name)
    if (job === undefined) throw new Error(`there is no job named ${name}`)
    return { value: (await job(JSON.parse(input) as never)) ?? null }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    // something that a failed job has left open must not keep it alive
    setTimeout(() => process.exit(1), 1_000).unref()
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

/** Collects the garbage of young objects only: a full collection would also cost the next one its compiled code. */
export function collectYoungGarbage(): void {
  globalThis.gc?.({ type: 'minor' })
}

/** Collects all garbage, where the process was started with --expose-gc, as every job is. */
export function collectGarbage(): void {
  globalThis.gc?.()
}
