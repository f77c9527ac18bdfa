// The tasks that a filter means, as far as they were scrolled to; what is in sight stays fresh.
import { useEffect, useRef, useState } from 'preact/hooks'
import { repeat } from '../live/polled.ts'
import { ask } from '../server/request.ts'
import type { TaskLine, TaskPage } from '../server/answers.ts'
import type { Filter } from './filter.ts'
import { appended, refreshed, segmentAt } from './segments.ts'
import type { Segment } from './segments.ts'

export interface TaskList {
  readonly rows: readonly TaskLine[]
  /** Whether there is more below. */
  readonly hasMore: boolean
  /** Undefined until something is known. */
  readonly loaded: boolean
  readonly error: Error | undefined
  /** Reads on; nothing happens while that is under way. */
  readonly more: () => void
  readonly refresh: () => void
  /** Says which row is the first in sight. */
  readonly look: (row: number) => void
}

const PAGE = 250
const EVERY_MS = 2000

export function useTaskList(filter: Filter): TaskList {
  const key = JSON.stringify(filter)
  const [state, setState] = useState<{ key: string; segments: readonly Segment[]; error?: Error }>({
    key,
    segments: [],
  })
  const segments = useRef<readonly Segment[]>([])
  const inSight = useRef(0)
  const reading = useRef(false)
  const again = useRef(() => {})
  useEffect(() => {
    segments.current = []
    inSight.current = 0
    const show = (next: readonly Segment[]): void => {
      segments.current = next
      setState({ key, segments: next })
    }
    return repeat(
      EVERY_MS,
      async (signal) => {
        const index = segmentAt(segments.current, inSight.current)
        const cursor = segments.current[index]?.cursor
        return { index, page: await ask<TaskPage>('', { ...filter, limit: PAGE, cursor }, signal) }
      },
      ({ index, page }) =>
        show(segments.current.length === 0 ? appended([], page) : refreshed(segments.current, index, page)),
      (error) => setState({ key, segments: segments.current, error }),
      (go) => (again.current = go),
    )
  }, [key])
  const more = async (): Promise<void> => {
    const cursor = segments.current.at(-1)?.next
    if (reading.current || cursor === null || cursor === undefined) return
    reading.current = true
    try {
      const page = await ask<TaskPage>('', { ...filter, limit: PAGE, cursor })
      // the filter may have changed meanwhile, or the list begun anew
      if (segments.current.at(-1)?.next !== cursor) return
      segments.current = appended(segments.current, page)
      setState({ key, segments: segments.current })
    } catch (thrown) {
      setState({ key, segments: segments.current, error: thrown as Error })
    } finally {
      reading.current = false
    }
  }
  const current = state.key === key ? state.segments : []
  return {
    rows: current.flatMap(({ tasks }) => tasks),
    hasMore: (current.at(-1)?.next ?? null) !== null,
    loaded: current.length > 0,
    error: state.key === key ? state.error : undefined,
    more: () => void more(),
    refresh: () => again.current(),
    look: (row) => (inSight.current = row),
  }
}
