// What was changed over HTTP, and from where.
import type { JSX } from 'preact'
import { usePolled } from '../live/polled.ts'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table, words } from '../parts/table.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { AuditEntry } from '../server/answers.ts'
import { ask } from '../server/request.ts'
import { time } from '../wording.ts'

export function AuditPage(): JSX.Element {
  const polled = usePolled('audit', 2000, (signal) => ask<{ entries: readonly AuditEntry[] }>('/audit', {}, signal))
  return (
    <>
      <PageHead title="Audit">
        <p class="muted">The latest 500 changes; the channel catzilla:http:audit has all of them, for logs.</p>
      </PageHead>
      <Loaded of={polled}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title="Nothing was changed so far">
              Pausing, scaling, cancelling and retrying leave an entry here.
            </Empty>
          ) : (
            <Panel title="Changes">
              <Table
                label="Changes"
                columns={['Time', words('Change'), words('Of what'), words('By'), words('Details')]}
              >
                {entries.map((entry) => (
                  <Row entry={entry} />
                ))}
              </Table>
            </Panel>
          )
        }
      </Loaded>
    </>
  )
}

function Row({ entry }: { readonly entry: AuditEntry }): JSX.Element {
  const { at, operation, caller, from, outcome, details } = entry
  return (
    <tr>
      <th scope="row">{time(at)}</th>
      <td class="text">
        {operation.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}{' '}
        {outcome === 'refused' && <span class="badge s-failed">refused</span>}
      </td>
      <td class="text">
        <Target entry={entry} />
      </td>
      <td class="text">{caller === null ? (from ?? '–') : `${caller}, ${from ?? 'unknown address'}`}</td>
      <td class="text">
        <code>{typeof details === 'string' ? details : JSON.stringify(details).replace('{}', '')}</code>
      </td>
    </tr>
  )
}

function Target({ entry }: { readonly entry: AuditEntry }): JSX.Element {
  const { taskId, taskName, runId, workflow, scheduleId } = entry
  if (runId !== null) return <a href={hrefOf(['workflows', runId])}>{workflow ?? runId}</a>
  if (scheduleId !== null) return <a href={hrefOf(['schedules'])}>{scheduleId}</a>
  return taskId === null ? <>{taskName ?? 'all'}</> : <a href={hrefOf(['tasks', taskId])}>{taskName ?? taskId}</a>
}
