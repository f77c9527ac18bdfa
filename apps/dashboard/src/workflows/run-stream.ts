// A run as it goes on: the whole whenever the stream opens, then what changes.
import { useEffect, useState } from 'preact/hooks'
import { followStream } from '../live/stream.ts'
import { addressOf } from '../server/address.ts'
import { ask } from '../server/request.ts'
import { changedRun } from '../server/workflow-answers.ts'
import type { RunDetail } from '../server/workflow-answers.ts'

export interface FollowedRun {
  readonly run: RunDetail | undefined
  /** Why there is none. */
  readonly error: Error | undefined
  /** What to take from this clock to have that of the server, in milliseconds. */
  readonly skewMs: number
  readonly refresh: () => void
}

interface State {
  readonly runId: string
  readonly run?: RunDetail
  readonly error?: Error
  readonly skewMs?: number
}

export function useRun(runId: string): FollowedRun {
  const [state, setState] = useState<State>({ runId })
  const [opened, setOpened] = useState(0)
  useEffect(() => {
    const show = (run: RunDetail): void => setState({ runId, run, skewMs: skewOf(run) })
    return follow(runId, show, (error) => setState((before) => ({ ...before, runId, error })))
  }, [runId, opened])
  const current: State = state.runId === runId ? state : { runId }
  const { run, error, skewMs = 0 } = current
  return { run, error, skewMs, refresh: () => setOpened((count) => count + 1) }
}

/** Follows while the page is seen, until the returned function is called or the run is over. */
function follow(runId: string, show: (run: RunDetail) => void, fail: (error: Error) => void): () => void {
  const path = `/workflows/runs/${encodeURIComponent(runId)}`
  let latest: RunDetail | undefined
  const take = (run: RunDetail): void => show((latest = run))
  const read = (event: Event): RunDetail => JSON.parse((event as MessageEvent<string>).data) as RunDetail
  /** A stream says nothing of why it was refused, and nothing of a run that is not there. */
  const explain = async ({ readyState }: EventSource): Promise<void> => {
    if (readyState !== EventSource.CLOSED) return
    try {
      take(await ask<RunDetail>(path))
    } catch (thrown) {
      fail(thrown as Error)
    }
  }
  const stop = followStream(addressOf(`${path}/events`), (source) => {
    source.addEventListener('run', (event) => take(read(event)))
    source.addEventListener('change', (event) => {
      if (latest !== undefined) take(changedRun(latest, read(event)))
    })
    source.addEventListener('over', () => stop())
    source.addEventListener('error', () => void explain(source))
  })
  return stop
}

/** Of a run that goes on the server has said how long it runs, and thereby what time it is. */
function skewOf({ startedAt, endedAt, durationMs }: RunDetail): number {
  if (startedAt === null || durationMs === null || endedAt !== null) return 0
  return Date.now() - (startedAt + durationMs)
}
