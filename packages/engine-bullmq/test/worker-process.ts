// Worker processes of a test: started from one bundle, listened to line by line, and gone when the test is over.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

export class WorkerProcess {
  readonly child: ChildProcess
  readonly lines: string[] = []
  readonly #waiting: {
    matches: (line: string) => boolean
    resolve: (line: string) => void
    reject: (error: Error) => void
  }[] = []
  readonly ended: Promise<void>
  #said = ''

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.child.stderr?.on('data', (bytes: Buffer) => (this.#said += bytes.toString()))
    if (this.child.stdout !== null) createInterface(this.child.stdout).on('line', (line) => this.#hear(line))
    this.ended = new Promise((resolve) =>
      this.child.once('close', () => {
        for (const { reject } of this.#waiting.splice(0))
          reject(new Error(`the worker ended: ${this.#said.slice(-2000)}`))
        resolve()
      }),
    )
  }

  /** The first line that begins so, from now on or before. */
  line(start: string): Promise<string> {
    return this.lineThat((line) => line.startsWith(start))
  }

  /** The first line that matches, from now on or before. */
  lineThat(matches: (line: string) => boolean): Promise<string> {
    const found = this.lines.find(matches)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => this.#waiting.push({ matches, resolve, reject }))
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  #hear(line: string): void {
    this.lines.push(line)
    for (const waiter of this.#waiting.filter((each) => each.matches(line))) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
      waiter.resolve(line)
    }
  }
}

/** A worker that knows tasks of these names, and is ready. */
export async function startWorker(
  program: string,
  url: string,
  names: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const worker = new WorkerProcess(program, [url, names.join(',')], env)
  onTestFinished(() => worker.kill())
  await worker.line('ready')
  return worker
}
