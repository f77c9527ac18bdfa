// A part of a page under its heading, and the head of a page.
import type { ComponentChildren, JSX } from 'preact'

interface PanelProps {
  readonly title: string
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly class?: string
  readonly children: ComponentChildren
}

export function Panel({ title, note, actions, class: more = '', children }: PanelProps): JSX.Element {
  return (
    <section class={`panel ${more}`}>
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
        {actions !== undefined && <span class="buttons">{actions}</span>}
      </header>
      {children}
    </section>
  )
}

interface HeadProps {
  readonly title: string
  readonly children?: ComponentChildren
}

export function PageHead({ title, children }: HeadProps): JSX.Element {
  return (
    <div class="page-head">
      <h1>{title}</h1>
      {children}
    </div>
  )
}
