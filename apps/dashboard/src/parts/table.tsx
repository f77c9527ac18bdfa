// A table: the heads of its columns, its rows, and what stands below them. Where it is too wide it scrolls sideways by itself.
import type { ComponentChildren, JSX } from 'preact'

export interface Column {
  readonly label: string
  /** Words begin at the left; figures, which others are, end at the right. */
  readonly words?: boolean
  /** Only read out. */
  readonly unseen?: boolean
}

/** A column of words. */
export function words(label: string): Column {
  return { label, words: true }
}

/** The column of buttons at the end of each row. */
export const buttons: Column = { label: 'Actions', unseen: true }

interface TableProps {
  /** What it is a table of, for those who have it read out. */
  readonly label: string
  /** The first one's cells are the heads of their rows. */
  readonly columns: readonly (Column | string)[]
  readonly below?: ComponentChildren
  readonly children: ComponentChildren
}

export function Table({ label, columns, below, children }: TableProps): JSX.Element {
  return (
    <div class="scrolled" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head {...(typeof column === 'string' ? { label: column } : column)} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {below}
    </div>
  )
}

function Head({ label, words: ofWords = false, unseen = false }: Column): JSX.Element {
  return (
    <th scope="col" class={ofWords ? 'text' : undefined}>
      {unseen ? <span class="sr">{label}</span> : label}
    </th>
  )
}
