// The server's process, as its parent sees it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type ServerQuestion = 'figures' | 'stop'

export interface ServerAnswer {
  readonly submitted: number
  readonly completed: number
  /** Processor time of the server so far, before it collected its garbage. */
  readonly cpuSeconds: number
  /** After a collection of garbage. */
  readonly heapBytes: number
}

export interface ServerProcess {
  readonly origin: string
  /** Figures once nothing is queued or running. */
  figures(this: void): Promise<ServerAnswer>
  stop(this: void): Promise<void>
}

/** @throws Error when it ends before it listens */
export async function startServer(framework: string, engine: string): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, 'targets/http/server.js'), [framework, engine], {
    execArgv: ['--enable-source-maps', '--expose-gc'],
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server of ${framework} ended (${String(code)})`)
  })
  ended.catch(() => {})
  const next = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), ended]))[0] as T
  const { port } = await next<{ port: number }>()
  return {
    origin: `http://127.0.0.1:${port}`,
    figures() {
      const answer = next<ServerAnswer>()
      child.send('figures' satisfies ServerQuestion)
      return answer
    },
    async stop() {
      child.send('stop' satisfies ServerQuestion)
      await once(child, 'exit')
    },
  }
}
