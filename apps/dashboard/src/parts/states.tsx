// What stands where data should be: it is coming, it failed, or there is none.
import type { ComponentChildren, JSX } from 'preact'
import { RequestError } from '../server/request.ts'
import type { Polled } from '../live/polled.ts'

interface Props<T> {
  readonly of: Polled<T>
  readonly children: (data: T) => ComponentChildren
}

/** The data once it is there; until then what is known of it. An error after that is shown above the old data. */
export function Loaded<T>({ of, children }: Props<T>): JSX.Element {
  const { data, error, refresh } = of
  return (
    <>
      {error !== undefined && <Failed error={error} again={refresh} />}
      {data === undefined ? error === undefined && <Loading /> : children(data)}
    </>
  )
}

export function Loading(): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="sr">Loading</span>
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <i aria-hidden="true" />
    </div>
  )
}

export function Failed({ error, again }: { readonly error: Error; readonly again: () => void }): JSX.Element {
  return (
    <div class="notice lost" role="alert">
      <span>
        <strong>{error.message}</strong> {error instanceof RequestError && error.remedy}
      </span>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  )
}

export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <p class="muted">{children}</p>}
    </div>
  )
}
