// Failed tasks by what went wrong, the most frequent first.
import type { JSX } from 'preact'
import { usePolled } from '../live/polled.ts'
import { rights } from '../live/rights.ts'
import { PageHead } from '../parts/panel.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { FailureGroup } from '../server/answers.ts'
import { ask } from '../server/request.ts'
import { proposeForAll } from '../tasks/for-all.tsx'
import { count, distance, several, time } from '../wording.ts'

interface Failures {
  readonly groups: readonly FailureGroup[]
  readonly looked: number
}

export function FailuresPage(): JSX.Element {
  const failures = usePolled('failures', 3000, (signal) => ask<Failures>('/failures', {}, signal))
  const total = failures.data?.looked ?? 0
  return (
    <>
      <PageHead title="Failures">
        <p class="muted">
          {failures.data !== undefined &&
            `${several(total, 'failed task')} kept, in ${several(failures.data.groups.length, 'group')}`}
        </p>
      </PageHead>
      <Loaded of={failures}>
        {({ groups }) =>
          groups.length === 0 ? (
            <Empty title="No failed task is kept">Failures appear here, grouped by what went wrong.</Empty>
          ) : (
            <ul class="groups">
              {groups.map((group) => (
                <Group key={`${group.name}\n${group.pattern}`} group={group} refresh={failures.refresh} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function Group({ group, refresh }: { readonly group: FailureGroup; readonly refresh: () => void }): JSX.Element {
  const { name, pattern, count: size, error, firstAt, lastAt, lastTaskId } = group
  const filter = { status: 'failed', name, pattern }
  return (
    <li class="panel group">
      <span class="group-count">{count(size)}</span>
      <div class="group-text">
        <h2>
          <a href={hrefOf(['tasks'], filter)}>{name}</a>
        </h2>
        <p class="error-text">{error}</p>
        <p class="muted">
          latest{' '}
          <a href={hrefOf(['tasks', lastTaskId])} title={time(lastAt)}>
            {distance(lastAt)}
          </a>
          , first {distance(firstAt)}
        </p>
      </div>
      {rights.value.retry && (
        <button type="button" onClick={() => proposeForAll('retry', filter, refresh)}>
          Retry all<span class="sr"> of {name}</span>
        </button>
      )}
    </li>
  )
}
