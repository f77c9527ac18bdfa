// One task: what it is, what happened to it, and what can be done about it.
import type { JSX } from 'preact'
import { usePolled } from '../live/polled.ts'
import { useTaskEvents } from '../live/task-events.ts'
import { ClassName, Meter, StatusBadge } from '../parts/badge.tsx'
import { Fact } from '../parts/fact.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Loaded } from '../parts/states.tsx'
import { hrefOf } from '../place.ts'
import type { History, LaneExplanation, TaskDetail } from '../server/answers.ts'
import { RequestError, ask } from '../server/request.ts'
import { ErrorChain } from '../task/error-chain.tsx'
import { TaskActions } from '../task/task-actions.tsx'
import { Timeline } from '../task/timeline.tsx'
import { distance, duration, json, megabytes, percent, time } from '../wording.ts'

interface Whole {
  readonly task: TaskDetail
  readonly history: History
  readonly lane: LaneExplanation | undefined
}

export function TaskPage({ taskId }: { readonly taskId: string }): JSX.Element {
  const polled = usePolled(taskId, 2000, (signal) => load(taskId, signal))
  useTaskEvents(taskId, polled.refresh)
  return (
    <>
      <p class="crumb">
        <a href={hrefOf(['tasks'])}>Tasks</a>
      </p>
      <Loaded of={polled}>{(whole) => <Task {...whole} refresh={polled.refresh} />}</Loaded>
    </>
  )
}

async function load(taskId: string, signal: AbortSignal): Promise<Whole> {
  const path = `/${encodeURIComponent(taskId)}`
  const [task, history, lane] = await Promise.all([
    ask<TaskDetail>(path, {}, signal),
    ask<History>(`${path}/history`, {}, signal),
    ask<LaneExplanation>(`${path}/lane`, {}, signal).catch(undefinedWhenMissing),
  ])
  return { task, history, lane }
}

/** A task of another process, or one that was never defined, has nothing to explain. */
function undefinedWhenMissing(thrown: unknown): undefined {
  if (thrown instanceof RequestError && thrown.status === 404) return undefined
  throw thrown
}

function Task({ task, history, lane, refresh }: Whole & { readonly refresh: () => void }): JSX.Element {
  const { progress, error, logs = [], metadata = {} } = task
  return (
    <>
      <PageHead title={task.name}>
        <StatusBadge status={task.status} />
        <code class="task-id">{task.taskId}</code>
        <span class="buttons">
          <TaskActions task={task} refresh={refresh} />
        </span>
      </PageHead>
      {task.waitingFor !== null && <p class="notice">{task.waitingFor}</p>}
      {progress !== null && (
        <p class="progress">
          <Meter ratio={progress.ratio} label={`${percent(progress.ratio)} done`} />
          {percent(progress.ratio)} {progress.message}
        </p>
      )}
      <Facts task={task} />
      {error !== undefined && (
        <Panel title="Error">
          <ErrorChain error={error} />
        </Panel>
      )}
      <div class="halves">
        <Panel title="Timeline">
          <Timeline task={task} history={history} />
        </Panel>
        <Panel title="Where it runs, and why">
          {lane === undefined ? <NoLane lane={task.lane} /> : <Lane lane={lane} />}
        </Panel>
      </div>
      <div class="halves">
        <Panel title="Input">
          <Data value={task.args} omitted={task.argsOmitted} />
        </Panel>
        <Panel title="Result">
          {task.status === 'completed' ? (
            <Data value={task.result} omitted={task.resultOmitted} />
          ) : (
            <p class="muted">{error === undefined ? 'None yet.' : 'None: it did not complete.'}</p>
          )}
        </Panel>
      </div>
      {logs.length > 0 && <Logs logs={logs} />}
      {Object.keys(metadata).length > 0 && (
        <Panel title="Metadata">
          <Data value={metadata} omitted={undefined} />
        </Panel>
      )}
    </>
  )
}

