// What happened to a task, in order, with the time from each step to the next.
import type { JSX } from 'preact'
import type { History, TaskDetail } from '../server/answers.ts'
import { duration, time } from '../wording.ts'
import { stepsOf } from './steps.ts'

export function Timeline({ task, history }: { readonly task: TaskDetail; readonly history: History }): JSX.Element {
  const { steps, unknownAttempts } = stepsOf(task, history)
  return (
    <>
      <ol class="timeline">
        {steps.map(({ type, at, text }, index) => (
          <li class={`s-${type}`}>
            <time>{time(at)}</time>
            <span class="step">
              <strong>{type}</strong> {text}
              {index > 0 && <span class="muted"> +{duration(at - (steps[index - 1]?.at ?? at))}</span>}
            </span>
          </li>
        ))}
      </ol>
      {unknownAttempts > 0 && (
        <p class="muted">
          Of {unknownAttempts} earlier {unknownAttempts === 1 ? 'attempt' : 'attempts'} nothing is known: a task keeps
          its latest 20, and what C runs keeps those that a dashboard saw.
        </p>
      )}
    </>
  )
}
