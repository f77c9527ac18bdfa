// Failed tasks by what went wrong with them.
import type { TaskInfo } from '@catzilla/api'
import { patternOf, shownError } from './task-filter.ts'
import type { ViewOptions } from './task-view.ts'

export interface FailureGroup {
  readonly name: string
  /** The error without what differs; the filter `pattern` takes it. */
  readonly pattern: string
  readonly count: number
  /** Of the newest: the error in full, its end in epoch milliseconds, and its id. */
  readonly error: string
  readonly lastAt: number
  readonly lastTaskId: string
  /** End of the oldest that is kept. */
  readonly firstAt: number
}

export interface FailureGroups {
  /** The largest first, 200 at most. */
  readonly groups: readonly FailureGroup[]
  readonly looked: number
}

const SHOWN = 200

/** @param failed newest first */
export async function groupFailures(failed: AsyncIterable<TaskInfo>, options: ViewOptions): Promise<FailureGroups> {
  const groups = new Map<string, FailureGroup>()
  let looked = 0
  for await (const task of failed) {
    looked++
    const error = shownError(task, options)
    if (error === undefined) continue
    const pattern = patternOf(error)
    const key = `${task.name}\n${pattern}`
    groups.set(key, joined(groups.get(key), task, error, pattern))
  }
  return { groups: [...groups.values()].toSorted((a, b) => b.count - a.count).slice(0, SHOWN), looked }
}

function joined(group: FailureGroup | undefined, task: TaskInfo, error: string, pattern: string): FailureGroup {
  const { name, taskId } = task
  const at = task.completedAt ?? task.createdAt
  if (group === undefined) return { name, pattern, count: 1, error, lastAt: at, lastTaskId: taskId, firstAt: at }
  const newest = at > group.lastAt ? { error, lastAt: at, lastTaskId: taskId } : {}
  return { ...group, ...newest, count: group.count + 1, firstAt: Math.min(group.firstAt, at) }
}
