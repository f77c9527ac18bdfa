// Compiling elsewhere than on the event loop: a thread that is started for the first function, and ends when there has been
// none for a while. It keeps no process alive.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { CompileOptions } from '../compile-function.ts'
import type { Answer, Request, ThreadCompilation } from './messages.ts'
import { packCaptures } from './travelling-captures.ts'

/** Time without a function, in milliseconds, after which the thread ends. */
const IDLE_MS = 10_000
/** Longest time, in milliseconds, for one function. */
const MOST_MS = 60_000

interface Waiting {
  readonly resolve: (compilation: ThreadCompilation) => void
  readonly reject: (error: Error) => void
  readonly alarm: NodeJS.Timeout
}

export class CompilerThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #idle: NodeJS.Timeout | null = null
  #latest = 0

  /** As `compileFunction`, elsewhere. Rejects when the thread ends before it has answered. */
  compile(source: string, options: CompileOptions): Promise<ThreadCompilation> {
    const id = ++this.#latest
    const { captures = {}, ...rest } = options
    const request: Request = { id, source, options: rest, captures: packCaptures(captures) }
    const worker = this.#running()
    return new Promise((resolve, reject) => {
      const alarm = setTimeout(() => this.#giveUp(new Error(`it took longer than ${MOST_MS} ms`)), MOST_MS)
      alarm.unref()
      this.#waiting.set(id, { resolve, reject, alarm })
      worker.postMessage(request)
    })
  }

  #running(): Worker {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(entryFile(), { name: 'catzilla-compiler' })
    worker.on('message', (answer: Answer) => this.#answered(answer))
    worker.on('error', (error) => this.#giveUp(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => {
      if (this.#worker === worker) this.#giveUp(new Error('the thread of the compiler has ended'))
    })
    // after the listeners: one for messages keeps the process alive
    worker.unref()
    return (this.#worker = worker)
  }

  #answered({ id, compilation }: Answer): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    clearTimeout(waiting.alarm)
    waiting.resolve(compilation)
    if (this.#waiting.size > 0) return
    this.#idle = setTimeout(() => void this.close(), IDLE_MS)
    this.#idle.unref()
  }

  #giveUp(error: Error): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    void this.close()
    for (const { reject, alarm } of waiting) {
      clearTimeout(alarm)
      reject(error)
    }
  }

  /** Ends the thread; the next function starts another. */
  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }
}

/** Built beside the doors of the package; its sources lie beside the folder of what is built from them. */
function entryFile(): string {
  const places = ['./compiler-thread-entry.js', '../../dist/compiler-thread-entry.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  const found = places.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `there is no compiler-thread-entry.js beside @catzilla/compiler (looked at ${places.join(', ')}); install it whole, and leave it out of bundles`,
  )
}
