// One look at a server: its statistics, health and workers, from the routes of the HTTP adapters.
import type { HealthReport, MonitorStatistics, WorkerDetails } from '@catzilla/engine'
import type { TopArguments } from './arguments.ts'

export interface Look {
  /** Epoch milliseconds. */
  readonly at: number
  readonly stats: MonitorStatistics
  readonly health: HealthReport
  readonly workers: readonly WorkerDetails[]
}

/** Longest wait for an answer, in milliseconds. */
const PATIENCE_MS = 10_000

/** @throws Error that says which route did not answer, and what may help */
export async function lookAt(server: Pick<TopArguments, 'base' | 'headers'>): Promise<Look> {
  const [stats, health, found] = await Promise.all([
    ask<MonitorStatistics>(server, '/stats'),
    // what is not healthy answers with 503, and with its reasons
    ask<HealthReport>(server, '/health', [200, 503]),
    ask<{ workers: readonly WorkerDetails[] }>(server, '/workers'),
  ])
  return { at: Date.now(), stats, health, workers: found.workers }
}

async function ask<T>(
  { base, headers }: Pick<TopArguments, 'base' | 'headers'>,
  route: string,
  accepted: readonly number[] = [200],
): Promise<T> {
  const url = `${base}${route}`
  let answer: Response
  try {
    answer = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch (thrown) {
    const { cause, message } = thrown as Error
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message
    throw new Error(`${url} does not answer (${why}); is the server running, and the address right?`, { cause: thrown })
  }
  if (accepted.includes(answer.status)) return (await answer.json()) as T
  throw new Error(`${url} answers ${answer.status}${await remedyFor(answer)}`)
}

async function remedyFor(answer: Response): Promise<string> {
  if (answer.status === 401 || answer.status === 403) return '; send who you are with --header'
  if (answer.status === 404) return '; give the path under which the routes are mounted'
  const detail = (await answer.json().catch(() => ({}))) as { detail?: unknown }
  return typeof detail.detail === 'string' ? `: ${detail.detail}` : ''
}
