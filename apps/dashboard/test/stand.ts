// Tasks, and a server with the dashboard as it is built, for one test.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NonRetryableError, createTasks, currentTask } from '@catzilla/api'
import type { BackgroundTasks, TasksOptions } from '@catzilla/api'
import type { TaskRoutesOptions } from '@catzilla/http-adapters'
import { taskRoutes } from '@catzilla/http-adapters/node'
import { WorkflowRuns } from '@catzilla/workflow'
import { onTestFinished } from 'vitest'

export interface Stand {
  readonly tasks: BackgroundTasks
  /** Those that the server shows. */
  readonly runs: WorkflowRuns
  /** Of the dashboard, such as http://127.0.0.1:1234/shop/tasks/dashboard/ */
  readonly url: string
  readonly named: ReturnType<typeof defineTasks>
  /** Settles when it is opened. */
  readonly gate: Promise<void>
  /** Lets `report.build` end. */
  readonly openGate: () => void
  readonly stopServer: () => Promise<void>
  /** A server at the same address. */
  readonly startServer: () => Promise<void>
  /** Requests so far, as `GET /shop/tasks/stats`. */
  readonly requests: string[]
}

export interface StandOptions {
  readonly with?: TasksOptions
  readonly http?: Partial<TaskRoutesOptions>
  readonly mount?: string
}

export async function stand({ with: asked = {}, http, mount = '/shop/tasks' }: StandOptions = {}): Promise<Stand> {
  // a busy machine takes its time, and what a page is about must still be there by then
  const kept = { keepResults: 100_000 }
  const tasks = createTasks({ engine: 'typescript', compile: false, enableAutoScaling: false, ...kept, ...asked })
  await tasks.ready
  let openGate = (): void => {}
  const gate = new Promise<void>((resolve) => (openGate = resolve))
  const named = defineTasks(tasks, gate)
  const requests: string[] = []
  const runs = new WorkflowRuns()
  let port = 0
  let server: Server | undefined
  const startServer = async (): Promise<void> => {
    const routes = taskRoutes(tasks, {
      path: mount,
      authorize: () => true,
      expose: ['email.send', 'report.build'],
      workflows: runs,
      ...http,
    })
    const made = (server = createServer((req, res) => {
      requests.push(`${req.method} ${req.url}`)
      routes(req, res, () => res.writeHead(404).end())
    }))
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    port = (made.address() as AddressInfo).port
  }
  const stopServer = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
    server?.closeAllConnections()
    await closed
  }
  await startServer()
  onTestFinished(async () => {
    openGate()
    await stopServer()
    await tasks.shutdown({ waitForCompletion: false, timeoutMs: 2000 })
  })
  const url = `http://127.0.0.1:${port}${mount}/dashboard/`
  return { tasks, runs, url, named, gate, openGate, startServer, stopServer, requests }
}

function defineTasks(tasks: BackgroundTasks, gate: Promise<void>) {
  return {
    send: tasks.task({ name: 'email.send', priority: 'high', tags: ['mail'] }, (to: string, subject: string) => {
      currentTask().log(`sent to ${to}`, { subject })
      return { to, subject, accepted: true }
    }),
    report: tasks.task({ name: 'report.build', maxRetries: 0, timeoutMs: Infinity }, async (month: string) => {
      const { progress, log, signal } = currentTask()
      log(`collecting ${month}`)
      progress(0.4, 'collecting')
      const given = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
      await Promise.race([gate, given])
      return { month, rows: 1234 }
    }),
    charge: tasks.task({ name: 'payment.charge', priority: 'critical', maxRetries: 0 }, (payment: number) => {
      const cause = new RangeError(`the bank answered 503 to payment ${payment}`)
      throw new NonRetryableError(`payment ${payment} was refused`, { cause })
    }),
    flaky: tasks.task({ name: 'index.update', priority: 'low', maxRetries: 1, retryDelayMs: 5 }, (page: string) => {
      if (currentTask().attempt === 1) throw new TypeError(`page "${page}" is locked`)
      return page
    }),
  }
}

let trickled = 0

function letter(_: unknown, n: number): [string, string] {
  return [`user-${n}@example.org`, `Letter ${n}`]
}

/** A system that has seen some work: tasks of each state. */
export async function busy({
  tasks,
  named,
}: Stand): Promise<{ runningId: string; failedId: string; retriedId: string }> {
  const { send, report, charge, flaky } = named
  // a monitor measures from its beginning on
  tasks.monitor.getStats()
  const trickle = setInterval(() => void send.batch(Array.from({ length: 1 + (trickled++ % 9) }, letter)), 100)
  onTestFinished(() => clearInterval(trickle))
  const sent = send.batch(Array.from({ length: 120 }, letter))
  await sent.wait()
  const charged = Array.from({ length: 7 }, (_, n) => charge.delay(4000 + n))
  await Promise.allSettled(charged.map((result) => result.wait()))
  const retried = flaky.delay('home')
  await retried.wait()
  send.with({ delayMs: 3_600_000 }).delay('later@example.org', 'Newsletter')
  const cancelled = send.with({ delayMs: 3_600_000 }).delay('never@example.org', 'Never')
  cancelled.cancel('the customer asked for it')
  await cancelled.wait().catch(() => undefined)
  const running = [report.delay('2026-10'), report.delay('2026-11')]
  await until(() => running.every(({ status }) => status === 'running'))
  tasks.schedule('newsletter', { cron: '0 7 * * 1', timeZone: 'Europe/Stockholm' }, send, ['all@example.org', 'News'])
  tasks.schedule('reindex', { everyMs: 900_000 }, flaky, ['all'])
  return {
    runningId: running[0]?.taskId ?? '',
    failedId: charged[0]?.taskId ?? '',
    retriedId: retried.taskId,
  }
}

/** Turns of the event loop until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
