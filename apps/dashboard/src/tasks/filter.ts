// The filter of the list of tasks, as it stands in the address of the page and as the server takes it.
import { statuses } from '../server/answers.ts'

export type Filter = Readonly<Record<string, string>>

const keys = ['status', 'name', 'priority', 'tags', 'id', 'error', 'pattern', 'since', 'until'] as const

/** What of the query is a filter the server knows. Times are `2026-11-22T09:30`, of the reader's clock. */
export function filterOf(query: Readonly<Record<string, string>>): Filter {
  const given = keys.flatMap((key) => {
    const value = query[key]?.trim() ?? ''
    const sent = key === 'since' || key === 'until' ? epochMs(value) : key === 'status' ? knownStatuses(value) : value
    return sent === '' ? [] : [[key, sent] as const]
  })
  return Object.fromEntries(given)
}

/** As a body has it, where lists and numbers are what they are. */
export function filterBody(filter: Filter): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]): [string, unknown] => {
      if (key === 'status' || key === 'tags') return [key, value.split(',')]
      return [key, key === 'since' || key === 'until' ? Number(value) : value]
    }),
  )
}

/** In words, for a question. */
export function filterWords(filter: Filter): string {
  const words = Object.entries(filter).map(([key, value]) => `${key} ${value}`)
  return words.length === 0 ? 'all tasks' : words.join(', ')
}

function knownStatuses(value: string): string {
  const asked = value.split(',')
  return statuses.filter((status) => asked.includes(status)).join(',')
}

function epochMs(value: string): string {
  const at = value === '' ? Number.NaN : new Date(value).getTime()
  return Number.isNaN(at) ? '' : String(at)
}
