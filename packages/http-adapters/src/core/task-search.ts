// Looking through the tasks of an engine, a page of it at a time, for those that a filter means.
import type { BackgroundTasks, TaskInfo, TaskListQuery } from '@catzilla/api'
import { engineQuery, isMeant, looksFurther } from './task-filter.ts'
import type { TaskFilter } from './task-filter.ts'
import type { ViewOptions } from './task-view.ts'

export interface SearchPage {
  readonly tasks: readonly TaskInfo[]
  /** Where to go on, though this page may have fewer tasks than asked for; undefined at the end. */
  readonly nextCursor: string | undefined
}

/** Most tasks that one request looks at. */
const LOOKED_AT = 10_000

/** The next tasks that the filter means: some, or none of the many that were looked at. */
export async function searchTasks(
  tasks: Pick<BackgroundTasks, 'listTasks'>,
  filter: TaskFilter,
  options: ViewOptions,
): Promise<SearchPage> {
  const { limit = 50 } = filter
  const further = looksFurther(filter)
  let { cursor } = filter
  for (let seen = 0; ;) {
    const page = await tasks.listTasks({ ...engineQuery(filter), limit, ...(cursor === undefined ? {} : { cursor }) })
    const found = further ? page.tasks.filter((task) => isMeant(task, filter, options)) : page.tasks
    seen += page.tasks.length
    cursor = isPast(page.tasks.at(-1), filter) ? undefined : page.nextCursor
    if (found.length > 0 || cursor === undefined || seen >= LOOKED_AT) return { tasks: found, nextCursor: cursor }
  }
}

/** Every task that the filter means, as far as one request looks. */
export async function* eachTask(
  tasks: Pick<BackgroundTasks, 'listTasks'>,
  query: TaskListQuery,
): AsyncGenerator<TaskInfo, void> {
  let cursor: string | undefined
  for (let seen = 0; seen < LOOKED_AT;) {
    const page = await tasks.listTasks({ ...query, limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    yield* page.tasks
    seen += page.tasks.length
    cursor = page.nextCursor
    if (cursor === undefined) return
  }
}

/** Lists are newest first: once they are before `since`, nothing more comes. */
function isPast(last: TaskInfo | undefined, { since }: TaskFilter): boolean {
  return last !== undefined && since !== undefined && last.createdAt < since
}
