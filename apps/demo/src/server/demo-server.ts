// The demo as a server: the documents' routes and those of the package, on the framework that is asked for.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { BackgroundTasks } from '@catzilla/api'
import { gracefulShutdown } from '@catzilla/http-adapters'
import type { GracefulShutdownOptions, GracefulShutdownReport } from '@catzilla/http-adapters'
import type { WorkflowRuns } from '@catzilla/workflow'
import { documentRoutes } from './document-routes.ts'
import { defineDocumentTasks, exposedTasks } from './document-tasks.ts'
import { frameworks } from './frameworks/frameworks.ts'
import type { FrameworkName } from './frameworks/frameworks.ts'

export interface DemoServerOptions {
  readonly framework: FrameworkName
  /** 0: one that is free. */
  readonly port: number
  readonly smtpPort: number
  /** An existing folder, for what the tasks write. */
  readonly outFolder: string
  readonly shutdown?: GracefulShutdownOptions
  /** Runs that the routes and the dashboard show. */
  readonly workflows?: WorkflowRuns
}

export interface DemoServer {
  /** Such as http://127.0.0.1:8000 */
  readonly origin: string
  /** Ends the server and its tasks together. */
  shutdown(this: void): Promise<GracefulShutdownReport>
}

/** Settles when the server accepts connections, on this machine only. */
export async function startDemoServer(tasks: BackgroundTasks, options: DemoServerOptions): Promise<DemoServer> {
  const routes = documentRoutes(tasks, defineDocumentTasks(tasks, options.smtpPort, options.outFolder))
  const { workflows } = options
  const server = frameworks[options.framework](tasks, routes, {
    expose: exposedTasks,
    authorize: 'this-machine',
    ...(workflows === undefined ? {} : { workflows }),
  })
  const ending = gracefulShutdown(server, tasks, options.shutdown)
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, shutdown: () => ending.shutdown() }
}
