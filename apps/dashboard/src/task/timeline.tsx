// What happened to a task, in order, with the time from each step to the next.
import type { JSX } from 'preact'
import type { History, TaskLine } from '../server/answers.ts'
import { duration, time } from '../wording.ts'
import { stepsOf } from './steps.ts'

export function Timeline({ task, history }: { readonly task: TaskLine; readonly history: History }): JSX.Element {
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
          {unknownAttempts} earlier {unknownAttempts === 1 ? 'attempt was' : 'attempts were'} before steps were
          recorded, which they are while a dashboard is open.
        </p>
      )}
    </>
  )
}
