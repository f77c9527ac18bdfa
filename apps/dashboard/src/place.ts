// Where in the dashboard we are: behind the # of the address, so that one file answers for every page, below any path.
import { signal } from '@preact/signals'

export interface Place {
  /** Such as `['tasks', 'id']`; the overview is `[]`. */
  readonly path: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

export const place = signal(placeOf(location.hash))

addEventListener('hashchange', () => {
  place.value = placeOf(location.hash)
})

/** For `href`; empty values are left out. */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  const text = new URLSearchParams(given).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

/** Changes the query of the place. It takes the place of the entry before, so that typing does not fill the history. */
export function setQuery(query: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', hrefOf(place.value.path, query))
  place.value = placeOf(location.hash)
}

export function go(href: string): void {
  location.hash = href
}

function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const parts = path.split('/').filter((part) => part !== '')
  return { path: parts.map(decoded), query: Object.fromEntries(new URLSearchParams(query)) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
