// A compiled fixture running as a process of its own, and the lines it prints.
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

export class Child {
  readonly lines: string[] = []
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<string, () => void>()

  constructor(path: string, ...args: string[]) {
    this.#process = spawn(process.execPath, [path, ...args])
    this.ended = new Promise((resolve) => this.#process.on('close', (code, signal) => resolve({ code, signal })))
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        this.#waiting.get(line)?.()
      })
    }
    onTestFinished(() => void this.#process.kill('SIGKILL'))
  }

  /** Settles when the process has printed that line; rejects when it ended without. */
  async printed(line: string): Promise<void> {
    if (this.lines.includes(line)) return
    await Promise.race([
      new Promise<void>((resolve) => this.#waiting.set(line, resolve)),
      this.ended.then(() => {
        if (!this.lines.includes(line)) throw new Error(`ended without "${line}": ${this.lines.join('\n')}`)
      }),
    ])
  }

  send(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  write(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }
}
