// A long list that stays fresh, read in segments: each begins where the one before ended, so that any of them can be read
// again by itself. Pure functions over plain data.
import type { TaskLine, TaskPage } from '../server/answers.ts'

export interface Segment {
  /** Where it begins; undefined: with the newest. */
  readonly cursor: string | undefined
  readonly tasks: readonly TaskLine[]
  /** Where the next one begins; null: this is the last. */
  readonly next: string | null
}

/** The list with one more segment at its end. */
export function appended(segments: readonly Segment[], page: TaskPage): readonly Segment[] {
  const cursor = segments.at(-1)?.next ?? undefined
  const known = idsOf(segments)
  const tasks = page.tasks.filter(({ taskId }) => !known.has(taskId))
  return [...segments, { cursor, tasks, next: page.nextCursor }]
}

/** The list after its segment `index` was read again. Read from the top, new tasks come before those that were there. */
export function refreshed(segments: readonly Segment[], index: number, page: TaskPage): readonly Segment[] {
  const before = segments[index]
  if (before === undefined) return segments
  const rest = segments.slice(index + 1)
  const later = idsOf(rest)
  const last = page.tasks.at(-1)
  const reachesOn = last === undefined || page.nextCursor === null || later.has(last.taskId)
  if (reachesOn) {
    const tasks = page.tasks.filter(({ taskId }) => !later.has(taskId))
    const next = rest.length > 0 ? before.next : page.nextCursor
    return [...segments.slice(0, index), { ...before, tasks, next }, ...rest]
  }
  const end = before.tasks.findIndex(({ taskId }) => taskId === last.taskId)
  // more came than one page holds, so what lies between is not known: the list begins anew from there
  if (end < 0) return [...segments.slice(0, index), { ...before, tasks: page.tasks, next: page.nextCursor }]
  const tasks = [...page.tasks, ...before.tasks.slice(end + 1)]
  return [...segments.slice(0, index), { ...before, tasks }, ...rest]
}

/** The index of the segment that has the row. */
export function segmentAt(segments: readonly Segment[], row: number): number {
  let first = 0
  const found = segments.findIndex(({ tasks }) => row < (first += tasks.length))
  return found < 0 ? Math.max(0, segments.length - 1) : found
}

function idsOf(segments: readonly Segment[]): Set<string> {
  return new Set(segments.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId)))
}
