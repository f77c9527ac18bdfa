// Says that what is shown is old, and since when.
import type { JSX } from 'preact'
import { connection } from '../live/connection.ts'
import { figuresError } from '../live/figures.ts'
import { RequestError } from '../server/request.ts'
import { time } from '../wording.ts'

export function ConnectionNotice(): JSX.Element | null {
  const now = connection.value
  const error = figuresError.value
  if (now.state === 'lost') {
    return (
      <div class="notice lost" role="status">
        <span class="pulse" aria-hidden="true" />
        <span>
          <strong>Disconnected since {time(now.since)}.</strong> What is shown is as it was; this page goes on trying.
        </span>
      </div>
    )
  }
  if (!(error instanceof RequestError)) return null
  return (
    <div class="notice lost" role="alert">
      <span>
        <strong>{error.message}</strong> {error.remedy}
      </span>
    </div>
  )
}
