// The steps of a run as a table: the same as the graph, for those who would rather read, and with the errors in full.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { StatusBadge } from '../parts/badge.tsx'
import { Table, words } from '../parts/table.tsx'
import type { StepLine } from '../server/workflow-answers.ts'
import { count, duration } from '../wording.ts'
import { listOf, signOf, stepDuration } from './step-words.ts'

interface Props {
  readonly steps: readonly StepLine[]
  readonly now: number
  readonly choose: (id: string) => void
}

const SHOWN = 50

export function StepTable({ steps, now, choose }: Props): JSX.Element {
  const [text, setText] = useState('')
  const [shown, setShown] = useState(SHOWN)
  const wanted = text.toLowerCase()
  const found = steps.filter(({ id, label, status }) => `${id} ${label} ${status}`.toLowerCase().includes(wanted))
  return (
    <>
      {steps.length > 12 && (
        <label class="field step-search">
          <span>Id, task or state</span>
          <input
            type="search"
            value={text}
            placeholder="failed"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
      <Table
        label="Steps"
        columns={['Step', words('Task'), words('State'), 'Took', words('Note')]}
        below={
          <>
            {found.length > shown && (
              <button type="button" class="shows" onClick={() => setShown(shown * 4)}>
                Show more of {count(found.length)}
              </button>
            )}
            {found.length === 0 && <p class="muted">No step is like that.</p>}
          </>
        }
      >
        {found.slice(0, shown).map((step) => (
          <tr key={step.id}>
            <th scope="row">
              <button type="button" class="link" onClick={() => choose(step.id)}>
                {step.id}
              </button>
            </th>
            <td class="text">{step.label === step.id ? '' : step.label}</td>
            <td class="text">
              <span class="step-sign" aria-hidden="true">
                {signOf(step.status)}
              </span>{' '}
              <StatusBadge status={step.status} />
            </td>
            <td>{duration(stepDuration(step, now))}</td>
            <td class="text">{step.error === null ? listOf(step) : <span class="error-text">{step.error}</span>}</td>
          </tr>
        ))}
      </Table>
    </>
  )
}
