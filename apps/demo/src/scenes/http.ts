// Scene: the demo as a server. A client drives it by HTTP, prints what comes back and checks it; then all is shut down.
import { createTasks } from '@catzilla/api'
import type { Checks } from '../checks.ts'
import { shutdownLine } from '../closing-report.ts'
import { startDemoServer } from '../server/demo-server.ts'
import type { FrameworkName } from '../server/frameworks/frameworks.ts'
import type { Stage } from '../stage.ts'

type Fields = Readonly<Record<string, unknown>>

/** Starts a server on a free port, on tasks of its own, and ends it. */
export async function httpScene({ mailServer, outFolder, terminal, checks, serving }: Stage): Promise<void> {
  terminal.heading(`9. Over HTTP, on ${serving.framework}`)
  const tasks = createTasks(serving.engine === undefined ? {} : { engine: serving.engine })
  const { framework, smtpPort } = serving
  const { origin, shutdown } = await startDemoServer(tasks, { framework, port: 0, smtpPort, outFolder })
  try {
    const client = new Client(origin, checks, (line) => terminal.line(line))
    await sendMessages(client)
    const { received } = mailServer
    checks.holds(
      received.some(({ to, body }) => to[0] === 'user-7@example.org' && body === 'Your parcel is here'),
      'the notification that was asked for by HTTP went out by SMTP',
    )
    await runPipeline(client)
    await lookAtFigures(client)
    await follow(client)
  } finally {
    const { requests, tasks: report } = await shutdown()
    checks.equal([requests.cutOff, report.abandoned.length], [0, 0], 'the server left nobody without an answer')
    terminal.line(`server stopped: ${requests.finished} requests finished meanwhile; ${shutdownLine(report)}`)
  }
}

async function sendMessages(client: Client): Promise<void> {
  const { checks } = client
  const notified = await client.post('/notify', { user_id: 7, message: 'Your parcel is here' })
  checks.equal(Object.keys(notified), ['task_id', 'status', 'priority'], '/notify answers as documented')
  const payment = await client.post('/payment', { payment_id: 12, amount: 49.9 })
  const personal = await client.post('/users/42/notify', { message: 'Hello' })
  const batch = await client.post('/email/batch', [
    { recipient: 'ann@example.org', subject: 'Urgent: please sign', body: 'Today.' },
    { recipient: 'ben@example.org', subject: 'Newsletter', body: 'May.' },
  ])
  checks.equal([batch['batch_size'], batch['estimated_completion']], [2, '0.2 seconds'], '/email/batch estimates')
  const single = await client.post('/email/send', { recipient: 'cid@example.org', subject: 'Hi', body: 'Cid' })
  checks.equal([single['status'], single['priority']], ['scheduled', 'normal'], '/email/send answers as documented')
  const ids = [notified['task_id'], payment['payment_task_id'], personal['task_id'], single['task_id']]
  const results = await Promise.all(
    [...ids, ...(batch['task_ids'] as string[])].map((id) => client.resultOf(String(id))),
  )
  checks.equal(
    results.slice(0, 3),
    ['Notification sent to 7', 'Payment 12 of $49.9 processed', 'Notification sent to 42'],
    'the tasks that were started by HTTP gave these results',
  )
}

async function runPipeline(client: Client): Promise<void> {
  const body = { data_id: 5, raw_data: JSON.stringify({ values: [1, 2, 3, 4, 5] }) }
  const { pipeline_id, tasks } = await client.post('/data/process', body)
  client.checks.equal(pipeline_id, 'pipeline_5', 'the pipeline is named after its data')
  const { analyze, store } = tasks as Record<string, string>
  client.checks.equal(await client.resultOf(analyze ?? ''), { dataId: 5, mean: 3, count: 5 }, 'the analysis is right')
  client.checks.equal(await client.resultOf(store ?? ''), 'Stored analysis for data_id 5', 'the analysis was stored')
}

async function lookAtFigures(client: Client): Promise<void> {
  const flat = await client.get('/tasks/stats?shape=flat')
  client.checks.equal(
    Object.keys(flat),
    ['queue_stats', 'worker_stats', 'performance', 'system'],
    'statistics, document A',
  )
  const grouped = await client.get('/tasks/stats')
  client.checks.holds('error_metrics' in grouped, 'statistics, document B')
  const health = await client.get('/tasks/health')
  client.checks.equal(Object.keys(health)[0], 'healthy', 'health says first whether it is')
}

/** Submits by name, sees it happen on the stream of events, and is refused what is not allowed. */
async function follow(client: Client): Promise<void> {
  const leaving = new AbortController()
  const events = await fetch(`${client.origin}/tasks/events?types=completed`, { signal: leaving.signal })
  const { taskId } = await client.post('/tasks', { task: 'update_analytics', args: [7, 'login'] })
  let seen = ''
  for await (const text of (events.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    seen += text
    if (seen.includes(String(taskId))) break
  }
  leaving.abort()
  client.tell(`GET  /tasks/events → ${/data: (.*)/.exec(seen)?.[1] ?? ''}`)
  const refused = await client.post('/tasks', { task: 'process_payment', args: [1, 1] })
  client.checks.equal(refused['status'], 404, 'a task that is not exposed cannot be submitted by name')
}

class Client {
  readonly origin: string
  readonly checks: Checks
  readonly tell: (line: string) => void

  constructor(origin: string, checks: Checks, tell: (line: string) => void) {
    this.origin = origin
    this.checks = checks
    this.tell = tell
  }

  get(path: string): Promise<Fields> {
    return this.#ask('GET', path)
  }

  post(path: string, body: unknown): Promise<Fields> {
    return this.#ask('POST', path, body)
  }

  /** Waits for a task, by the routes of the package. */
  async resultOf(taskId: string): Promise<unknown> {
    const response = await fetch(`${this.origin}/tasks/${taskId}/result?waitMs=10000`)
    return ((await response.json()) as Fields)['result']
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Fields> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    this.tell(
      `${method.padEnd(4)} ${path} → ${response.status} ${text.length > 150 ? `${text.slice(0, 147)}...` : text}`,
    )
    return JSON.parse(text) as Fields
  }
}

/** What the scene's server stands on. */
export interface Serving {
  readonly framework: FrameworkName
  readonly engine: string | undefined
  readonly smtpPort: number
}
