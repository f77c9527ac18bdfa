// One line of a list of facts.
import type { ComponentChildren, JSX } from 'preact'

export function Fact({
  label,
  children,
}: {
  readonly label: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
