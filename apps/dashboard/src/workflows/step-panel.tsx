// The chosen step in full.
import type { JSX } from 'preact'
import { StatusBadge } from '../parts/badge.tsx'
import { Panel } from '../parts/panel.tsx'
import { hrefOf } from '../place.ts'
import type { StepLine } from '../server/workflow-answers.ts'
import { duration, time } from '../wording.ts'
import { kindOf, listOf, stepDuration, taskOf } from './step-words.ts'

interface Props {
  readonly step: StepLine
  readonly steps: readonly StepLine[]
  readonly now: number
  readonly choose: (id: string) => void
}

export function StepPanel({ step, steps, now, choose }: Props): JSX.Element {
  const { id, kind, status, error, needs } = step
  const task = taskOf(step)
  const usedBy = steps.filter((other) => other.needs.includes(id)).map((other) => other.id)
  return (
    <Panel title={`Step ${id}`} note={<StatusBadge status={status} />} class="step-panel">
      <dl class="facts">
        <div>
          <dt>What it is</dt>
          <dd>{kindOf(kind)}</dd>
        </div>
        {task !== undefined && (
          <div>
            <dt>Task</dt>
            <dd>
              <a href={hrefOf(['tasks'], { name: task })}>{task}</a>
            </dd>
          </div>
        )}
        <div>
          <dt>Took</dt>
          <dd>{duration(stepDuration(step, now))}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>{time(step.startedAt)}</dd>
        </div>
        {(step.items !== null || step.rounds !== null) && (
          <div>
            <dt>Progress</dt>
            <dd>{listOf(step)}</dd>
          </div>
        )}
        <Others label="Waits for" ids={needs} choose={choose} />
        <Others label="Waited for by" ids={usedBy} choose={choose} />
      </dl>
      {error !== null && <p class="error-text">{error}</p>}
    </Panel>
  )
}

const SHOWN = 8

interface OthersProps {
  readonly label: string
  readonly ids: readonly string[]
  readonly choose: (id: string) => void
}

function Others({ label, ids, choose }: OthersProps): JSX.Element | null {
  if (ids.length === 0) return null
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {ids.slice(0, SHOWN).map((id) => (
          <button key={id} type="button" class="link" onClick={() => choose(id)}>
            {id}
          </button>
        ))}
        {ids.length > SHOWN && ` and ${ids.length - SHOWN} more`}
      </dd>
    </div>
  )
}
