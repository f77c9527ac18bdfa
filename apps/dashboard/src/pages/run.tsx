// One run of a workflow: how far it is, its graph as it goes on, a step in full, and what it hung on.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { visible } from '../live/visible.ts'
import { Meter, StatusBadge } from '../parts/badge.tsx'
import { Fact } from '../parts/fact.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { hrefOf, place, setQuery } from '../place.ts'
import { isUnderWay } from '../server/workflow-answers.ts'
import type { RunDetail } from '../server/workflow-answers.ts'
import { CriticalPathPanel } from '../workflows/critical-path.tsx'
import { RunActions } from '../workflows/run-actions.tsx'
import { RunGraph } from '../workflows/run-graph.tsx'
import { useRun } from '../workflows/run-stream.ts'
import { StepPanel } from '../workflows/step-panel.tsx'
import { StepTable } from '../workflows/step-table.tsx'
import { count, distance, duration, percent, time } from '../wording.ts'

export function RunPage({ runId }: { readonly runId: string }): JSX.Element {
  const { run, error, skewMs, refresh } = useRun(runId)
  return (
    <>
      <p class="crumb">
        <a href={hrefOf(['workflows'])}>Workflows</a>
      </p>
      {error !== undefined && <Failed error={error} again={refresh} />}
      {run === undefined ? error === undefined && <Loading /> : <Run run={run} skewMs={skewMs} refresh={refresh} />}
    </>
  )
}

interface Props {
  readonly run: RunDetail
  readonly skewMs: number
  readonly refresh: () => void
}

function Run({ run, skewMs, refresh }: Props): JSX.Element {
  const now = useNow(isUnderWay(run)) - skewMs
  const { steps, progress, criticalPath, error } = run
  const chosen = steps.find(({ id }) => id === place.value.query['step'])
  const choose = (step: string): void => setQuery({ ...place.value.query, step })
  const critical = criticalPath?.steps.map(({ id }) => id) ?? []
  return (
    <>
      <PageHead title={run.workflow}>
        <StatusBadge status={run.status} />
        <code class="task-id">{run.runId}</code>
        <span class="buttons">
          <RunActions run={run} refresh={refresh} />
        </span>
      </PageHead>
      <p class="progress" aria-live="polite">
        <Meter ratio={progress.ratio} label={`${percent(progress.ratio)} done`} bad={run.status === 'failed'} />
        {count(progress.settled)} of {count(progress.total)} steps and items, {percent(progress.ratio)}
      </p>
      {error !== null && (
        <p class="notice lost">
          <span class="error-text">{error}</span>
        </p>
      )}
      <Facts run={run} now={now} />
      <Panel title="Graph" note="results flow along the lines; heavy ones are the critical path, once the run is over">
        <RunGraph steps={steps} chosen={chosen?.id} choose={choose} critical={critical} now={now} />
      </Panel>
      {chosen !== undefined && <StepPanel step={chosen} steps={steps} now={now} choose={choose} />}
      {criticalPath !== null && <CriticalPathPanel path={criticalPath} choose={choose} />}
      <Panel title="Steps" note={count(steps.length)}>
        <StepTable steps={steps} now={now} choose={choose} />
      </Panel>
    </>
  )
}

function Facts({ run, now }: { readonly run: RunDetail; readonly now: number }): JSX.Element {
  const { createdAt, startedAt, endedAt, durationMs, retryOf, parentRunId } = run
  const took = isUnderWay(run) && startedAt !== null ? Math.max(0, now - startedAt) : durationMs
  return (
    <dl class="facts">
      <Fact label="Took">{duration(took)}</Fact>
      <Fact label="Submitted">
        <span title={distance(createdAt)}>{time(createdAt)}</span>
      </Fact>
      <Fact label="Ended">{time(endedAt)}</Fact>
      {retryOf !== null && (
        <Fact label="Retry of">
          <a href={hrefOf(['workflows', retryOf])}>{retryOf}</a>
        </Fact>
      )}
      {parentRunId !== null && (
        <Fact label="Step of">
          <a href={hrefOf(['workflows', parentRunId])}>{parentRunId}</a>
        </Fact>
      )}
    </dl>
  )
}

/** The time, which goes on while something does and somebody looks. */
function useNow(goesOn: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    if (!goesOn) return undefined
    const timer = setInterval(() => {
      if (visible.value) setNow(Date.now())
    }, 500)
    return () => clearInterval(timer)
  }, [goesOn])
  return now
}
