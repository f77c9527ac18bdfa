// What the suite needs of an edge: a server of its framework, on a free port, with the routes at some place.
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BackgroundTasks } from '@catzilla/api'
import { onTestFinished } from 'vitest'
import type { Authorize, TaskRoutesOptions } from '@catzilla/http-adapters'

type Header = (name: string) => string | undefined

/** Options that mean the same on each edge: `authorize` is asked with the headers of the request. */
export type EdgeOptions = Omit<TaskRoutesOptions, 'authorize'> & {
  readonly authorize?: Authorize<Header> | 'this-machine'
}

export interface Edge {
  readonly name: string
  /** A server with the routes below `mount` (`''` or a path), made as the framework mounts things. Not listening. */
  serve(tasks: BackgroundTasks, options: EdgeOptions, mount: string): Server
  /** The same, with a body parser of the framework before it, if it has one. */
  serveParsed?(tasks: BackgroundTasks, options: EdgeOptions): Server
}

/** Takes `authorize` of the suite to what the framework hands over. */
export function withHeaders<R>(options: EdgeOptions, headersOf: (request: R) => Header): TaskRoutesOptions<R> {
  const { authorize, ...rest } = options
  if (authorize === undefined) return rest
  if (authorize === 'this-machine') return { ...rest, authorize }
  return { ...rest, authorize: (request, action, target) => authorize(headersOf(request), action, target) }
}

export function headersOfNode(req: IncomingMessage): Header {
  return (name) => req.headers[name]?.toString()
}

/** Listens on a free port of this machine; ended with the test, and with it every connection. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
