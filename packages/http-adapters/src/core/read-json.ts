// A body becomes data here, or is refused: only JSON, only UTF-8, not too deep, and without keys that reach prototypes.
import type { PlainRequest, RequestBody } from './plain.ts'
import { HttpProblem } from './problem.ts'

/** Deeper than anybody needs, and far from what recursion can bear. */
const MAX_DEPTH = 64

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The data of a body; undefined for an empty one. @throws HttpProblem 400 */
export function dataOf(body: RequestBody): unknown {
  if ('parsed' in body) return checkTree(body.parsed, 0)
  if (body.bytes.length === 0) return undefined
  const text = decode(body.bytes)
  // a short text cannot be deep: most bodies are not looked through for it
  if (text.length > MAX_DEPTH && depthOf(text) > MAX_DEPTH) throw tooDeep()
  const value = parse(text)
  return mayReachPrototypes(text) ? checkTree(value, 0) : value
}

/**
 * Before a body is read. A form of another site can send neither this type nor, without asking first, any other header that
 * gives it away.
 * @throws HttpProblem 415
 */
export function requireJson(request: PlainRequest): void {
  const given = request.header('content-type')
  // as nearly everybody writes it
  if (given !== 'application/json') requireType(given ?? '')
  const encoding = request.header('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') throw unsupported('the body must not be compressed')
}

function requireType(given: string): void {
  const [type = '', ...parameters] = given.toLowerCase().split(';')
  if (type.trim() !== 'application/json') throw unsupported('the type of the body must be application/json')
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) throw unsupported('the body must be in UTF-8')
}

function unsupported(detail: string): HttpProblem {
  return new HttpProblem('unsupported-media-type', detail, { headers: { accept: 'application/json' } })
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new HttpProblem('malformed-request', 'the body is not valid UTF-8')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new HttpProblem('malformed-request', `the body is no JSON: ${(thrown as Error).message}`)
  }
}

/** `__proto__`, or `constructor` with `prototype` in it, also when letters of it are escaped. */
function mayReachPrototypes(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u00')
}

function checkTree(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) throw tooDeep()
  for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const reaches =
      key === '__proto__' ||
      (key === 'constructor' && typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype'))
    if (reaches) throw new HttpProblem('malformed-request', `the body has a key ${key}, which is not taken`)
    checkTree(item, depth + 1)
  }
  return value
}

/** How deep brackets nest, by one look at each character. */
function depthOf(text: string): number {
  let [depth, deepest, inText] = [0, 0, false]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22) inText = !inText
    else if (inText) index += code === 0x5c ? 1 : 0
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth--
  }
  return deepest
}

function tooDeep(): HttpProblem {
  return new HttpProblem('malformed-request', `the body is nested more than ${MAX_DEPTH} deep`)
}