function Facts({ task }: { readonly task: TaskDetail }): JSX.Element {
  const { priority, lane, workerId, retries, waitTimeMs, executionTimeMs, memoryUsageMb, createdAt } = task
  const { dueAt, startedAt, completedAt, tags, retryOf, lastHeartbeatAt } = task
  return (
    <dl class="facts">
      <Fact label="Class">
        <ClassName name={priority} />
      </Fact>
      <Fact label="Lane">{lane}</Fact>
      <Fact label="Worker">{workerId ?? 'event loop'}</Fact>
      <Fact label="Attempt">{startedAt === null ? 'none yet' : retries + 1}</Fact>
      <Fact label="Waited">{duration(waitTimeMs)}</Fact>
      <Fact label="Ran">{duration(executionTimeMs)}</Fact>
      {memoryUsageMb !== null && <Fact label="Memory">{megabytes(memoryUsageMb)}</Fact>}
      <Fact label="Submitted">
        <span title={distance(createdAt)}>{time(createdAt)}</span>
      </Fact>
      {dueAt !== null && <Fact label="Due">{distance(dueAt)}</Fact>}
      <Fact label="Started">{time(startedAt)}</Fact>
      <Fact label="Ended">{time(completedAt)}</Fact>
      {lastHeartbeatAt !== null && <Fact label="Heartbeat">{distance(lastHeartbeatAt)}</Fact>}
      {retryOf !== null && (
        <Fact label="Retry of">
          <a href={hrefOf(['tasks', retryOf])}>{retryOf}</a>
        </Fact>
      )}
      {tags.length > 0 && (
        <Fact label="Tags">
          {tags.map((tag) => (
            <a class="tag" href={hrefOf(['tasks'], { tags: tag })}>
              {tag}
            </a>
          ))}
        </Fact>
      )}
    </dl>
  )
}

function Lane({ lane: { lane, reason, native } }: { readonly lane: LaneExplanation }): JSX.Element {
  // a blocker that is the reason is in the list already
  const isListed = native.blockers.some(({ code, message }) => native.reason.startsWith(`${code}: ${message}`))
  return (
    <div class="lane-story">
      <p>
        <strong>{lane}</strong>: {reason}.
      </p>
      <p>
        {native.compiled ? 'Compiled to C' : 'Not compiled to C'}
        {isListed ? ':' : `: ${native.reason}.`}
      </p>
      {native.blockers.length > 0 && <Blockers blockers={native.blockers} />}
    </div>
  )
}

function Blockers({ blockers }: Pick<LaneExplanation['native'], 'blockers'>): JSX.Element {
  return (
    <>
      <ul class="blockers">
        {blockers.map(({ code, message, remedy, line, column }) => (
          <li>
            <code>{code}</code> {message}{' '}
            <span class="muted">
              line {line}, column {column} of the function
            </span>
            <br />
            Instead: {remedy}
          </li>
        ))}
      </ul>
      <p class="muted">As JavaScript it gives the same results.</p>
    </>
  )
}

function NoLane({ lane }: { readonly lane: string }): JSX.Element {
  return (
    <p class="lane-story">
      <strong>{lane}</strong>: the task was submitted as a plain function, so nothing more is known of it here.
    </p>
  )
}

function Data({ value, omitted }: { readonly value: unknown; readonly omitted: string | undefined }): JSX.Element {
  if (omitted !== undefined) return <p class="muted">It has no JSON form: {omitted}</p>
  return (
    <pre class="data" tabIndex={0}>
      {json(value)}
    </pre>
  )
}

function Logs({ logs }: { readonly logs: NonNullable<TaskDetail['logs']> }): JSX.Element {
  return (
    <Panel title="Log" note="the latest 100 lines">
      <ol class="logs">
        {logs.map(({ at, message, fields }) => (
          <li>
            <time>{time(at)}</time> <span>{message}</span>{' '}
            {fields !== undefined && <code>{JSON.stringify(fields)}</code>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
