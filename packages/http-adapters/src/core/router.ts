// Finds the route of a request. What is written out goes before what is left open, whatever the order of the table.
import { HttpProblem } from './problem.ts'
import type { Route } from './route.ts'

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

interface Pattern {
  readonly parts: readonly string[]
  readonly byMethod: Map<string, Route>
}

const noParams: Readonly<Record<string, string>> = Object.freeze({})

export class Router {
  readonly #fixed = new Map<string, Pattern>()
  readonly #open: Pattern[] = []

  /** @throws TypeError when two routes are the same: nobody could tell which one answers */
  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route)
    this.#open.sort(moreWrittenOutFirst)
  }

  /** @throws HttpProblem 400, 404, 405 */
  find(method: string, path: string): Found {
    const fixed = this.#fixed.get(path)
    if (fixed !== undefined) return { route: routeFor(method, fixed), params: noParams }
    const written = path.split('/').slice(1)
    const parts = written.map(decodePart)
    for (const pattern of this.#open) {
      const params = match(pattern.parts, parts, written)
      if (params !== undefined) return { route: routeFor(method, pattern), params }
    }
    throw new HttpProblem('not-found', 'there is nothing at this path')
  }

  #add(route: Route): void {
    const parts = route.path.split('/').slice(1)
    const same = parts.map((part) => (part.startsWith(':') ? ':' : part)).join('/')
    const isOpen = parts.some((part) => part.startsWith(':') || part === '*')
    const pattern = isOpen
      ? this.#open.find((other) => other.parts.map((part) => (part.startsWith(':') ? ':' : part)).join('/') === same)
      : this.#fixed.get(route.path)
    if (pattern?.byMethod.has(route.method) === true) {
      throw new TypeError(`two routes answer ${route.method} ${route.path}`)
    }
    if (pattern !== undefined) {
      pattern.byMethod.set(route.method, route)
      return
    }
    const added: Pattern = { parts, byMethod: new Map([[route.method, route]]) }
    if (isOpen) this.#open.push(added)
    else this.#fixed.set(route.path, added)
  }
}

function moreWrittenOutFirst(a: Pattern, b: Pattern): number {
  return openness(a) - openness(b)
}

function openness({ parts }: Pattern): number {
  return parts.reduce((sum, part) => sum + (part === '*' ? 100 : part.startsWith(':') ? 1 : 0), 0)
}

function routeFor(method: string, { byMethod }: Pattern): Route {
  const route = byMethod.get(method === 'HEAD' ? 'GET' : method)
  if (route !== undefined) return route
  const methods = [...byMethod.keys()]
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ')
  throw new HttpProblem('method-not-allowed', `${method} is not answered here`, { headers: { allow } })
}

/** @param written the parts, not decoded: what the table writes out has one spelling, which proxies can go by */
function match(
  pattern: readonly string[],
  parts: readonly string[],
  written: readonly string[],
): Record<string, string> | undefined {
  const takesRest = pattern.at(-1) === '*'
  if (takesRest ? parts.length < pattern.length : parts.length !== pattern.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? ''
    if (wanted === '*') params['rest'] = parts.slice(index).join('/')
    else if (wanted.startsWith(':')) {
      if (part === '') return undefined
      params[wanted.slice(1)] = part
    } else if (written[index] !== wanted) return undefined
  }
  return params
}

/** A part of a path stays a part: what would make two of it, or climb, is refused. */
function decodePart(part: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(part)
  } catch {
    throw new HttpProblem('malformed-request', 'the path is not encoded as it must be')
  }
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  if (decoded === '.' || decoded === '..' || /[/\\\u0000-\u001F\u007F]/.test(decoded)) {
    throw new HttpProblem('malformed-request', 'the path has a part that no path here has')
  }
  return decoded
}
