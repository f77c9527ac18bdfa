// Submitting by POST /tasks against a route of the same framework that gives its JSON body back, in turns; and the memory
// of the server over many submissions.
import autocannon from 'autocannon'
import type { Result } from 'autocannon'
import { interleave, ratio, summarise } from '../../measure.ts'
import type { ClockName, Contender } from '../../measure.ts'
import { formatCount, formatFigure, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult, Table, Verdict } from '../../section.ts'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'

const CONNECTIONS = 64
const BODY = JSON.stringify({ task: 'noop', args: [] })
/** Share of the throughput of the echo that submitting may cost. */
const MOST_LOSS = 0.25
/** Heap at the end ÷ heap after the first part, up to which memory counts as flat. */
const FLAT = 1.2

const frameworks = ['node:http', 'Express', 'Koa', 'Hono'] as const

interface Outcome {
  readonly framework: string
  /** Requests per second, one for each round. */
  readonly echo: readonly number[]
  readonly submit: readonly number[]
  /** 99th percentile of the latency of submissions, in milliseconds. */
  readonly p99Ms: number
  /** Share of the throughput of the echo. */
  readonly loss: number
}

export async function measureHttp({ quick, clock }: SectionInput): Promise<SectionResult> {
  const outcomes: Outcome[] = []
  for (const framework of frameworks) outcomes.push(await measureFramework(framework, quick, clock))
  const { table, verdict } = await measureMemory(quick)
  const worst = outcomes.reduce((a, b) => (a.loss > b.loss ? a : b))
  return {
    title: 'Submitting over HTTP',
    tables: [throughputTable(outcomes, clock), table],
    verdicts: [
      {
        target: `POST /tasks costs at most ${MOST_LOSS * 100} % of the throughput of the framework's JSON echo`,
        measured: `${formatFigure(worst.loss * 100)} % at most (${worst.framework})`,
        met: worst.loss <= MOST_LOSS,
      },
      verdict,
    ],
  }
}

async function measureFramework(framework: string, quick: boolean, clock: ClockName): Promise<Outcome> {
  tellProgress(`http: ${framework}, ${CONNECTIONS} connections`)
  const server = await startServer(framework, 'auto')
  let accepted = 0
  const latencies: number[] = []
  const contender = (name: string, path: string): Contender<number> => ({
    name,
    async run() {
      const before = await server.figures()
      const result = await load(`${server.origin}${path}`, { duration: quick ? 1 : 2 })
      const after = await server.figures()
      if (name === 'submit') {
        accepted += result['2xx']
        latencies.push(result.latency.p99)
      }
      // on a machine that others use too, the processor time of the server says more
      return clock === 'wall' ? result.requests.average : result['2xx'] / (after.cpuSeconds - before.cpuSeconds)
    },
  })
  const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 5, warmUps: 1 }
  const samples = await interleave([contender('echo', '/echo'), contender('submit', '/tasks')], rounds)
  await verifyTasks(server, accepted, latencies.length)
  await server.stop()
  const [echo, submit] = [samples.get('echo') ?? [], samples.get('submit') ?? []]
  return { framework, echo, submit, p99Ms: summarise(latencies).median, loss: 1 - ratio(submit, echo) }
}

/** @throws Error when a request failed: such a load measures nothing */
async function load(url: string, much: { readonly duration: number } | { readonly amount: number }): Promise<Result> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
    ...much,
  })
  verify(`errors of ${url}`, result.errors + result.timeouts + result.non2xx, 0)
  return result
}

/** Every submission that was accepted ran. Those whose answer the load did not wait for at its end ran as well. */
async function verifyTasks({ figures }: ServerProcess, accepted: number, loads: number): Promise<void> {
  const { submitted, completed } = await figures()
  verify('tasks that were submitted and not completed', submitted - completed, 0)
  const unanswered = submitted - accepted
  verify('tasks that were answered and not submitted', Math.min(0, unanswered), 0)
  verify('tasks beyond those answered and those under way', Math.max(0, unanswered - loads * CONNECTIONS), 0)
}

function throughputTable(outcomes: readonly Outcome[], clock: ClockName): Table {
  return {
    title: `Requests per second${clock === 'cpu' ? ' of processor time of the server' : ''}, ${CONNECTIONS} connections, autocannon on the same machine`,
    columns: ['', 'JSON echo', 'POST /tasks', 'min – max', 'p99 ms', 'cost'],
    rows: outcomes.map(({ framework, echo, submit, p99Ms, loss }) => {
      const range = summarise(submit)
      return [
        framework,
        formatCount(summarise(echo).median),
        formatCount(range.median),
        `${formatCount(range.min)} – ${formatCount(range.max)}`,
        formatFigure(p99Ms),
        `${formatFigure(loss * 100)} %`,
      ]
    }),
    note: 'The cost is the median over the rounds of what submitting lacks against the echo of its own round. No request failed, and every task that was accepted ran.',
  }
}

async function measureMemory(quick: boolean): Promise<{ table: Table; verdict: Verdict }> {
  const total = quick ? 2_000 : 1_000_000
  const step = total / (quick ? 2 : 10)
  tellProgress(`http: memory over ${formatCount(total)} submissions`)
  const server = await startServer('node:http', 'auto')
  const heap: number[] = []
  for (let done = step; done <= total; done += step) {
    await load(`${server.origin}/tasks`, { amount: step })
    const { submitted, completed, heapBytes } = await server.figures()
    verify('tasks submitted', submitted, done)
    verify('tasks completed', completed, done)
    heap.push(heapBytes)
    tellProgress(`http: ${formatCount(done)} submissions, ${formatFigure(heapBytes / 2 ** 20)} MiB`)
  }
  await server.stop()
  const growth = (heap.at(-1) ?? 0) / (heap[0] ?? 1)
  return {
    table: {
      title: 'Heap of the server after a collection, MiB',
      columns: heap.map((_, index) => formatCount((index + 1) * step)),
      rows: [heap.map((bytes) => formatFigure(bytes / 2 ** 20))],
      note: 'By the number of tasks submitted over node:http so far.',
    },
    verdict: {
      target: `memory flat over ${formatCount(total)} submissions (≤ ${FLAT} × of that after the first ${formatCount(step)})`,
      measured: `${formatFigure(growth)} ×`,
      met: growth <= FLAT,
    },
  }
}
