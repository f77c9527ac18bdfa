// Data of the server that stays fresh: asked for again a while after each answer, not while nobody sees the page, and
// less often while the server does not answer.
import { useEffect, useRef, useState } from 'preact/hooks'
import { heard, missed } from './connection.ts'
import { visible } from './visible.ts'

export interface Polled<T> {
  /** The latest answer; undefined before the first. It stays when a later one fails. */
  readonly data: T | undefined
  /** Why the latest request failed; undefined when it did not. */
  readonly error: Error | undefined
  /** Asks now. */
  readonly refresh: () => void
}

const LONGEST_REST_MS = 10_000

/**
 * Calls `load` now and `everyMs` after each answer, and anew when `key` changes.
 * @param everyMs null: only when the key changes or `refresh` is called
 */
export function usePolled<T>(
  key: string,
  everyMs: number | null,
  load: (signal: AbortSignal) => Promise<T>,
): Polled<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: Error }>({ key })
  const latest = useRef(load)
  latest.current = load
  const refresh = useRef(() => {})
  useEffect(
    () =>
      repeat(
        everyMs,
        (signal) => latest.current(signal),
        (data) => setState({ key, data }),
        (error) => setState((before) => (before.key === key ? { ...before, error } : { key, error })),
        (again) => (refresh.current = again),
      ),
    [key, everyMs],
  )
  const current = state.key === key ? state : { data: undefined, error: undefined }
  return { data: current.data, error: current.error, refresh: () => refresh.current() }
}

/** Repeats until the returned function is called. */
export function repeat<T>(
  everyMs: number | null,
  load: (signal: AbortSignal) => Promise<T>,
  onData: (data: T) => void,
  onError: (error: Error) => void,
  onAgain: (again: () => void) => void = () => {},
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let running = new AbortController()
  const rest = (ms: number | null): void => {
    clearTimeout(timer)
    if (ms !== null) timer = setTimeout(() => void go(), ms)
  }
  const go = async (): Promise<void> => {
    clearTimeout(timer)
    if (!visible.value) return
    running.abort()
    const own = (running = new AbortController())
    try {
      const data = await load(own.signal)
      if (own.signal.aborted) return
      failures = 0
      heard()
      onData(data)
      rest(everyMs)
    } catch (thrown) {
      if (own.signal.aborted) return
      failures++
      missed(thrown)
      onError(thrown instanceof Error ? thrown : new Error(String(thrown)))
      rest(Math.min(LONGEST_REST_MS, Math.max(1000, everyMs ?? 0) * 1.5 ** Math.min(failures, 10)))
    }
  }
  onAgain(() => void go())
  const stop = visible.subscribe((seen) => {
    if (seen) void go()
    else clearTimeout(timer)
  })
  return () => {
    stop()
    clearTimeout(timer)
    running.abort()
  }
}
