// A run as it goes on: the whole when the stream opens, then what changes. The browser comes again by itself when the stream
// breaks off, and begins with the whole.
import { useEffect, useState } from 'preact/hooks'
import { visible } from '../live/visible.ts'
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
  let source: EventSource | undefined
  let latest: RunDetail | undefined
  let over = false
  const take = (run: RunDetail): void => show((latest = run))
  const read = (event: Event): RunDetail => JSON.parse((event as MessageEvent<string>).data) as RunDetail
  const open = (): void => {
    source = new EventSource(addressOf(`${path}/events`))
    source.addEventListener('run', (event) => take(read(event)))
    source.addEventListener('change', (event) => {
      if (latest !== undefined) take(changedRun(latest, read(event)))
    })
    source.addEventListener('over', () => {
      over = true
      source?.close()
    })
    source.addEventListener('error', () => void explain(source))
  }
  /** A stream says nothing of why it was refused, and nothing of a run that is not there. */
  const explain = async (failed: EventSource | undefined): Promise<void> => {
    if (failed?.readyState !== EventSource.CLOSED) return
    try {
      take(await ask<RunDetail>(path))
    } catch (thrown) {
      fail(thrown as Error)
    }
  }
  const stop = visible.subscribe((seen) => {
    source?.close()
    source = undefined
    if (seen && !over) open()
  })
  return () => {
    stop()
    source?.close()
  }
}

/** Of a run that goes on the server has said how long it runs, and thereby what time it is. */
function skewOf({ startedAt, endedAt, durationMs }: RunDetail): number {
  if (startedAt === null || durationMs === null || endedAt !== null) return 0
  return Date.now() - (startedAt + durationMs)
}
