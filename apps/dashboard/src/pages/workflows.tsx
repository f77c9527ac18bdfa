// Runs of workflows, newest first, and the workflows there are.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { usePolled } from '../live/polled.ts'
import { Meter, StatusBadge } from '../parts/badge.tsx'
import { Choice, Filters, setFilter, valueOf } from '../parts/filters.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table, words } from '../parts/table.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf, place } from '../place.ts'
import { ask } from '../server/request.ts'
import { runStatuses } from '../server/workflow-answers.ts'
import type { RunLine, RunPage, WorkflowLine } from '../server/workflow-answers.ts'
import { count, distance, duration, percent, time } from '../wording.ts'

const FIRST = 50
const MOST = 1000

export function WorkflowsPage(): JSX.Element {
  const { query } = place.value
  const filter = { workflow: query['workflow'] ?? '', status: query['status'] ?? '', children: query['children'] ?? '' }
  const [limit, setLimit] = useState(FIRST)
  const workflows = usePolled('workflows', 30_000, (signal) =>
    ask<{ workflows: readonly WorkflowLine[] }>('/workflows', {}, signal),
  )
  const runs = usePolled(JSON.stringify(filter), 2000, (signal) => {
    return ask<RunPage>('/workflows/runs', { ...filter, limit }, signal)
  })
  const more = (): void => {
    setLimit((before) => Math.min(MOST, before * 4))
    runs.refresh()
  }
  return (
    <>
      <PageHead title="Workflows" />
      <Filter names={workflows.data?.workflows.map(({ name }) => name) ?? []} />
      <Loaded of={runs}>
        {(page) =>
          page.runs.length === 0 ? (
            <Empty title={Object.keys(query).length === 0 ? 'No run is kept' : 'No run matches'}>
              {Object.keys(query).length === 0
                ? 'Runs appear here as soon as a workflow is executed.'
                : 'Try fewer conditions.'}
            </Empty>
          ) : (
            <Runs page={page} more={limit < MOST ? more : undefined} />
          )
        }
      </Loaded>
      <Loaded of={workflows}>{({ workflows: all }) => (all.length === 0 ? null : <Defined workflows={all} />)}</Loaded>
    </>
  )
}

function Filter({ names }: { readonly names: readonly string[] }): JSX.Element {
  return (
    <Filters label="Runs" states={runStatuses}>
      <div class="run-fields">
        <Choice name="workflow" label="Workflow" options={names} />
        <label class="check">
          <input
            type="checkbox"
            checked={valueOf('children') === 'true'}
            onChange={(event) => setFilter('children', event.currentTarget.checked ? 'true' : '')}
          />
          also runs that are steps of others
        </label>
      </div>
    </Filters>
  )
}

interface RunsProps {
  readonly page: RunPage
  readonly more: (() => void) | undefined
}

function Runs({ page: { runs, nextCursor }, more }: RunsProps): JSX.Element {
  return (
    <Panel title="Runs" note={`${count(runs.length)}${nextCursor === null ? '' : ' and more'}, newest first`}>
      <Table
        label="Runs"
        columns={['Run', words('State'), 'Progress', 'Begun', 'Took', words('Note')]}
        below={
          nextCursor !== null &&
          more !== undefined && (
            <button type="button" onClick={more}>
              Show more
            </button>
          )
        }
      >
        {runs.map((run) => (
          <Row key={run.runId} run={run} />
        ))}
      </Table>
    </Panel>
  )
}

function Row({ run }: { readonly run: RunLine }): JSX.Element {
  const { runId, workflow, status, progress, createdAt, durationMs, error, parentRunId, retryOf } = run
  const note =
    error ?? (retryOf === null ? (parentRunId === null ? '' : `a step of ${parentRunId}`) : `a retry of ${retryOf}`)
  return (
    <tr>
      <th scope="row">
        <a href={hrefOf(['workflows', runId])}>{workflow}</a> <code class="muted">{runId.slice(0, 13)}</code>
      </th>
      <td class="text">
        <StatusBadge status={status} />
      </td>
      <td>
        {count(progress.settled)} of {count(progress.total)}
        <Meter ratio={progress.ratio} label={`${percent(progress.ratio)} done`} bad={status === 'failed'} />
      </td>
      <td title={time(createdAt)}>{distance(createdAt)}</td>
      <td>{duration(durationMs)}</td>
      <td class={`text run-note ${error === null ? 'muted' : 'error-text'}`}>{note}</td>
    </tr>
  )
}

function Defined({ workflows }: { readonly workflows: readonly WorkflowLine[] }): JSX.Element {
  return (
    <Panel title="Workflows" note="that are defined">
      <Table label="Workflows" columns={['Name', 'Steps', words('Tasks')]}>
        {workflows.map(({ name, steps }) => (
          <tr key={name}>
            <th scope="row">
              <a href={hrefOf(['workflows'], { workflow: name })}>{name}</a>
            </th>
            <td>{count(steps.length)}</td>
            <td class="text muted">{tasksOf(steps)}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}

const NAMED = 6

function tasksOf(steps: WorkflowLine['steps']): string {
  const names = [
    ...new Set(steps.filter(({ kind }) => ['task', 'map', 'loop'].includes(kind)).map(({ label }) => label)),
  ]
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`
}
