// Tasks that are submitted again and again, and when next.
import type { JSX } from 'preact'
import { usePolled } from '../live/polled.ts'
import { PageHead, Panel, Scrolled } from '../parts/panel.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { ScheduleLine } from '../server/answers.ts'
import { ask } from '../server/request.ts'
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
              <Scrolled label="Schedules">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Schedule</th>
                      <th scope="col" class="text">
                        Task
                      </th>
                      <th scope="col">Next</th>
                      <th scope="col">Latest</th>
                      <th scope="col">Submitted</th>
                      <th scope="col">Missed</th>
                      <th scope="col" class="text">
                        State
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {schedules.map((schedule) => (
                      <Row schedule={schedule} />
                    ))}
                  </tbody>
                </table>
              </Scrolled>
            </Panel>
          )
        }
      </Loaded>
    </>
  )
}

function Row({ schedule }: { readonly schedule: ScheduleLine }): JSX.Element {
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
    </tr>
  )
}
