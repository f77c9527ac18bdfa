// States and classes, told apart by word and by colour.
import type { JSX } from 'preact'

export function StatusBadge({ status }: { readonly status: string }): JSX.Element {
  return <span class={`badge s-${status}`}>{status}</span>
}

export function ClassName({ name }: { readonly name: string }): JSX.Element {
  return <span class={`class c-${name}`}>{name}</span>
}

/** @param ratio 0..1 */
export function Meter({
  ratio,
  label,
  bad,
}: {
  readonly ratio: number
  readonly label: string
  readonly bad?: boolean
}): JSX.Element {
  const width = `${Math.min(100, Math.max(0, ratio * 100)).toFixed(1)}%`
  return (
    <span class={`meter ${bad === true ? 'bad' : ''}`} role="img" aria-label={label}>
      <span style={{ width }} />
    </span>
  )
}
