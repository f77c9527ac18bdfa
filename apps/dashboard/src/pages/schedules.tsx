// Tasks that are submitted again and again, and when next.
import type { JSX } from 'preact'
import { usePolled } from '../live/polled.ts'
import { rights } from '../live/rights.ts'
import { propose } from '../parts/confirmation.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table, buttons, words } from '../parts/table.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { ScheduleLine } from '../server/answers.ts'
import { ask, tell } from '../server/request.ts'
import { count, distance, time } from '../wording.ts'

export function SchedulesPage(): JSX.Element {
  const polled = usePolled('schedules', 2000, (signal) =>
    ask<{ schedules: readonly ScheduleLine[] }>('/schedules', {}, signal),
  )
  return (
    <>
      <PageHead title="Schedules" />
      <Loaded of={polled}>
        {({ schedules }) =>
          schedules.length === 0 ? (
            <Empty title="Nothing is scheduled">
              tasks.schedule('nightly', {'{'} cron: '0 3 * * *' {'}'}, task, args) makes one.
            </Empty>
          ) : (
            <Panel title="All schedules">
              <Table
                label="Schedules"
                columns={[
                  'Schedule',
                  words('Task'),
                  'Next',
                  'Latest',
                  'Submitted',
                  'Missed',
                  words('State'),
                  ...(mayChange() ? [buttons] : []),
                ]}
              >
                {schedules.map((schedule) => (
                  <Row key={schedule.id} schedule={schedule} refresh={polled.refresh} />
                ))}
              </Table>
            </Panel>
          )
        }
      </Loaded>
    </>
  )
}

interface RowProps {
  readonly schedule: ScheduleLine
  readonly refresh: () => void
}

function Row({ schedule, refresh }: RowProps): JSX.Element {
  const { id, taskName, nextRunAt, lastSlotAt, submitted, missed, paused, lastError } = schedule
  return (
    <tr>
      <th scope="row">{id}</th>
      <td class="text">
        <a href={hrefOf(['tasks'], { name: taskName })}>{taskName}</a>
      </td>
      <td title={time(nextRunAt)}>{distance(nextRunAt)}</td>
      <td title={time(lastSlotAt)}>{distance(lastSlotAt)}</td>
      <td>{count(submitted)}</td>
      <td class={missed > 0 ? 'late' : ''}>{count(missed)}</td>
      <td class="text">
        {paused ? <span class="badge s-scheduled">paused</span> : <span class="badge s-running">active</span>}
        {lastError !== null && <span class="error-text"> {lastError}</span>}
      </td>
      {mayChange() && (
        <td class="row-buttons">
          {rights.value.retry && (
            <button type="button" class="small" onClick={() => proposeRun(schedule, refresh)}>
              Run now<span class="sr"> {id}</span>
            </button>
          )}
          {rights.value.pause && (
            <button type="button" class="small" onClick={() => proposeHold(schedule, refresh)}>
              {paused ? 'Resume' : 'Pause'}
              <span class="sr"> {id}</span>
            </button>
          )}
        </td>
      )}
    </tr>
  )
}

function mayChange(): boolean {
  const { pause, retry } = rights.value
  return pause || retry
}

function proposeHold({ id, paused }: ScheduleLine, refresh: () => void): void {
  propose({
    title: `${paused ? 'Resume' : 'Pause'} ${id}?`,
    text: paused
      ? 'It goes on with its next moment; those in the pause are not made up for.'
      : 'Nothing is submitted until it is resumed. Tasks that it has submitted go on.',
    label: paused ? 'Resume' : 'Pause',
    async run() {
      await tell('POST', paused ? '/schedules/resume' : '/schedules/pause', { id })
      refresh()
      return `${paused ? 'Resumed' : 'Paused'} ${id}.`
    },
  })
}

function proposeRun({ id, taskName }: ScheduleLine, refresh: () => void): void {
  propose({
    title: `Run ${id} now?`,
    text: `${taskName} is submitted once, with the arguments of the schedule. When it comes next stays as it is.`,
    label: 'Run now',
    async run() {
      await tell('POST', '/schedules/run', { id })
      refresh()
      return `Submitted ${taskName}.`
    },
  })
}
