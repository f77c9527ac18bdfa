// What waits where: by class, by lane, and by name.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { figures } from '../live/figures.ts'
import { rights } from '../live/rights.ts'
import { Meter } from '../parts/badge.tsx'
import { ClassTable } from '../parts/class-table.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table, buttons } from '../parts/table.tsx'
import { PauseButton, proposePause } from '../parts/pause-button.tsx'
import { Empty, Loading } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { MonitorStatistics } from '../server/answers.ts'
import { count, measured, megabytes, percent } from '../wording.ts'

export function QueuesPage(): JSX.Element {
  const now = figures.value
  return (
    <>
      <PageHead title="Queues">
        <span class="buttons">
          <PauseButton />
        </span>
      </PageHead>
      {now === undefined ? (
        <Loading />
      ) : (
        <>
          <Panel title="Classes" note={`${count(now.flat.scheduledTasks)} more are scheduled or wait for a retry`}>
            <ClassTable priorities={now.stats.priorities} />
          </Panel>
          <Panel title="Lanes" note="where tasks run">
            <Lanes lanes={now.stats.lanes} />
          </Panel>
          <Panel title="Names" note="times of the last minute, the most submitted first">
            <Names names={now.stats.names} paused={now.flat.pausedNames} />
          </Panel>
        </>
      )}
    </>
  )
}

function Lanes({ lanes }: Pick<MonitorStatistics, 'lanes'>): JSX.Element {
  return (
    <Table
      label="Lanes"
      columns={['Lane', 'Slots', 'Busy', 'Waiting for a slot', 'Wait p95', 'Run p50', 'p95', 'p99', 'Memory']}
    >
      {Object.entries(lanes).map(([lane, { slots, active, queued, wait, execution, memoryMb }]) => (
        <tr>
          <th scope="row">{lane}</th>
          <td>{count(slots)}</td>
          <td>
            {count(active)}{' '}
            <Meter ratio={active / Math.max(1, slots)} label={`${percent(active / Math.max(1, slots))} busy`} />
          </td>
          <td>{count(queued)}</td>
          <td>{measured(wait?.recent, 'p95Ms')}</td>
          <td>{measured(execution?.recent, 'p50Ms')}</td>
          <td>{measured(execution?.recent, 'p95Ms')}</td>
          <td>{measured(execution?.recent, 'p99Ms')}</td>
          <td>{megabytes(memoryMb)}</td>
        </tr>
      ))}
    </Table>
  )
}

const SHOWN = 50

type NameFigures = MonitorStatistics['names'][string]

const nothing = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }
const noFigures: NameFigures = {
  submitted: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  expired: 0,
  wait: { total: nothing, recent: nothing },
  execution: { total: nothing, recent: nothing },
}

interface NamesProps extends Pick<MonitorStatistics, 'names'> {
  /** Undefined: the engine does not tell. */
  readonly paused: readonly string[] | undefined
}

function Names({ names, paused }: NamesProps): JSX.Element {
  const [all, setAll] = useState(false)
  const rows = Object.entries(names).toSorted(([, a], [, b]) => b.submitted - a.submitted)
  const mayPause = rights.value.pause
  // a name may be paused before it has a task
  for (const name of paused ?? []) if (!Object.hasOwn(names, name)) rows.unshift([name, noFigures])
  if (rows.length === 0)
    return <Empty title="No task has been submitted yet">Names appear with their first task.</Empty>
  return (
    <Table
      label="Names"
      columns={[
        'Name',
        'Submitted',
        'Completed',
        'Failed',
        'Cancelled',
        'Expired',
        'Wait p95',
        'Run p50',
        'Run p95',
        ...(mayPause ? [buttons] : []),
      ]}
      below={
        rows.length > SHOWN &&
        !all && (
          <button type="button" onClick={() => setAll(true)}>
            Show all {count(rows.length)}
          </button>
        )
      }
    >
      {rows.slice(0, all ? rows.length : SHOWN).map(([name, figure]) => (
        <tr>
          <th scope="row">
            <a href={hrefOf(['tasks'], { name })}>{name}</a>{' '}
            {paused?.includes(name) === true && <span class="badge s-scheduled">paused</span>}
          </th>
          <td>{count(figure.submitted)}</td>
          <td>{count(figure.completed)}</td>
          <td class={figure.failed > 0 ? 'late' : ''}>{count(figure.failed)}</td>
          <td>{count(figure.cancelled)}</td>
          <td>{count(figure.expired)}</td>
          <td>{measured(figure.wait.recent, 'p95Ms')}</td>
          <td>{measured(figure.execution.recent, 'p50Ms')}</td>
          <td>{measured(figure.execution.recent, 'p95Ms')}</td>
          {mayPause && (
            <td class="row-buttons">
              {paused?.includes(name) !== true && (
                <button type="button" class="small" onClick={() => proposePause(true, name)}>
                  Pause<span class="sr"> {name}</span>
                </button>
              )}
              {paused?.includes(name) !== false && (
                <button type="button" class="small" onClick={() => proposePause(false, name)}>
                  Resume<span class="sr"> {name}</span>
                </button>
              )}
            </td>
          )}
        </tr>
      ))}
    </Table>
  )
}
