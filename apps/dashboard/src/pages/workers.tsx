// Who runs what, how many there are, and why the auto-scaler changed that.
import type { JSX } from 'preact'
import { figures } from '../live/figures.ts'
import { usePolled } from '../live/polled.ts'
import { rights } from '../live/rights.ts'
import { propose } from '../parts/confirmation.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table, words } from '../parts/table.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { ScalingDecision, WorkerDetails } from '../server/answers.ts'
import { ask, tell } from '../server/request.ts'
import { count, duration, percent, time } from '../wording.ts'

interface Scaling {
  readonly autoScaling: boolean
  readonly decisions: readonly ScalingDecision[]
}

export function WorkersPage(): JSX.Element {
  const workers = usePolled('workers', 1000, (signal) =>
    ask<{ workers: readonly WorkerDetails[] }>('/workers', {}, signal),
  )
  const scaling = usePolled('scaling', 5000, (signal) => ask<Scaling>('/scaling', {}, signal))
  return (
    <>
      <PageHead title="Workers">
        <span class="buttons">
          <ScaleButton />
        </span>
      </PageHead>
      <Loaded of={workers}>{(data) => <Workers workers={data.workers} />}</Loaded>
      <Panel title="Auto-scaler" note={scaling.data && (scaling.data.autoScaling ? 'on' : 'off')}>
        <Loaded of={scaling}>{(data) => <Decisions {...data} />}</Loaded>
      </Panel>
    </>
  )
}

/** Idle ones are told apart by nothing: they are counted, and the busy ones listed. */
function Workers({ workers }: { readonly workers: readonly WorkerDetails[] }): JSX.Element {
  const busy = workers.filter(({ state }) => state === 'busy')
  const lanes = [...new Set(workers.map(({ lane }) => lane))]
  return (
    <>
      <div class="tiles lanes">
        {lanes.map((lane) => {
          const all = workers.filter((worker) => worker.lane === lane)
          const active = all.filter(({ state }) => state === 'busy').length
          return (
            <div class="tile">
              <span class="tile-label">{lane} lane</span>
              <span class="tile-value">
                {count(active)}
                <small> of {count(all.length)} busy</small>
              </span>
              <span class="squares" aria-hidden="true">
                {all.slice(0, 96).map(({ state }) => (
                  <i class={state} />
                ))}
              </span>
            </div>
          )
        })}
      </div>
      <Panel title="Busy now">
        {busy.length === 0 ? (
          <Empty title="Nothing runs at this moment">Workers appear here with the task they run.</Empty>
        ) : (
          <BusyTable busy={busy} />
        )}
      </Panel>
    </>
  )
}

const LISTED = 200

function BusyTable({ busy }: { readonly busy: readonly WorkerDetails[] }): JSX.Element {
  return (
    <Table
      label="Busy workers"
      columns={['Task', words('Lane'), words('Worker'), 'Attempt', 'Runs for']}
      below={busy.length > LISTED && <p class="muted">and {count(busy.length - LISTED)} more</p>}
    >
      {busy.slice(0, LISTED).map(({ lane, workerId, task }) => (
        <tr>
          <th scope="row">{task !== null && <a href={hrefOf(['tasks', task.taskId])}>{task.name}</a>}</th>
          <td class="text">{lane}</td>
          <td class="text">{workerId ?? 'event loop'}</td>
          <td>{task?.attempt}</td>
          <td>{duration(task?.runningMs)}</td>
        </tr>
      ))}
    </Table>
  )
}

function Decisions({ autoScaling, decisions }: Scaling): JSX.Element {
  if (decisions.length === 0) {
    return (
      <Empty title="No change so far">
        {autoScaling
          ? 'Each change of the number of workers appears here, with the figures that led to it.'
          : 'Switch it on with enableAutoScaling: true; engines that run tasks on the event loop alone have no workers to scale.'}
      </Empty>
    )
  }
  return (
    <Table
      label="Decisions of the auto-scaler"
      columns={['Time', 'Workers', words('Why'), 'Busy', 'Queue full', 'Late starts', 'Waiting']}
    >
      {decisions.map(({ at, action, from, to, reason, figures: seen }) => (
        <tr>
          <th scope="row">{time(at)}</th>
          <td>
            {from} → <b class={action === 'up' ? 't-run' : 't-good'}>{to}</b>
          </td>
          <td class="text">{reason}</td>
          <td>{percent(seen.utilization)}</td>
          <td>{percent(seen.queuePressure)}</td>
          <td>{percent(seen.breachRatio)}</td>
          <td>{count(seen.queued)}</td>
        </tr>
      ))}
    </Table>
  )
}

function ScaleButton(): JSX.Element | null {
  const now = figures.value
  if (!rights.value.scale || now === undefined) return null
  const { workerBounds } = now.flat
  const { inline } = now.stats.lanes
  const what = workerBounds === null ? 'inlineConcurrency' : 'workers'
  const present = workerBounds === null ? (inline?.slots ?? 1) : now.stats.workerMetrics.totalWorkers
  const limits = workerBounds === null ? '1 or more' : `${workerBounds.least} to ${workerBounds.most}`
  return (
    <button
      type="button"
      onClick={() =>
        propose({
          title: workerBounds === null ? 'Change the slots of the event loop' : 'Change the number of workers',
          text: `There are ${present} now; ${limits} are possible. The auto-scaler, where it is on, may change it again.`,
          label: 'Scale',
          input: { label: 'How many', initial: String(present), rows: 1 },
          async run(_, input) {
            if (!/^\s*\d+\s*$/.test(input)) throw new Error('Type a whole number.')
            await tell('POST', '/scale', { [what]: Number(input), reason: 'asked for on the dashboard' })
            return `Scaled to ${Number(input)}.`
          },
        })
      }
    >
      Scale…
    </button>
  )
}
