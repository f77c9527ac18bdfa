// All tasks, or those that the filter means.
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { rights } from '../live/rights.ts'
import { PageHead } from '../parts/panel.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { place } from '../place.ts'
import { FilterBar } from '../tasks/filter-bar.tsx'
import { filterOf } from '../tasks/filter.ts'
import { proposeForAll } from '../tasks/for-all.tsx'
import { TaskRows } from '../tasks/task-rows.tsx'
import { useTaskList } from '../tasks/task-list.ts'
import { count } from '../wording.ts'

export function TasksPage(): JSX.Element {
  const filter = filterOf(place.value.query)
  const list = useTaskList(filter)
  const { cancel, retry } = rights.value
  const { rows, loaded, error, hasMore, refresh } = list
  useEffect(() => {
    addEventListener('keydown', toSearch)
    return () => removeEventListener('keydown', toSearch)
  }, [])
  return (
    <div class="tasks-page">
      <PageHead title="Tasks">
        <p class="muted" aria-live="polite">
          {loaded && `${count(rows.length)}${hasMore ? ' and more' : ''}`}
        </p>
        <span class="buttons">
          {retry && (
            <button type="button" onClick={() => proposeForAll('retry', filter, refresh)} disabled={rows.length === 0}>
              Retry all matching
            </button>
          )}
          {cancel && (
            <button type="button" onClick={() => proposeForAll('cancel', filter, refresh)} disabled={rows.length === 0}>
              Cancel all matching
            </button>
          )}
        </span>
      </PageHead>
      <FilterBar />
      {error !== undefined && <Failed error={error} again={refresh} />}
      {!loaded && error === undefined && <Loading />}
      {loaded && rows.length === 0 && !hasMore ? (
        <Empty title="No task matches">
          {Object.keys(filter).length === 0
            ? 'Tasks appear here as soon as one is submitted.'
            : 'Try fewer conditions.'}
        </Empty>
      ) : (
        loaded && <TaskRows key={JSON.stringify(filter)} list={list} />
      )}
    </div>
  )
}

/** `/` goes to the first field of the filter, as in most lists. */
function toSearch(event: KeyboardEvent): void {
  if (event.key !== '/' || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement)
    return
  event.preventDefault()
  document.querySelector<HTMLInputElement>('.filters input')?.focus()
}
