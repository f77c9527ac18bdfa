// Programs run one after the other by the helper thread of the C engine; Node's own `spawn` holds up the event loop.
import type { NativeCore, NativeJob, NativeJobEnd, NativeToolchain } from '@catzilla/core-c'

const stopped: NativeJobEnd = { end: 'stopped', number: 0, ms: 0, output: new Uint8Array() }

export class Jobs {
  /** Why no program is run on this system, in words. */
  readonly missing: string | null
  readonly #native: NativeToolchain | undefined
  readonly #waiting = new Map<number, (end: NativeJobEnd) => void>()
  #next = 0
  #closed = false

  constructor(core: Pick<NativeCore, 'createToolchain' | 'noToolchain'>) {
    this.missing = core.noToolchain
    if (this.missing === null) this.#native = core.createToolchain((id, end) => this.#settle(id, end))
  }

  /** Rejects when too many jobs wait. While it waits the event loop may end, unless something else keeps it alive. */
  run(job: Omit<NativeJob, 'id'>): Promise<NativeJobEnd> {
    const native = this.#native
    if (this.#closed || native === undefined) return Promise.resolve(stopped)
    return new Promise((resolve) => {
      const id = this.#next++
      native.run({ ...job, id })
      // Node tells addons of the end of their isolate, but not of process.exit()
      if (this.#waiting.size === 0) process.on('exit', this.#onExit)
      this.#waiting.set(id, resolve)
    })
  }

  /** Kills what runs; whoever waits is told that it was stopped. */
  close(): void {
    this.#closed = true
    this.#native?.close()
    for (const id of this.#waiting.keys()) this.#settle(id, stopped)
  }

  #settle(id: number, end: NativeJobEnd): void {
    this.#waiting.get(id)?.(end)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) process.off('exit', this.#onExit)
  }

  readonly #onExit = (): void => this.close()
}

/** What went wrong, in words; undefined when the program ended well. */
export function failureOf(file: string, job: NativeJobEnd): string | undefined {
  switch (job.end) {
    case 'exited':
      return job.number === 0 ? undefined : `${file} ended with code ${job.number}${said(job)}`
    case 'signalled':
      return `${file} was ended by signal ${job.number}${said(job)}`
    case 'timed out':
      return `${file} took longer than ${Math.floor(job.ms / 100) / 10} s and was killed`
    case 'stopped':
      return `${file} was stopped`
    case 'not started':
      return `${file} did not start (errno ${job.number})`
    case 'lost':
      return `${file} ended, but this process ignores how its children end (SIGCHLD)`
  }
}

export const outputOf = (job: NativeJobEnd): string => new TextDecoder().decode(job.output).trim()

function said(job: NativeJobEnd): string {
  const text = outputOf(job)
  return text === '' ? '' : `: ${text}`
}
