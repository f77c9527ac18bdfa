// Jobs run in child processes of their own: the same program, told by its arguments which job to do, answering once.
import { fork } from 'node:child_process'

/** A job takes and gives plain data. */
export type Job = (input: never) => Promise<unknown>

const flag = '--job'

/**
 * Runs a job in a new process, with flags of Node and more environment, and gives its answer.
 * @throws Error when the process ends without one
 */
export function runJob<R>(
  name: string,
  input: object,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<R> {
  const program = process.argv[1]
  if (program === undefined) throw new Error('the program does not know its own file')
  // flags such as --cpu-prof reach the process that does the work
  const execArgv = [...new Set([...process.execArgv, '--expose-gc', ...flags])]
  const child = fork(program, [flag, name, JSON.stringify(input)], {
    execArgv,
    serialization: 'json',
    env: { ...process.env, ...env },
  })
  return new Promise((resolve, reject) => {
    let answer: { value: R } | undefined
    child.on('message', (message) => {
      answer = message as { value: R }
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (answer === undefined || code !== 0) reject(new Error(`job ${name} failed (${signal ?? `exit code ${code}`})`))
      else resolve(answer.value)
    })
  })
}

/** Does the job that the arguments ask for; false when they ask for none. */
export async function answerAsChild(jobs: Readonly<Record<string, Job>>, args: readonly string[]): Promise<boolean> {
  const [first, name = '', input = '{}'] = args
  if (first !== flag) return false
  const job = jobs[name]
  if (job === undefined) throw new Error(`there is no job named ${name}`)
  const value = await job(JSON.parse(input) as never)
  process.send?.({ value }, () => process.disconnect())
  return true
}

/** Collects the garbage of young objects only: a full collection would also cost the next one its compiled code. */
export function collectYoungGarbage(): void {
  globalThis.gc?.({ type: 'minor' })
}

/** Collects all garbage, where the process was started with --expose-gc, as every job is. */
export function collectGarbage(): void {
  globalThis.gc?.()
}
