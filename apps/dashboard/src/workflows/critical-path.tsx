// The steps on which the duration of a run hung: to make it faster, make one of these faster.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Panel } from '../parts/panel.tsx'
import type { CriticalPath } from '../server/workflow-answers.ts'
import { count, duration } from '../wording.ts'

interface Props {
  readonly path: CriticalPath
  readonly choose: (id: string) => void
}

const SHOWN = 30

export function CriticalPathPanel({ path, choose }: Props): JSX.Element | null {
  const [all, setAll] = useState(false)
  const { steps, durationMs } = path
  if (steps.length === 0) return null
  const longest = steps.reduce((most, step) => Math.max(most, step.waitMs + step.durationMs), 0)
  const share = (ms: number): string => `${longest === 0 ? 0 : ((ms / longest) * 100).toFixed(2)}%`
  return (
    <Panel title="Critical path" note={`${duration(durationMs)}; what waits is pale`}>
      <ol class="critical-path">
        {steps.slice(0, all ? steps.length : SHOWN).map(({ id, waitMs, durationMs: ran }) => (
          <li key={id}>
            <button type="button" class="link" onClick={() => choose(id)}>
              {id}
            </button>
            <span class="bar" aria-hidden="true">
              <i class="wait" style={{ width: share(waitMs) }} />
              <i style={{ width: share(ran) }} />
            </span>
            <span class="took">
              {duration(ran)}
              {waitMs >= 0.05 && <span class="muted"> after {duration(waitMs)}</span>}
            </span>
          </li>
        ))}
      </ol>
      {steps.length > SHOWN && !all && (
        <button type="button" class="shows" onClick={() => setAll(true)}>
          Show all {count(steps.length)}
        </button>
      )}
    </Panel>
  )
}
