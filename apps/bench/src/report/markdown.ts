// Pieces of Markdown.
import type { Table } from '../section.ts'

export function markdownTable({ columns, rows }: Table): string {
  const ruler = columns.map((_, index) => (index === 0 ? '---' : '---:'))
  return [columns, ruler, ...rows].map((row) => `| ${row.map(escapeCell).join(' | ')} |`).join('\n')
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Paragraphs with an empty line between, and one line end at the end. */
export function page(...paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n').trimEnd()}\n`
}

/** The text with what stands between two markers replaced. @throws Error when it lacks one of them */
export function between(text: string, begin: string, end: string, inside: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the text has no part between ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n\n${inside}\n\n${text.slice(to)}`
}
